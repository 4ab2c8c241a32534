"""What a grid needs to know of the rows it shows, wherever they are from.

A grid has positions from 0 to `size - 1`, and asks for the row at each that it draws. A source answers at once, with
None for what it has not read, and reads when it is told what somebody looks at. When something came, it calls its
listener; that is all. `RowList` is the source for documents that are in memory, `TableRows` that for a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from kitcn_repl.values import JsonObject

Mark = Literal["new", "changed", "deleted"]


@dataclass(slots=True, eq=False)
class Row:
    """A document as it was read; a changed one is another Row.

    `key` tells it from others: the document's id, or its place in a list. `mark` says what a live view saw happen to
    it, `changed` the fields, `age` how many looks ago.
    """

    document: JsonObject
    key: str
    mark: Mark | None = None
    changed: frozenset[str] = field(default_factory=frozenset)
    age: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """The rows that were at `first` to `end - 1` are now `by` further down: rows were found above them."""

    first: int
    end: int
    by: int


def moved(position: int, moves: Sequence[Moved]) -> int:
    """Where the row is now that was at a position."""
    return position + next((move.by for move in moves if move.first <= position < move.end), 0)


Listener = Callable[[Sequence[Moved]], None]


class RowSource(Protocol):
    """Rows by position. Everything is called on one event loop, and nothing waits."""

    listener: Listener | None
    """Called when rows came, the size changed, or reading began, ended or failed."""

    @property
    def size(self) -> int:
        """How many positions there are, those among them whose rows nobody has read yet."""
        ...

    def row(self, position: int) -> Row | None: ...

    def look(self, first: int, last: int) -> None:
        """These positions are looked at now, and no others: read what is missing, and forget what is far."""
        ...

    def reach_end(self) -> None:
        """Somebody goes to the last row; where the number of rows is not known, it is to be read from the end."""
        ...

    def position_of(self, key: str) -> int | None:
        """Where the row is, if it is one that is held."""
        ...


class RowList:
    """Documents in memory as a source of rows. Values that are no objects become a field called `value`."""

    def __init__(self, documents: Sequence[JsonObject]) -> None:
        self.listener: Listener | None = None
        self._rows = [Row(document, _key(document, place)) for place, document in enumerate(documents)]

    @property
    def size(self) -> int:
        return len(self._rows)

    def row(self, position: int) -> Row | None:
        return self._rows[position] if 0 <= position < len(self._rows) else None

    def look(self, first: int, last: int) -> None:
        pass

    def reach_end(self) -> None:
        pass

    def position_of(self, key: str) -> int | None:
        return next((place for place, row in enumerate(self._rows) if row.key == key), None)


def _key(document: JsonObject, place: int) -> str:
    # a result may hold a document twice
    return f"{place}"
