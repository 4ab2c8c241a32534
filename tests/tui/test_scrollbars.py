"""Bars of what draws its own lines: they stand where it has been scrolled to, also when that was before they came."""

from __future__ import annotations

import pytest
from kitcn_tui.grid.canvas import Canvas
from kitcn_tui.outline.outline import Outline
from kitcn_tui.relations.graph import GraphWidget
from kitcn_tui.widgets.line_list import LineList
from kitcn_tui.widgets.line_view import LineView
from textual.app import App, ComposeResult
from textual.geometry import Size

from tests.tui.support import until


@pytest.mark.parametrize("widget", [Canvas, GraphWidget, LineList, Outline])
def test_it_is_a_line_view(widget: type) -> None:
    assert issubclass(widget, LineView)


class Alone(App[None]):
    def compose(self) -> ComposeResult:
        yield LineView()


async def test_bars_that_come_after_scrolling_show_where() -> None:
    app = Alone()
    async with app.run_test(size=(40, 10)) as pilot:
        view = app.query_one(LineView)
        await pilot.pause()
        assert view.scrollbars_enabled == (False, False)
        view.virtual_size = Size(200, 100)
        view.scroll_to(x=100, y=70, animate=False, force=True, immediate=True)
        await until(pilot, lambda: view.scrollbars_enabled == (True, True), "the bars")
        assert view.scroll_offset == (100, 70)
        assert (view.horizontal_scrollbar.position, view.vertical_scrollbar.position) == (100, 70)
