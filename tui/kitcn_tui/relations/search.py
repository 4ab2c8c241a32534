"""The line in which one types a part of a table's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.fuzzy import FuzzySearch
from textual.message import Message
from textual.widgets import Input, Static

from kitcn_repl.render.text import visible

_MOST_NAMED = 6


class TableSearch(Horizontal):
    """Hidden until it is opened. The best table is found with every letter; Enter stays there, Escape goes back."""

    DEFAULT_CSS = """
    TableSearch {
        height: 1; display: none; padding: 0 1;
        & Input { border: none; height: 1; width: 24; padding: 0; background: $foreground 8%; }
        & #find-label { width: auto; color: $text-muted; }
        & #find-names { width: 1fr; color: $text-muted; padding: 0 0 0 2; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "Go back", show=False),
        Binding("down,tab,ctrl+n", "next(1)", "Next table", show=False),
        Binding("up,shift+tab", "next(-1)", "Table before", show=False),
    ]

    class Found(Message):
        """`final`: somebody wants to stay there."""

        def __init__(self, table: str, *, final: bool) -> None:
            super().__init__()
            self.table = table
            self.final = final

    class Closed(Message):
        """The keys are free again."""

    def __init__(self) -> None:
        super().__init__()
        self._tables: Sequence[str] = ()
        self._before: str | None = None
        self._matches: list[str] = []
        self._at = 0

    def compose(self) -> ComposeResult:
        yield Static("Find ", id="find-label")
        yield Input(compact=True, select_on_focus=False)
        yield Static(id="find-names", markup=False)

    def open(self, tables: Sequence[str], selected: str | None) -> None:
        self._tables, self._before = tables, selected
        self.display = True
        field = self.query_one(Input)
        field.value = ""
        field.focus()
        self._write_names()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._matches = ranked(self._tables, event.value)
        self._at = 0
        self._tell(final=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._tell(final=True)
        self._close()

    def action_next(self, step: int) -> None:
        if self._matches:
            self._at = (self._at + step) % len(self._matches)
            self._tell(final=False)

    def action_give_up(self) -> None:
        if self._before is not None:
            self.post_message(self.Found(self._before, final=False))
        self._close()

    def _tell(self, *, final: bool) -> None:
        self._write_names()
        if self._matches:
            self.post_message(self.Found(self._matches[self._at], final=final))

    def _write_names(self) -> None:
        """The tables that fit, the one it is at first."""
        typed = self.query_one(Input).value
        names = self._matches[self._at :] + self._matches[: self._at]
        if not typed:
            shown = Content("a part of a table's name · ↓ the next that fits · esc goes back")
        elif not names:
            shown = Content("no such table")
        else:
            rest = "".join(f"  {visible(name)}" for name in names[1:_MOST_NAMED])
            shown = Content.assemble((visible(names[0]), "bold"), rest, "  …" if len(names) > _MOST_NAMED else "")
        self.query_one("#find-names", Static).update(shown)

    def _close(self) -> None:
        self.display = False
        self._matches = []
        self.post_message(self.Closed())


def ranked(tables: Sequence[str], typed: str) -> list[str]:
    """Those that fit, best first."""
    if not typed:
        return []
    search = FuzzySearch()
    scores = [(search.match(typed, table)[0], table) for table in tables]
    return [table for score, table in sorted(scores, key=lambda each: -each[0]) if score > 0]
