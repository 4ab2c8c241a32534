"""The lines of a grid, from cells to strips."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rich.cells import set_cell_size, split_text
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip

from kitcn_repl.explore.browsing.rows import Row
from kitcn_repl.render.text import visible
from kitcn_tui.grid.cells import RIGHT, Cell, Typing, cell_of, fitted
from kitcn_tui.grid.columns import Column, Columns

GUTTER = 2
"""Cells at the left: where the cursor is, and what happened to the row."""
EDGE = 1
"""Cells between the frozen columns and the others."""
_MARKS = {"new": "+", "changed": "~", "deleted": "-", None: " "}


class Drawn(Strip):
    """A line that goes with the last reference to it.

    Textual's keeps itself, as its one part, where nothing cuts it. Thousands of them would wait for the garbage
    collection, which then holds up a frame.
    """

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        places = [cut for cut in cuts if cut <= self.cell_length]
        return [self] if places == [self.cell_length] else super().divide(places)


@dataclass(frozen=True, slots=True)
class State:
    """What is to be seen of a row besides its values. `cursor` is the name of the column in which the cursor stands."""

    cursor: str | None = None
    is_current: bool = False
    is_selected: bool = False
    is_focused: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What the theme says of a part: None where it says nothing."""

    colour: Color | None = None
    background: Color | None = None
    text: Style = field(default_factory=Style.null)


class Styles:
    """The styles of the theme, put together once for each combination that occurs.

    `filters` are what the application does to all that is drawn, such as taking the colours away.
    """

    def __init__(
        self,
        ground: Color,
        looks: Mapping[str, Look],
        tables: Mapping[str, Color],
        filters: Sequence[LineFilter] = (),
    ) -> None:
        self._filters = filters
        self._ground = ground
        self._looks = looks
        self._tables = tables
        self._made: dict[tuple[str, ...], Style] = {}

    def get(self, *names: str, table: str | None = None) -> Style:
        """Later ones win; a table's colour wins over all but a cursor's."""
        key = (*names, "", table or "")
        style = self._made.get(key)
        if style is None:
            style = self._made[key] = self._make(names, table)
        return style

    def _make(self, names: tuple[str, ...], table: str | None) -> Style:
        background, colour, text = self._ground, Color(128, 128, 128), Style.null()
        for name in names:
            look = self._looks[name]
            if look.background is not None:
                background += look.background
            if look.colour is not None:
                colour = look.colour
            text += look.text
        if table is not None and names[-1] != "cursor":
            colour = self._tables.get(table, colour)
        style = Style(color=(background + colour).rich_color, bgcolor=background.rich_color) + text
        for each in self._filters:
            style = each.apply([Segment(" ", style)], background)[0].style or style
        return style


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a line is cut: `left` cells of the moving columns are gone, `width` cells are there in all."""

    columns: Columns
    left: int
    width: int

    @property
    def fixed(self) -> int:
        return GUTTER + self.columns.frozen_width + (EDGE if self.columns.frozen else 0)

    @property
    def room(self) -> int:
        """Cells for the columns that move."""
        return max(0, self.width - self.fixed)


def row_strip(row: Row, frame: Frame, typing: Typing, styles: Styles, state: State) -> Strip:
    base = "selected" if state.is_selected else "current" if state.is_current else "row"
    mark = row.mark or ("changed" if row.changed else None)
    gutter = "▌" if state.is_current else "│" if state.is_selected else " "
    sign = "●" if state.is_selected and mark is None else _MARKS[mark]
    segments = [
        Segment(gutter, styles.get("row", "gutter-current" if state.is_current else "gutter")),
        Segment(sign, styles.get(base, f"mark-{mark}" if mark else "gutter")),
    ]

    def box(column: Column) -> Segment:
        cell = cell_of(row.document, column.name, typing)
        return Segment(_text(cell, column), _style(cell, column, row, base, styles, state))

    return _line(segments, frame, box, styles.get(base, "edge"), styles.get(base))


def _text(cell: Cell, column: Column) -> str:
    text = cell.text
    right = column.is_right if cell.look in RIGHT or cell.look in ("null", "unset") else False
    return f" {fitted(text, column.width, right=right)} "


def _style(cell: Cell, column: Column, row: Row, base: str, styles: Styles, state: State) -> Style:
    names = [base, cell.look]
    if row.mark == "deleted":
        names.append("deleted")
    elif row.mark == "new":
        names.append("new")
    elif column.name in row.changed:
        names.append("changed")
    if state.cursor == column.name:
        names.append("cursor" if state.is_focused else "cursor-blurred")
    return styles.get(*names, table=cell.table if cell.look == "id" and row.mark is None else None)


def header_strip(frame: Frame, styles: Styles, arrows: dict[str, str], current: str | None) -> Strip:
    """`arrows` by column name: how the rows are ordered."""
    plain = styles.get("header")

    def box(column: Column) -> Segment:
        arrow = arrows.get(column.name, "")
        name = visible(column.name[:240])
        room = column.width - (2 if arrow else 0)
        text = fitted(name, max(room, 0), right=column.is_right)
        if arrow and room > 0:
            text = f"{arrow} {text}" if column.is_right else _beside(text, arrow, column.width)
        return Segment(f" {text} ", styles.get("header", "header-current") if column.name == current else plain)

    return _line([Segment(" " * GUTTER, plain)], frame, box, styles.get("header", "edge"), plain)


def _beside(text: str, arrow: str, width: int) -> str:
    """The arrow right behind the name."""
    return fitted(f"{text.rstrip()} {arrow}", width)


def empty_strip(frame: Frame, styles: Styles, state: State, text: str = "") -> Strip:
    """A row that was not read, or none."""
    base = "current" if state.is_current else "row"
    begin = Segment("▌ " if state.is_current else "  ", styles.get("row", "gutter-current"))
    room = max(0, frame.width - GUTTER)
    return Drawn([begin, Segment(fitted(f" {text}", room), styles.get(base, "unread"))], GUTTER + room)


def _line(segments: list[Segment], frame: Frame, box: Callable[[Column], Segment], edge: Style, rest: Style) -> Strip:
    columns = frame.columns
    for column in columns.frozen:
        segments.append(box(column))
    if columns.frozen:
        segments.append(Segment("▏" if frame.left else " ", edge))
    used = frame.fixed
    if used >= frame.width:
        return Strip(segments, used).crop(0, frame.width)
    place = 0
    room = frame.room
    for index in columns.between(frame.left, room):
        column = columns.moving[index]
        begin = columns.offsets[index] - frame.left
        segment = box(column)
        if begin < 0:
            segment = Segment(_without(segment.text, -begin), segment.style)
            begin = 0
        if begin + (end := column.box - max(0, frame.left - columns.offsets[index])) > room:
            segment = Segment(set_cell_size(segment.text, room - begin), segment.style)
            end = room - begin
        segments.append(segment)
        place = begin + end
    if place < room:
        segments.append(Segment(" " * (room - place), rest))
    return Drawn(segments, frame.width)


def _without(text: str, cells: int) -> str:
    """What is left of a text when its first cells are gone."""
    return text[cells:] if text.isascii() else split_text(text, cells)[1]
