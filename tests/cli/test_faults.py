"""Odd things that a server may say beside its answer, or in it. What breaks down is in `tests/faults`."""

from __future__ import annotations

import asyncio

from tests.cli.console import Console
from tests.support.faults import FaultyServer, reply_json, succeed

KEY = "s3cret-admin-key"


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
