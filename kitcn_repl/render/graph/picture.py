"""A graph of tables that is laid out: its text, row by row, in pieces that a front door gives colours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from rich.cells import cell_len, chop_cells, set_cell_size

from kitcn_repl.render.graph.canvas import Canvas, Glyph, Pen
from kitcn_repl.render.graph.layout import lay_out
from kitcn_repl.render.graph.model import TITLE, Check, Layout, Placed, always
from kitcn_repl.render.graph.tables import Entry, Graph, Row

Kind = Literal["blank", "line", "strong", "border", "title", "count", "mark", "field", "folded", "heading"]
LOOSE_HEADING = "without lines"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a row; `table` where it belongs to a box."""

    text: str
    kind: Kind
    table: str | None = None


class Picture:
    """`layout` says where everything is. Rows of the text are `layout.width` cells wide.

    It takes seconds for hundreds of tables with all their lines: what `check` raises ends that.
    """

    def __init__(self, graph: Graph, width: int = 100, check: Check = always) -> None:
        self.graph = graph
        self.layout: Layout = lay_out(graph.boxes, graph.lines, width, check)
        ties = [graph.ties[at] for at in graph.drawn]
        pens = [Pen(tie.many_holders, tie.many_targets, tie.is_guessed) for tie in ties]
        self._canvas = Canvas(self.layout.routes, pens, check)
        self._rows: dict[int, list[Placed]] = {}
        for box in sorted(self.layout.boxes.values(), key=lambda box: box.x):
            for y in range(box.y, box.bottom):
                self._rows.setdefault(y, []).append(box)

    def row(
        self, y: int, start: int, end: int, *, selected: str | None = None, strong: Collection[int] = ()
    ) -> list[Piece]:
        """The cells from `start` to before `end`. `selected` is a table, `strong` are positions of lines.

        A selected table has a double border, strong lines are heavy: both can be told without colours.
        """
        if y == self.layout.loose:
            return _cropped(0, [Piece(LOOSE_HEADING, "heading")], start, end)
        glyphs = self._canvas.row(y, start, end, strong)
        pieces: list[Piece] = []
        at = start
        for box in self._rows.get(y, ()):
            if box.right > start and box.x < end:
                pieces += _between(glyphs, at, box.x)
                pieces += _cropped(box.x, self._box_row(box, y - box.y, is_selected=box.name == selected), start, end)
                at = box.right
        return [*pieces, *_between(glyphs, at, end)]

    def lines_at(self, x: int, y: int) -> list[int]:
        """Positions of the lines that pass through a cell."""
        return self._canvas.lines_at(x, y)

    def box_at(self, x: int, y: int) -> Placed | None:
        return next((box for box in self._rows.get(y, ()) if box.x <= x < box.right), None)

    def row_at(self, x: int, y: int) -> Row | None:
        """The row of a box at a cell."""
        box = self.box_at(x, y)
        number = -1 if box is None else y - box.row(0)
        rows = () if box is None else self.graph.entries[box.name].rows
        return rows[number] if 0 <= number < len(rows) else None

    def _box_row(self, box: Placed, number: int, *, is_selected: bool) -> Iterator[Piece]:
        name, inner = box.name, box.width - 2
        corners, across, side = ("╔╗╚╝", "═", "║") if is_selected else ("╭╮╰╯", "─", "│")
        if number in (0, box.height - 1):
            at = 0 if number == 0 else 2
            yield Piece(f"{corners[at]}{across * inner}{corners[at + 1]}", "border", name)
            return
        entry = self.graph.entries[name]
        yield Piece(side, "border", name)
        if number == TITLE:
            yield from _title(entry, inner)
        else:
            yield from _field(entry, number - TITLE - 1, inner)
        yield Piece(side, "border", name)


def _title(entry: Entry, width: int) -> Iterator[Piece]:
    mark = f" {entry.mark}" if entry.mark else ""
    used = 2 + cell_len(entry.title) + len(mark) + len(entry.count)
    yield Piece(f" {entry.title}", "title", entry.name)
    if mark:
        yield Piece(mark, "mark", entry.name)
    yield Piece(f"{' ' * (width - used)}{entry.count} ", "count", entry.name)


def _field(entry: Entry, number: int, width: int) -> Iterator[Piece]:
    if number < len(entry.rows):
        row = entry.rows[number]
        text = f"  {row.text}"
        kind: Kind = "field" if row.drawn else "folded"
        if row.mark:
            yield Piece(text, kind, entry.name)
            yield Piece(set_cell_size(f" {row.mark}", width - cell_len(text)), "mark", entry.name)
        else:
            yield Piece(set_cell_size(text, width), kind, entry.name)
        return
    text = f"  {entry.note}" if number == len(entry.rows) else ""
    yield Piece(set_cell_size(text, width), "folded", entry.name)


def _between(glyphs: Mapping[int, Glyph], start: int, end: int) -> Iterator[Piece]:
    """What is not of a box: blanks and lines."""
    cells: list[tuple[Kind, str]] = []
    for x in range(start, end):
        glyph = glyphs.get(x)
        cells.append(("blank", " ") if glyph is None else ("strong" if glyph.strong else "line", glyph.text))
    for kind, some in groupby(cells, key=lambda cell: cell[0]):
        yield Piece("".join(text for _, text in some), kind)


def _cropped(x: int, pieces: Iterable[Piece], start: int, end: int) -> list[Piece]:
    """What of the pieces, of which the first begins at `x`, is from `start` to before `end`."""
    kept = []
    for piece in pieces:
        size = cell_len(piece.text)
        if start <= x and x + size <= end:
            kept.append(piece)
        elif x < end and x + size > start:
            text = piece.text
            if x < start:
                hidden = len(chop_cells(text, start - x)[0]) if start - x > 1 or text.isascii() else 1
                text = set_cell_size(text[hidden:], x + size - start)
            kept.append(replace(piece, text=set_cell_size(text, min(end, x + size) - max(start, x))))
        x += size
    return kept
