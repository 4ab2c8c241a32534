"""`--watch` and `logs` on a bad way: they go on, say what happened, and miss nothing."""

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
from tests.faults.table import check_safe
from tests.support.faults import (
    Behaviour,
    FaultyServer,
    Peer,
    Received,
    close,
    cut_in_half,
    every,
    forward,
    html,
    in_thread,
    raw,
    reset,
    upgraded,
)
from tests.support.faults.sockets import CLOSE_FRAME, text_frame
from tests.support.served import Served, served
from tests.support.watchable import watchable_dataset

ROOT = Path(__file__).parents[2]
KEY = "demo|planted-s3cret-key"
SOCKET_FAULTS: dict[str, Behaviour] = {
    "closed": close,
    "reset": reset,
    "a page": html(),
    "a proxy's page": html(502),
    "no HTTP": raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "opened and closed": upgraded(),
    "opened and closed with a word": upgraded(CLOSE_FRAME),
    "half a frame": upgraded(text_frame(b'{"type":', promised=1000)),
    "no JSON": upgraded(text_frame(b"not JSON")),
    "a list": upgraded(text_frame(b"[1]")),
    "JSON of another kind": upgraded(text_frame(b'{"type": "Surprise"}')),
    "a transition to nowhere": upgraded(text_frame(b'{"type": "Transition", "modifications": 5}')),
    "bytes without sense": upgraded(bytes(range(256)) * 4),
    "a frame without end": upgraded(b"\x81\x7f" + b"\xff" * 8),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(watchable_dataset(), admin_key=KEY) as server:
        yield server


def start(*argv: str) -> subprocess.Popen[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CONVEX_", "KITCN_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "kitcn_repl", *argv, "--admin-key", KEY],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**own, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}, start_new_session=True,
    )  # fmt: skip


def stopped(process: subprocess.Popen[str]) -> str:
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    check_safe(err)
    return err


def change(server: Served, weather: str) -> None:
    async def work() -> None:
        remote = Remote(server.url, server.admin_key)
        await remote.change_environment_variables({"WEATHER": weather})
        await remote.aclose()

    asyncio.run(work())


def first_socket(spoiled: Behaviour, usual: Behaviour) -> Behaviour:
    """The first WebSocket is `spoiled`."""
    left = [spoiled]

    async def act(received: Received, peer: Peer) -> None:
        await (left.pop() if left and received.wants_socket else usual)(received, peer)

    return act


@pytest.mark.parametrize("fault", SOCKET_FAULTS)
def test_a_watch_finds_its_way_back(server: Served, fault: str) -> None:
    change(server, "fair")
    with in_thread(FaultyServer()) as way:
        way.on("*", first_socket(SOCKET_FAULTS[fault], forward(server.url)))
        with start("run", "sky:weather", "--watch", "--format", "jsonl", "--url", way.url) as process:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["weather"] == "fair"
            change(server, "rain")
            assert json.loads(process.stdout.readline())["weather"] == "rain"
            stopped(process)


def test_a_log_on_a_bad_way_has_every_line_once(server: Served) -> None:
    with in_thread(FaultyServer()) as way:
        good = forward(server.url)
        way.on("*", every(3, cut_in_half(good), every(4, html(502), good)))
        change(server, "fog")
        with start("logs", "--jsonl", "--success", "--url", way.url) as process:
            assert process.stdout is not None
            way.wait_until(lambda: len(way.requests) > 2)
            seen: list[str] = []
            for number in range(6):
                ask(server, number)
                while f"say {number}" not in " ".join(seen):
                    seen.append(process.stdout.readline())
            stopped(process)
    entries = [line for line in seen if "say " in line]
    assert len(entries) == len(set(entries)) == 6


def ask(server: Served, number: int) -> None:
    from kitcn_repl import connect

    with connect(url=server.url, admin_key=KEY) as deployment:
        deployment.query(f"console.log('say {number}'); return {number}")
