"""What becomes of a result: forms, large ones, copies, files, masks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kitcn_tui.document.view import DocumentView
from kitcn_tui.query.result.cost import cost_content
from kitcn_tui.query.result.grid_form import GridForm
from kitcn_tui.query.result.outcome import Asked, Outcome
from kitcn_tui.results.forms import JsonForm, TreeForm
from kitcn_tui.results.json_rows import JsonRows, entries
from kitcn_tui.widgets.copy_as import CopyAs
from textual.widgets import Input

from kitcn_repl.explore.inline.envelope import ReadCost
from kitcn_repl.explore.inline.run import InlineResult
from kitcn_repl.values import JsonValue
from tests.tui.query.support import hearing, knowing, open_query, run
from tests.tui.support import SMALL, running, screen_text, until


def _outcome(value: JsonValue) -> Outcome:
    return Outcome(Asked("", ""), 0.1, InlineResult(value, (), None, 0.1))


@pytest.mark.parametrize(
    ("value", "form", "summary"),
    [
        ([{"_id": "a"}, {"_id": "b"}], "grid", "2 documents"),
        ([{"a": 1}, 5], "grid", "2 items"),
        ({"page": [{"a": 1}], "isDone": True, "continueCursor": "x"}, "grid", "3 fields"),
        ([], "json", "0 items"),
        ([1, 2], "tree", "2 items"),
        ({"a": 1}, "tree", "1 field"),
        ({"$integer": "AAAAAAAAAAA="}, "json", ""),
        ([{"$integer": "AAAAAAAAAAA="}], "tree", "1 item"),
        ("text", "json", ""),
        (None, "json", "null"),
    ],
    ids=str,
)  # fmt: skip
def test_the_form_that_suits_a_value(value: JsonValue, form: str, summary: str) -> None:
    outcome = _outcome(value)
    assert outcome.natural_form == form
    assert outcome.summary == summary


@pytest.mark.parametrize(
    "value",
    [
        None,
        "a\nb\u202e",
        [],
        {},
        [[], [[1]], {"a": {"b": [True, 1.5]}}],
        {"name é": [{"x": None}, {}], "": "", "$odd": 1},
        {"n": {"$integer": "BQAAAAAAAAA="}, "list": [{"$bytes": "AA=="}]},
    ],
    ids=str,
)
def test_json_lines_are_the_json(value: JsonValue) -> None:
    text = []
    for entry in entries(value, reveals=True):
        key = f"{json.dumps(entry.key)}: " if entry.key is not None else ""
        is_list = isinstance(entry.value, list)
        shown = {"open": "[" if is_list else "{", "close": "]" if is_list else "}"}.get(
            entry.part, json.dumps(entry.value)
        )
        text.append(f"{'  ' * entry.depth}{key}{shown}{',' if entry.comma else ''}")
    assert json.loads("\n".join(text)) == value


def test_deep_values_do_not_end_the_recursion() -> None:
    value: JsonValue = 1
    for _ in range(5_000):
        value = [value]
    rows = JsonRows(value, lambda _text: None)
    rows.note(20_000)
    assert rows.is_complete
    assert len(rows) == 10_001


@pytest.mark.parametrize("width", [200, 100, 70, 50, 20])
def test_the_cost_says_what_matters_at_every_width(width: int) -> None:
    plain = cost_content(ReadCost(1_203, 32_000, 14_000_000, 16_777_216, 3, 4_096), width).plain
    assert "1,203 of 32,000 documents" in plain
    assert "! 13 MiB of 16 MiB (83%)" in plain
    assert ("█" in plain) == (width >= 100)


async def test_large_results_come_in_slices_and_keep_the_frame(tmp_path: Path) -> None:
    async with running(tmp_path, size=SMALL) as (app, pilot):
        view = await open_query(app, pilot)
        text = "Array.from({ length: 8000 }, (_, i) => ({ i, t: 'x'.repeat(200), deep: { a: [i] } }))"
        outcome = await run(view, pilot, text)
        assert isinstance(outcome.value, list)
        assert len(json.dumps(outcome.value)) > 1_500_000
        result = view.page.result
        assert result.form == "grid"
        result.show_form("json")
        form = result.query_one(JsonForm)
        assert len(form.rows) < 72_002, "not all of it before the first frame"
        await until(pilot, lambda: len(form.rows) == 72_002, "all lines")
        form.focus()
        await pilot.press("end")
        await until(pilot, lambda: "]" in screen_text(app).splitlines()[-2], "the end")
        result.show_form("tree")
        tree = result.query_one(TreeForm)
        tree.focus()
        await pilot.press("end")
        await until(pilot, lambda: "7999" in screen_text(app), "the last item")
        assert all(len(line) <= 80 for line in screen_text(app).splitlines())


async def test_copying_and_exporting(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        heard = hearing(app)
        view = await knowing(await open_query(app, pilot), pilot)
        outcome = await run(view, pilot, 'await ctx.db.query("account").take(2)')
        await pilot.press("escape")
        assert isinstance(app.focused, GridForm)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, CopyAs), "the choice")
        await pilot.press(*"notebook", "enter")
        await until(pilot, lambda: app.clipboard.startswith("%%kitcn --demo\nawait ctx.db.query"), "a notebook cell")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, CopyAs), "the choice")
        await pilot.press(*"result as json", "enter")
        await until(pilot, lambda: app.clipboard.startswith("["), "JSON")
        stored = outcome.value
        assert outcome.rows is not None
        secrets = [secret for row in outcome.rows if isinstance(secret := row.get("password"), str)]
        assert secrets
        assert not any(secret in app.clipboard or secret in screen_text(app) for secret in secrets)

        await pilot.press("e")
        await until(pilot, lambda: bool(app.screen.query(Input)), "asking where")
        app.screen.query_one(Input).value = "out.json"
        await pilot.press("enter")
        await until(pilot, lambda: any("out.json" in one for one in heard), "written")
        assert json.loads((tmp_path / "out.json").read_text()) == stored, "machine formats are exact"

        view.page.result.show_form("json")
        assert not any(secret in screen_text(app) for secret in secrets)
        view.page.result.show_form("grid")
        await pilot.press("asterisk")
        assert view.page.result.reveals
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, CopyAs), "the choice")
        await pilot.press(*"result as json", "enter")
        await until(pilot, lambda: any(secret in app.clipboard for secret in secrets), "copied as shown")
        view.page.result.show_form("json")
        await until(pilot, lambda: any(secret in screen_text(app) for secret in secrets), "shown on request")


async def test_a_cell_follows_an_id_or_opens_its_row(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await knowing(await open_query(app, pilot), pilot)
        outcome = await run(view, pilot, '[await ctx.db.query("session").first()]')
        row = outcome.rows[0]  # type: ignore[index]
        for column in ("userId", "_id"):
            view.page.result.take_focus()
            grid = view.page.result.query_one(GridForm)
            grid.stand(0, grid.columns.named(column))
            await pilot.press("enter")
            await until(pilot, lambda: bool(app.screen.query(DocumentView)), "the Document tab")
            shown = app.screen.query_one(DocumentView)
            await until(pilot, lambda: getattr(shown.here(), "document_id", None) == row[column], column)  # noqa: B023
            await pilot.press("alt+left")
            await until(pilot, lambda: view.display, "back")


async def test_remarks_stand_under_the_editor_and_in_its_text(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await knowing(await open_query(app, pilot), pilot)
        page = view.page
        page.editor.text = 'await ctx.db.query("usr").first();\nawait ctx.db.patch("x", {})'
        await until(pilot, lambda: 'did you mean "user"?' in page.remark_line.said, "the unknown table")
        await until(pilot, lambda: "(1 of 2)" in screen_text(app), "the count on the screen")
        await pilot.press("down")
        await until(pilot, lambda: "line 2" in page.remark_line.said, "the remark of this line")
        assert "readonly" in page.remark_line.said
        await pilot.press("ctrl+a", "delete")
        await until(pilot, lambda: page.remark_line.said == "", "nothing to say")
