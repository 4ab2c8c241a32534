"""Calls as commands, and failures as people want them told."""

from __future__ import annotations

import shlex

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.explore.calls.command import run_command
from kitcn_repl.explore.calls.failure import refused_argument, request_id, told
from kitcn_repl.values import JsonObject


def test_a_call_as_a_command() -> None:
    assert run_command("users:list", {}) == "kitcn run users:list"
    assert run_command("users:list", {"limit": 5}) == "kitcn run users:list '{\"limit\":5}'"


def test_quotes_and_further_flags_survive_a_shell() -> None:
    args: JsonObject = {"name": 'O\'Neil "x" $HOME'}
    command = run_command("a:b", args, identity={"subject": "u"}, component="inner/one")
    words = shlex.split(command)
    assert words[:3] == ["kitcn", "run", "a:b"]
    assert words[3] == '{"name":"O\'Neil \\"x\\" $HOME"}'
    assert words[4:] == ["--identity", '{"subject":"u"}', "--component", "inner/one"]


def test_a_failure_begins_with_what_the_function_said() -> None:
    error = QueryFailedError("[Request ID: abc123] Server Error\nUncaught Error: no")
    assert told("a:b", error).message == "a:b failed: Uncaught Error: no (request abc123)"
    assert request_id(error) == "abc123"
    assert told("a:b", QueryFailedError("plain")).message == "a:b failed: plain"
    assert request_id(QueryFailedError("plain")) is None


def test_the_argument_that_the_server_refused() -> None:
    text = (
        "[Request ID: 1] Server Error\nArgumentValidationError: Value does not match validator.\n"
        'Path: .limit\nValue: "x"\nValidator: v.float64()'
    )
    assert refused_argument(QueryFailedError(text)) == "limit"
    assert refused_argument(QueryFailedError("Uncaught Error: Path: .limit")) is None
