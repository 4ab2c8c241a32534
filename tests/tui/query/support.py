"""The Query tab in tests."""

from __future__ import annotations

from typing import Any

from kitcn_tui.app import KitcnApp
from kitcn_tui.query.page import Page
from kitcn_tui.query.result.outcome import Outcome
from kitcn_tui.query.view import QueryView
from textual.pilot import Pilot

from tests.tui.support import until


async def open_query(app: KitcnApp, pilot: Pilot[Any]) -> QueryView:
    """Go to the Query tab; the editor has the focus."""
    await until(pilot, lambda: app.workspace is not None and app.active_view is not None, "opening")
    if app.active_view is not None and app.active_view.TAB != QueryView.TAB:
        await pilot.press("5")
    await until(pilot, lambda: bool(app.screen.query(Page)), "a page")
    view = app.screen.query_one(QueryView)
    await until(pilot, lambda: view.page.editor.has_focus, "focus in the editor")
    return view


async def knowing(view: QueryView, pilot: Pilot[Any]) -> QueryView:
    """Wait for the names that completion offers."""
    await until(pilot, lambda: view.page.words is not None, "words")
    return view


def write(view: QueryView, text: str) -> None:
    """Put a text into the editor, as pasting does."""
    editor = view.page.editor
    editor.insert(text, maintain_selection_offset=False)


async def run(view: QueryView, pilot: Pilot[Any], text: str | None = None, key: str = "ctrl+j") -> Outcome:
    """Run the text, or what is there, and wait for what comes of it."""
    page = view.page
    if text is not None:
        page.editor.text = text
        await pilot.pause()
    before = page.result.outcome
    await pilot.press(key)
    await until(pilot, lambda: not page.is_running and page.result.outcome is not before, "an outcome")
    assert page.result.outcome is not None
    await pilot.pause()
    return page.result.outcome


def hearing(app: KitcnApp) -> list[str]:
    """The notifications from now on; tests run without the toasts that would show them."""
    heard: list[str] = []

    def notify(message: str, **_more: object) -> None:
        heard.append(message)

    app.notify = notify  # type: ignore[method-assign]
    return heard
