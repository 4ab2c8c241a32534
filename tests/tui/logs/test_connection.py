"""The Logs tab on servers that are slow, die, come back, or refuse."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from kitcn_tui.app import KitcnApp
from kitcn_tui.logs.lines import LogLines
from kitcn_tui.logs.state_line import StateLine
from kitcn_tui.widgets.failure import Failure

from kitcn_repl.explore.logs.kept import KeptLog
from kitcn_repl.targets.target import TargetFlags
from tests.explore.logs.log_server import POLL, LogServer
from tests.support.faults import FaultyServer, Peer, Received, refuse, reply_json, reset
from tests.support.log_entries import LogStream
from tests.tui.logs.support import logs
from tests.tui.support import screen_text, until


def flags(server: FaultyServer) -> TargetFlags:
    return TargetFlags(url=server.url, admin_key="dev:happy-otter-101|planted-key")


def state(app: KitcnApp) -> str:
    return str(app.query_one(StateLine).render())


async def test_thousands_of_entries_scroll_and_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kitcn_tui.logs.page.KeptLog", partial(KeptLog, most_entries=4_000))
    entries = list(LogStream(seed=3).entries(6_000))
    source = LogServer(entries, page=500)
    async with FaultyServer() as server:
        source.serve(server)
        async with logs(tmp_path, flags=flags(server)) as (app, pilot, view, lines):
            await until(pilot, lambda: view._kept.total == len(entries), "all entries", turns=20_000)
            assert view._kept.total - view._kept.first <= 4_000
            assert lines.count == len(view._kept.lines)
            assert lines.lines[0][0] == view._kept.first
            assert "entries dropped" in state(app)
            assert lines.is_at_end
            for key in ("home", "pagedown", "pagedown", "end", "pageup"):
                await pilot.press(key)
            await pilot.press("w", "home", "end")
            assert lines.scroll_offset.y == lines.height_of_all - lines.scrollable_content_region.height


async def test_a_server_that_dies_and_comes_back_keeps_its_place(tmp_path: Path) -> None:
    entries = list(LogStream(seed=5).entries(300))
    source = LogServer(entries[:200])
    async with FaultyServer() as server:
        source.serve(server)
        async with logs(tmp_path, flags=flags(server)) as (app, pilot, _, lines):
            await until(pilot, lambda: lines.count > 200, "the log")
            before = lines.count
            await pilot.press("up", "up")
            cursor = lines.cursor
            server.on(POLL, reset)
            await server_drops(server)
            await until(pilot, lambda: "✗" in state(app), "trouble")
            assert lines.count == before
            source.entries = entries
            source.serve(server)
            await until(pilot, lambda: lines.count > before, "what came meanwhile", turns=8000)
            assert "✗" not in state(app)
            assert lines.cursor == cursor


def piped_to(port: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """A server's behaviour: to be another one."""

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
            sink.close()

        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(copy(reader, back_writer), copy(back_reader, writer), return_exceptions=True)
        finally:
            back_writer.close()
            writer.close()

    return pipe


async def server_drops(server: FaultyServer) -> None:
    """Every connection that waits is cut."""
    for serving in list(server._serving):
        serving.cancel()
    await asyncio.sleep(0)


async def test_a_refused_log_explains_and_tries_again(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        server.on(POLL, refuse(403, "BadDeployKey", "The provided deploy key is no good"))
        async with logs(tmp_path, flags=flags(server)) as (app, pilot, _, lines):
            await until(pilot, lambda: bool(app.query("LogsView Failure")), "the failure")
            LogServer(list(LogStream(seed=6).entries(20))).serve(server)
            app.query("LogsView Failure").first(Failure).focus()
            await pilot.press("enter")
            await until(pilot, lambda: lines.count > 0, "the log")
            await until(pilot, lambda: not app.query("LogsView Failure"), "no failure any more")
            assert "planted-key" not in screen_text(app)


async def test_a_server_that_was_never_there_is_waited_for(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        port = server.port
    target = TargetFlags(url=f"http://127.0.0.1:{port}", admin_key="dev:happy-otter-101|planted-key")
    async with logs(tmp_path, flags=target) as (app, pilot, _, lines):
        await until(pilot, lambda: bool(app.query("LogsView Failure")), "the failure")
        await until(pilot, lambda: "Not reached" in screen_text(app), "the failure on the screen")
        source = LogServer(list(LogStream(seed=6).entries(20)))
        async with FaultyServer() as back:
            source.serve(back)
            async with await asyncio.start_server(piped_to(back.port), "127.0.0.1", port):
                await until(pilot, lambda: lines.count > 0, "the log", turns=8000)
                await until(pilot, lambda: not app.query("LogsView Failure"), "no failure any more")


async def test_a_slow_answer_blocks_no_key(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def slow(received: Received, peer: Peer) -> None:
        asked.set()
        await peer.reader.read()
        peer.finish()

    async with FaultyServer() as server:
        server.on(POLL, slow)
        async with logs(tmp_path, flags=flags(server)) as (app, pilot, _, lines):
            await asked.wait()
            assert "reading the log" in state(app)
            await pilot.press("slash", "a", "b")
            assert app.focused is app.query_one("#log-filter")
            await pilot.press("escape", "space")
            assert lines.count == 0
        await server.until(lambda: server.open_connections == 0)


async def test_entries_of_no_known_form_do_no_harm(tmp_path: Path) -> None:
    odd = [
        {},
        {"kind": 7, "logLines": 3},
        {"logLines": [None, 4, {"messages": "x"}]},
        {"kind": "Completion", "error": []},
    ]
    async with FaultyServer() as server:
        server.on(POLL, reply_json({"entries": odd, "newCursor": 4}), slow_for_ever)
        async with logs(tmp_path, flags=flags(server)) as (app, pilot, view, _):
            await until(pilot, lambda: view._kept.total == 4, "the entries")
            for key in ("home", "enter", "down", "down", "down", "F", "c", "y", "Y", "r", "f", "w"):
                await pilot.press(key)
            assert isinstance(app.query_one(LogLines), LogLines)


async def slow_for_ever(received: Received, peer: Peer) -> None:
    await peer.reader.read()
    peer.finish()
