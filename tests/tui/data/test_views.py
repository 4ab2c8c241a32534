"""Filter, order, copy, export, and what is said where there is nothing."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path

from kitcn_tui.data.filter_bar import ConditionInput
from kitcn_tui.document.view import DocumentView
from kitcn_tui.places import TablePlace
from kitcn_tui.widgets.copy_as import CopyAs
from kitcn_tui.widgets.export_dialog import ExportDialog
from textual.widgets import Input

from kitcn_repl.deployment.models import Page, PageRequest
from tests.support.snapshots import users
from tests.tui.data.opened import Doctored, opened, snapshot
from tests.tui.support import SMALL, check_picture, screen_text


async def test_a_filter_is_typed_announced_and_dropped(tmp_path: Path) -> None:
    async with opened(tmp_path, "project") as data:
        owner = str(data.column("ownerId")[0])
        await data.press("slash")
        assert isinstance(data.app.focused, ConditionInput)
        await data.type("own")
        await data.until(lambda: "index ownerId_updatedAt" in screen_text(data.app), "the index that would serve")
        await data.press("tab")
        await data.type(f"= {owner}")
        await data.press("enter")
        await data.until(lambda: data.view.shown.view.conditions == (f"ownerId = {owner}",), "the filter")  # type: ignore[union-attr]
        await data.at_rest()
        assert set(data.column("ownerId")) == {owner}
        assert "index ownerId_updatedAt" in screen_text(data.app)
        assert data.grid.has_focus

        await data.press("slash")
        await data.type("name = nobody")
        await data.press("enter")
        await data.until(lambda: "No document matches." in screen_text(data.app), "the empty state")
        await data.press("F")
        await data.until(lambda: data.grid.has_focus and data.grid.row is not None, "rows again")
        await data.press("F")
        await data.until(lambda: data.rows.total == 140, "all rows")

        await data.press("slash")
        data.app.focused.value = 'name = "half'
        await data.press("enter")
        await data.until(lambda: "the value is no JSON" in screen_text(data.app), "what is wrong")
        await data.press("escape")
        assert data.grid.has_focus


async def test_a_scan_says_how_much_it_may_read_and_what_would_serve(tmp_path: Path) -> None:
    async with opened(tmp_path, "project", size=(160, 30)) as data:
        await data.app.main.go(TablePlace("project", ('name = "Billing 10"',)))
        await data.until(lambda: "would serve" in screen_text(data.app), "advice")
        text = screen_text(data.app)
        assert "scan, at most 140" in text
        assert 'index("name").on(t.name) would serve' in text
        await data.at_rest()
        assert data.column("name") == ["Billing 10"]
        await data.app.main.go(TablePlace("project", ("nmae = x",)))
        await data.until(lambda: 'did you mean "name"' in screen_text(data.app), "a hint")


async def test_a_cell_filters_and_headers_order(tmp_path: Path) -> None:
    async with opened(tmp_path, "project") as data:
        await data.press("right")
        name = data.column("name")[0]
        await data.press("f")
        await data.until(lambda: data.column("name") == [name], "the cell's rows")
        await data.press("backspace")
        await data.until(lambda: data.rows.total == 140 and data.grid.row is not None, "all rows")
        said: list[str] = []
        data.view.notify = lambda message, **_more: said.append(message)  # type: ignore[method-assign]
        await data.press("s")
        await data.until(lambda: bool(said), "why not")
        assert "No index of project begins with name" in said[0]
        await data.go_to_column("ownerId")
        await data.press("s")
        await data.until(lambda: data.view.shown.view.index == "ownerId_updatedAt", "the order")  # type: ignore[union-attr]
        await data.at_rest()
        owners = [str(owner) for owner in data.column("ownerId")]
        assert owners == sorted(owners)
        await data.press("s")
        await data.until(lambda: data.view.shown.view.order == "desc", "the other way round")  # type: ignore[union-attr]
        await data.press("o")
        await data.until(lambda: "oldest first" in screen_text(data.app), "the orders")
        await data.type("oldest")
        await data.press("enter")
        await data.until(lambda: data.view.shown.view.order == "asc", "oldest first")  # type: ignore[union-attr]
        await data.at_rest()
        times = [float(str(time)) for time in data.column("_creationTime")]
        assert times == sorted(times)


async def test_rows_are_copied_in_every_form(tmp_path: Path) -> None:
    async with opened(tmp_path) as data:
        copied: list[str] = []
        data.app.copy_to_clipboard = copied.append
        document = data.grid.row.document if data.grid.row is not None else {}
        forms = (
            ("document as json", lambda text: json.loads(text) == document),
            ("id", lambda text: document["_id"] in text),
            ("as csv", lambda text: len(list(csv.DictReader(text.splitlines(keepends=True)))) == 1),
            ("command for the document", lambda text: text == f"kitcn get {document['_id']} --demo"),
            ("inline query for document", lambda text: text == f'await ctx.db.get("{document["_id"]}")'),
            ("notebook cell for document", lambda text: text.startswith("%%kitcn --demo\nawait ctx.db.get(")),
            ("command for the view", lambda text: text == "kitcn data user --demo"),
            ("inline query for the view", lambda text: text.startswith('await ctx.db.query("user")')),
        )
        for words, holds in forms:
            await data.press("y")
            await data.until(lambda: isinstance(data.app.screen, CopyAs), "the choice")
            data.app.screen.query_one(Input).value = words
            await data.pilot.pause()
            await data.press("enter")
            await data.until(lambda: not isinstance(data.app.screen, CopyAs) and bool(copied), "the copy")
            assert holds(copied.pop()), words


def found(folder: Path) -> list[str]:
    """Its files, and what an export left unfinished."""
    names = [path.name for path in folder.iterdir()]
    return [name for name in names if not name.startswith(".") or name.endswith(".part")]


async def test_an_export_writes_what_is_filtered_or_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as data:
        await data.app.main.go(TablePlace("user", ('role = "admin"',)))
        await data.until(lambda: data.view.shown.view.conditions != (), "the filter")  # type: ignore[union-attr]
        await data.press("e")
        await data.until(lambda: isinstance(data.app.screen, ExportDialog), "the dialog")
        data.app.screen.query_one(Input).value = "admins.json"
        await data.press("enter")
        await data.until(lambda: (tmp_path / "admins.json").exists(), "the file")
        written = json.loads((tmp_path / "admins.json").read_text())
        await data.at_rest()
        assert [row["_id"] for row in written] == data.column("_id")

        asked = asyncio.Event()

        async def never(request: PageRequest, ask: object) -> Page:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

        data.view.workspace.deployment = Doctored(data.view.workspace.deployment, never)
        await data.press("e")
        await data.until(lambda: isinstance(data.app.screen, ExportDialog), "the dialog")
        data.app.screen.query_one(Input).value = "more.csv"
        await data.press("enter")
        await data.until(asked.is_set, "the export")
        assert "exporting 0" in screen_text(data.app)
        await data.press("escape")
        await data.until(lambda: "exporting" not in screen_text(data.app), "the end of it")
        assert sorted(found(tmp_path)) == ["admins.json"]


async def test_empty_and_unknown_tables_say_so(tmp_path: Path) -> None:
    async with opened(tmp_path, "nothing", flags=snapshot(tmp_path, users=users(3), nothing=[]), size=SMALL) as data:
        await data.until(lambda: "nothing is empty" in screen_text(data.app), "the empty table")
        await check_picture(data.app, "data-empty-80x24")
        await data.app.main.go(TablePlace("usres"))
        await data.until(lambda: "users" in screen_text(data.app) and "usres" in screen_text(data.app), "a hint")
        await data.until(lambda: 'no table "usres"' in screen_text(data.app).lower(), "why there is nothing")


async def test_what_changes_is_marked_while_it_is_live(tmp_path: Path) -> None:
    async with opened(tmp_path, "users", flags=snapshot(tmp_path, users=users(300)), size=(100, 20)) as data:
        step = 0

        async def changing(request: PageRequest, ask: object) -> Page:
            page = await ask()  # type: ignore[operator]
            found = list(page.documents)
            if step:
                found = [
                    {**row, "age": 99.0} if row["logins"] == {"$integer": "JgEAAAAAAAA="} else row for row in found
                ]
                found = [row for row in found if row["name"] != "User 296 ☃"]
                if request.cursor is None:
                    found.insert(
                        0, {**found[0], "_id": str(found[0]["_id"])[::-1], "_creationTime": 9e12, "name": "New"}
                    )
            return Page(found, page.cursor, page.is_done)

        data.rows._deployment = Doctored(data.rows._deployment, changing)
        step = 1
        await data.press("L")
        await data.until(lambda: "● live" in screen_text(data.app), "live")
        await data.rows.refresh()
        await data.at_rest()
        marks = {row.mark: row for row in map(data.grid.source.row, range(12)) if row is not None}
        assert {"new", "deleted", "changed", None} == set(marks)
        assert marks["new"].document["name"] == "New"
        assert marks["deleted"].document["name"] == "User 296 ☃"
        assert marks["changed"].changed == {"age"}
        lines = screen_text(data.app).splitlines()
        assert any("+" in line and "New" in line for line in lines)
        assert any("-" in line and "User 296" in line for line in lines)
        assert any("~" in line and "99" in line for line in lines)
        await data.press("L")
        assert "● live" not in screen_text(data.app)


async def test_a_view_opens_as_a_query_and_shows_the_schema(tmp_path: Path) -> None:
    async with opened(tmp_path) as data:
        await data.press("Q")
        await data.until(lambda: data.app.active_view is not data.view, "the query")
        assert data.app.active_view.TAB == "query"
        await data.press("ctrl+o", "escape")
        await data.app.action_tab("data")
        await data.until(lambda: data.app.active_view is data.view, "the table")
        data.grid.focus()
        await data.press("S")
        await data.until(lambda: data.app.active_view.TAB == "schema", "the schema")
        assert not data.app.main.query(DocumentView)
