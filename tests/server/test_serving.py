"""Starting and ending."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx2
import pytest
from websockets.sync.client import connect

from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.server import serve
from kitcn_repl.offline.server.serving import listen
from tests.support.served import served

PROGRAM = """
import asyncio
import os
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.server import serve
from kitcn_repl.offline.server.serving import listen

asyncio.run(serve(Offline(demo_dataset()), on_ready=lambda url, key: print(url, key, flush=True)))
try:
    os.waitpid(-1, os.WNOHANG)
    print("a child is left")
except ChildProcessError:
    print("ended, no child left")
"""
"""Prints the address and key, and how it ended; nothing else."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order_and_its_processes_with_it(number: signal.Signals) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert program.stdout is not None
        url, key = program.stdout.readline().split()
        body = {"path": "users:list", "args": {"limit": 1}}
        assert httpx2.post(f"{url}/api/query", json=body, timeout=60).json()["status"] == "success"
        with connect(url.replace("http", "ws") + "/api/sync") as socket_client:
            socket_client.send(json.dumps({"type": "Authenticate", "tokenType": "None", "baseVersion": 0}))
            socket_client.recv(timeout=60)
            program.send_signal(number)
            stdout, stderr = program.communicate(timeout=60)
        assert (stdout, stderr, program.returncode) == ("ended, no child left\n", "", 0)
        assert key.startswith("demo|")
    finally:
        if program.poll() is None:
            os.kill(program.pid, signal.SIGKILL)
            program.wait()


async def test_cancelling_closes_the_deployment() -> None:
    ready = asyncio.Event()
    offline = Offline(demo_dataset())
    closed: list[bool] = []
    close = offline.aclose

    async def aclose() -> None:
        closed.append(True)
        await close()

    offline.aclose = aclose  # type: ignore[method-assign]
    task = asyncio.create_task(serve(offline, on_ready=lambda url, key: ready.set(), prewarm=False))
    await ready.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed == [True]


async def test_a_taken_port_is_an_error_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(KitcnError, match=f"Cannot listen on 127.0.0.1:{port}: ") as failed:
            await serve(Offline(demo_dataset()), port=port)
        assert failed.value.hint


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "example.com", ""])
async def test_only_loopback_can_be_served(host: str) -> None:
    offline = Offline(demo_dataset())
    with pytest.raises(UsageError, match="to this machine only"):
        await serve(offline, host=host)
    await offline.aclose()


async def test_what_on_ready_raises_comes_out_after_the_end() -> None:
    def on_ready(url: str, admin_key: str) -> None:
        raise KitcnError("the other side of the pipe is gone")

    with pytest.raises(KitcnError, match="the other side"):
        await serve(Offline(demo_dataset()), on_ready=on_ready, prewarm=False)


async def test_small_answers_are_sent_at_once() -> None:
    """Nagle's algorithm would hold the body of an answer back for 40 ms."""
    connected: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()

    async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set_result(writer)

    listener = listen("127.0.0.1", 0)
    async with await asyncio.start_server(on_client, sock=listener):
        with socket.create_connection(listener.getsockname()):
            writer = await connected
            assert writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            writer.close()
            await writer.wait_closed()


def test_a_given_key_is_the_key() -> None:
    with served(demo_dataset(), admin_key="mine|1234") as server:
        assert server.admin_key == "mine|1234"
        response = httpx2.get(f"{server.url}/api/check_admin_key", headers={"Authorization": "Convex mine|1234"})
        assert response.status_code == 200


def test_it_is_over_when_it_is_over() -> None:
    before = threading.active_count()
    with served(demo_dataset()) as server:
        assert httpx2.get(f"{server.url}/version").status_code == 200
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{server.url}/version")
    assert threading.active_count() <= before
