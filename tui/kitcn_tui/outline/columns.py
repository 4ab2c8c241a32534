"""Rows whose cells stand in columns that share the width there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len

from kitcn_tui.outline.rows import Look, Row, Span, padded

_GAP = 2
_NARROWEST = 6
_MEASURED = 300


@dataclass(slots=True)
class Cell:
    """`text` is one line and safe to show."""

    text: str
    look: Look = "plain"
    table: str | None = None
    press: bool = False
    align_right: bool = False


@dataclass(slots=True)
class Columns:
    """The widths that columns would like to have, and those that they get. Columns without content take no room.

    Where there is too little, the widest give; what comes first is not cut.
    """

    natural: list[int]
    firm: int = 1
    _fitted: dict[int, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Sequence[Sequence[Cell]], firm: int = 1) -> Columns:
        number = max((len(row) for row in rows), default=0)
        natural = [
            max((cell_len(row[at].text[:_MEASURED]) for row in rows if at < len(row)), default=0)
            for at in range(number)
        ]
        return cls(natural, firm)

    def at(self, width: int) -> list[int]:
        known = self._fitted.get(width)
        if known is None:
            known = self._fitted[width] = self._fit(width)
        return known

    def _fit(self, width: int) -> list[int]:
        widths = list(self.natural)
        used = [size for size in widths if size]
        over = sum(used) + _GAP * max(0, len(used) - 1) - width
        while over > 0:
            places = [at for at, size in enumerate(widths) if at >= self.firm and size > _NARROWEST]
            if not places:
                break
            most = max(widths[at] for at in places)
            widest = [at for at in places if widths[at] == most]
            second = max((widths[at] for at in places if widths[at] < most), default=_NARROWEST)
            step = min(over, max(1, (most - max(second, _NARROWEST)) * len(widest)))
            for turn in range(step):
                widths[widest[turn % len(widest)]] -= 1
            over -= step
        return widths


class CellsRow(Row):
    """Cells in columns. `marks` stand in front of them."""

    __slots__ = ("can_stand", "cells", "columns", "marks")

    def __init__(
        self, cells: Sequence[Cell], columns: Columns, marks: Sequence[Span] = (), *, can_stand: bool = True
    ) -> None:
        self.cells = cells
        self.columns = columns
        self.marks = marks
        self.can_stand = can_stand

    def left(self, width: int) -> Iterator[Span]:
        yield from self.marks
        room = width - sum(cell_len(mark.text) for mark in self.marks)
        widths = self.columns.at(room)
        shown = [at for at in range(len(self.cells)) if widths[at]]
        for at in shown:
            cell, size = self.cells[at], widths[at]
            text = padded(cell.text, size)
            if cell.align_right:
                text = " " * (cell_len(text) - cell_len(text.rstrip())) + text.rstrip()
            yield Span(text, cell.look, cell.table, "enter" if cell.press else None)
            if at != shown[-1]:
                yield Span(" " * _GAP)

    def is_cut(self, width: int) -> bool:
        """Whether something of it does not fit."""
        widths = self.columns.at(width - sum(cell_len(mark.text) for mark in self.marks))
        return any(cell_len(cell.text[:_MEASURED]) > widths[at] for at, cell in enumerate(self.cells))
