"""The Schema tab with real servers that are slow, that go away, and that come back."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kitcn_tui.document.view import DocumentView
from kitcn_tui.places import SchemaPlace
from kitcn_tui.widgets.failure import Failure
from textual.pilot import Pilot

from kitcn_repl.offline.demo.dataset import demo_dataset
from kitcn_repl.targets.target import TargetFlags
from tests.support.faults.streams import Sluice
from tests.support.served import served
from tests.tui.schema.test_schema_view import PROJECT, view
from tests.tui.support import LARGE, SMALL, running, screen_text, until
from tests.tui.test_connection import KEY, Server, free_port


async def test_a_slow_server_is_waited_for_without_taking_the_keys(tmp_path: Path) -> None:
    with served(demo_dataset()) as server:
        port = urlsplit(server.url).port or 0
        async with Sluice(port) as sluice:
            flags = TargetFlags(url=sluice.url, admin_key=server.admin_key)
            async with running(tmp_path, start=PROJECT, flags=flags, size=SMALL) as (app, pilot):
                await until(pilot, lambda: "Warehouse sync 10" in screen_text(app), "the document")
                app.workspace.forget()  # type: ignore[union-attr]
                sluice.shut()
                await pilot.press("3")
                await until(pilot, lambda: "Loading …" in screen_text(app), "the loading state")
                await pilot.resize_terminal(*LARGE)
                await pilot.resize_terminal(*SMALL)
                # keys go on working, and go where somebody looks when the answer comes
                await pilot.press("slash", *"own")
                assert "own" in screen_text(app)
                await until(pilot, lambda: sluice.held > 0, "a question")
                sluice.open()
                await until(pilot, lambda: "ownerId" in screen_text(app), "the table")
                await pilot.press("e")
                assert view(app).query_one("#schema-filter").has_focus
                await pilot.press("escape")
                await _leave_while_loading(app, pilot, sluice)


async def _leave_while_loading(app: Any, pilot: Pilot[Any], sluice: Sluice) -> None:
    sluice.shut()
    view(app).action_reload()
    await until(pilot, lambda: sluice.held > 0, "a question")
    await pilot.press("2")
    await until(pilot, lambda: app.query_one(DocumentView).has_focus_within, "the other tab")
    shown = view(app)._known
    sluice.open()
    await until(pilot, lambda: view(app)._known is not shown, "the answer")
    await pilot.pause()
    assert app.query_one(DocumentView).has_focus_within


async def test_a_server_that_dies_and_comes_back_keeps_the_place(tmp_path: Path) -> None:
    port = free_port()
    flags = TargetFlags(url=f"http://127.0.0.1:{port}", admin_key=KEY)
    async with running(tmp_path, start="project", flags=flags) as (app, pilot):
        async with Server(port):
            await until(pilot, lambda: "Warehouse" in screen_text(app), "the rows", turns=4000)
            await pilot.press("3")
            await until(pilot, lambda: "ownerId_updatedAt" in screen_text(app), "the table")
            view(app).go(SchemaPlace("session"))
            await until(pilot, lambda: "ipAddress" in screen_text(app), "another table")
            await pilot.press("down", "down")
            row = _member(app)
            assert row is not None
        await pilot.press("ctrl+r")
        await until(pilot, lambda: any(one.is_on_screen for one in view(app).query(Failure)), "the failure")
        text = screen_text(app)
        assert "Not reached" in text
        assert "ipAddress" in text, "what was known stays"
        assert view(app).here() == SchemaPlace("session")
        await until(pilot, lambda: app.main.bar.connection.state == "lost", "the shell to know of it")
        async with Server(port):
            await until(pilot, lambda: not view(app).query(Failure), "recovering by itself", turns=4000)
            assert view(app).here() == SchemaPlace("session")
            assert _member(app) == row
            await pilot.press("down")
            assert _member(app) != row


def _member(app: Any) -> str | None:
    return getattr(view(app).facts.row, "member", None)
