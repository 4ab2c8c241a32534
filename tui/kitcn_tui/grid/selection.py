"""Which rows somebody has selected; they stay selected when they are no longer in memory."""

from __future__ import annotations

from collections.abc import Iterable

from kitcn_repl.explore.browsing.rows import Row
from kitcn_repl.values import JsonObject

MOST = 10_000


class Selection:
    """Documents by key, in the order in which they were chosen."""

    def __init__(self) -> None:
        self._documents: dict[str, JsonObject] = {}
        self.anchor: int | None = None
        self._before: dict[str, JsonObject] = {}

    def __len__(self) -> int:
        return len(self._documents)

    def __contains__(self, key: str) -> bool:
        return key in self._documents

    @property
    def documents(self) -> list[JsonObject]:
        return list(self._documents.values())

    def clear(self) -> None:
        self._documents.clear()
        self.release()

    def toggle(self, row: Row) -> None:
        if self._documents.pop(row.key, None) is None:
            self.add([row])

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if len(self._documents) < MOST:
                self._documents[row.key] = row.document

    def begin(self, position: int) -> None:
        """Somebody starts to draw a range from here; what was selected before stays."""
        if self.anchor is None:
            self.anchor = position
            self._before = dict(self._documents)

    def stretch(self, rows: Iterable[Row]) -> None:
        """The range holds these rows now."""
        self._documents = dict(self._before)
        self.add(rows)

    def release(self) -> None:
        """The range is done."""
        self.anchor = None
        self._before = {}
