"""The columns of a grid: which there are, in which order, how wide, and which stay when one moves sideways."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from kitcn_repl.explore.browsing.rows import Row
from kitcn_repl.render.text import visible
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_tui.grid.cells import RIGHT, Look, Typing, cell_of

NARROWEST, WIDEST = 3, 240
_USUAL = 36
"""Cells. Texts get no more as long as others want room."""
_ID = 10
_WHOLE: frozenset[Look] = frozenset({"number", "date", "boolean", "masked", "bytes", "nested"})
_TELLING = ("name", "title", "label", "slug", "email", "username", "subject")
_RARE = 10
"""A field that fewer than one of so many documents have stands behind the others."""
PADDING = 2
"""Cells of a column around its text: one on each side."""


@dataclass(slots=True, eq=False)
class Column:
    """`wanted` is the width of its widest content so far, `chosen` the width that somebody gave it.

    `is_right` tells that its contents are numbers, which stand at the right.
    """

    name: str
    hidden: bool = False
    pinned: bool = False
    chosen: int | None = None
    wanted: int = 0
    whole: int = 0
    width: int = NARROWEST
    is_right: bool = False
    seen: int = 0

    @property
    def box(self) -> int:
        return self.width + PADDING


class Columns:
    """`frozen` are shown at the left whatever happens, `moving` are the others; both are without the hidden ones."""

    def __init__(self) -> None:
        self.all: list[Column] = []
        self.frozen: list[Column] = []
        self.moving: list[Column] = []
        self.offsets: list[int] = []
        self.generation = 0
        self._remembered: JsonObject = {}
        self._is_reordered = False

    def begin(self, names: Iterable[str] = (), remembered: JsonObject | None = None) -> None:
        """Start afresh, with what somebody chose before."""
        self.all = []
        self._remembered, self._is_reordered = remembered or {}, False
        self.add(names)
        self.lay_out()

    @property
    def shown(self) -> list[Column]:
        return [*self.frozen, *self.moving]

    @property
    def frozen_width(self) -> int:
        return sum(column.box for column in self.frozen)

    @property
    def moving_width(self) -> int:
        return self.offsets[-1] if self.offsets else 0

    def named(self, name: str) -> Column | None:
        return next((column for column in self.all if column.name == name), None)

    def add(self, names: Iterable[str]) -> bool:
        """Those that are not there yet; new ones come behind the others, `_creationTime` last of the first."""
        known = {column.name for column in self.all}
        new = [name for name in dict.fromkeys(names) if name not in known]
        if not new:
            return False
        if not self.all:
            new.sort(key=_standing)
        self.all += [self._column(name) for name in new]
        order = self._remembered.get("order")
        if isinstance(order, list):
            place = {name: at for at, name in enumerate(order)}
            self.all.sort(key=lambda column: place.get(column.name, len(place)))
        return True

    def _add_found(self, rows: Sequence[Row]) -> None:
        """The fields of documents; at first those that most of them lack come last."""
        names = Counter(name for row in rows for name in row.document)
        if not self.all:
            rare = sorted(
                name for name, times in names.items() if times * _RARE < len(rows) and name != "_creationTime"
            )
            common = sorted(names.keys() - set(rare), key=_standing)
            self.add(name for name in common if name != "_creationTime")
            self.add([*rare, *(name for name in names if name == "_creationTime")])
        self.add(names)

    def _column(self, name: str) -> Column:
        column = Column(name, pinned=name == "_id")
        kept = self._remembered.get("columns")
        choice = kept.get(name) if isinstance(kept, dict) else None
        if isinstance(choice, dict):
            column.hidden = choice.get("hidden") is True
            column.pinned = choice.get("pinned", column.pinned) is True
            width = choice.get("width")
            if isinstance(width, int) and NARROWEST <= width <= WIDEST:
                column.chosen = width
        return column

    def remember(self) -> JsonObject:
        """What somebody chose, as plain JSON; empty if nothing."""
        choices: JsonObject = {}
        for column in self.all:
            choice: JsonObject = {}
            if column.hidden:
                choice["hidden"] = True
            if column.pinned != (column.name == "_id"):
                choice["pinned"] = column.pinned
            if column.chosen is not None:
                choice["width"] = column.chosen
            if choice:
                choices[column.name] = choice
        names: list[JsonValue] = [column.name for column in self.all]
        kept: JsonObject = {"columns": choices} if choices else {}
        if "order" in self._remembered or self._is_reordered:
            kept["order"] = names
        return kept

    def measure(self, rows: Sequence[Row], typing: Typing) -> None:
        """Take rows into account that are looked at: columns may become wider by it, never narrower."""
        self._add_found(rows)
        for column in self.all:
            right = seen = 0
            heading = cell_len(visible(column.name[:WIDEST]))
            wanted = whole = 0
            for row in rows:
                cell = cell_of(row.document, column.name, typing)
                if cell.look in ("unset", "null"):
                    wanted = max(wanted, len(cell.text))
                    continue
                seen += 1
                right += cell.look in RIGHT
                size = _ID + 1 if cell.look == "id" else cell_len(cell.text)
                wanted = max(wanted, size)
                if cell.look in _WHOLE:
                    whole = max(whole, size)
            if seen and not column.seen:
                column.is_right = right == seen
            column.seen += seen
            column.wanted = min(WIDEST, max(column.wanted, wanted, min(heading, 20)))
            column.whole = min(_USUAL * 2, max(column.whole, whole))

    def lay_out(self, room: int | None = None) -> None:
        """Give each column its width, what is left of `room` to those that are cut."""
        self.frozen = [column for column in self.all if column.pinned and not column.hidden]
        self.moving = [column for column in self.all if not column.pinned and not column.hidden]
        for column in self.shown:
            usual = max(NARROWEST, column.whole, min(column.wanted, _USUAL))
            column.width = column.chosen if column.chosen is not None else usual
        if room is not None:
            left = room - sum(column.box for column in self.shown)
            growing = [column for column in self.shown if column.chosen is None and column.width < column.wanted]
            while left > 0 and growing:
                share = max(1, left // len(growing))
                for column in growing:
                    more = min(share, column.wanted - column.width, left)
                    column.width += more
                    left -= more
                growing = [column for column in growing if column.width < column.wanted]
        self.offsets = [0]
        for column in self.moving:
            self.offsets.append(self.offsets[-1] + column.box)
        self.generation += 1

    def between(self, left: int, width: int) -> range:
        """Which of the moving columns a window shows that begins `left` cells behind the frozen ones."""
        if not self.moving or width <= 0:
            return range(0)
        first = max(0, bisect_right(self.offsets, left) - 1)
        last = first
        while last < len(self.moving) and self.offsets[last] < left + width:
            last += 1
        return range(first, last)

    # what somebody chooses

    def resize(self, column: Column, width: int) -> None:
        column.chosen = max(NARROWEST, min(WIDEST, width))

    def fit(self, column: Column) -> None:
        """As wide as what it holds."""
        column.chosen = None if column.chosen == column.wanted else max(NARROWEST, column.wanted)

    def move(self, column: Column, by: int) -> None:
        group = self.frozen if column.pinned else self.moving
        place = group.index(column)
        other = place + by
        if 0 <= other < len(group):
            one, two = self.all.index(column), self.all.index(group[other])
            self.all.insert(two, self.all.pop(one))
            self._is_reordered = True

    def reset(self) -> None:
        """As if nobody had chosen anything."""
        self._remembered, self._is_reordered = {}, False
        self.all = [self._column(column.name) for column in sorted(self.all, key=lambda one: _standing(one.name))]


def _standing(name: str) -> tuple[int, int, str]:
    """The id first, then what names a document, and when it was made last."""
    if name == "_id":
        return 0, 0, name
    if name in _TELLING:
        return 1, _TELLING.index(name), name
    return (3, 0, name) if name == "_creationTime" else (2, 0, name)
