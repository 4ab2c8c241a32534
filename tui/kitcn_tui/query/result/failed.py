"""A query that failed: what the server said, the line that it is about, and what to do."""

from __future__ import annotations

import json

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from kitcn_repl.explore.inline.error import InlineQueryError
from kitcn_repl.render.excerpt import excerpt
from kitcn_repl.render.style import Style
from kitcn_repl.render.text import visible, visible_lines
from kitcn_tui.query.actions import bindings_of

_LONGEST = 4000


class QueryFailed(VerticalScroll, can_focus=True):
    """The error with the user's own line. Enter goes to the place in the editor."""

    BINDINGS = bindings_of("failed")
    DEFAULT_CSS = """
    QueryFailed { height: 1fr; padding: 1 2; }
    QueryFailed Static { height: auto; }
    QueryFailed .failed-title { color: $text-error; text-style: bold; }
    QueryFailed .failed-excerpt { margin: 1 0 0 0; padding: 0 1; border-left: thick $error; }
    QueryFailed .failed-data { margin: 1 0 0 0; color: $text-muted; }
    QueryFailed .failed-hint { margin: 1 0 0 0; color: $text-accent; }
    QueryFailed .failed-keys { margin: 1 0 0 0; color: $text-muted; }
    """

    class Jump(Message):
        """Somebody wants to see the place."""

        def __init__(self, error: InlineQueryError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, error: InlineQueryError) -> None:
        super().__init__()
        self._error = error

    def compose(self) -> ComposeResult:
        error = self._error
        yield Static(Content(visible_lines(error.message[:_LONGEST])), classes="failed-title", markup=False)
        if error.line is not None and error.column is not None and error.source_line is not None:
            lines = excerpt(error.line, error.column, error.source_line[:_LONGEST], Style(enabled=False), 100)
            yield Static(Content(lines), classes="failed-excerpt", markup=False)
        if error.has_data:
            data = json.dumps(error.data, ensure_ascii=False)[:_LONGEST]
            yield Static(Content(f"data: {visible(data)}"), classes="failed-data", markup=False)
        if error.hint:
            yield Static(Content(f"→ {visible_lines(error.hint)}"), classes="failed-hint", markup=False)
        if error.line is not None:
            yield Static(f"enter goes to line {error.line}", classes="failed-keys", markup=False)

    def action_jump(self) -> None:
        self.post_message(self.Jump(self._error))

    def on_click(self) -> None:
        self.action_jump()
