"""The Insights tab: on the demo's log, from a stand-in for Convex, and where nothing is known."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kitcn_tui.app import KitcnApp
from kitcn_tui.insights.chart import chart
from kitcn_tui.insights.rows import EventList, InsightList
from kitcn_tui.insights.view import InsightsView
from kitcn_tui.places import DocumentPlace, InsightsPlace, LogsPlace, TablePlace
from kitcn_tui.views.view import View
from kitcn_tui.widgets.export_dialog import ExportDialog
from textual.pilot import Pilot
from textual.widgets import Input, Static

from kitcn_repl.targets.target import TargetFlags
from tests.cli.at_work import DEV, AtWork, at_work
from tests.support.control_plane import slow, status
from tests.support.faults import FaultyServer, refuse
from tests.support.snapshots import snapshot_entries, users, write_snapshot
from tests.support.usage_rows import believable_rows
from tests.tui.support import LARGE, SMALL, WIDE, check_picture, running, screen_text, until


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def work(tmp_path: Path) -> Iterator[AtWork]:
    with at_work(tmp_path) as work:
        work.plane.world.usage[DEV] = believable_rows(datetime.now(UTC))
        yield work


Tab = tuple[KitcnApp, Pilot[Any], InsightsView, InsightList]


@asynccontextmanager
async def insights(
    cwd: Path, size: tuple[int, int] = WIDE, flags: TargetFlags | None = None, variables: dict[str, str] | None = None
) -> AsyncIterator[Tab]:
    async with running(cwd, size=size, flags=flags, variables=variables) as (app, pilot):
        await until(pilot, lambda: flags is not None or "jd7618m61q" in screen_text(app), "the first table")
        await until(pilot, lambda: bool(app.query("DataView")), "opening")
        await pilot.press("7")
        await until(pilot, lambda: bool(app.query(InsightsView)), "the tab")
        yield app, pilot, app.query_one(InsightsView), app.query_one(InsightList)


@asynccontextmanager
async def of_demo(cwd: Path, size: tuple[int, int] = WIDE) -> AsyncIterator[Tab]:
    async with insights(cwd, size) as tab:
        app, pilot, _, found = tab
        await until(pilot, lambda: found.count == 4 and "→" in screen_text(app), "the demo's insights")
        yield tab


@asynccontextmanager
async def of_cloud(work: AtWork) -> AsyncIterator[Tab]:
    async with insights(work.place.folder, flags=TargetFlags(), variables=work.place.variables()) as tab:
        yield tab


def state(app: KitcnApp) -> str:
    return str(app.query_one("#insight-state", Static).render())


def shown(app: KitcnApp, pilot: Pilot[Any]) -> View:
    view = app.active_view
    assert view is not None
    return view


@pytest.mark.parametrize("size", [SMALL, WIDE, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_pictures(tmp_path: Path, size: tuple[int, int]) -> None:
    async with of_demo(tmp_path, size) as (app, pilot, _, _):
        await pilot.press("end")
        await pilot.pause()
        await check_picture(app, f"insights-{size[0]}x{size[1]}")


async def test_the_demo_leads_everywhere(tmp_path: Path) -> None:
    async with of_demo(tmp_path) as (app, pilot, _, found):
        assert state(app).startswith("2 errors and 2 warnings in the last 72 hours")
        assert "function log, 23 h seen" in state(app)
        assert "░ not seen: the log was not read then" in screen_text(app)
        await pilot.press("end")
        assert found.current is not None
        assert (found.current.kind, found.current.table, found.current.count) == ("occRetried", "project", 13)
        assert "→ 13 of 13 conflicts are about one document" in screen_text(app)
        await pilot.press("T")
        await until(pilot, lambda: isinstance(app.active_view, View) and app.active_view.TAB == "data", "the table")
        assert isinstance(place := shown(app, pilot).here(), TablePlace)
        assert place.table == "project"
        await pilot.press("7", "enter")
        events = app.query_one(EventList)
        await until(pilot, lambda: app.focused is events, "the events")
        assert events.count == 13
        await pilot.press("down", "d")
        await until(pilot, lambda: shown(app, pilot).TAB == "document", "the document")
        assert isinstance(place := shown(app, pilot).here(), DocumentPlace)
        assert place.document_id == "jd7fde8t13gbj3bjnr1c71gb917x8eda"
        await pilot.press("7", "l")
        await until(pilot, lambda: shown(app, pilot).TAB == "logs", "the request's log")
        assert shown(app, pilot).here() == LogsPlace(request_id="3b91fcaded197270")
        await pilot.press("7", "escape", "L")
        await until(pilot, lambda: shown(app, pilot).here() == LogsPlace(function="projects:rename"), "its function's")
        await pilot.press("7", "F")
        await until(pilot, lambda: shown(app, pilot).TAB == "functions", "the function")


async def test_filters_by_words_and_kind(tmp_path: Path) -> None:
    async with of_demo(tmp_path) as (app, pilot, view, found):
        await pilot.press("slash", *"rename")
        await until(pilot, lambda: found.count == 2, "the words")
        await pilot.press("enter")
        assert app.focused is found
        assert view.here() == InsightsPlace("rename")
        await pilot.press("v", "v")
        await until(pilot, lambda: found.count == 1, "the kind")
        assert "only conflict, given up" in state(app)
        await pilot.press("escape")
        assert found.count == 4
        await pilot.press("slash", *"nothing", "enter")
        assert "No insight is what the filter asks for." in screen_text(app)
        await pilot.press("escape")
        view.visit(InsightsPlace("users:stats"))
        assert found.count == 2
        view.visit(InsightsPlace())
        assert found.count == 4


async def test_export_and_copies(tmp_path: Path) -> None:
    async with of_demo(tmp_path) as (app, pilot, _, _):
        await pilot.press("e")
        assert isinstance(app.screen, ExportDialog)
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "insights-demo.md").is_file(), "the file")
        text = (tmp_path / "insights-demo.md").read_text()
        assert text.startswith("# Insights of demo\n\n2 errors and 2 warnings in the last 72 hours")
        assert "## Write conflict, retried: `projects:rename`" in text
        await pilot.press("e", "enter")
        assert "There is a file insights-demo.md already" in screen_text(app)
        app.screen.query_one(Input).value = "found.json"
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "found.json").is_file(), "the JSON file")
        found = json.loads((tmp_path / "found.json").read_text())
        assert [one["kind"] for one in found["insights"]] == [
            "documentsReadLimit", "occFailedPermanently", "documentsReadThreshold", "occRetried",
        ]  # fmt: skip
        assert found["insights"][-1]["events"][0]["requestId"] == "3b91fcaded197270"
        await pilot.press("y")
        assert app.clipboard.startswith("## Too many documents read: `users:stats`")


async def test_from_convex_and_from_the_log(work: AtWork) -> None:
    async with of_cloud(work) as (app, pilot, _, found):
        await until(pilot, lambda: found.count == 6, "Convex's insights")
        assert "3 errors and 3 warnings in the last 72 hours" in state(app)
        assert state(app).endswith("from Convex")
        assert "search/engine:index:rebuild" in screen_text(app)
        await pilot.press("s")
        await until(pilot, lambda: "function log" in state(app), "the log's")
        await pilot.press("s")
        await until(pilot, lambda: state(app).endswith("from Convex"), "Convex's again")
        work.plane.world.usage[DEV] = []
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "Healthy" in screen_text(app), "health")
        assert "No issues found in the last 72 hours." in screen_text(app)
        assert "As Convex counts them" in screen_text(app)


async def test_where_convex_does_not_tell_the_log_does(work: AtWork) -> None:
    work.plane.fail("/api/dashboard", status(503))
    async with of_cloud(work) as (app, pilot, _, found):
        await until(pilot, lambda: found.count == 4, "the log's insights", turns=8000)
        assert "function log" in state(app)
        assert "Convex's insights cannot be had now" in state(app)
        work.plane.recover()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: state(app).endswith("from Convex"), "Convex's")
        assert found.count == 6


async def test_a_dead_deployment_explains_and_is_tried_again(work: AtWork) -> None:
    work.plane.fail("/api/dashboard", status(503))
    async with FaultyServer() as server:
        flags = TargetFlags(url=server.url, admin_key=f"dev:{DEV}|planted-key")
        async with insights(work.place.folder, flags=flags) as (app, pilot, _, found):
            await until(pilot, lambda: bool(app.query("InsightsView Failure")), "the failure")
            server.on("*", refuse(503, "Unavailable", "Try later"))
            await pilot.press("tab", "ctrl+r")
            assert found.count == 0
            assert "planted-key" not in screen_text(app)


async def test_a_slow_service_blocks_no_key_and_is_not_asked_in_vain(work: AtWork) -> None:
    async with of_cloud(work) as (app, pilot, _, found):
        await until(pilot, lambda: found.count == 6, "Convex's insights")
        work.plane.fail("/api/dashboard", slow(30.0))
        await pilot.press("ctrl+r", "down", "down")
        assert found.cursor == 2
        assert found.count == 6
        await pilot.press("slash", "x")
        assert app.query_one("#insight-filter", Input).value == "x"


async def test_data_files_say_that_nothing_is_known(tmp_path: Path) -> None:
    path = write_snapshot(tmp_path / "backup.zip", snapshot_entries({"users": users(3)}))
    flags = TargetFlags(snapshot=str(path))
    async with insights(tmp_path, flags=flags) as (app, pilot, _, _):
        await until(pilot, lambda: "Nothing is known" in screen_text(app), "the empty state")
        assert "Data files hold no function log" in screen_text(app)
        assert "Healthy" not in screen_text(app)
        await pilot.press("s", "v", "e")
        assert isinstance(app.screen, ExportDialog)


async def test_bars_have_a_height_for_every_count(tmp_path: Path) -> None:
    async with of_demo(tmp_path) as (_, _, view, found):
        assert found.report is not None
        insight = found.insights[-1]
        for width in (20, 40, 77, 150, 240):
            for height in (1, 2, 5):
                rows = chart(found.report, insight, width, height).plain.split("\n")
                assert all(len(row.rstrip()) <= width for row in rows[: height + 1])
                assert sum(char in "▁▂▃▄▅▆▇█" for row in rows[:height] for char in row) >= 1
        assert view.here() == InsightsPlace()
