"""Running queries: all, a part, failing, cancelled, on servers that are slow or gone."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from kitcn_tui.document.view import DocumentView
from kitcn_tui.query.result.failed import QueryFailed
from kitcn_tui.results.form_bar import FormBar
from kitcn_tui.results.forms import JsonForm, LogForm, TreeForm

from kitcn_repl.explore.inline.error import InlineQueryError
from kitcn_repl.targets.target import TargetFlags
from tests.support.faults import FaultyServer, Peer, Received, fail, hang, succeed
from tests.tui.query.support import open_query, run, write
from tests.tui.support import running, screen_text, until

_LONG = "while (true) {}"


async def test_runs_everything_the_selection_or_the_statement_at_the_cursor(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await open_query(app, pilot)
        text = 'const users = await ctx.db.query("user").take(2);\nconst n = 7;\nusers.length + 1;\nn * 2'
        outcome = await run(view, pilot, text)
        assert outcome.value == 14
        editor = view.page.editor

        editor.selection = type(editor.selection)((3, 0), (3, 1))
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(view.page.result.outcome.error, InlineQueryError), "n is not known")  # type: ignore[union-attr]
        error = view.page.result.outcome.error  # type: ignore[union-attr]
        assert isinstance(error, InlineQueryError)
        assert (error.line, error.column) == (4, 1)
        await until(pilot, lambda: editor.mark is not None, "the mark")

        editor.move_cursor((2, 3))
        assert (await run(view, pilot, key="f8")).value == 3
        editor.move_cursor((1, 0))
        outcome = await run(view, pilot, key="f8")
        assert outcome.value == 7
        assert outcome.asked.written == "const n = 7;\nn"


async def test_a_failure_marks_its_line_and_enter_goes_there(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await open_query(app, pilot)
        editor = view.page.editor
        outcome = await run(view, pilot, 'console.log("before");\n\nconst é = "😀", x = nope.y;\nreturn 1')
        assert isinstance(outcome.error, InlineQueryError)
        assert editor.mark is not None
        assert (editor.mark.line, editor.mark.column) == (2, 19)
        assert editor.cursor_location == (2, 19)
        assert "nope is not defined" in screen_text(app)
        assert "Logs 1" in screen_text(app)
        await pilot.press("f7")
        await until(pilot, lambda: "'before'" in screen_text(app), "the logs")
        await pilot.press("f7")
        await until(pilot, lambda: "nope is not defined" in screen_text(app), "the error again")

        editor.move_cursor((0, 0))
        await pilot.press("escape")
        assert isinstance(app.focused, QueryFailed)
        await pilot.press("enter")
        assert editor.has_focus
        assert editor.cursor_location == (2, 19)

        await pilot.press("x")
        assert editor.mark is None, "the line is another one now"
        await run(view, pilot, "1")
        assert not view.query("#error")
        await run(view, pilot, "nope")
        await pilot.press("f6")
        await run(view, pilot, "nope.too")
        assert len(view.query("#error")) == 1
        assert isinstance(app.focused, QueryFailed), "the keys stay with the result"
        await run(view, pilot, "({a: 1})")
        assert isinstance(app.focused, TreeForm)


async def test_escape_and_ctrl_c_cancel_and_the_earlier_result_stays(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await open_query(app, pilot)
        page = view.page
        await run(view, pilot, "[{a: 1}]")
        for key in ("escape", "ctrl+c"):
            page.editor.text = _LONG
            await pilot.press("ctrl+j")
            await until(pilot, lambda: "running" in page.result.query_one(FormBar).said, "running")
            await until(pilot, lambda: bool(_children()), "Deno starting")
            during = frozenset(_children())
            await pilot.press(key)
            await until(pilot, lambda: not page.is_running, "cancelling")
            assert "cancelled" in page.result.query_one(FormBar).said
            await until(pilot, lambda: _some_ended(during), "Deno ending")  # noqa: B023 - called at once
            assert page.result.outcome is not None
            assert page.result.outcome.value == [{"a": 1}]


async def test_buffers_run_at_once_and_ctrl_c_cancels_from_the_result_too(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await open_query(app, pilot)
        first = view.page
        await run(view, pilot, "[{a: 1}]")
        first.editor.text = _LONG
        await pilot.press("ctrl+j")
        await until(pilot, lambda: first.is_running, "running")
        await pilot.press("ctrl+n")
        assert (await run(view, pilot, "6 * 7")).value == 42
        await pilot.press("ctrl+pageup")
        assert view.page is first
        first.editor.text = _LONG
        await pilot.press("ctrl+j", "f6")
        await until(pilot, lambda: first.is_running and first.result.has_focus_within, "the result with the focus")
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "cancelled" in first.result.query_one(FormBar).said, "cancelling")


async def test_who_goes_on_typing_keeps_the_cursor(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        waiting = asyncio.Event()

        async def fails_later(received: Received, peer: Peer) -> None:
            await waiting.wait()
            await fail("Uncaught Error: no\n    at handler (query:1:3)")(received, peer)

        server.on("/api/run_test_function", fails_later)
        flags = TargetFlags(url=server.url, admin_key="dev|key")
        async with running(tmp_path, flags=flags) as (app, pilot):
            view = await open_query(app, pilot)
            write(view, "1 + nope\n")
            await pilot.press("ctrl+j")
            await until(pilot, lambda: view.page.is_running, "running")
            await pilot.press("2")
            waiting.set()
            await until(pilot, lambda: view.page.editor.mark is not None, "the mark")
            assert view.page.editor.cursor_location == (1, 1)


async def test_another_run_takes_the_place_of_one_that_runs(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await open_query(app, pilot)
        view.page.editor.text = _LONG
        await pilot.press("ctrl+j")
        await until(pilot, lambda: view.page.is_running, "running")
        outcome = await run(view, pilot, "40 + 2")
        assert outcome.value == 42


async def test_forms_logs_and_cost(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await open_query(app, pilot)
        result = view.page.result
        await run(view, pilot, 'console.warn("slow"); await ctx.db.query("user").take(2)')
        shown = screen_text(app)
        assert "2 of 32,000 documents" in shown
        assert "Logs 1" in shown
        await pilot.press("f7", "f7", "f7")
        forms = {result.form}
        for _ in range(3):
            await pilot.press("f7")
            forms.add(result.form)
        assert forms == {"grid", "tree", "json", "logs"}
        result.show_form("logs")
        await until(pilot, lambda: "WARN  'slow'" in screen_text(app), "the logs")
        assert isinstance(result.body, LogForm)
        result.show_form("json")
        await pilot.press("escape")
        assert isinstance(app.focused, JsonForm)
        await pilot.press("left_square_bracket")
        assert isinstance(app.focused, TreeForm)


async def test_an_id_leads_to_its_document(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await open_query(app, pilot)
        await until(pilot, lambda: view.page.words is not None, "words")
        outcome = await run(view, pilot, '(await ctx.db.query("session").first()).userId')
        await pilot.press("escape", "enter")
        await until(pilot, lambda: bool(app.screen.query(DocumentView)), "the document")
        place = app.screen.query_one(DocumentView).here()
        assert getattr(place, "document_id", None) == outcome.value
        await pilot.press("alt+left")
        await until(pilot, lambda: view.display, "coming back")
        assert view.page.result.outcome is outcome


async def test_a_slow_server_leaves_the_keys_alone_and_cancelling_ends_the_request(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        server.on("/api/run_test_function", succeed(1), hang)
        flags = TargetFlags(url=server.url, admin_key="dev|key")
        async with running(tmp_path, flags=flags) as (app, pilot):
            view = await open_query(app, pilot)
            await run(view, pilot, "1")
            open_before = server.open_connections
            await pilot.press("ctrl+j")
            await until(pilot, lambda: view.page.is_running, "running")
            await asyncio.wait_for(server.until(lambda: len(server.to("/api/run_test_function")) == 2), 10)
            await pilot.press("end", "plus", "2")
            assert view.page.editor.text == "1+2"
            await pilot.press("escape")
            await until(pilot, lambda: not view.page.is_running, "cancelling")
            await asyncio.wait_for(server.until(lambda: server.open_connections <= open_before), 10)


async def test_a_dead_server_explains_itself_and_enter_tries_again(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        flags = TargetFlags(url=server.url, admin_key="dev|key")
        async with running(tmp_path, flags=flags) as (app, pilot):
            view = await open_query(app, pilot)
            outcome = await run(view, pilot, "1")
            assert outcome.error is not None
            assert "enter or r tries again" in screen_text(app)
            server.on("/api/run_test_function", succeed(5))
            await pilot.press("escape")
            assert (await run(view, pilot, key="enter")).value == 5


async def test_nothing_to_run_says_so(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await open_query(app, pilot)
        await pilot.press("ctrl+j")
        assert not view.page.is_running
        write(view, "   ")
        await pilot.press("f8")
        assert not view.page.is_running


def _children() -> set[int]:
    """Processes that this one started."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        with task.joinpath("children").open() as file:
            found |= {int(pid) for pid in file.read().split()}
    return {pid for pid in found if _is_alive(pid)}


def _some_ended(processes: frozenset[int]) -> bool:
    return not all(map(_is_alive, processes))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
