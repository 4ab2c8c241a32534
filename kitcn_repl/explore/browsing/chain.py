"""Pages that were read one after the other from one place on, in one direction."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from kitcn_repl.deployment.models import PageRequest
from kitcn_repl.explore.browsing.ordering import Ordering
from kitcn_repl.explore.browsing.rows import Row
from kitcn_repl.values import JsonObject
from kitcn_repl.values.size import value_size


@dataclass(slots=True)
class Slot:
    """A page: where it begins, how many rows it had, the order key of its last one, and the rows if they are held.

    `size` is that of the documents in bytes.
    """

    cursor: str | None
    count: int
    last: bytes
    rows: list[Row] | None
    size: int


class Chain:
    """Rows by their distance from the place where it starts.

    `top` is the order key of the first row, `edge` of the last, `times` are their creation times. `done` tells that
    there are no rows behind the last one, `met` that those behind it are another chain's.
    """

    def __init__(self, request: PageRequest, ordering: Ordering) -> None:
        self.request = request
        self.ordering = ordering
        self.slots: list[Slot] = []
        self.cursor: str | None = None
        self.done = False
        self.met = False
        self.top: bytes | None = None
        self.times: tuple[float, float] | None = None
        self._resume: str | None = None
        self._ends: list[int] = []

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @property
    def is_open(self) -> bool:
        """Whether there may be more to read behind its last row."""
        return not (self.done or self.met)

    @property
    def edge(self) -> bytes | None:
        return self.slots[-1].last if self.slots else None

    def append(self, documents: Sequence[JsonObject], cursor: str, *, done: bool) -> None:
        """A page that was read at the end of the chain; an empty one only moves the cursor on."""
        if documents:
            if self.top is None:
                self.top = self.ordering.key(documents[0])
            self._note_times(documents)
            self.slots.append(self._slot(self.cursor, [row_of(document) for document in documents]))
            self._measure(len(self.slots) - 1)
        self.cursor, self.done = cursor, done

    def replace(self, index: int, upto: int, rows: Sequence[Row], cursor: str, *, done: bool) -> bool:
        """Rows that were read again in place of the slots `index` to `upto - 1`.

        If they end elsewhere than those did, what was known behind them is forgotten, and False comes back.
        """
        before, last = self.slots[index].cursor, self.slots[upto - 1].last
        slot = self._slot(before, rows) if rows else None
        same = slot is not None and slot.last == last
        self.slots[index:upto] = [slot] if slot is not None else []
        if not same:
            del self.slots[index + (slot is not None) :]
            self.cursor, self.done, self.met = cursor, done, False
        if index == 0:
            self.top = self.ordering.key(rows[0].document) if rows else None
        self._measure(index)
        return same

    def meet_at(self, offset: int) -> None:
        """The rows from `offset` on, which lies in the last slot, are another chain's."""
        self._resume, self.met = self.slots[-1].cursor, True
        begin = self._ends[-2] if len(self._ends) > 1 else 0
        slot = self.slots[-1]
        rows = (slot.rows or [])[: offset - begin]
        if rows:
            self.slots[-1] = self._slot(slot.cursor, rows)
        else:
            self.slots.pop()
        self._measure(len(self.slots) - 1)

    def meet(self) -> None:
        """What follows on the last row are another chain's rows."""
        self._resume, self.met = self.cursor, True

    def part(self) -> None:
        """The other chain is gone: what follows is to be read by this one again."""
        if self.met:
            if self.slots and self.slots[-1].cursor == self._resume:
                self.slots.pop()
                self._measure(len(self.slots))
            self.cursor, self.met, self.done = self._resume, False, False

    def place(self, offset: int) -> tuple[int, int]:
        """The slot that holds the row at `offset`, and the row's place in it."""
        index = bisect_right(self._ends, offset)
        return index, offset - (self._ends[index - 1] if index else 0)

    def row(self, offset: int) -> Row | None:
        index, place = self.place(offset)
        rows = self.slots[index].rows
        return None if rows is None else rows[place]

    def slot_of(self, key: bytes) -> Slot | None:
        """The page within which a row with this order key belongs."""
        before = self.ordering.comes_before
        if self.top is None or before(key, self.top):
            return None
        return next((slot for slot in self.slots if not before(slot.last, key)), None)

    def span(self, index: int) -> tuple[int, int]:
        """First offset of a slot, and the one behind its last."""
        return (self._ends[index - 1] if index else 0), self._ends[index]

    def _slot(self, cursor: str | None, rows: Sequence[Row]) -> Slot:
        kept = list(rows)
        size = sum(value_size(row.document) for row in kept)
        last = next((row for row in reversed(kept) if row.mark != "deleted"), kept[-1])
        return Slot(cursor, len(kept), self.ordering.key(last.document), kept, size)

    def _note_times(self, documents: Sequence[JsonObject]) -> None:
        first, last = (documents[place].get("_creationTime") for place in (0, -1))
        if isinstance(first, int | float) and isinstance(last, int | float):
            self.times = (self.times[0] if self.times is not None else first, last)

    def _measure(self, index: int) -> None:
        """Count anew from the slot `index` on."""
        start = max(index, 0)
        del self._ends[start:]
        base = self._ends[-1] if self._ends else 0
        self._ends.extend(accumulate((slot.count for slot in self.slots[start:]), initial=base))
        del self._ends[start]  # the base itself


def row_of(document: JsonObject) -> Row:
    identity = document.get("_id")
    return Row(document, identity if isinstance(identity, str) else "")
