"""Trees with guide lines. A line too long for the terminal goes on beneath itself, inside the guides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kitcn_repl.render.style import Style
from kitcn_repl.render.table import broken, shorten

_GAP = "  "
_WORTH_CUTTING = 12
_BRANCH, _LAST, _PASSING, _NOTHING = "├─ ", "└─ ", "│  ", "   "


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line. `text` is one line and safe to show (`text.visible`); `style` is a method of `Style`.

    One that `may_be_cut` is shortened to what is left of the line, if that is worth it.
    """

    text: str
    style: str | None = None
    may_be_cut: bool = False


@dataclass(slots=True)
class Node:
    """A line and what hangs under it. `details` follow the pieces, on a line of their own where the terminal is narrow.

    Pieces of the `aligned` ones among siblings stand in columns.
    """

    pieces: Sequence[Piece]
    children: list[Node] = field(default_factory=list)
    details: Sequence[Piece] = ()
    aligned: bool = False


def draw_tree(roots: Sequence[Node], style: Style, width: int | None, *, indent: str = "") -> list[str]:
    """Lines of text, each at most `width` cells wide as far as its pieces allow; None is as wide as it wants."""
    return list(_Tree(style, width).siblings(roots, indent, branches=False))


class _Tree:
    def __init__(self, style: Style, width: int | None) -> None:
        from rich.cells import cell_len

        self._cells = cell_len
        self._style = style
        self._width = width

    def siblings(self, nodes: Sequence[Node], indent: str, *, branches: bool) -> Iterator[str]:
        room = None if self._width is None else self._width - len(indent) - len(_BRANCH) * branches
        columns = self._columns([[*node.pieces, *node.details] for node in nodes if node.aligned])
        together = room is None or _total(columns) <= room
        if not together:
            columns = self._columns([node.pieces for node in nodes if node.aligned])
            if room is not None and _total(columns) > room:
                columns = []
        for position, node in enumerate(nodes):
            is_last = position == len(nodes) - 1
            first = indent + ((_LAST if is_last else _BRANCH) if branches else "")
            following = indent + ((_NOTHING if is_last else _PASSING) if branches else "")
            yield from self._node(node, first, following, columns if node.aligned else [], together=together)
            yield from self.siblings(node.children, following, branches=True)

    def _columns(self, rows: Sequence[Sequence[Piece]]) -> list[int]:
        most = max(map(len, rows), default=0)
        return [max(self._cells(row[at].text) for row in rows if at < len(row)) for at in range(most)]

    def _node(self, node: Node, first: str, following: str, columns: Sequence[int], *, together: bool) -> Iterator[str]:
        hanging = following + (_PASSING if node.children else _NOTHING)
        if not node.details or (together and node.aligned) or self._fits(node, first):
            yield from self._flow([*node.pieces, *node.details], columns, first, hanging)
            return
        yield from self._flow(node.pieces, columns, first, hanging)
        yield from self._flow(node.details, [], hanging, hanging)

    def _fits(self, node: Node, first: str) -> bool:
        if node.aligned or self._width is None:
            return not node.aligned
        sizes = [self._cells(piece.text) for piece in (*node.pieces, *node.details) if piece.text]
        return len(first) + _total(sizes) <= self._width

    def _flow(self, pieces: Sequence[Piece], columns: Sequence[int], first: str, hanging: str) -> Iterator[str]:
        """Pieces side by side, filled up to their columns; what does not fit goes on in further lines."""
        line, used, blanks, empty = self._style.dim(first), len(first), 0, True
        for at, piece in enumerate(pieces):
            column = columns[at] if at < len(columns) else 0
            size = self._cells(piece.text)
            if size == 0:
                blanks += column + len(_GAP) if column else 0
                continue
            gap = blanks if empty else blanks + len(_GAP)
            text = piece.text
            room = size if self._width is None else self._width - used - gap
            if size > room >= _WORTH_CUTTING and piece.may_be_cut:
                text = shorten(text, room)
                size = self._cells(text)
            elif size > room and not empty:
                yield line
                line, used, gap, column = self._style.dim(hanging), len(hanging), 0, 0
            if self._width is not None and size > self._width - used - gap:
                *before, text = broken(text, max(_WORTH_CUTTING, self._width - max(used + gap, len(hanging))))
                for part in before:
                    yield line + " " * gap + self._coloured(part, piece.style)
                    line, used, gap, column = self._style.dim(hanging), len(hanging), 0, 0
                size = self._cells(text)
            line += " " * gap + self._coloured(text, piece.style)
            used += gap + size
            blanks, empty = max(0, column - size), False
        if not empty:
            yield line

    def _coloured(self, text: str, style: str | None) -> str:
        coloured: str = getattr(self._style, style)(text) if style else text
        return coloured


def _total(sizes: Sequence[int]) -> int:
    """Cells of columns side by side; those without content take no room."""
    used = [size for size in sizes if size]
    return sum(used) + len(_GAP) * max(0, len(used) - 1)
