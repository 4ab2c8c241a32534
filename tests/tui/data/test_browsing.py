"""Looking through a table with keys and the mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from kitcn_tui.document.view import DocumentView
from kitcn_tui.grid.value import ValueScreen
from kitcn_tui.places import DocumentPlace, TablePlace
from textual.geometry import Size

from kitcn_repl.explore.browsing.rows import Row
from tests.support.snapshots import users
from tests.tui.data.opened import opened, snapshot
from tests.tui.support import LARGE, SMALL, check_picture, screen_text


async def test_keys_move_select_and_open(tmp_path: Path) -> None:
    async with opened(tmp_path) as data:
        grid = data.grid
        assert data.rows.total == 60
        for keys, row, column in (
            (["down", "j"], 2, "_id"),
            (["k"], 1, "_id"),
            (["right", "l"], 1, "email"),
            (["h"], 1, "name"),
            (["end"], 1, data.grid.columns.shown[-1].name),
            (["home"], 1, "_id"),
            (["G"], 59, "_id"),
            (["up"], 58, "_id"),
            (["g"], 0, "_id"),
        ):
            await data.press(*keys)
            assert (grid.cursor_row, grid.column.name if grid.column else None) == (row, column), keys
        await data.press("pagedown")
        assert grid.cursor_row == grid.page_height
        await data.press("pageup")
        assert grid.cursor_row == 0

        await data.press("space", "space", "shift+down", "shift+down")
        assert len(grid.selection) == 5
        assert len(grid.documents) == 5
        await data.press("shift+up")
        assert len(grid.selection) == 4
        await data.press("escape")
        assert len(grid.selection) == 0
        await data.press("ctrl+a")
        assert len(grid.selection) == 60
        await data.press("escape", "g")

        first = grid.row
        assert first is not None
        await data.press("enter")
        await data.until(lambda: isinstance(data.app.active_view, DocumentView), "the document")
        here = data.app.active_view.here()
        assert isinstance(here, DocumentPlace)
        assert here.document_id == first.key
        await data.press("backspace")
        await data.until(lambda: data.app.active_view is data.view, "the way back")
        assert grid.has_focus


async def test_an_id_is_followed_and_who_points_here_is_one_key(tmp_path: Path) -> None:
    async with opened(tmp_path, "project") as data:
        await data.press("down", "down")
        await data.go_to_column("ownerId")
        row = data.grid.row
        assert row is not None
        await data.press("enter")
        await data.until(lambda: isinstance(data.app.active_view, DocumentView), "the owner")
        place = data.app.active_view.here()
        assert (place.document_id, place.table) == (row.document["ownerId"], "user")
        await data.press("backspace")
        await data.until(lambda: data.app.active_view is data.view, "the way back")
        assert data.grid.cursor_row == 2
        await data.press("r")
        await data.until(lambda: isinstance(data.app.active_view, DocumentView), "who points here")
        place = data.app.active_view.here()
        assert place.document_id == row.key


async def test_the_mouse_does_what_keys_do(tmp_path: Path) -> None:
    async with opened(tmp_path) as data:
        grid, pilot = data.grid, data.pilot
        await pilot.click(grid, offset=(20, 5))
        assert grid.cursor_row == 4
        assert grid.column is not None
        assert grid.column.name == "name"
        await pilot.click(grid, offset=(20, 9), shift=True)
        assert len(grid.selection) == 5
        await pilot.click(grid, offset=(20, 12))
        await pilot.click(grid, offset=(20, 12), control=True)
        assert len(grid.selection) >= 1
        width = grid.column.width
        edge = grid._right_edge(grid.column) - 1
        await pilot.mouse_down(grid, offset=(edge, 0))
        await pilot.hover(grid, offset=(edge + 6, 0))
        await pilot.mouse_up(grid, offset=(edge + 6, 0))
        assert grid.column.width == width + 6
        await pilot.click(grid, offset=(20, 3), times=2)
        await data.until(lambda: isinstance(data.app.active_view, DocumentView), "the document")


async def test_columns_are_arranged_and_remembered(tmp_path: Path) -> None:
    async with opened(tmp_path) as data:
        grid = data.grid
        await data.press("right", "z")
        assert "name" not in [column.name for column in grid.columns.shown]
        assert grid.column is not None
        assert grid.column.name == "email"
        await data.press("p")
        assert [column.name for column in grid.columns.frozen] == ["_id", "email"]
        before = grid.column.width
        await data.press("greater_than_sign", "greater_than_sign", "less_than_sign")
        assert grid.column.width == before + 2
        await data.press("right")
        moved = grid.column.name
        await data.press("shift+right")
        assert [column.name for column in grid.columns.moving][1] == moved
        await data.press("c")
        await data.until(lambda: "Columns" in screen_text(data.app), "the column chooser")
        await data.press("n", "a", "m", "e", "enter", "escape")
        assert "name" in [column.name for column in grid.columns.shown]
        arranged = [column.name for column in grid.columns.shown]
    async with opened(tmp_path) as data:
        assert [column.name for column in data.grid.columns.shown] == arranged
        assert [column.name for column in data.grid.columns.frozen] == ["_id", "email"]


async def test_credentials_are_masked_until_somebody_asks(tmp_path: Path) -> None:
    async with opened(tmp_path, "account", size=LARGE) as data:
        secret = next(str(value) for value in data.column("password") if value is not None)
        assert secret not in screen_text(data.app)
        await data.until(lambda: "••••••••" in screen_text(data.app), "the columns")
        await data.press("x")
        data.grid.columns.named("password").chosen = 60  # type: ignore[union-attr]
        data.grid.columns_changed()
        await data.until(lambda: secret[:40] in screen_text(data.app), "the password")


async def test_a_value_is_viewed_in_full(tmp_path: Path) -> None:
    async with opened(tmp_path, "typeZoo") as data:
        await data.press("right", "right", "right", "down")
        await data.press("v")
        await data.until(lambda: isinstance(data.app.screen, ValueScreen), "the value")
        await data.pilot.pause()
        assert "object · 2 fields" in screen_text(data.app)
        await data.press("escape")
        assert not isinstance(data.app.screen, ValueScreen)


async def test_a_large_table_is_read_where_somebody_looks(tmp_path: Path) -> None:
    """Pages for the viewport and one ahead, few rows held, and only what is on the screen drawn."""
    async with opened(tmp_path, "users", flags=snapshot(tmp_path, users=users(12_000))) as data:
        grid, rows = data.grid, data.rows
        assert rows.requests == 2
        assert rows.held == 200
        assert rows.total == 12_000
        await data.press("G")
        await data.until(lambda: grid.row is not None and grid.cursor_row == 11_999, "the last row")
        await data.at_rest()
        assert grid.row is not None
        assert grid.row.document["name"] == "User 0 ☃"
        assert rows.requests <= 5
        assert "row 12,000 of 12,000" in screen_text(data.app)
        await data.press("g")
        before, drawn = rows.requests, grid.drawn
        for _ in range(25):
            await data.press("pagedown")
        await data.at_rest()
        assert grid.cursor_row == 25 * grid.page_height
        assert grid.row is not None
        assert grid.row.document["name"] == f"User {11_999 - grid.cursor_row} ☃"
        assert rows.requests - before <= 25 * grid.page_height / 100 + 3
        assert rows.held <= 1_700
        assert grid.drawn - drawn <= 26 * (grid.page_height + 2)
        grid.scroll_to(y=6_000, animate=False)
        await data.until(lambda: grid.source.row(6_000) is not None, "the middle")
        await data.at_rest()
        assert rows.requests - before <= 25 * grid.page_height / 100 + 10
        grid.stand(6_005)
        await data.pilot.pause()
        assert "≈ row 6,006 of 12,000" in screen_text(data.app)


async def test_a_place_can_be_come_back_to(tmp_path: Path) -> None:
    async with opened(tmp_path, "users", flags=snapshot(tmp_path, users=users(5_000))) as data:
        await data.press("down", "down", "down")
        here = data.view.here()
        assert isinstance(here, TablePlace)
        for number in (4_990, 2_000):
            wanted = next(str(user["_id"]) for user in users(5_000) if user["logins"] == number)  # type: ignore[call-overload,index]
            await data.app.main.go(TablePlace("users", document_id=wanted))

            def is_there(key: str = wanted) -> bool:
                return data.grid.row is not None and data.grid.row.key == key

            await data.until(is_there, "the document")
        await data.press("backspace", "backspace")
        await data.until(lambda: data.grid.row is not None and data.grid.row.key == here.document_id, "the way back")


def key_of(row: Row | None) -> str | None:
    return row.key if row is not None else None


async def test_a_bar_that_comes_hides_no_cursor(tmp_path: Path) -> None:
    """As when rows are asked for again: how wide their columns are is known after the cursor stands on the last one."""
    async with opened(tmp_path, "project", size=(110, 30)) as data:
        grid = data.grid
        grid.virtual_size = Size(10, 141)
        await data.until(lambda: not grid.show_horizontal_scrollbar, "no bar")
        await data.press("G")
        await data.until(lambda: grid.window[1] == grid.cursor_row == 139, "the last row at the bottom")
        grid.lay_out()
        await data.until(lambda: grid.show_horizontal_scrollbar, "the bar")
        await data.until(lambda: grid.window[1] == grid.cursor_row == 139, "the last row above it")


async def test_asking_again_keeps_the_place(tmp_path: Path) -> None:
    async with opened(tmp_path, "users", flags=snapshot(tmp_path, users=users(5_000))) as data:
        for keys in (("down", "down", "right", "right"), ("G", "up", "up")):
            await data.press(*keys)
            await data.at_rest()
            assert data.grid.row is not None
            before, stood, column = data.rows, data.grid.row.key, data.grid.column
            await data.press("ctrl+r")
            await data.until(lambda before=before: data.rows is not before, "other rows")  # type: ignore[misc]
            await data.until(lambda stood=stood: key_of(data.grid.row) == stood, "the same document")  # type: ignore[misc]
            assert data.grid.column is not None
            assert column is not None
            assert data.grid.column.name == column.name


@pytest.mark.parametrize("size", [SMALL, (120, 36), LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_pictures(tmp_path: Path, size: tuple[int, int]) -> None:
    name = f"{size[0]}x{size[1]}"
    async with opened(tmp_path, size=size) as data:
        await data.press("down", "space", "right")
        await data.pilot.pause()
        await check_picture(data.app, f"data-users-{name}")
    async with opened(tmp_path, "typeZoo", size=size) as data:
        await check_picture(data.app, f"data-zoo-{name}")
