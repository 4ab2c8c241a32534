"""Help, versions, and everything that is wrong before a deployment is asked."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from kitcn_repl import __version__
from kitcn_repl.cli.environment import Environment
from kitcn_repl.cli.main import COMMANDS, main
from tests.cli.console import Console

KEY = "s3cret-admin-key"


def test_help_lists_every_command_on_stdout() -> None:
    for argv in ([], ["--help"], ["-h"]):
        outcome = Console()(*argv)
        assert outcome.code == 0
        assert outcome.err == ""
        assert outcome.out.startswith("Usage: kitcn ")
        assert all(f"\n  {name} " in outcome.out for name in COMMANDS)


@pytest.mark.parametrize("command", [[name] for name in COMMANDS] + [["env", "list"], ["env", "get"]])
def test_every_command_has_help(command: list[str]) -> None:
    outcome = Console()(*command, "--help")
    assert outcome.code == 0
    assert outcome.err == ""
    assert outcome.out.startswith(f"Usage: kitcn {' '.join(command)}")
    assert all(len(line) <= 80 for line in outcome.out.splitlines())


def test_groups_print_their_help() -> None:
    assert Console()("env").out == Console()("env", "--help").out


def test_help_follows_the_width_of_the_terminal() -> None:
    assert max(map(len, Console(width=60)("run", "--help").out.splitlines())) <= 100
    assert len(Console(width=60)("--help").out.splitlines()) > len(Console(width=100)("--help").out.splitlines())


def test_version() -> None:
    assert Console()("--version").out == f"kitcn {__version__}\n"


def test_the_terminal_application_needs_a_terminal() -> None:
    outcome = Console()("tui", "--demo")
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.err.startswith("Error: kitcn tui needs a terminal for its input and output.")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["rnu"], "No such command 'rnu'. Did you mean 'run'?"),
        (["zzz"], "No such command 'zzz'."),
        (["env", "lst"], "No such command 'lst'. Did you mean 'list'?"),
        (["data", "--formt", "json"], "No such option '--formt'. Did you mean '--format'?"),
        (["--dmo"], "No such option '--dmo'. Did you mean '--demo'?"),
        (
            ["data", "--demo", "--format", "jsn"],
            "Unknown format 'jsn'; it is one of table, json, jsonl, csv, markdown, pretty, jsonArray, jsonLines."
            " Did you mean 'json'?",
        ),
        (["data", "--order", "up"], "Unknown order 'up'; it is one of asc, desc."),
        (["data", "user", "--limit", "many"], "--limit must be a whole number of at least 1, not 'many'."),
        (["data", "user", "--limit", "0"], "--limit must be a whole number of at least 1, not '0'."),
        (["data", "user", "--limit"], "Option '--limit' requires an argument."),
        (["data", "--where", "a = 1", "--demo"], "--where and --index need a TABLE."),
        (["data", "user", "--where", "age", "--demo"], "Condition 'age' is not 'FIELD OP VALUE', such as 'age >= 18'."),
        (["data", "user", "extra", "--demo"], "Got unexpected extra argument (extra)"),
        (["data", "--component", " ", "--demo"], "--component must not be empty."),
        (["get"], "Missing argument 'ID'."),
        (["get", "abc", "--demo"], "'abc' is not a document id: Unable to decode ID: Invalid ID length 3."),
        (["run", "--demo"], "kitcn run needs either FUNCTION or --inline-query."),
        (["run", "f", "--inline-query", "1", "--demo"], "kitcn run takes either FUNCTION or --inline-query, not both."),
        (["run", "--inline-query", "1", "--identity", "{}"], "--inline-query can't be combined with --identity."),
        (
            ["run", "--inline-query", "1", "--allow-writes"],
            "--inline-query can't be combined with --allow-writes: inline queries are readonly.",
        ),
        (["run", "--inline-query", " ", "--demo"], "--inline-query must not be empty."),
        (["run", "--inline-query", "-", "--demo"], "--inline-query must not be empty."),
        (
            ["run", "f", "--arg", "a=1", "--demo"],
            "--arg is for --inline-query; a function takes its arguments as one JSON object.",
        ),
        (
            ["run", "--inline-query", "1", "--arg", "name=bob"],
            "--arg name: 'bob' is not JSON. For a text write --arg 'name=\"bob\"'.",
        ),
        (
            ["run", "--inline-query", "1", "--arg", "n={"],
            "--arg n: unexpected end, expected '}' at line 1, column 2.",
        ),
        (
            ["run", "--inline-query", "1", "--arg", "5=1"],
            "--arg '5=1' is not NAME=JSON, such as 'limit=5' or 'name=\"Ada\"'.",
        ),
        (
            ["run", "--inline-query", "1", "--arg", "n"],
            "--arg 'n' is not NAME=JSON, such as 'limit=5' or 'name=\"Ada\"'.",
        ),
        (["run", "--inline-query", "1", "--arg", "n=1", "--arg", "n=2"], "--arg n is given twice."),
        (["run", "--inline-query", "1", "--arg", "n={$x: 1}"], "--arg n: $x is not an encoded Convex value."),
        (["env", "list", "--names-only", "--show"], "--names-only and --show contradict each other."),
        (["serve", "--demo", "--port", "70000"], "--port must be a whole number from 0 to 65535, not '70000'."),
        (["serve", "--url", "http://x"], "No such option '--url'."),
        (["serve", "--demo", "--admin-key", ""], "--admin-key must not be empty."),
        (["--demo", "data", "--url", "x"], "--url and --demo each name a deployment; give only one of them."),
        (["--snapshot", "a.zip", "data", "--snapshot", "b.zip"], "--snapshot is given twice, with different values."),
        (["data", "--admin-key", KEY], "--admin-key needs --url, the address that the key belongs to."),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_clear_line(argv: list[str], message: str) -> None:
    outcome = Console()(*argv)
    assert outcome.err == f"Error: {message}\n"
    assert outcome.out == ""
    assert outcome.code == 2


@pytest.mark.parametrize(
    ("argv", "who_has_it"),
    [
        (["run", "--push", "x"], "`kitcn dev` does, or `npx convex run --push`"),
        (["run", "x", "--typecheck=disable"], "kitcn run pushes no code"),
        (["login", "--vercel"], "`npx convex login --vercel`: kitcn then uses that login"),
        (["login", "--login-flow", "paste"], "an address and a code"),
    ],
)
def test_options_of_the_genuine_command_line_say_who_has_them(argv: list[str], who_has_it: str) -> None:
    outcome = Console()(*argv)
    option = next(word for word in argv if word.startswith("--")).partition("=")[0]
    (line,) = outcome.lines
    assert line.startswith(f"Error: No such option '{option}'. ")
    assert who_has_it in line
    assert (outcome.out, outcome.code) == ("", 2)


def test_no_deployment_is_a_code_of_its_own_and_lists_the_ways() -> None:
    for argv in (["data"], ["run", "--inline-query", "1"], ["env", "list"], ["function-spec"], ["serve"]):
        outcome = Console()(*argv)
        assert outcome.code == 3
        assert len(outcome.lines) == 1
        for way in ("--demo", "--snapshot", "--url", "--admin-key", "CONVEX_SELF_HOSTED_URL"):
            assert way in outcome.err
    assert Console()("data", "--deployment", "nowhere").code == 3


def test_flags_may_stand_before_or_after_the_command() -> None:
    for argv in (["--demo", "data"], ["data", "--demo"], ["--demo", "data", "--demo"], ["env", "--demo", "list"]):
        assert Console()(*argv).code == 0
    assert Console()("--quiet", "data", "--demo").err == ""
    assert Console()("data", "--demo", "-q").err == ""


def test_serving_is_for_offline_deployments() -> None:
    outcome = Console()("--url", "http://127.0.0.1:1", "--admin-key", KEY, "serve")
    assert outcome.code == 2
    assert outcome.err == "Error: kitcn serve serves offline deployments; use --demo or --snapshot FILE.zip.\n"


def test_an_unforeseen_failure_is_one_line_and_a_traceback_on_request(tmp_path: Path) -> None:
    class Broken(io.StringIO):
        def write(self, text: str) -> int:
            raise RuntimeError("no\x1b such luck")

    for variables, lines in (({}, 1), ({"KITCN_DEBUG": "1"}, None)):
        err = io.StringIO()
        environment = Environment(io.StringIO(), Broken(), err, tmp_path, lambda: 0.0, variables)
        assert main(["--version"], environment) == 1
        if lines:
            assert err.getvalue() == (
                "kitcn failed unexpectedly: RuntimeError: no\\u001b such luck (set KITCN_DEBUG=1 for the traceback)\n"
            )
        else:
            assert "Traceback" in err.getvalue()


def test_a_closed_pipe_is_no_failure_to_talk_about(tmp_path: Path) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    err = io.StringIO()
    environment = Environment(io.StringIO(), Closed(), err, tmp_path, lambda: 0.0)
    assert main(["--version"], environment) == 141
    assert err.getvalue() == ""


def test_ctrl_c_has_its_own_code(tmp_path: Path) -> None:
    class Interrupting(io.StringIO):
        def write(self, text: str) -> int:
            raise KeyboardInterrupt

    environment = Environment(io.StringIO(), Interrupting(), io.StringIO(), tmp_path, lambda: 0.0)
    assert main(["--version"], environment) == 130


def test_colours_follow_the_conventions(tmp_path: Path) -> None:
    def style(variables: dict[str, str], tty: bool) -> bool:
        streams = (io.StringIO(), io.StringIO(), io.StringIO())
        return Environment(*streams, tmp_path, lambda: 0.0, variables, stdout_is_tty=tty).out_style.enabled

    assert style({}, True)
    assert not style({}, False)
    assert not style({"NO_COLOR": "1"}, True)
    assert style({"NO_COLOR": ""}, True)
    assert style({"FORCE_COLOR": "1"}, False)
    assert not style({"FORCE_COLOR": "0"}, True)
    assert not style({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True)
    assert not style({"TERM": "dumb"}, True)
