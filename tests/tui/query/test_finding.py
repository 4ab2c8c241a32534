"""Finding a text in the query."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kitcn_tui.query.editor.find_line import FindLine, places

from tests.tui.query.support import open_query, run
from tests.tui.support import SMALL, check_picture, running, screen_text, until

TEXT = """const users = await ctx.db.query("user").take(3);
const one = users[0];
// Users
users.length"""


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("", 0), ("user", 5), ("User", 1), ("users", 4), ("[0]", 1), ("nobody", 0), (";\nconst", 1)],
)
def test_places(wanted: str, found: int) -> None:
    assert len(places(TEXT, wanted)) == found


@given(st.text("aB(\n", max_size=30), st.text("aB(\n", min_size=1, max_size=3))
def test_places_are_what_was_looked_for_and_do_not_meet(text: str, wanted: str) -> None:
    end_before = 0
    for start, end in places(text, wanted):
        assert text[start:end].lower() == wanted.lower()
        assert start >= end_before
        end_before = end
    exact = text.count(wanted)
    assert len(places(text, wanted)) >= exact if wanted == wanted.lower() else len(places(text, wanted)) == exact


async def test_finding_by_keys(tmp_path: Path) -> None:
    async with running(tmp_path, size=SMALL) as (app, pilot):
        view = await open_query(app, pilot)
        editor = view.page.editor
        editor.text = TEXT
        editor.move_cursor((1, 3))
        await pilot.press("ctrl+f", *"users")
        assert editor.cursor_location == (1, 12), "the first behind the cursor"
        assert "2 of 4" in screen_text(app)
        await check_picture(app, "query-find-80x24")
        await pilot.press("enter", "down")
        assert editor.cursor_location == (3, 0)
        await pilot.press("ctrl+f")
        assert editor.cursor_location == (0, 6), "and round"
        await pilot.press("up", "up")
        assert editor.cursor_location == (2, 3)
        await pilot.press("backspace", "backspace")
        assert "3 of 5" not in screen_text(app)
        await pilot.press(*"zz")
        assert "not found" in screen_text(app)
        assert editor.cursor_location == (2, 3), "where it was"
        await pilot.press("escape")
        assert editor.has_focus
        assert not view.query_one(FindLine).is_open
        assert editor.selection.is_empty, "nothing is selected: the whole query is what runs"


async def test_what_is_found_follows_the_text_and_does_not_change_what_runs(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await open_query(app, pilot)
        editor = view.page.editor
        editor.text = "40 + 2"
        await pilot.press("ctrl+f", "4", "0")
        assert "1 of 1" in screen_text(app)
        outcome = await run(view, pilot)
        assert outcome.value == 42
        editor.text = "40 + 40"
        await until(pilot, lambda: "1 of 2" in screen_text(app), "both")
        editor.text = ""
        await until(pilot, lambda: "not found" in screen_text(app), "none")
        await pilot.press("escape", "x")
        assert editor.text == "x"
