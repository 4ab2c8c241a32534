"""Stores in SQLite: a finished file or one in memory as a `Store`, and what fills one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from kitcn_repl.deployment.models import ROOT_COMPONENT, ComponentInfo
from kitcn_repl.offline.store.format import Encoding, StoreFileError
from kitcn_repl.offline.store.reader import SqliteStore
from kitcn_repl.offline.store.writer import DuplicateIdError, StoreWriter, TableWriter
from kitcn_repl.values import JsonObject
from kitcn_repl.values.export import dump_text
from kitcn_repl.values.ids import decode_id

__all__ = [
    "DuplicateIdError",
    "Encoding",
    "SqliteStore",
    "StoreFileError",
    "StoreWriter",
    "TableWriter",
    "memory_store",
    "next_table_number",
]

FIRST_USER_TABLE_NUMBER: Final = 10001


def next_table_number(taken: set[int]) -> int:
    """The number that a backend would give to one more table."""
    number = FIRST_USER_TABLE_NUMBER
    while number in taken:
        number += 1
    return number


def memory_store(
    tables: Mapping[str, Sequence[JsonObject]],
    numbers: Mapping[str, int] | None = None,
    *,
    components: Mapping[str, Mapping[str, Sequence[JsonObject]]] | None = None,
) -> SqliteStore:
    """A store in memory from encoded documents with `_id` and `_creationTime`.

    Table numbers come from `numbers`, else from the first document's id, else are the next free ones. `components`
    holds the tables of mounted components by component path.
    """
    writer = StoreWriter(":memory:")
    for component, content in {ROOT_COMPONENT: tables, **(components or {})}.items():
        if component:
            writer.add_component(ComponentInfo(id=component, path=component, name=component.rpartition("/")[2]))
        known = dict(numbers or {}) if component == ROOT_COMPONENT else {}
        for name, documents in content.items():
            if name not in known and documents:
                known[name] = decode_id(str(documents[0]["_id"])).table_number
        taken = set(known.values())
        for name, documents in content.items():
            if name not in known:
                known[name] = next_table_number(taken)
                taken.add(known[name])
            table = writer.add_table(component, name, known[name])
            writer.add_documents(table, (dump_text(document).encode() for document in documents))
    return writer.finish()
