"""Typing in the editor: brackets, indenting, comments, completion, buffers, and the way out."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from kitcn_tui.outline.outline import Outline
from kitcn_tui.places import QueryPlace
from kitcn_tui.query.buffer_bar import BufferBar
from kitcn_tui.query.naming import Naming
from kitcn_tui.query.page import Page
from kitcn_tui.query.picker import Picker
from kitcn_tui.query.view import QueryView
from kitcn_tui.results.shown import Form
from kitcn_tui.views.view import View
from textual.app import App
from textual.widgets import Input

from tests.tui.query.support import hearing, knowing, open_query, run, write
from tests.tui.support import SMALL, running, screen_text, until


async def test_typing(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await open_query(app, pilot)
        editor = view.page.editor
        await pilot.press(*"if(x", "right", "space", "{", "enter", *"f(1", ")", "semicolon")
        assert editor.text == "if(x) {\n  f(1);\n}"
        assert editor.cursor_location == (1, 7)
        await pilot.press("ctrl+underscore")
        assert editor.text == "if(x) {\n  // f(1);\n}"
        await pilot.press("ctrl+slash", "ctrl+a", "tab")
        assert editor.text == "  if(x) {\n    f(1);\n  }"
        await pilot.press("shift+tab", "ctrl+z")
        assert editor.text == "  if(x) {\n    f(1);\n  }"
        await pilot.press("ctrl+y", "end", "left_parenthesis", "backspace")
        assert editor.text == "if(x) {\n  f(1);\n}"
        await pilot.press("ctrl+a", "left_parenthesis")
        assert editor.text == "(if(x) {\n  f(1);\n})"
        await pilot.press("1", "2")
        assert app.screen.query_one(QueryView).display, "digits are text here"


async def test_completion_opens_by_position_and_leaves_enter_alone(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await knowing(await open_query(app, pilot), pilot)
        editor, popup = view.page.editor, view.page.popup
        await pilot.press(*"ctx.db.")
        await until(pilot, lambda: popup.is_open, "methods")
        assert "query" in {each.text for each in popup.suggestions}
        await pilot.press("down", "up", *"que")
        await until(pilot, lambda: [each.text for each in popup.suggestions][:1] == ["query"], "query")
        await pilot.press("tab")
        await until(pilot, lambda: editor.text.startswith("ctx.db.query"), "query written")
        assert not popup.is_open
        editor.text = ""
        await pilot.press(*'ctx.db.query("')
        await until(pilot, lambda: popup.is_open, "tables")
        tables = [each.text for each in popup.suggestions]
        assert "user" in tables and "session" in tables
        await pilot.press(*"use")
        await until(pilot, lambda: popup.is_open and popup.suggestions[0].text == "user", "user")
        assert editor.cursor_screen_offset.y + 1 == popup.region.y
        await pilot.press("enter")
        await until(pilot, lambda: editor.text == 'ctx.db.query("user")', "user written")
        await pilot.press("end", "enter", *"tak")
        assert editor.text == 'ctx.db.query("user")\ntak', "Enter is a new line where nothing is open"
        assert not popup.is_open
        await pilot.press("escape")
        assert not editor.has_focus


async def test_completion_by_key_closes_with_escape_and_flips_at_the_bottom(tmp_path: Path) -> None:
    async with running(tmp_path, size=SMALL) as (app, pilot):
        view = await knowing(await open_query(app, pilot), pilot)
        editor, popup = view.page.editor, view.page.popup
        await pilot.press("ctrl+l", "ctrl+l")  # beside, then the editor alone
        write(view, "\n" * 40 + "ctx.db")
        await pilot.press("full_stop")
        await until(pilot, lambda: popup.is_open, "methods")
        await pilot.pause()
        assert popup.region.bottom == editor.cursor_screen_offset.y
        assert popup.region.right <= 80
        await pilot.press("escape")
        assert not popup.is_open
        assert editor.has_focus
        await pilot.press("ctrl+space")
        await until(pilot, lambda: popup.is_open, "methods by key")
        await pilot.click(popup, offset=(5, 0))
        await until(pilot, lambda: not popup.is_open and not editor.text.endswith("."), "chosen by mouse")


async def test_buffers_keep_their_text_and_result_and_come_back(tmp_path: Path) -> None:
    state = {"KITCN_STATE_DIR": str(tmp_path / "state")}
    async with running(tmp_path, variables=state) as (app, pilot):
        view = await open_query(app, pilot)
        await run(view, pilot, "1 + 1")
        first = view.page
        await pilot.press("ctrl+n")
        assert view.page is not first
        assert view.page.editor.has_focus
        await run(view, pilot, "40 + 2")
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, Naming), "asking for a name")
        app.screen.query_one(Input).value = "the answer"
        await pilot.press("enter")
        await until(pilot, lambda: "the answer" in screen_text(app), "the name")
        await pilot.press("ctrl+pageup")
        assert view.page is first
        assert first.result.outcome is not None and first.result.outcome.value == 2
        view.visit(QueryPlace("'from elsewhere'"))
        await until(pilot, lambda: view.page.editor.text == "'from elsewhere'", "another buffer")
        await pilot.press("ctrl+w")
        await until(pilot, lambda: "Query 2" not in screen_text(app), "closing")
        await view.action_reopen()
        assert view.page.editor.text == "'from elsewhere'"
        await pilot.click(BufferBar, offset=(2, 0))
        await until(pilot, lambda: view.page is first, "the first by mouse")
    async with running(tmp_path, variables=state) as (app, pilot):
        view = await open_query(app, pilot)
        assert [buffer.name for buffer in view.buffers.all] == ["Query 1", "the answer", "Query 2"]
        assert view.page.editor.text == "1 + 1"


async def test_a_text_from_elsewhere_opens_in_a_view_that_is_not_there_yet(tmp_path: Path) -> None:
    state = {"KITCN_STATE_DIR": str(tmp_path / "state")}
    async with running(tmp_path, variables=state) as (app, pilot):
        await until(pilot, lambda: bool(app.screen.query(View)), "opening")
        app.screen.query(View).first().go(QueryPlace("1 + 2"))
        await until(pilot, lambda: bool(app.screen.query(Page)), "the Query tab")
        view = app.screen.query_one(QueryView)
        await until(pilot, lambda: view.page.editor.text == "1 + 2", "the text")
        assert (await run(view, pilot)).value == 3


async def test_saved_queries_and_history(tmp_path: Path) -> None:
    state = {"KITCN_STATE_DIR": str(tmp_path / "state")}
    async with running(tmp_path, variables=state) as (app, pilot):
        heard = hearing(app)
        view = await open_query(app, pilot)
        await run(view, pilot, "// how many\n6 * 7")
        await run(view, pilot, "nope.x")
        await until(pilot, lambda: len(view.recalling._history.recent(9)) == 2, "both in the history")
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, Picker), "history")
        await until(pilot, lambda: "6 * 7" in screen_text(app), "the queries")
        assert "✗ nope.x" in screen_text(app)
        await pilot.press("6", "asterisk")
        await until(pilot, lambda: len(app.screen.query_one(Outline).rows) == 1, "finding")
        assert "// how many" in screen_text(app), "the preview"
        await pilot.press("enter")
        await until(pilot, lambda: view.page.editor.text == "// how many\n6 * 7", "opening")

        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Naming), "asking for a name")
        app.screen.query_one(Input).value = "../../evil"
        await pilot.press("enter")
        await until(pilot, lambda: any("cannot name a query" in one for one in heard), "refusing the name")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Naming), "asking again")
        app.screen.query_one(Input).value = "how many"
        await pilot.press("enter")
        await until(pilot, lambda: view.buffers.current.saved is not None, "saving")
        assert view.buffers.current.name == "how many"
        await pilot.press("ctrl+end", "space", "plus", "1")
        await until(pilot, lambda: "* how many" in screen_text(app), "changed since")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "* how many" not in screen_text(app), "saved again")
        await pilot.press("ctrl+n", "f3")
        await until(pilot, lambda: isinstance(app.screen, Picker), "saved queries")
        await pilot.press("ctrl+j")
        await until(pilot, lambda: view.page.result.outcome is not None, "running at once")
        saved = next((tmp_path / "state").rglob("how many.js"))
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.screen, Picker), "saved queries")
        await pilot.press("f8")
        await until(pilot, lambda: not saved.exists(), "removing")


async def test_the_editor_of_ones_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "editor.sh"
    script.write_text('#!/bin/sh\nprintf "7 * 6\\n" > "$1"\n')
    script.chmod(0o700)
    async with running(tmp_path, variables={"EDITOR": str(script), "VISUAL": ""}) as (app, pilot):
        heard = hearing(app)
        view = await open_query(app, pilot)
        write(view, "1")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: any("cannot be handed over" in one for one in heard), "no terminal here")
        assert view.page.editor.text == "1"

        from contextlib import nullcontext

        monkeypatch.setattr(App, "suspend", lambda _app: nullcontext())
        await pilot.press("ctrl+g")
        await until(pilot, lambda: view.page.editor.text == "7 * 6", "the edited text")
        await pilot.press("ctrl+z")
        assert view.page.editor.text == "1"


async def test_control_characters_and_wide_text_do_not_break_a_frame(tmp_path: Path) -> None:
    async with running(tmp_path, size=SMALL) as (app, pilot):
        view = await open_query(app, pilot)
        write(view, '"\x1b[31m\x07\u202e" // 日本語 👩‍👩‍👧 עברית\n"' + "x" * 200_000 + '"')
        await pilot.pause()
        lines = screen_text(app).splitlines()
        assert "\x1b" not in "".join(lines) and "\u202e" not in "".join(lines)
        assert "␛[31m␇" in lines[3]
        outcome = await run(view, pilot, "'\x1b[31m\\u202e' + '😀'.repeat(400000)")
        assert isinstance(outcome.value, str)
        forms: tuple[Form, ...] = ("json", "tree", "logs")
        for form in forms:
            view.page.result.show_form(form)
            await pilot.pause()
            assert "\x1b" not in screen_text(app) and "\u202e" not in screen_text(app)
