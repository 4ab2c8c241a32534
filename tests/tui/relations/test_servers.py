"""The graph of a server that is slow, or not there."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kitcn_tui.functions.view import FunctionsView
from kitcn_tui.relations.view import RelationsView

from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.targets.target import TargetFlags
from tests.support.faults import FaultyServer, hang
from tests.support.projects import SCHEMA, write_project
from tests.support.served import served
from tests.tui.relations.support import shown
from tests.tui.support import running, screen_text, until

KEY = "dev:happy-otter-123|key"


async def test_keys_work_while_a_server_does_not_answer(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        server.on("*", hang)
        async with running(tmp_path, flags=TargetFlags(url=server.url, admin_key=KEY)) as (app, pilot):
            await until(pilot, lambda: bool(server.requests) and app.workspace is not None, "asking")
            await pilot.press("4")
            await until(pilot, lambda: "Reading the schema" in screen_text(app), "what it waits for")
            await pilot.press("left", "tab", "space", "f", "u", "e", "y", "slash", "escape", "s", "enter")
            view = app.query_one(RelationsView)
            assert view.selected is None
            assert app.main.active_view is view
            await pilot.press("6")
            await until(pilot, lambda: isinstance(app.main.active_view, FunctionsView), "the next tab")


async def test_a_source_that_differs_from_what_is_deployed(tmp_path: Path) -> None:
    """Of tables and of fields it is told on which side they are; so is it of the selected table beside the graph."""
    source = SCHEMA.replace("session:", "visit:").replace("'session'", "'visit'")
    source = source.replace("many.session(", "many.visit(").replace("r.session.", "r.visit.")
    write_project(tmp_path, {"convex/functions/schema.ts": source})
    with served(demo_dataset()) as server:
        flags = TargetFlags(url=server.url, admin_key=server.admin_key)
        async with running(tmp_path, flags=flags) as (app, pilot):
            await shown(app, pilot, "visit")
            text = screen_text(app)
            for told in ("visit +", "session −", "user ≠", "≠ differs", "+ not deployed", "− not in source"):
                assert told in text
            assert "not deployed" in text
            await pilot.press("slash", *"user", "enter")
            await until(pilot, lambda: "differences" in screen_text(app), "how many")


async def test_a_dead_server_is_told_and_tried_again(tmp_path: Path) -> None:
    with served(demo_dataset(), admin_key=KEY) as server:
        port = int(server.url.rpartition(":")[2])
        url = server.url
    async with running(tmp_path, flags=TargetFlags(url=url, admin_key=KEY)) as (app, pilot):
        await until(pilot, lambda: app.workspace is not None, "opening")
        await pilot.press("4")
        await until(pilot, lambda: "Not reached" in screen_text(app), "that nobody is there", turns=4000)
        assert port
        from tests.tui.test_connection import Server

        async with Server(port):
            await until(pilot, lambda: _selected(app) is not None, "the graph, without a key pressed", turns=6000)
            assert "project" in screen_text(app)
            await asyncio.sleep(0)


def _selected(app: object) -> str | None:
    found = app.query(RelationsView)  # type: ignore[attr-defined]
    return found.first().selected if found else None
