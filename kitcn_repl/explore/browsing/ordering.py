"""Where a document stands in the order of a reading, as bytes that compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kitcn_repl.explore.planning import BY_CREATION_TIME, BY_ID
from kitcn_repl.values import JsonObject
from kitcn_repl.values.order import field_at, index_key


@dataclass(frozen=True, slots=True)
class Ordering:
    """`fields` are those of the index that is walked, the implicit ones among them."""

    fields: tuple[str, ...]
    descending: bool

    def key(self, document: JsonObject) -> bytes:
        """A document without an id, which no table has, stands by its fields alone."""
        identity = document.get("_id")
        values = [field_at(document, name) for name in self.fields]
        return index_key(values, identity if isinstance(identity, str) else None)

    def comes_before(self, one: bytes, other: bytes) -> bool:
        return one > other if self.descending else one < other


def ordering(index: str | None, fields: Sequence[str], *, descending: bool) -> Ordering:
    """`fields` are those that the index declares; without an index it is creation time."""
    if index is None or index == BY_CREATION_TIME:
        return Ordering(("_creationTime",), descending)
    if index == BY_ID:
        return Ordering(("_id",), descending)
    return Ordering((*fields, "_creationTime"), descending)
