"""How the tab looks. Times are no part of the pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kitcn_tui.app import KitcnApp
from kitcn_tui.query.picker import Picker
from kitcn_tui.query.view import QueryView
from kitcn_tui.results.form_bar import FormBar
from kitcn_tui.widgets.finder import Pickable
from textual.pilot import Pilot

from tests.tui.query.support import knowing, open_query, run
from tests.tui.support import LARGE, SMALL, WIDE, check_picture, running, until

_USERS = """// the newest users
const users = await ctx.db
  .query("user")
  .order("desc")
  .take(12);
console.log("users", users.length);
users"""
_WRONG = """const session = await ctx.db.query("session")
  .filter((q) => q.eq(q.field("userId"), "x"))
  .first();
return session.usr.id;"""


async def _picture(view: QueryView, app: KitcnApp, pilot: Pilot[Any], name: str) -> None:
    header = view.page.result.query_one(FormBar)
    header.say((header.said.partition(" · ")[0], ""))
    await pilot.pause()
    await check_picture(app, f"query-{name}")


@pytest.mark.parametrize("size", [SMALL, WIDE, LARGE], ids=["80x24", "120x36", "200x60"])
async def test_a_grid_an_error_with_remarks_and_the_history(tmp_path: Path, size: tuple[int, int]) -> None:
    name = "{}x{}".format(*size)
    async with running(tmp_path, size=size) as (app, pilot):
        view = await knowing(await open_query(app, pilot), pilot)
        await run(view, pilot, _USERS)
        await pilot.press("f6")
        await _picture(view, app, pilot, f"grid-{name}")
        view.page.result.show_form("json")
        await pilot.press("down", "down")
        await _picture(view, app, pilot, f"json-{name}")
        await pilot.press("i", "ctrl+n")
        await run(view, pilot, _WRONG)
        view.page.remark()
        await _picture(view, app, pilot, f"error-{name}")
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, Picker), "the history")
        await until(pilot, lambda: len(app.screen.query_one(Pickable).rows) == 2, "both queries")
        await pilot.press("down")
        await _picture(view, app, pilot, f"history-{name}")


async def test_completion(tmp_path: Path) -> None:
    async with running(tmp_path, size=SMALL) as (app, pilot):
        view = await knowing(await open_query(app, pilot), pilot)
        await pilot.press(*'ctx.db.query("')
        await until(pilot, lambda: view.page.popup.is_open, "tables")
        await _picture(view, app, pilot, "completion-80x24")
