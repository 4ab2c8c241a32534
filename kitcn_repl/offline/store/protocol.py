"""What offline data must be able to do, whatever file it comes from: look up an id, walk an index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from kitcn_repl.deployment.models import ComponentInfo

BY_ID: tuple[str, ...] = ()
BY_CREATION_TIME: tuple[str, ...] = ("_creationTime",)


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table of one component (its path). `size` is the sum of its documents' text in bytes, where known.

    `counted` is the number of its documents, or what counts them where that costs time.
    """

    component: str
    name: str
    number: int
    counted: int | Callable[[], int]
    size: int | None = None

    @property
    def count(self) -> int:
        return self.counted() if callable(self.counted) else self.counted


class Row(NamedTuple):
    """A document as encoded JSON text, under its index key (offline-formats.md 4.7, id included)."""

    key: bytes
    text: str


class Store(Protocol):
    """Readonly documents. Methods are synchronous, short, and safe to call from any one thread at a time."""

    def components(self) -> list[ComponentInfo]:
        """The app first (path `""`), then mounted components."""
        ...

    def tables(self, component: str) -> Mapping[str, StoredTable]:
        """Tables by name, empty ones too, and `_storage` and `_scheduled_functions` where the data has them."""
        ...

    def get(self, table: StoredTable, document_id: str) -> str | None:
        """The document as encoded JSON text. `document_id` is well formed and carries the table's number."""
        ...

    def prepare(self, table: StoredTable, fields: tuple[str, ...]) -> None:
        """Build an index that was never used before, which takes seconds for a million documents; `rows` would too."""
        ...

    def rows(
        self,
        table: StoredTable,
        fields: tuple[str, ...],
        lower: bytes,
        upper: bytes | None,
        *,
        descending: bool,
        limit: int,
    ) -> list[Row]:
        """At most `limit` rows with `lower <= key < upper` in key order.

        `fields` names the index by its complete field list: BY_ID, BY_CREATION_TIME, or for example
        `("email", "_creationTime")`; paths are dotted. `upper` None means no bound. Continue an ascending walk with
        `lower = last.key + b"\\0"`, a descending one with `upper = last.key`. An index is built when first used.
        """
        ...

    def close(self) -> None: ...
