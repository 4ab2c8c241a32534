"""Slow, dead, resized, hostile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kitcn_tui.data.view import DataView
from kitcn_tui.grid.grid import Grid
from kitcn_tui.places import TablePlace
from rich.cells import cell_len

from kitcn_repl.deployment.errors import UnreachableError
from kitcn_repl.deployment.models import Page, PageRequest
from kitcn_repl.explore.browsing.table_rows import TableRows
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.targets.target import TargetFlags
from tests.support.served import served
from tests.support.snapshots import document_id, users
from tests.tui.data.opened import Doctored, Opened, opened, slow, snapshot
from tests.tui.support import SMALL, check_picture, screen_text


def doctor(data: Opened, hand: Any) -> None:
    """From now on every page goes through the hand."""
    data.view.workspace.deployment = Doctored(data.view.workspace.deployment, hand)


async def test_a_slow_server_leaves_the_keys_alone_and_what_is_left_is_given_up(tmp_path: Path) -> None:
    async with opened(tmp_path, "users", flags=snapshot(tmp_path, users=users(20_000))) as data:
        log: list[str] = []
        # only the rows': others may still be learning from the deployment
        data.rows._deployment = Doctored(data.rows._deployment, slow(3600, log))
        await data.until(lambda: "User 19999" in screen_text(data.app), "the rows")
        await data.press("down", "down")
        assert data.grid.cursor_row == 2
        await data.press("G")
        await data.until(lambda: log == ["asked"], "a request for the end")
        assert data.grid.cursor_row == 19_999
        assert "reading …" in screen_text(data.app)
        await data.press("up", "up")
        assert data.grid.cursor_row == 19_997
        await data.press("g")
        await data.until(lambda: log == ["asked", "given up"], "the end of it")
        assert data.column("name")[0] == "User 19999 ☃"
        await data.press("G")
        await data.until(lambda: log[-1] == "asked", "another request")
        await data.app.action_tab("schema")
        await data.until(lambda: log[-1] == "given up", "the end of that too")
        await data.app.action_tab("data")
        await data.until(lambda: log[-1] == "asked", "what was left is asked for again")


async def test_a_server_that_dies_and_comes_back(tmp_path: Path) -> None:
    """What was read stays, the place too; it says what is wrong and mends itself."""
    async with opened(tmp_path, "users", flags=snapshot(tmp_path, users=users(20_000))) as data:
        is_dead = True

        async def mortal(request: PageRequest, ask: Any) -> Page:
            if is_dead:
                raise UnreachableError("Nobody answers at 127.0.0.1.")
            answer: Page = await ask()
            return answer

        doctor(data, mortal)
        data.rows._deployment = data.view.workspace.deployment
        for _ in range(8):
            await data.press("pagedown")
        place = data.grid.cursor_row
        await data.until(lambda: "not reached, trying again" in screen_text(data.app), "the trouble")
        assert data.grid.cursor_row == place
        is_dead = False
        await data.until(lambda: data.grid.row is not None, "the recovery")
        assert data.grid.cursor_row == place
        await data.at_rest()
        assert "not reached" not in screen_text(data.app).split("users")[-1]

        is_dead = True
        await data.app.main.go(TablePlace("users", order="asc"))
        await data.until(lambda: "Nobody answers at 127.0.0.1." in screen_text(data.app), "the failure")
        is_dead = False
        await data.until(lambda: data.grid.row is not None and data.grid.display, "rows")
        assert data.column("name")[0] == "User 0 ☃"


async def test_a_served_deployment_is_browsed_like_a_file(tmp_path: Path) -> None:
    with served(demo_dataset()) as server:
        flags = TargetFlags(url=server.url, admin_key=server.admin_key)
        async with opened(tmp_path, "project", flags=flags) as data:
            assert data.rows.total == 140
            await data.press("G")
            await data.until(lambda: data.grid.row is not None and data.grid.cursor_row == 139, "the last row")
            await data.app.main.go(TablePlace("project", (), "asc", "ownerId_updatedAt"))
            await data.until(lambda: data.view.shown.view.index is not None, "the index")  # type: ignore[union-attr]
            await data.at_rest()
            owners = [str(owner) for owner in data.column("ownerId")]
            assert owners == sorted(owners)


async def test_a_terminal_is_resized_while_rows_are_on_their_way(tmp_path: Path) -> None:
    async with opened(tmp_path, "users", flags=snapshot(tmp_path, users=users(2_000))) as data:
        log: list[str] = []
        doctor(data, slow(0.02, log))
        await data.app.main.go(TablePlace("users", order="asc"))
        for size in ((60, 12), (200, 60), (20, 5), (120, 36)):
            await data.pilot.resize_terminal(*size)
        await data.until(lambda: data.grid.row is not None, "rows")
        await data.until(lambda: data.column("name")[:2] == ["User 0 ☃", "User 1 ☃"], "the first of them")
        await data.until(lambda: len(data.column("name")) == data.grid.page_height, "as many as there is room for")


def hostile(count: int) -> list[Any]:
    texts = [
        "👩‍👩‍👧‍👦👍🏽🇩🇪❤️",
        "שלום עולם مرحبا",
        "a\u202eb\u2066c\u200ed",
        "\x1b[31mred\x1b[0m\x07\x08",
        "漢字かな混じり文" * 9,
        "e" + "\u0301" * 500,
        "[bold]x[/] <b>&amp;</b>",
        "line\r\nline\ttab\x00",
        "x" * (1 << 20),
        "\u200d\ufe0f\u200b",
    ]
    return [
        {
            "_creationTime": 1760726497000.5 + at,
            "_id": document_id(10001, at),
            "text": texts[at % len(texts)],
            **{f"field{number:03}": texts[(at + number) % 8] for number in range(300)},
        }
        for at in range(count)
    ]


async def test_hostile_documents_do_not_break_a_frame(tmp_path: Path) -> None:
    """Every line of the screen is exactly as wide as the screen, whatever is in it and wherever one stands."""
    async with opened(tmp_path, "odd", flags=snapshot(tmp_path, odd=hostile(30)), size=SMALL) as data:
        compositor = data.app.screen._compositor
        for keys in ((), ("right", "right"), ("end",), ("pagedown",), ("left", "left"), ("G", "home"), ("shift+up",)):
            await data.press(*keys)
            await data.at_rest()
            for strip in compositor.render_strips():
                text = "".join(segment.text for segment in strip)
                assert cell_len(text) == SMALL[0], text
                assert not set(text) & {"\x1b", "\x07", "\x08", "\n", "\r", "\t", "\x00", "\u202e", "\u2066", "\u200d"}
        data.grid.stand(1, data.grid.columns.named("text"))
        await data.press("v")
        await data.until(lambda: "MiB" in screen_text(data.app), "the size of the text")
        assert "1,048,576 characters" in screen_text(data.app)
        await data.press("escape")
        await data.pilot.pause()
        await check_picture(data.app, "data-hostile-80x24")


async def test_without_colours_everything_is_still_told(tmp_path: Path) -> None:
    async with opened(tmp_path, size=SMALL) as data:
        data.app.no_color = True
        await data.press("down", "space", "right", "down")
        await data.pilot.pause()
        lines = screen_text(data.app).splitlines()
        assert sum("●" in line for line in lines) == 1
        assert sum(line.startswith("▌") for line in lines) == 1
        assert any("1 selected" in line for line in lines)


async def test_a_bug_in_reading_is_not_swallowed(tmp_path: Path) -> None:
    async with opened(tmp_path, "users", flags=snapshot(tmp_path, users=users(2_000))) as data:

        async def broken(request: PageRequest, ask: Any) -> Page:
            raise ZeroDivisionError

        # rows of nobody's: the application would end with the bug
        shown = data.rows
        rows = TableRows(Doctored(shown._deployment, broken), shown._request, shown._ordering)
        rows.look(0, 20)
        await rows.at_rest()
        with pytest.raises(ZeroDivisionError):
            rows.row(0)


def test_the_view_and_the_grid_have_their_actions() -> None:
    from kitcn_tui.data.actions import ACTIONS as VIEW
    from kitcn_tui.grid.actions import ACTIONS as GRID

    for action in VIEW:
        assert callable(getattr(DataView, f"action_{action.method}")), action.name
    for action in GRID:
        assert callable(getattr(Grid, f"action_{action.method}")), action.name
    keys = [key for action in (*VIEW, *GRID) for key in action.keys.split(",") if key]
    assert len(keys) == len(set(keys))
