"""The command line under every fault: one clear line on stderr, nothing on stdout, the documented exit code, no key."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kitcn_repl.offline.demo import demo_dataset
from tests.cli.console import Console, Outcome
from tests.faults.table import BRIEF, ENDLESS, KEY, check_safe, check_told
from tests.support.faults import (
    FaultyServer,
    cut_in_half,
    every,
    forward,
    in_thread,
    redirect,
    reset_in_body,
    succeed,
    too_many,
)
from tests.support.served import served

ROOT = Path(__file__).parents[2]
COMMANDS = [
    ["run", "--inline-query", "1"],
    ["run", "users:list"],
    ["data"],
    ["data", "user", "--where", "name = 1"],
    ["schema"],
    ["functions"],
    ["insights", "--live"],
    ["env", "list"],
    ["doctor"],
]
MOST_REQUESTS = 12
"""What a command may ask, all attempts included: more is a storm."""


async def all_at_once(ask: Callable[[str], Awaitable[Outcome]]) -> dict[str, Outcome]:
    """The outcome under each brief fault. At once, since most of the time is spent waiting between attempts."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(len(BRIEF)))
    return dict(zip(BRIEF, await asyncio.gather(*(ask(fault) for fault in BRIEF)), strict=True))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
async def test_one_clear_line(command: list[str]) -> None:
    async def ask(fault: str) -> Outcome:
        async with FaultyServer() as server:
            server.on("*", BRIEF[fault])
            outcome = await asyncio.to_thread(Console(), *command, "--url", server.url, "--admin-key", KEY, "-q")
            assert 0 < len(server.requests) <= MOST_REQUESTS, fault
            return outcome

    for fault, outcome in (await all_at_once(ask)).items():
        check_told(outcome.err)
        assert outcome.out == "", fault
        # A server that refuses the request itself may well be right; in every other case it cannot be used.
        assert outcome.code == (1 if fault == "an echo" else 4), (fault, outcome.err)


async def test_a_redirect_is_told_and_not_followed() -> None:
    async with FaultyServer() as elsewhere, FaultyServer() as server:
        server.on("*", redirect(f"{elsewhere.url}/login"))
        where = ("--url", server.url, "--admin-key", KEY, "-q")
        outcome = await asyncio.to_thread(Console(), "run", "--inline-query", "1", *where)
        assert f"redirects to {elsewhere.url}/login" in outcome.err
        assert elsewhere.connections == 0


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
async def test_what_is_busy_is_asked_again_when_it_says(as_date: bool) -> None:
    async with FaultyServer() as server:
        server.on("*", too_many(1.0, as_date=as_date), succeed(7))
        where = ("--url", server.url, "--admin-key", KEY, "-q")
        outcome = await asyncio.to_thread(Console(), "run", "--inline-query", "1", *where)
        assert (outcome.code, outcome.out, outcome.err) == (0, "7\n", "")
        assert len(server.requests) == 2


async def test_a_log_that_is_read_once_does_not_wait_for_an_hour() -> None:
    async with FaultyServer() as server:
        server.on("*", too_many(3600))
        where = ("--url", server.url, "--admin-key", KEY, "-q")
        outcome = await asyncio.wait_for(asyncio.to_thread(Console(), "logs", "--once", *where), 10)
        check_told(outcome.err)
        assert "try again in 3600 s" in outcome.err
        assert (outcome.code, len(server.requests)) == (4, 1)


def start(*argv: str) -> subprocess.Popen[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CONVEX_", "KITCN_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "kitcn_repl", *argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**own, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


@pytest.mark.parametrize("fault", ["reset in the body", "bytes without sense", "429 for an hour by date", "an echo"])
def test_the_real_program(fault: str) -> None:
    with in_thread(FaultyServer()) as server:
        server.on("*", BRIEF[fault])
        program = start("data", "user", "--url", server.url, "--admin-key", KEY, "-q")
        out, err = program.communicate(timeout=60)
    check_told(err)
    assert (out, program.returncode) == ("", 1 if fault == "an echo" else 4)


@pytest.mark.parametrize("fault", ENDLESS)
def test_who_does_not_want_to_wait_leaves_with_ctrl_c(fault: str) -> None:
    with in_thread(FaultyServer()) as server:
        server.on("*", ENDLESS[fault])
        program = start("run", "--inline-query", "1", "--url", server.url, "--admin-key", KEY, "-q")
        server.wait_until(lambda: len(server.requests) > 0)
        os.killpg(program.pid, signal.SIGINT)
        out, err = program.communicate(timeout=60)
        server.wait_until(lambda: server.open_connections == 0)
    check_safe(err)
    assert (out, program.returncode) == ("", 130)


async def test_on_a_bad_way_every_answer_is_whole_or_none() -> None:
    """A real deployment behind a way on which every third answer is damaged: a command fails, or says all."""
    with served(demo_dataset(), admin_key=KEY) as deployment:
        commands = [["data", "user", "--format", "jsonl"], ["schema", "--format", "json"], ["env", "list"]]

        def ask(command: list[str], url: str) -> Outcome:
            return Console()(*command, "--url", url, "--admin-key", KEY, "-q")

        codes = []
        for command in commands:
            right = await asyncio.to_thread(ask, command, deployment.url)
            assert right.code == 0
            for spoiled in (cut_in_half(forward(deployment.url)), reset_in_body):
                async with FaultyServer() as server:
                    server.on("*", every(3, spoiled, forward(deployment.url)))
                    for _ in range(4):
                        outcome = await asyncio.to_thread(ask, command, server.url)
                        codes.append(outcome.code)
                        if outcome.code == 0:
                            assert outcome.out == right.out
                        else:
                            check_told(outcome.err)
                            assert (outcome.code, outcome.out) == (4, "")
        assert set(codes) == {0, 4}
