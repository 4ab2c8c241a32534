"""Variables by name, and a column for each place that has values: the deployment, and the defaults by type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from kitcn_repl.explore.environment.overview import Column, Overview
from kitcn_tui.environment.values import Revealed
from kitcn_tui.widgets.line_list import MARGIN, LineList, Part, fit
from kitcn_tui.widgets.painted import MUTED

_NAME_CELLS = (18, 36)
_MOST_CELLS = 44
_GAP = 2


class Matrix(LineList):
    """The cursor is on one value."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "column(-1)", "Left", show=False),
        Binding("right,l", "column(1)", "Right", show=False),
    ]

    column: reactive[int] = reactive(0, init=False)

    class Entered(Message):
        """The cursor is on a value of another column."""

    def __init__(self, revealed: Revealed) -> None:
        super().__init__()
        self.overview: Overview | None = None
        self.names: list[str] = []
        self._revealed = revealed

    @property
    def count(self) -> int:
        return len(self.names)

    @property
    def current_name(self) -> str | None:
        return self.names[self.cursor] if self.cursor < len(self.names) else None

    @property
    def current_column(self) -> Column | None:
        overview = self.overview
        return overview.columns[self.column] if overview and self.column < len(overview.columns) else None

    def show(self, overview: Overview) -> None:
        """The cursor stays on its variable and column, as far as they are still there."""
        before, key = self.current_name, self.current_column.key if self.current_column else None
        self.overview, self.names = overview, overview.names
        row = self.names.index(before) if before in self.names else min(self.cursor, self.count - 1)
        keys = [column.key for column in overview.columns]
        self.set_reactive(Matrix.column, keys.index(key) if key in keys else 0)
        self.set_reactive(LineList.cursor, max(0, row))
        self.changed()
        self.show_cursor()

    def widths(self, room: int) -> tuple[int, int]:
        """Cells of the names, and of each column."""
        least, most = _NAME_CELLS
        number = len(self.overview.columns) if self.overview else 1
        longest = max((len(name) for name in self.names), default=least)
        names = max(least, min(longest, most, room // 3))
        return names, max(8, min(_MOST_CELLS, (room - names - _GAP * number) // number))

    def parts(self, index: int, width: int) -> Sequence[Part]:
        assert self.overview is not None
        name = self.names[index]
        names, cells = self.widths(width)
        parts: list[Part] = [(fit(name, names), "strong" if index == self.cursor else "plain")]
        own = (self.overview.columns[0].values or {}).get(name)
        for at, column in enumerate(self.overview.columns):
            value = None if column.values is None else column.values.get(name)
            text, tone = self._revealed.cell((column.key, name), value) if column.values is not None else ("?", "muted")
            if not column.is_deployment and value is not None and self.overview.columns[0].values is not None:
                mark = "= " if value == own else "≠ " if own is not None else "+ "
                text, tone = mark + text, "warning" if mark == "≠ " else tone
            is_here = index == self.cursor and at == self.column
            parts += [(" " * _GAP, "plain"), (fit(text, cells), "cell" if is_here and self.has_focus else tone)]
        return parts

    def watch_column(self) -> None:
        self.refresh()
        self.post_message(self.Entered())

    def action_column(self, step: int) -> None:
        if self.overview is not None:
            self.column = max(0, min(len(self.overview.columns) - 1, self.column + step))

    def on_click(self, event: events.Click) -> None:
        x = int(event.get_content_offset_capture(self).x) - MARGIN
        names, cells = self.widths(self.room)
        if self.overview is not None and x >= names:
            self.column = min(len(self.overview.columns) - 1, (x - names) // (cells + _GAP))
        super().on_click(event)


class MatrixHeader(Static):
    DEFAULT_CSS = """
    MatrixHeader { height: 1; padding: 0 0 0 2; }
    """

    def show(self, matrix: Matrix) -> None:
        overview = matrix.overview
        if overview is None:
            return
        names, cells = matrix.widths(matrix.room)
        parts: list[str | tuple[str, str]] = [(fit("variable", names), MUTED)]
        for at, column in enumerate(overview.columns):
            style = "bold $text-error" if column.is_prod else "bold" if at == matrix.column else MUTED
            parts += [" " * _GAP, (fit(_heading(column, cells), cells), style)]
        self.update(Content.assemble(*parts))


def _heading(column: Column, cells: int) -> str:
    if column.is_deployment:
        return column.title if len(column.title) <= cells else column.name
    whole = f"default {column.key}"
    return whole if len(whole) <= cells else f"def. {column.key}"
