"""Which columns a grid shows, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType

from kitcn_repl.render.text import visible
from kitcn_tui.grid.columns import Column, Columns
from kitcn_tui.outline.rows import Line, Row, Span
from kitcn_tui.widgets.finder import Finder


class _Choice(Line):
    __slots__ = ("column",)

    def __init__(self, column: Column) -> None:
        mark = Span(" [ ] " if column.hidden else " [x] ", "muted")
        name = Span(visible(column.name), "muted" if column.hidden else "plain")
        state = "pinned " if column.pinned and not column.hidden else ""
        super().__init__(mark, name, right=[Span(state, "muted")])
        self.column = column


class ColumnChooser(Finder[None]):
    """Enter shows or hides; everything takes effect at once."""

    HEADING = "Columns"
    PLACEHOLDER = "name of a column"
    HINT = "enter shows or hides  ctrl+p pins  ctrl+↑↓ moves  ctrl+a all  esc closes"
    NOTHING = "No column of that name."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+p", "pin", show=False, priority=True),
        Binding("ctrl+up", "shift(-1)", show=False, priority=True),
        Binding("ctrl+down", "shift(1)", show=False, priority=True),
        Binding("ctrl+a", "all", show=False, priority=True),
    ]

    def __init__(self, columns: Columns, changed: Callable[[], None]) -> None:
        super().__init__()
        self._columns = columns
        self._changed = changed

    def rows(self, pattern: str) -> Iterator[Row]:
        for column in [*self._columns.shown, *(each for each in self._columns.all if each.hidden)]:
            if pattern.lower() in column.name.lower():
                yield _Choice(column)

    def chosen(self, row: Row) -> None:
        if isinstance(row, _Choice) and (row.column.hidden or len(self._columns.shown) > 1):
            row.column.hidden = not row.column.hidden
            self._took_effect()

    def action_pin(self) -> None:
        row = self.listing.row
        if isinstance(row, _Choice):
            row.column.pinned = not row.column.pinned
            self._took_effect(row.column)

    def action_shift(self, by: int) -> None:
        row = self.listing.row
        if isinstance(row, _Choice) and not row.column.hidden:
            self._columns.move(row.column, by)
            self._took_effect(row.column)

    def action_all(self) -> None:
        for column in self._columns.all:
            column.hidden = False
        self._took_effect()

    def _took_effect(self, column: Column | None = None) -> None:
        self._changed()
        rows = list(self.rows(self.pattern))
        place = next(
            (at for at, row in enumerate(rows) if isinstance(row, _Choice) and row.column is column),
            self.listing.cursor,
        )
        self.draw(place)
