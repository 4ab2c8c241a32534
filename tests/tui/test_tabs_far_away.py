"""Insights and Environment of a real server that is slow, goes away, and comes back; one application for all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kitcn_tui.environment.matrix import Matrix
from kitcn_tui.environment.view import EnvironmentView
from kitcn_tui.insights.rows import InsightList
from kitcn_tui.insights.view import InsightsView
from kitcn_tui.views.view import View
from kitcn_tui.widgets.failure import Failure
from textual.pilot import Pilot

from kitcn_repl.targets.target import TargetFlags
from tests.support.faults.streams import Sluice
from tests.tui.support import running, screen_text, until
from tests.tui.test_connection import KEY, Server, free_port


async def test_insights_and_environment(tmp_path: Path) -> None:
    port = free_port()
    async with Sluice(port) as sluice:
        flags = TargetFlags(url=sluice.url, admin_key=KEY)
        async with running(tmp_path, flags=flags, start="project") as (app, pilot):
            async with Server(port):
                await until(pilot, lambda: "Warehouse" in screen_text(app), "the rows", turns=4000)
                await _left_before_it_answers(app, pilot, sluice, "7", InsightsView)
                await until(pilot, lambda: app.query_one(InsightList).count == 4, "what was asked for again")
                await _left_before_it_answers(app, pilot, sluice, "8", EnvironmentView)
                await until(pilot, lambda: app.query_one(Matrix).count == 4, "what was asked for again")
                await pilot.press("down", "down")
            await pilot.press("ctrl+r")
            await until(pilot, lambda: _says_so(app.query_one(EnvironmentView)), "the failure of the variables")
            matrix = app.query_one(Matrix)
            assert (matrix.count, matrix.cursor) == (4, 2)
            assert "SITE_URL" in screen_text(app)
            await pilot.press("7")
            await pilot.press("down", "ctrl+r")
            await until(pilot, lambda: _says_so(app.query_one(InsightsView)), "the failure of the insights")
            assert "This is what was found before" in screen_text(app)
            assert app.query_one(InsightList).cursor == 1
            await until(pilot, lambda: app.main.bar.connection.state == "lost", "the shell to know of it")
            async with Server(port):
                await until(pilot, lambda: not app.query("InsightsView Failure"), "recovering by itself", turns=4000)
                assert app.query_one(InsightList).cursor == 1
                await pilot.press("8", "ctrl+r")
                await until(pilot, lambda: not app.query("EnvironmentView Failure"), "the variables again")
                assert (matrix.count, matrix.cursor) == (4, 2)
                assert "values of before" not in screen_text(app)


def _says_so(view: View) -> bool:
    return any(one.is_on_screen for one in view.query(Failure))


async def _left_before_it_answers(app: Any, pilot: Pilot[Any], sluice: Sluice, key: str, view: type[View]) -> None:
    """What nobody waits for is not asked for any more; who comes back asks anew."""
    sluice.shut()
    await pilot.press(key)
    await until(pilot, lambda: bool(app.query(view)) and sluice.held > 0, "a question")
    before = sluice.given_up
    await pilot.press("1")
    await until(pilot, lambda: sluice.given_up > before, "the end of the question")
    await pilot.press(key)
    sluice.open()
