"""A buffer on the screen: the editor, and beneath or beside it what its last run answered."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.message import Message

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.inline.error import InlineQueryError
from kitcn_repl.explore.inline.remarks import Remark, remarks
from kitcn_repl.explore.inline.run import run_inline
from kitcn_tui.query.editor.coloured import Mark
from kitcn_tui.query.editor.find_line import FindLine
from kitcn_tui.query.editor.popup import Popup
from kitcn_tui.query.editor.remark_line import RemarkLine
from kitcn_tui.query.editor.widget import Editor
from kitcn_tui.query.parts import all_of, selection_of, statement_of
from kitcn_tui.query.result.failed import QueryFailed
from kitcn_tui.query.result.outcome import Asked, Outcome
from kitcn_tui.query.result.pane import ResultPane
from kitcn_tui.widgets.failure import Failure

if TYPE_CHECKING:
    from textual.timer import Timer

    from kitcn_repl.explore.completion.words import Words
    from kitcn_repl.explore.knowledge import Knowledge
    from kitcn_repl.explore.workspace import Workspace
    from kitcn_repl.schema.model import Schema

_TICK = 0.1
_REMARK_AFTER = 0.6


class Page(Container):
    """Runs its own text; another page may run at the same time."""

    DEFAULT_CSS = """
    Page { layout: vertical; height: 1fr; }
    Page .editor-side { height: 2fr; }
    Page ResultPane { height: 3fr; }
    """

    class Started(Message):
        """A run began."""

    class Ended(Message):
        """A run ended: well, badly, or because somebody cancelled it."""

        def __init__(self, page: Page, outcome: Outcome) -> None:
            super().__init__()
            self.page = page
            self.outcome = outcome

    def __init__(self, workspace: Workspace, text: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._workspace = workspace
        self._started = 0.0
        self._asked: Asked | None = None
        self._ran = ""
        self.words: Words | None = None
        self.schema: Schema | None = None
        self.editor = Editor(text)
        self.popup = Popup()
        self.editor.popup = self.popup
        self.remark_line = RemarkLine()
        self.result = ResultPane(workspace)
        self._remarking: Timer | None = None
        self._offered: tuple[str, tuple[int, int]] = ("", (0, 0))

    def compose(self) -> ComposeResult:
        with Vertical(classes="editor-side"):
            yield self.editor
            yield FindLine(self.editor)
            yield self.remark_line
        yield self.result
        yield self.popup

    @property
    def key(self) -> str:
        """Its buffer's."""
        return (self.id or "").removeprefix("page-")

    # -- running

    @property
    def is_running(self) -> bool:
        return self.result.has_class("running")

    def run_text(self) -> None:
        """The selection if there is one, else everything."""
        editor = self.editor
        if editor.selection.is_empty:
            self.ask(all_of(editor.text))
        else:
            start, end = sorted(editor.selection)
            self.ask(selection_of(editor.text, editor.index_of(start), editor.index_of(end)))

    def run_statement(self) -> None:
        asked = statement_of(self.editor.text, self.editor.cursor_index)
        if asked is None:
            self.notify("There is no statement at the cursor.", severity="warning")
        else:
            self.ask(asked)

    def ask(self, asked: Asked) -> None:
        """Run it. What runs already is cancelled."""
        if not asked.text.strip():
            self.notify("There is nothing to run: write a query first.", severity="warning")
            return
        self.popup.close()
        self.editor.mark = None
        self._asked = asked
        self._ran = self.editor.text
        self.run_worker(self._run(asked), group="run", exclusive=True)

    async def _run(self, asked: Asked) -> None:
        workspace = self._workspace
        started = self._started = time.monotonic()
        self.result.run_started()
        self.post_message(self.Started())
        ticking = self.set_interval(_TICK, lambda: self.result.run_goes_on(time.monotonic() - started))
        result, error = None, None
        try:
            result = await run_inline(workspace.deployment, asked.text, component=workspace.component)
        except KitcnError as failed:
            error = failed
        except asyncio.CancelledError:
            # Another run that took this one's place says itself how it goes.
            if self._asked is asked:
                self.post_message(self.Ended(self, Outcome(asked, time.monotonic() - started)))
            raise
        finally:
            ticking.stop()
        elapsed = result.elapsed if result is not None else time.monotonic() - started
        self.post_message(self.Ended(self, Outcome(asked, elapsed, result, error)))

    async def on_page_ended(self, message: Ended) -> None:
        outcome = message.outcome
        if self._asked is not outcome.asked:
            return
        self._asked = None
        await self.result.run_ended(outcome)
        if isinstance(outcome.error, InlineQueryError):
            # Who went on typing does not want the cursor to move.
            self._mark(outcome.error, jump=self.editor.text == self._ran)

    def on_resize(self) -> None:
        self.popup.close()

    def cancel(self) -> bool:
        """False if nothing runs."""
        if not self.is_running:
            return False
        self.workers.cancel_group(self, "run")
        return True

    def on_failure_retry(self, message: Failure.Retry) -> None:
        message.stop()
        if self.result.outcome is not None:
            self.ask(self.result.outcome.asked)

    # -- errors at their place

    def on_query_failed_jump(self, message: QueryFailed.Jump) -> None:
        message.stop()
        self._mark(message.error, jump=True)
        self.editor.focus()

    def _mark(self, error: InlineQueryError, *, jump: bool) -> None:
        """Mark the place, if the text there is still what ran."""
        if error.line is None or error.column is None or error.source_line is None:
            return
        units = error.source_line.encode("utf-16-le", "surrogatepass")[: 2 * (error.column - 1)]
        column = len(units.decode("utf-16-le", "replace"))
        editor = self.editor
        line = error.line - 1
        if line >= editor.document.line_count:
            return
        written = editor.document[line]
        if written.strip() != error.source_line.strip() and error.source_line.strip() not in written:
            return
        editor.mark = Mark(line, column, written)
        if jump:
            editor.move_cursor((line, min(column, len(written))), center=True)

    def on_editor_find_wanted(self, message: Editor.FindWanted) -> None:
        message.stop()
        self.query_one(FindLine).open()

    # -- remarks

    def learn(self, knowledge: Knowledge, words: Words) -> None:
        """What completion, remarks and links know from now on."""
        self.words, self.schema = words, knowledge.schema
        self.result.know(knowledge)
        self._remark_soon()

    def on_text_area_changed(self) -> None:
        self._remark_soon()
        self.query_one(FindLine).look_again()

    def on_text_area_selection_changed(self) -> None:
        editor = self.editor
        text, at = self._offered
        if self.popup.is_open and editor.text == text and editor.cursor_location != at:
            self.popup.close()  # the cursor went elsewhere
        self.remark_line.look_at(self.editor.cursor_location[0])

    def _remark_soon(self) -> None:
        """Not while somebody types: half a word is no mistake."""
        if self._remarking is not None:
            self._remarking.stop()
        self._remarking = self.set_timer(_REMARK_AFTER, self.remark)

    def remark(self) -> None:
        if self.popup.is_open:
            self._remark_soon()
            return
        editor = self.editor
        found = [(editor.location_of(remark.start), remark) for remark in remarks(editor.text, self.schema)]
        editor.remark(
            [
                Mark(row, column, editor.document[row], False, self._end_in(row, remark))
                for (row, column), remark in found
            ]
        )
        self.remark_line.show([(row, remark) for (row, _), remark in found], editor.cursor_location[0])

    def _end_in(self, row: int, remark: Remark) -> int:
        """Where a remark ends in its first line."""
        end_row, end_column = self.editor.location_of(remark.end)
        return end_column if end_row == row else len(self.editor.document[row])

    # -- completion

    def on_editor_asked(self, message: Editor.Asked) -> None:
        message.stop()
        from kitcn_repl.explore.completion import Words, complete

        editor = self.editor
        suggestions = complete(editor.text, editor.cursor_index, self.words or Words())
        typed = editor.cursor_index - suggestions[0].start if suggestions else 0
        if not message.by_key and len(suggestions) == 1 and suggestions[0].text == self._typed(typed):
            suggestions = []
        self._offered = (editor.text, editor.cursor_location)
        self.popup.offer(suggestions, editor.cursor_screen_offset, typed)

    def _typed(self, length: int) -> str:
        row, column = self.editor.cursor_location
        return self.editor.document[row][max(0, column - length) : column]

    def on_popup_chosen(self, message: Popup.Chosen) -> None:
        message.stop()
        chosen = message.suggestion
        self.editor.insert_completion(chosen.text, chosen.start, chosen.end)
        self.editor.focus()
