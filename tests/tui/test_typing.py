"""Whoever types faster than the application draws: keys go where the keys before them lead."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from kitcn_tui.places import RelationsPlace, SchemaPlace, TablePlace
from kitcn_tui.query.view import QueryView
from kitcn_tui.shell.palette import Command, CommandLine, Palette
from kitcn_tui.shell.sidebar import Sidebar
from kitcn_tui.shell.typing import Typing
from textual import events
from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from kitcn_repl.deployment.models import IndexInfo
from kitcn_repl.targets.target import TargetFlags
from tests.support.faults import FaultyServer, Peer, Received, reply_json
from tests.tui.query.support import open_query
from tests.tui.support import is_uncovered, running, screen_text, until


async def test_a_choice_is_typed_into_and_made(tmp_path: Path) -> None:
    async with running(tmp_path, start="session") as (app, pilot):
        await until(pilot, lambda: "row 1 of" in screen_text(app), "the rows")
        await pilot.press("3")
        await until(pilot, lambda: "ipAddress" in screen_text(app), "the schema")
        await pilot.at_once("y", *"place in", "enter")
        await until(pilot, lambda: app.clipboard == "schema.ts:31", "the copy")
        assert app.main.here() == SchemaPlace("session"), "no letter was a key of the view"
        assert is_uncovered(app)


async def test_from_tab_to_table_to_action(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: "row 1 of" in screen_text(app), "the rows")
        await pilot.at_once("ctrl+t", *"ses", "enter", "4")
        await until(pilot, lambda: app.main.here() == RelationsPlace("session"), "its relations")
        await pilot.at_once("ctrl+p", *"hide the side", "enter")
        await until(pilot, lambda: not app.main.query_one(Sidebar).display, "the action")
        await pilot.at_once("5", *"1+1", "ctrl+j")
        view = app.main.query_one(QueryView)
        await until(pilot, lambda: view.page.result.outcome is not None, "the answer")
        assert view.page.editor.text == "1+1"


async def test_what_is_pasted_follows_the_key_before_it(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: "row 1 of" in screen_text(app), "the rows")
        app.post_message(events.Key("slash", "/"))
        app.post_message(events.Paste('name = "Billing 10"'))
        await pilot.at_once("enter")
        await until(pilot, lambda: "1 of 1" in screen_text(app) and "Billing 10" in screen_text(app), "the filter")


async def test_an_order_is_typed_before_the_indexes_are_known(tmp_path: Path) -> None:
    """What is typed goes into the dialog, though it has nothing to choose from yet."""
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: "row 1 of" in screen_text(app), "the rows")
        view: Any = app.active_view
        deployment, answering = app.workspace.deployment, asyncio.Event()  # type: ignore[union-attr]
        read = deployment.indexes

        async def slow(component: str = "") -> list[IndexInfo]:
            await answering.wait()
            return await read(component)

        view.indexes = []
        deployment.indexes = slow  # type: ignore[method-assign]
        await pilot.at_once("o", *"oldest")
        assert "Reading the indexes" in screen_text(app)
        answering.set()
        await until(pilot, lambda: "oldest first" in screen_text(app), "the choice")
        await pilot.press("enter")
        await until(pilot, lambda: view.shown.view.order == "asc", "the order")


async def test_who_types_while_the_tables_come_goes_on_typing(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        answering = asyncio.Event()

        async def late(received: Received, peer: Peer) -> None:
            await answering.wait()
            await reply_json({"status": "success", "value": []})(received, peer)

        server.on("*", late)
        async with running(tmp_path, flags=TargetFlags(url=server.url, admin_key="dev|key")) as (app, pilot):
            await until(pilot, lambda: bool(server.requests), "asking")
            await pilot.at_once("ctrl+t", *"pro")
            answering.set()
            await until(pilot, lambda: app.active_view is not None, "the first view")
            await pilot.press("j")
            assert app.main.is_typing
            assert app.main.query_one("#table-filter", Input).value == "proj"


async def test_what_comes_late_takes_no_place_under_the_cursor(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.active_view is not None, "the first view")
        await pilot.press("ctrl+p", *"sess")
        palette = app.screen
        assert isinstance(palette, Palette)
        chosen = palette.listing.row
        assert isinstance(chosen, CommandLine)
        palette.add([Command("sess", TablePlace("verification"), weight=9.0)])
        assert isinstance(first := palette.listing.rows[0], CommandLine)
        assert first.command.title == "sess"
        assert isinstance(row := palette.listing.row, CommandLine)
        assert row.command == chosen.command


async def test_a_saved_query_that_is_to_run_is_what_runs(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await open_query(app, pilot)
        await pilot.at_once(*"6*7", "ctrl+s")
        await until(pilot, lambda: not is_uncovered(app), "asking for a name")
        await pilot.at_once("ctrl+u", *"answer", "enter")
        await until(pilot, lambda: view.buffers.current.saved is not None, "saving")
        view.buffers.current.text = view.page.editor.text = "1"
        await pilot.at_once("ctrl+n", "2")
        await pilot.at_once("f3", "ctrl+j")
        await until(pilot, lambda: any(page.result.outcome is not None for page in view.query("Page")), "a run")  # type: ignore[attr-defined]
        (outcome,) = [page.result.outcome for page in view.query("Page") if page.result.outcome is not None]  # type: ignore[attr-defined]
        assert outcome.value == 42


class _Stuck(Widget):
    """Its handler waits for what does not come."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def on_click(self) -> None:
        await self.go_on.wait()


class _App(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.typing = Typing(self, super().on_event)
        self.stuck = _Stuck()

    def compose(self) -> ComposeResult:
        yield Input()
        yield self.stuck


async def test_a_widget_that_hangs_holds_the_keys_for_a_moment_only() -> None:
    app = _App()
    app.typing.patience = 0.05
    async with app.run_test() as pilot:
        await pilot.pause()
        app.stuck.call_later(app.stuck.on_click)
        app.typing.put(events.Key("b", "b"))
        while app.typing.delivered < 1:  # noqa: ASYNC110 - a pilot would wait for the widget
            await asyncio.sleep(0.001)
        app.stuck.go_on.set()
        await app.typing.settled()
        assert app.query_one(Input).value == "b"
