"""Servers that misbehave: one clear line, code 4, no traceback, no key."""

from __future__ import annotations

import asyncio

import pytest

from tests.cli.console import Console
from tests.support.faulty_server import (
    Behaviour,
    FaultyServer,
    close,
    cut_off,
    html,
    refuse,
    reply_json,
    reset,
    succeed,
    text,
)

KEY = "s3cret-admin-key"
COMMANDS = [["run", "--inline-query", "1"], ["data", "user"], ["env", "list"]]

FAULTS: dict[str, Behaviour] = {
    "a web page": html(),
    "a page that is not there": html(404),
    "another program": text("hello"),
    "wrong JSON": reply_json({"hello": 1}),
    "a list": reply_json([1]),
    "cut off": cut_off(b'{"status":"succ'),
    "closed": close,
    "reset": reset,
    "wrong key": refuse(401, "BadAdminKey", "The provided admin key was invalid for this instance"),
    "no permission": refuse(403, "OperationNotPermitted", "You do not have permission to do this"),
    "too many requests": refuse(429, "RateLimited", "Slow down", {"Retry-After": "0"}),
    "server error": refuse(500, "InternalServerError", "Your request couldn't be completed"),
    "unavailable": refuse(503, "Overloaded", "Try later", {"Retry-After": "0"}),
}
PATHS = ["/api/run_test_function", "/api/query", "/api/list_environment_variables", "/api/shapes2", "/version"]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("fault", FAULTS)
async def test_one_clear_line(fault: str, command: list[str]) -> None:
    async with FaultyServer() as server:
        for path in PATHS:
            server.on(path, FAULTS[fault])
        outcome = await asyncio.to_thread(Console(), *command, "--url", server.url, "--admin-key", KEY, "-q")
    assert outcome.out == ""
    assert outcome.err.startswith("Error: "), outcome.err
    assert len(outcome.lines) == 1, outcome.err
    assert "Traceback" not in outcome.err
    assert "unexpectedly" not in outcome.err
    assert KEY not in outcome.err
    assert outcome.code == 4, outcome.err


async def test_what_a_server_says_of_old_clients_is_shown_once() -> None:
    headers = {"x-convex-deprecation-state": "UpgradeRequired", "x-convex-deprecation-message": "Please upgrade."}
    async with FaultyServer() as server:
        server.on("/api/run_test_function", reply_json({"status": "success", "value": 1}, headers=headers))
        where = ("--url", server.url, "--admin-key", KEY, "-q")
        outcome = await asyncio.to_thread(Console(), "run", "--inline-query", "1", *where)
    assert outcome.out == "1\n"
    assert outcome.err.count("Please upgrade.") == 1


async def test_a_value_that_is_none_still_shows() -> None:
    value = {"list": [{"$integer": "junk"}], "n": {"$float": 5}}
    async with FaultyServer() as server:
        server.on("/api/run_test_function", succeed(value))
        where = ("--url", server.url, "--admin-key", KEY)
        for argv in ([], ["--format", "table"]):
            outcome = await asyncio.to_thread(Console(tty=True), "run", "--inline-query", "1", *where, *argv)
            assert outcome.code == 0, outcome.err
            assert "junk" in outcome.out
