"""The Logs tab on the demo's log, whose clock stands still."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kitcn_tui.app import KitcnApp
from kitcn_tui.functions.view import FunctionsView
from kitcn_tui.logs.details import EntryDetails
from kitcn_tui.logs.lines import LogLines
from kitcn_tui.logs.state_line import StateLine
from kitcn_tui.logs.view import LogsView
from kitcn_tui.places import FunctionsPlace, InsightsPlace, LogsPlace
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input

from kitcn_repl.offline.log_entries import Conflict
from tests.tui.logs.support import log, logs, ran
from tests.tui.support import LARGE, SMALL, WIDE, check_picture, screen_text, until


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def state(app: KitcnApp) -> str:
    return str(app.query_one(StateLine).render())


def details(app: KitcnApp) -> str:
    return "\n".join(str(one.render()) for one in app.query_one(EntryDetails).query("Static"))


async def filtered(pilot: Pilot[Any], text: str) -> None:
    await pilot.press("slash")
    pilot.app.query_one("#log-filter", Input).value = text
    await pilot.press("enter")
    await until(pilot, lambda: not pilot.app.query_one(LogsView)._is_choosing, "the lines that fit")


@pytest.mark.parametrize("size", [SMALL, WIDE, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_pictures(tmp_path: Path, size: tuple[int, int]) -> None:
    async with logs(tmp_path, size) as (app, pilot, _, lines):
        await check_picture(app, f"logs-{size[0]}x{size[1]}")
        await pilot.press("x")
        await until(pilot, lambda: lines.count == 29, "only failures")
        await pilot.press("enter")
        await until(pilot, lambda: "users:sendWelcome  Action" in screen_text(app), "the details")
        await check_picture(app, f"logs-details-{size[0]}x{size[1]}")


async def test_the_end_is_followed_only_by_who_looks_at_it(tmp_path: Path) -> None:
    async with logs(tmp_path) as (app, pilot, _, lines):
        assert "● following" in state(app)
        log(app, ran(1, "first"), ran(2))
        await until(pilot, lambda: lines.count == 992, "new lines")
        assert lines.is_at_end
        assert "first" in screen_text(app)

        await pilot.press("up", "up", "up")
        seen, top = lines.cursor, lines.scroll_offset.y
        log(app, *[ran(10 + number, "later") for number in range(30)])
        await until(pilot, lambda: lines.count == 1052, "more lines")
        assert (lines.cursor, lines.scroll_offset.y) == (seen, top)
        assert "looking back · 60 new below" in state(app)
        assert "later" not in screen_text(app)
        await pilot.press("G")
        assert lines.is_at_end
        assert "● following" in state(app)


async def test_paused_it_collects_and_counts(tmp_path: Path) -> None:
    async with logs(tmp_path) as (app, pilot, _, lines):
        await pilot.press("space")
        assert "paused" in state(app)
        log(app, ran(1, "while paused"), ran(2))
        await until(pilot, lambda: "3 new" in state(app), "counting")
        assert lines.count == 989
        await pilot.press("space")
        assert lines.count == 992
        assert "while paused" in screen_text(app)
        assert "following" in state(app)


async def test_filters(tmp_path: Path) -> None:
    async with logs(tmp_path) as (app, pilot, view, lines):
        await filtered(pilot, "stats level:warn")
        await until(pilot, lambda: lines.count == 5, "the filter")
        assert "5 of 989 lines" in state(app)
        assert app.focused is lines
        log(app, ran(1, "of no interest"), ran(2, "stats again", error="Uncaught Error: stats"))
        await until(pilot, lambda: lines.count == 6, "what fits")
        assert "of no interest" not in screen_text(app)
        await filtered(pilot, "level:loud")
        assert "There is no level 'loud'" in screen_text(app)
        assert lines.count == 6
        await pilot.press("escape")
        await until(pilot, lambda: lines.count == 993, "everything")
        assert not app.query_one("#log-filter").display

        await filtered(pilot, "nothing like this")
        await until(pilot, lambda: "None of the 794 entries" in screen_text(app), "nothing")
        await pilot.press("escape", "v")
        await until(pilot, lambda: "level:warn" in screen_text(app), "a level")
        await pilot.press("v", "v", "x")
        await until(pilot, lambda: "is:failed" in screen_text(app), "failures")
        await pilot.press("f")
        await until(pilot, lambda: view.here() == LogsPlace("jobs:work"), "the function")
        await pilot.press("f", "r")
        await until(pilot, lambda: lines.count == 1, "the request")
        assert view.here() == LogsPlace(None, "feed000000000002")


async def test_places_keep_the_filter_apart(tmp_path: Path) -> None:
    async with logs(tmp_path) as (_, pilot, view, lines):
        view.visit(LogsPlace(function="users:stats"))
        await until(pilot, lambda: lines.count == 9, "the function")
        assert view.here() == LogsPlace("users:stats")
        view.visit(LogsPlace(request_id="4e2d8a9df7be0aad"))
        await until(pilot, lambda: lines.count == 6, "the request")
        view.visit(LogsPlace())
        await until(pilot, lambda: lines.count == 989, "all")


async def test_an_entry_in_full_with_its_calls(tmp_path: Path) -> None:
    async with logs(tmp_path) as (app, pilot, view, lines):
        view.visit(LogsPlace(request_id="4e2d8a9df7be0aad"))
        await until(pilot, lambda: lines.count == 6, "the request")
        await pilot.press("enter")
        await until(pilot, lambda: "Scheduler, as system" in details(app), "the details")
        told = details(app)
        assert "users:sendWelcome  Action  FAILED  1.1 s" in told
        assert "7c080328-a649-4e36-a56c-06419c04ad22" in told
        assert "at handler (../convex/users.ts:52:11)" in told
        for line in ("└─ A users:sendWelcome", "├─ Q users:byEmail  3 ms", "├─ M rateLimiter/lib:limit"):
            assert line in told
        await pilot.press("up", "up", "up", "up", "up")
        await until(pilot, lambda: "1 document, 320 B" in details(app), "another entry's details")
        await pilot.press("escape")
        assert not app.query_one(EntryDetails).display


async def test_a_conflict_leads_to_its_document(tmp_path: Path) -> None:
    async with logs(tmp_path) as (app, pilot, _, lines):
        conflict = Conflict("project", "jd7fde8t13gbj3bjnr1c71gb917x8eda", "projects:rename", 4)
        log(app, ran(1, error="Documents changed", conflict=conflict))
        await until(pilot, lambda: lines.count == 990, "the conflict")
        await pilot.press("enter")
        await until(pilot, lambda: "attempt 5" in details(app), "the details")
        assert "on table project, document jd7fde8t13gbj3bjnr1c71gb917x8eda, written by projects:rename" in details(app)
        await pilot.press("d")
        await until(pilot, lambda: bool(app.query("#view-document")), "the document")


async def test_from_a_line_to_its_function_and_insights(tmp_path: Path) -> None:
    async with logs(tmp_path) as (app, pilot, _, _):
        await filtered(pilot, "users:stats")
        await pilot.press("F")
        await until(pilot, lambda: bool(app.query(FunctionsView)), "the function")
        place = app.query_one(FunctionsView).here()
        assert isinstance(place, FunctionsPlace)
        assert (place.identifier or "").replace(".js:", ":") == "users:stats"
        await pilot.press("9", "i")
        await until(pilot, lambda: bool(app.query("InsightsView")), "the insights")
        assert app.query_one("InsightsView").here() == InsightsPlace("users:stats")  # type: ignore[attr-defined]


async def test_copying(tmp_path: Path) -> None:
    async with logs(tmp_path) as (app, pilot, view, lines):
        view.visit(LogsPlace(request_id="4e2d8a9df7be0aad"))
        await until(pilot, lambda: lines.count == 6, "the request")
        await pilot.press("y")
        assert app.clipboard.startswith("03-02 11:21:33 failed users:sendWelcome Uncaught Error: The mail")
        await pilot.press("c")
        assert app.clipboard == "4e2d8a9df7be0aad"
        await pilot.press("Y")
        assert json.loads(app.clipboard)["requestId"] == "4e2d8a9df7be0aad"


EVIL = "\x1b[31mred\x07 \u202egnp.exe [b]no[/b] {x} 家族👩‍👩‍👧‍👦 \ud800\n\tsecond line"


async def test_hostile_text_is_shown_as_what_it_is(tmp_path: Path) -> None:
    async with logs(tmp_path) as (app, pilot, _, lines):
        log(
            app,
            ran(1, EVIL, name="evil\x1b]0;:fn"),
            ran(2, "x" * 1_048_576),
            ran(3, "家" * 400_000, error="👩‍👩‍👧" * 9000),
        )
        await until(pilot, lambda: lines.count == 995, "hostile lines")
        for keys in ((), ("enter",), ("w",), ("up", "up"), ("up", "up", "up"), ("right", "right")):
            await pilot.press(*keys)
            await pilot.pause()
            text = screen_text(app)
            assert "\x1b" not in text
            assert "\u202e" not in text
            assert {cell_len(row) for row in text.splitlines() if cell_len(row) > 120} == set()
        assert "\\u001b[31mred\\u0007 \\u202egnp.exe [b]no[/b]" in details(app)


async def test_long_lines_scroll_sideways_or_wrap(tmp_path: Path) -> None:
    async with logs(tmp_path, SMALL) as (app, pilot, _, lines):
        log(app, ran(1, " ".join(f"word{number:02d}" for number in range(60)), kind="Action"))
        await until(pilot, lambda: lines.count == 991, "a long line")
        await pilot.press("up")
        assert "word00" in screen_text(app)
        assert "word59" not in screen_text(app)
        for _ in range(40):
            await pilot.press("right")
        assert "word59" in screen_text(app)
        await pilot.press("w")
        await until(pilot, lambda: "word00" in screen_text(app) and "word59" in screen_text(app), "wrapping")
        assert lines.height_of_all > 991
        await pilot.press("end")
        assert lines.scroll_offset.y == lines.height_of_all - lines.scrollable_content_region.height
        await pilot.press("home")
        assert lines.scroll_offset.y == 0
        await pilot.resize_terminal(*LARGE)
        await until(pilot, lambda: lines.text_room > 60, "the new size")
        await pilot.press("w")
        assert lines.height_of_all == 991


async def test_levels_read_without_colour(tmp_path: Path) -> None:
    async with logs(tmp_path, variables={"NO_COLOR": "1"}) as (app, pilot, _, lines):
        log(app, ran(1, error="Uncaught Error: no"), ran(2), ran(3, error="again", will_retry=True))
        await until(pilot, lambda: lines.count == 992, "outcomes")
        words = [row.split()[2] for row in screen_text(app).splitlines() if "jobs:work" in row]
        assert [word for word in words if word] == ["FAILED", "ok", "retry"] or "FAILED" in screen_text(app)
        assert {"FAILED", "ok", "retry"} <= set(screen_text(app).split())


async def test_mouse(tmp_path: Path) -> None:
    async with logs(tmp_path) as (app, pilot, _, lines):
        await pilot.click(LogLines, offset=(30, 3))
        assert lines.cursor == lines.scroll_offset.y + 3
        await pilot.click(LogLines, offset=(30, 3))
        await until(pilot, lambda: bool(app.query_one(EntryDetails).display), "the details")
