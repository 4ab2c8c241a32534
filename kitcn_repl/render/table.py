"""Rows in aligned columns for a terminal; says what it had to cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kitcn_repl.render.style import Style

_GAP = "  "
_ELLIPSIS = "…"
_NARROWEST = 10
"""Contents are never squeezed below this; columns that then do not fit are left out and named."""
_NARROWEST_HEADING = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is one line and safe to show (`text.visible`)."""

    text: str
    style: Literal["plain", "dim", "number", "string", "masked"] = "plain"


EMPTY = Cell("")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    align_right: bool = False
    whole: bool = False
    """Never cut: an id is worth nothing without its end."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """`lines` to print; how many cells were shortened and the columns that found no place."""

    lines: list[str]
    cut_cells: int
    left_out: list[str]


def draw(
    columns: Sequence[Column], rows: Sequence[Sequence[Cell]], style: Style, width: int | None, *, wrap: bool = False
) -> Drawing:
    """Draw a table at most `width` cells wide; None is as wide as it wants.

    What is too long for its column is cut, or with `wrap` goes on in further lines.
    """
    from rich.cells import cell_len

    contents = [max((cell_len(row[at].text) for row in rows), default=0) for at in range(len(columns))]
    natural = [max(cell_len(column.name), size) for column, size in zip(columns, contents, strict=True)]
    widths = natural if width is None else _fit(columns, contents, natural, width)
    shown = [at for at, size in enumerate(widths) if size > 0]
    cut = 0

    def fitted(text: str, at: int, *, last: bool) -> str:
        nonlocal cut
        size = cell_len(text)
        if size > widths[at]:
            text = shorten(text, widths[at])
            size = cell_len(text)
            cut += 1
        padding = " " * (widths[at] - size)
        if columns[at].align_right:
            return padding + text
        return text if last else text + padding

    lines = [_GAP.join(style.bold(fitted(columns[at].name, at, last=at == shown[-1])) for at in shown)]
    lines.append(_GAP.join(style.dim("─" * widths[at]) for at in shown))
    cut = 0
    for row in _wrapped(rows, widths) if wrap else rows:
        filled = [at for at in shown if row[at].text]
        used = [at for at in shown if filled and at <= filled[-1]]
        lines.append(
            _GAP.join(_coloured(style, row[at].style, fitted(row[at].text, at, last=at == used[-1])) for at in used)
        )
    left_out = [column.name for at, column in enumerate(columns) if widths[at] == 0]
    return Drawing(lines, cut, left_out)


def _wrapped(rows: Sequence[Sequence[Cell]], widths: Sequence[int]) -> Iterator[list[Cell]]:
    """Rows with as many lines as their fullest cell needs."""
    for row in rows:
        columns = [broken(cell.text, size) if size else [] for cell, size in zip(row, widths, strict=True)]
        for at in range(max(map(len, columns), default=0)):
            yield [
                Cell(lines[at], cell.style) if at < len(lines) else EMPTY
                for cell, lines in zip(row, columns, strict=True)
            ]


def broken(text: str, width: int) -> list[str]:
    """Lines of `text`, broken between words, and within words that are longer than a line."""
    from rich.cells import cell_len, chop_cells

    lines = [""]
    for word in text.split(" "):
        together = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(together) <= width:
            lines[-1] = together
            continue
        pieces = chop_cells(word, width) or [word]
        lines = [*(lines if lines[-1] else lines[:-1]), *pieces]
    return lines


def _coloured(style: Style, kind: str, text: str) -> str:
    if kind == "plain":
        return text
    if kind == "number":
        return style.yellow(text)
    if kind == "string":
        return style.green(text)
    return style.dim(text)


def _fit(columns: Sequence[Column], contents: Sequence[int], natural: Sequence[int], width: int) -> list[int]:
    """Widths that add up to `width` or less; 0 for columns that find no place. What is left over goes to contents
    first, and to headings that are wider than those afterwards."""
    widths = [0] * len(columns)
    room = width
    for at, column in enumerate(columns):
        least = (
            natural[at] if column.whole else min(natural[at], max(_NARROWEST_HEADING, min(contents[at], _NARROWEST)))
        )
        needed = least + (len(_GAP) if at else 0)
        if needed > room and at > 0:
            break
        widths[at] = min(least, room)
        room -= needed
    for wanted in (contents, natural):
        room = _grow(widths, wanted, room)
    return widths


def _grow(widths: list[int], wanted: Sequence[int], room: int) -> int:
    """Share `room` among the columns that want it; what nobody wants comes back."""
    growing = [at for at, size in enumerate(widths) if 0 < size < wanted[at]]
    while growing and room > 0:
        share = max(1, room // len(growing))
        for at in list(growing):
            extra = min(share, wanted[at] - widths[at], room)
            widths[at] += extra
            room -= extra
            if widths[at] == wanted[at]:
                growing.remove(at)
    return room


def shorten(text: str, width: int) -> str:
    """`text` in at most `width` cells, with an ellipsis for what is gone."""
    from rich.cells import set_cell_size

    return set_cell_size(text, width - 1).rstrip() + _ELLIPSIS if width > 1 else _ELLIPSIS[:width]
