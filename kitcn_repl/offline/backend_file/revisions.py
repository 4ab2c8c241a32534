"""The revision log in SQL: documents and index entries as they were at one commit (offline-formats.md 4.9)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from kitcn_repl.offline.backend_file.errors import BackendFileError
from kitcn_repl.values import JsonObject

ID_BYTES: Final = 16

_TABLES: Final = {
    "documents": {"id", "ts", "table_id", "json_value", "deleted"},
    "indexes": {"index_id", "key", "ts", "deleted", "table_id", "document_id"},
    "persistence_globals": {"key", "json_value"},
}
_SHOWN_TABLES: Final = 6
# A page of rows looks into five trees, which the default cache of 2 MB makes slow.
_PRAGMAS: Final = ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON", "cache_size = -32768")

_LIVE: Final = (
    "SELECT d.id, d.json_value FROM documents d WHERE d.table_id = ?1 AND d.ts <= ?2 AND d.deleted = 0 AND NOT EXISTS "
    "(SELECT 1 FROM documents n WHERE n.table_id = d.table_id AND n.id = d.id AND n.ts > d.ts AND n.ts <= ?2)"
)
_BY_ID: Final = (
    "SELECT json_value, deleted FROM documents WHERE table_id = ? AND id = ? AND ts <= ? ORDER BY ts DESC LIMIT 1"
)
# An entry points to its document's revision by time, table and id. LEFT: one that points nowhere is damage.
_ENTRIES: Final = (
    "SELECT i.key, i.document_id, d.json_value, json_valid(d.json_value) FROM indexes i "
    "LEFT JOIN documents d ON d.ts = i.ts AND d.table_id = i.table_id AND d.id = i.document_id "
    "WHERE i.index_id = ? AND i.deleted = 0 AND i.ts <= ? AND i.key >= ?{upper} AND NOT EXISTS "
    "(SELECT 1 FROM indexes n WHERE n.index_id = i.index_id AND n.key = i.key AND n.ts > i.ts AND n.ts <= ?) "
    "ORDER BY i.key {direction} LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """An index entry with its document: internal id, text, and whether that is JSON; None where there is no document.

    Nothing is sure about the types of what a damaged file holds.
    """

    key: bytes
    document: bytes
    text: str | None
    is_json: int | None


class Revisions:
    """Reads a backend's database as of `ts` (nanoseconds), its last commit. Raises sqlite3.Error for damage."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self.connection = connection
        self.name = name
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        _ensure_json(connection)
        self.has_previous = "prev_ts" in _check_tables(connection, name)
        (last,) = connection.execute("SELECT max(ts) FROM documents").fetchone()
        if last is not None and not isinstance(last, int):
            raise BackendFileError(f"{name} is damaged: a commit's time is no number.")
        self.ts: int = last or 0

    def setting(self, key: str) -> str | None:
        """The JSON text of one of the persistence globals."""
        row = self.connection.execute("SELECT json_value FROM persistence_globals WHERE key = ?", (key,)).fetchone()
        return row[0] if row is not None and isinstance(row[0], str) else None

    def documents(self, tablet: bytes) -> Iterator[tuple[bytes, JsonObject | None]]:
        """All live documents of a (small) system table with their internal ids; None for one that is damaged."""
        for identity, text in self.connection.execute(_LIVE, (tablet, self.ts)).fetchall():
            if isinstance(identity, bytes) and len(identity) == ID_BYTES:
                yield identity, parsed(text)

    def document(self, tablet: bytes, identity: bytes) -> str | None:
        row = self.connection.execute(_BY_ID, (tablet, identity, self.ts)).fetchone()
        if row is None or row[1]:
            return None
        text: str | None = row[0]
        return text

    def is_json(self, text: str) -> bool:
        (answer,) = self.connection.execute("SELECT json_valid(?)", (text,)).fetchone()
        return bool(answer)

    def entries(self, index: bytes, lower: bytes, upper: bytes | None, *, descending: bool, limit: int) -> list[Entry]:
        sql = _ENTRIES.format(
            upper="" if upper is None else " AND i.key < ?", direction="DESC" if descending else "ASC"
        )
        bounds = (lower,) if upper is None else (lower, upper)
        return [Entry(*row) for row in self.connection.execute(sql, (index, self.ts, *bounds, self.ts, limit))]


def parsed(text: Any) -> JsonObject | None:
    """The JSON object in a text of the file, None if it is none."""
    if not isinstance(text, str):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _ensure_json(connection: sqlite3.Connection) -> None:
    """SQLite can be built without its JSON functions; the one that pages need has a slower stand-in."""
    try:
        connection.execute("SELECT json_valid('{}')")
    except sqlite3.OperationalError:
        connection.create_function("json_valid", 1, lambda text: parsed(text) is not None, deterministic=True)


def _check_tables(connection: sqlite3.Connection, name: str) -> set[str]:
    """The columns of `documents`. Raises BackendFileError for the database of another application."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not _TABLES.keys() <= tables:
        shown = sorted(table for table in tables if not str(table).startswith("sqlite_"))
        more = ", …" if len(shown) > _SHOWN_TABLES else ""
        holds = f"its tables are {', '.join(map(_shown, shown[:_SHOWN_TABLES]))}{more}" if shown else "it has no tables"
        raise BackendFileError(f"{name} is an SQLite database, but not a Convex backend's: {holds}.")
    found: dict[str, set[str]] = {}
    for table, needed in _TABLES.items():
        found[table] = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        if missing := sorted(needed - found[table]):
            raise BackendFileError(
                f"{name} is not a Convex backend's file of a known form: its table {table} has no column"
                f" {' or '.join(missing)}."
            )
    return found["documents"]


def _shown(table: object) -> str:
    text = str(table)
    return text if text.isprintable() and len(text) <= 40 else ascii(text)[:40]
