"""Servers that are slow, dead, or back again."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from kitcn_tui.shell.bar import Bar
from kitcn_tui.shell.sidebar import Sidebar

from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.server import serve
from kitcn_repl.targets.target import TargetFlags
from tests.support.faults import Behaviour, FaultyServer, Peer, Received, hang, succeed
from tests.tui.support import running, screen_text, until

KEY = "dev:happy-otter-123|key"
LATE = 20.0


def late(behaviour: Behaviour, answered: list[Received]) -> Behaviour:
    """So long that ten keys are pressed meanwhile even on a machine that is busy with other tests."""

    async def act(received: Received, peer: Peer) -> None:
        await asyncio.sleep(LATE)
        answered.append(received)
        await behaviour(received, peer)

    return act


async def test_the_first_frame_waits_for_nobody(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        server.on("*", hang)
        async with running(tmp_path, flags=TargetFlags(url=server.url, admin_key=KEY)) as (app, pilot):
            await until(pilot, lambda: app.workspace is not None, "opening")
            text = screen_text(app)
            assert "happy-otter-123" in text
            assert "1 Data" in text
            assert "loading" in text
            await until(pilot, lambda: "connecting" in screen_text(app), "a word of it")


async def test_keys_work_while_a_slow_server_thinks(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        answered: list[Received] = []
        server.on("*", late(succeed([]), answered))
        async with running(tmp_path, flags=TargetFlags(url=server.url, admin_key=KEY)) as (app, pilot):
            await until(pilot, lambda: bool(server.requests), "asking")
            await pilot.press("ctrl+b")
            assert not app.main.query_one(Sidebar).display
            await pilot.press("ctrl+b", "question_mark")
            assert "Keys" in screen_text(app)
            await pilot.press("escape", "ctrl+p")
            assert "Palette" in screen_text(app)
            await pilot.press("escape")
            assert not answered, "no key waited for an answer"


async def test_what_nobody_waits_for_any_more_is_cancelled(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        server.on("*", hang)
        async with running(tmp_path, flags=TargetFlags(url=server.url, admin_key=KEY)) as (app, pilot):
            await until(pilot, lambda: server.open_connections > 0, "asking")
            app.desk.open(TargetFlags(demo=True))
            await until(pilot, lambda: "project" in screen_text(app), "the demo")
            await asyncio.wait_for(server.until(lambda: server.open_connections == 0), 10)


async def test_a_server_that_dies_is_told_of_and_comes_back(tmp_path: Path) -> None:
    port = free_port()
    async with running(tmp_path, flags=TargetFlags(url=f"http://127.0.0.1:{port}", admin_key=KEY)) as (app, pilot):
        bar = app.main.query_one(Bar)
        await until(pilot, lambda: bar.connection.state == "lost", "telling that nobody is there")
        assert "not reached, retrying" in screen_text(app)
        async with Server(port):
            await until(pilot, lambda: bar.connection.state == "good", "finding it", turns=4000)
            await until(pilot, lambda: "typeZoo" in screen_text(app), "the tables, without a key pressed")
            assert "not reached" not in screen_text(app)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: bar.connection.state == "lost", "telling that it is gone")
        assert "typeZoo" in screen_text(app), "what was known stays"
        async with Server(port):
            await until(pilot, lambda: bar.connection.state == "good", "finding it again", turns=4000)


async def test_a_start_that_could_not_be_looked_for_is_looked_for_again(tmp_path: Path) -> None:
    port = free_port()
    flags = TargetFlags(url=f"http://127.0.0.1:{port}", admin_key=KEY)
    async with running(tmp_path, flags=flags, start="project") as (app, pilot):
        await until(pilot, lambda: app.main.query_one(Bar).connection.state == "lost", "telling that nobody is there")
        async with Server(port):
            await until(pilot, lambda: "Warehouse sync 10" in screen_text(app), "the rows", turns=4000)


async def test_insights_of_this_time_are_remembered(tmp_path: Path) -> None:
    port = free_port()
    flags = TargetFlags(url=f"http://127.0.0.1:{port}", admin_key=KEY)
    async with Server(port), running(tmp_path, flags=flags) as (app, pilot):
        await until(pilot, lambda: "typeZoo" in screen_text(app), "the tables")
        folder = tmp_path / ".cache" / "insights"
        await until(pilot, lambda: bool([*folder.glob("*.history")]), "a history", turns=8000)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


class Server:
    """The demo, served on that port while the block runs."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        offline = Offline(demo_dataset())
        ready = asyncio.Event()
        self._task = asyncio.create_task(
            serve(offline, port=self._port, admin_key=KEY, on_ready=lambda url, key: ready.set(), prewarm=False)
        )
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({self._task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        assert ready.is_set(), self._task

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait({self._task})
