"""The Logs tab: which lines are shown, and what one can do with them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.widgets import Input

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.logs.entry import LogEntry
from kitcn_repl.explore.logs.kept import Line, lines_before
from kitcn_repl.explore.logs.line_filter import LineFilter, next_level, parse_filter
from kitcn_repl.render.text import visible
from kitcn_tui.actions import bindings
from kitcn_tui.logs.actions import ACTIONS
from kitcn_tui.logs.lines import LogLines, clock
from kitcn_tui.logs.page import LogsPage
from kitcn_tui.logs.state_line import StateLine
from kitcn_tui.places import DocumentPlace, InsightsPlace, function_place

_TYPING: Final = 0.15
"""Seconds without a key until a filter that is typed is used."""


class LogsView(LogsPage):
    """The page with its keys."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS)]

    @on(Input.Changed, "#log-filter")
    def _on_typing(self, event: Input.Changed) -> None:
        event.stop()
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(_TYPING, lambda: self._use(event.value))

    @on(Input.Submitted, "#log-filter")
    def _on_typed(self, event: Input.Submitted) -> None:
        event.stop()
        if self._use(event.value):
            self.query_one(LogLines).focus()
            event.input.display = not self._filter.is_empty

    def _use(self, text: str) -> bool:
        if self._typing is not None:
            self._typing.stop()
            self._typing = None
        try:
            wanted = parse_filter(text)
        except UsageError as error:
            self.query_one(StateLine).complain(error.message)
            return False
        if wanted != self._filter:
            self._apply(wanted)
        else:
            self._on_state()
        return True

    @on(LogLines.Chosen)
    def _on_chosen(self) -> None:
        self.action_details()

    def _current(self) -> Line | None:
        return self.query_one(LogLines).current

    def _entry(self) -> LogEntry | None:
        line = self._current()
        return None if line is None else self._kept.entry(line.entry)

    # What one can do.

    def action_filter(self) -> None:
        field = self.query_one("#log-filter", Input)
        field.display = True
        field.focus()

    def action_pause(self) -> None:
        self._is_paused = not self._is_paused
        if not self._is_paused:
            waiting, self._waiting = self._waiting, []
            shown = self.query_one(LogLines)
            shown.append(waiting[lines_before(waiting, self._kept.first) :])
        self._on_state()

    def action_to_end(self) -> None:
        if self._is_paused:
            self.action_pause()
        self.query_one(LogLines).action_last()
        self._on_state()

    def action_level(self) -> None:
        self._apply(replace(self._filter, level=next_level(self._filter.level)))

    def action_failures(self) -> None:
        self._apply(replace(self._filter, failed=not self._filter.failed))

    def action_quiet(self) -> None:
        self._apply(replace(self._filter, quiet=not self._filter.quiet))

    def action_this_function(self) -> None:
        line = self._current()
        if self._filter.function is not None:
            self._apply(replace(self._filter, function=None))
        elif line is not None:
            self._apply(replace(self._filter, function=line.function))

    def action_this_request(self) -> None:
        line = self._current()
        if self._filter.request is not None:
            self._apply(replace(self._filter, request=None))
        elif line is not None and line.request_id:
            self._apply(replace(self._filter, request=line.request_id))

    def action_details(self) -> None:
        body = self.query_one("#log-body")
        body.toggle_class("-details")
        if self._shows_details:
            self.call_after_refresh(self._show_details)
        self.call_after_refresh(self.query_one(LogLines).show_cursor)

    def action_clear_filter(self) -> None:
        field = self.query_one("#log-filter", Input)
        if field.has_focus:
            self.query_one(LogLines).focus()
            with field.prevent(Input.Changed):  # which would come later, and undo what is chosen meanwhile
                field.value = ""
            self._use("")
            field.display = False
        elif self._shows_details:
            self.action_details()
            self.query_one(LogLines).focus()
        elif not self._filter.is_empty:
            self._apply(LineFilter())

    def action_wrap(self) -> None:
        shown = self.query_one(LogLines)
        shown.wraps = not shown.wraps

    def action_left(self) -> None:
        self.query_one(LogLines).action_sideways(-1)

    def action_right(self) -> None:
        self.query_one(LogLines).action_sideways(1)

    def action_to_function(self) -> None:
        line = self._current()
        if line is not None and line.identifier:
            self.go(function_place(line.identifier))

    def action_to_insights(self) -> None:
        line = self._current()
        if line is not None and line.identifier:
            self.go(InsightsPlace(line.identifier))

    def action_to_document(self) -> None:
        entry = self._entry()
        conflict = entry.conflict if entry is not None else None
        document = conflict.get("documentId") if conflict is not None else None
        if isinstance(document, str):
            self.go(DocumentPlace(document))
        else:
            self.app.notify("Only write conflicts name a document.")

    def action_copy(self) -> None:
        line = self._current()
        if line is not None:
            word = line.outcome or line.level
            self._copied(f"{clock(line.time, with_day=True)} {word} {line.function} {line.text}".rstrip(), "Line")

    def action_copy_entry(self) -> None:
        entry = self._entry()
        if entry is not None:
            self._copied(json.dumps(entry.raw, ensure_ascii=False, indent=2), "Entry")

    def action_copy_request(self) -> None:
        line = self._current()
        if line is not None and line.request_id:
            self._copied(line.request_id, f"Request id {visible(line.request_id)}")

    def _copied(self, text: str, what: str) -> None:
        self.app.copy_to_clipboard(text)
        self.app.notify(f"{what} copied.", markup=False)
