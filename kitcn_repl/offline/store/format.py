"""Layout of a store file.

`meta`, `components`, `tables`, and one `documents_<ordinal>` per table, whose `row` is the document's line number
(from 1), `id` its id, `creation` the rank of its creation time and `text` its JSON line as it was found, in the
table's encoding.
"""

from __future__ import annotations

from typing import Final, Literal

from kitcn_repl.errors import KitcnError

Encoding = Literal["encoded", "export"]
"""How a table's documents are written: encoded JSON, or as a snapshot export has them (offline-formats.md 1)."""

APPLICATION_ID: Final = 0x6B63_6E31
FORMAT_VERSION: Final = 1

STATEMENTS: Final = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {FORMAT_VERSION}",
    "BEGIN",
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE components (path TEXT PRIMARY KEY, id TEXT NOT NULL, name TEXT, state TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE tables (ordinal INTEGER PRIMARY KEY, component TEXT NOT NULL, name TEXT NOT NULL,"
    " number INTEGER NOT NULL, encoding TEXT NOT NULL, count INTEGER NOT NULL, size INTEGER NOT NULL,"
    " UNIQUE (component, name), UNIQUE (component, number))",
)


class StoreFileError(KitcnError):
    """A file is not a store of this version, or is damaged."""


def documents_table(ordinal: int) -> str:
    return f"documents_{ordinal}"
