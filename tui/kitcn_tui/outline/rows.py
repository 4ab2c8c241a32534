"""What a line of an outline shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rich.cells import cell_len, set_cell_size

Look = Literal[
    "plain",
    "key",
    "muted",
    "string",
    "number",
    "constant",
    "title",
    "link",
    "good",
    "warning",
    "error",
]
Press = Literal["enter", "fold"]

_MOST_CHARACTERS = 4000
"""No line is so wide: what is longer is not even measured."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line. `text` is one line and safe to show; `table` names the table whose colour it has.

    A click on a span with `press` does what that key does on its line. One that is `whole` is left out rather than
    cut, and so is what follows it; before one that is `firm` is cut, the line's right part goes.
    """

    text: str
    look: Look = "plain"
    table: str | None = None
    press: Press | None = None
    whole: bool = False
    firm: bool = False


class Row:
    """A line: what stands left, and what stands at the right edge if there is room for both."""

    __slots__ = ()

    can_stand = True
    """Whether the cursor stops here."""

    yields_right = False
    """Whether the right part goes if only that keeps the left one from being cut."""

    def left(self, width: int) -> Iterable[Span]:
        """The parts from the left, of which what is too much for `width` cells is cut."""
        raise NotImplementedError

    def right(self, width: int) -> Sequence[Span]:
        """The parts at the right edge."""
        return ()


class Line(Row):
    """A line of which everything is known beforehand."""

    __slots__ = ("_left", "_right", "can_stand")

    def __init__(self, *left: Span, right: Sequence[Span] = (), can_stand: bool = True) -> None:
        self._left = left
        self._right = right
        self.can_stand = can_stand

    def left(self, width: int) -> Iterable[Span]:
        return self._left

    def right(self, width: int) -> Sequence[Span]:
        return self._right


BLANK = Line(can_stand=False)


def told(text: str, look: Look = "muted", indent: int = 0) -> Line:
    """A remark, where the cursor does not stop."""
    return Line(Span(" " * indent + text, look), can_stand=False)


def fitted(row: Row, width: int) -> list[Span]:
    """The spans of a line of exactly `width` cells: an ellipsis for what is cut, the right part only where it fits."""
    right = row.right(width)
    needed = sum(cell_len(span.text) for span in right)
    beside = width - needed - 2
    if not right or beside < 0:
        return _filled(_cut(row.left(width), width), width)
    cut = _cut(row.left(width), beside)
    if row.yields_right and cut.is_cut:
        alone = _cut(row.left(width), width)
        if not alone.is_cut or cut.is_firm_cut:
            return _filled(alone, width)
    return [*cut.spans, Span(" " * (width - cut.used - needed)), *right]


def _filled(cut: _Cut, width: int) -> list[Span]:
    return [*cut.spans, Span(" " * (width - cut.used))] if cut.used < width else cut.spans


@dataclass(slots=True)
class _Cut:
    """As many spans as there was room for. `is_firm_cut` if one was cut that ought not to be."""

    spans: list[Span]
    used: int
    is_cut: bool = False
    is_firm_cut: bool = False


def _cut(spans: Iterable[Span], width: int) -> _Cut:
    shown: list[Span] = []
    used = 0
    for span in _with_text(spans):
        text = span.text[:_MOST_CHARACTERS]
        size = cell_len(text)
        if used + size > width:
            if span.whole and shown:
                return _Cut(shown, used)
            if (room := width - used) > 0:
                shown.append(replace(span, text=set_cell_size(text, room - 1) + "…"))
            elif shown:
                shown[-1] = replace(shown[-1], text=_ended(shown[-1].text))
            return _Cut(shown, width if shown else used, is_cut=True, is_firm_cut=span.firm)
        shown.append(replace(span, text=text) if len(text) < len(span.text) else span)
        used += size
    return _Cut(shown, used)


def _with_text(spans: Iterable[Span]) -> Iterator[Span]:
    return (span for span in spans if span.text)


def _ended(text: str) -> str:
    return set_cell_size(text, max(0, cell_len(text) - 1)) + "…"


def padded(text: str, width: int) -> str:
    """The text with blanks up to `width` cells, or cut to it."""
    size = cell_len(text[:_MOST_CHARACTERS])
    if size <= width and len(text) <= _MOST_CHARACTERS:
        return text + " " * (width - size)
    return set_cell_size(text[:_MOST_CHARACTERS], max(0, width - 1)) + "…"
