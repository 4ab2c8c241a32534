"""What a frame costs: lines are put together once, and go without waiting for the garbage collection."""

from __future__ import annotations

import gc
import weakref

import pytest
from kitcn_tui.grid.cells import Typing
from kitcn_tui.grid.grid import Grid
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget

from kitcn_repl.explore.browsing.rows import RowList
from kitcn_repl.values import JsonObject

MARIA = "Mari\u0301a 👩‍🚀 \x1b[31m"


class Alone(App[None]):
    """A grid without a shell."""

    def __init__(self, documents: list[JsonObject]) -> None:
        super().__init__()
        self._documents = documents

    def compose(self) -> ComposeResult:
        yield Grid()

    def on_mount(self) -> None:
        self.grid.show(RowList(self._documents), Typing())

    @property
    def grid(self) -> Grid:
        return self.query_one(Grid)


def people(count: int) -> list[JsonObject]:
    return [{"_id": f"p{place}", "name": MARIA if place % 3 else "Ada", "age": place} for place in range(count)]


async def settle(app: Alone, pilot: Pilot[None]) -> Grid:
    await pilot.pause()
    app.grid.focus()
    await pilot.pause()
    return app.grid


@pytest.mark.parametrize("no_color", [False, True], ids=["colours", "no colour"])
async def test_lines_are_those_that_textual_would_make(monkeypatch: pytest.MonkeyPatch, no_color: bool) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
    app = Alone(people(40))
    async with app.run_test(size=(50, 12)) as pilot:
        grid = await settle(app, pilot)
        await pilot.press("down", "space", "down")
        await pilot.pause()
        width = grid.scrollable_content_region.width
        for crop in (Region(0, 0, 50, 12), Region(3, 2, 20, 4), Region(0, 5, 50, 1)):
            grid._styles_cache.clear()
            plain = [strip.crop(0, width - crop.x) for strip in Widget.render_lines(grid, crop)]
            ours = [strip.crop(0, width - crop.x) for strip in grid.render_lines(crop)]
            assert [list(Segment.simplify(line)) for line in ours] == [list(Segment.simplify(line)) for line in plain]


async def test_a_line_goes_with_the_last_reference() -> None:
    app = Alone(people(400))
    async with app.run_test(size=(50, 12)) as pilot:
        grid = await settle(app, pilot)
        lines = [weakref.ref(strip) for strip in grid.render_lines(Region(0, 1, 50, 8))]
        gc.disable()
        try:
            for _ in range(6):
                await pilot.press("pagedown")
            await pilot.pause()
            grid._forget_drawn()
            assert [line for line in lines if line() is not None] == []
        finally:
            gc.enable()


async def test_the_scrollbar_is_drawn_when_its_picture_changes() -> None:
    app = Alone(people(30_000))
    async with app.run_test(size=(50, 12)) as pilot:
        grid = await settle(app, pilot)
        bar, places = grid.vertical_scrollbar, set()
        for _ in range(20):
            await pilot.press("pagedown")
            places.add(bar.position)
        assert len(places) <= 2
        await pilot.press("G")
        await pilot.pause()
        assert bar.position == grid.max_scroll_y
        await pilot.press("g")
        await pilot.pause()
        assert bar.position == 0


async def test_rows_that_nobody_looks_at_are_no_reason_to_draw() -> None:
    app = Alone(people(400))
    async with app.run_test(size=(50, 12)) as pilot:
        grid = await settle(app, pilot)
        for _ in range(3):
            await pilot.press("pagedown")
        await pilot.pause()
        grid._changed(())
        assert not grid._repaint_required
