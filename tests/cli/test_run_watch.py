"""`kitcn run --watch`, in a process of its own where ctrl-c matters."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitcn_repl.deployment.remote import Remote
from tests.cli.console import Console
from tests.support.served import Served, served
from tests.support.watchable import watchable_dataset

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(watchable_dataset()) as server:
        yield server


def start(server: Served, *argv: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "kitcn_repl", "run", *argv, "--url", server.url, "--admin-key", server.admin_key],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


def change(server: Served, weather: str) -> None:
    async def work() -> None:
        remote = Remote(server.url, server.admin_key)
        await remote.change_environment_variables({"WEATHER": weather})
        await remote.aclose()

    asyncio.run(work())


def test_changes_are_printed_and_ctrl_c_leaves_at_once(server: Served) -> None:
    change(server, "fair")
    with start(server, "sky:weather", "{a: 1}", "--watch", "--format", "jsonl") as process:
        assert process.stdout is not None
        for weather in ("fair", "rain"):
            value = json.loads(process.stdout.readline())
            assert (value["weather"], value["a"]) == (weather, 1)
            change(server, "rain")
        # As a terminal does it: the whole group of processes gets the signal.
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    lines = err.splitlines()
    assert lines[1] == "Watching sky:weather; ctrl-c ends it."
    assert "[CONVEX Q(sky:weather)] [LOG] 'looking out' 'rain'" in lines
    assert "Traceback" not in err
    assert server.admin_key not in err


def test_a_failing_query_ends_it(server: Served) -> None:
    change(server, "storm")
    where = ("--url", server.url, "--admin-key", server.admin_key)
    outcome = Console()("run", "sky:weather", "--watch", "-q", *where)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.lines[0] == "[CONVEX Q(sky:weather)] [LOG] 'looking out' 'storm'"
    assert outcome.lines[1].startswith("Error: sky:weather failed: Uncaught Error: too dark to see")


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        (("projects:rename", "{}", "--watch"), 2, "projects:rename is a mutation; only queries can be watched."),
        (("users:sendWelcome", "{}", "--watch"), 2, "users:sendWelcome is an action; only queries can be watched."),
        (("users:list", "{lmit: 5}", "--watch"), 1, "lmit is not a field there (did you mean limit?)"),
        (("nothing:here", "--watch"), 1, "There is no function nothing:here."),
        (("--inline-query", "1", "--watch"), 2, "--inline-query can't be combined with --watch"),
    ],
)
def test_what_cannot_be_watched_is_said(argv: tuple[str, ...], code: int, message: str) -> None:
    outcome = Console()("run", *argv, "--demo", "-q")
    assert (outcome.code, outcome.out) == (code, "")
    assert message in outcome.err
