"""A finished SQLite file as a `Store`: opened readonly, never changed; further indexes live beside it."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from kitcn_repl.deployment.models import ComponentInfo
from kitcn_repl.offline.store import BY_CREATION_TIME, BY_ID, Row, StoredTable
from kitcn_repl.offline.store.bounds import (
    Nothing,
    Place,
    condition,
    creation_key,
    creation_place,
    id_key,
    id_place,
)
from kitcn_repl.offline.store.format import APPLICATION_ID, FORMAT_VERSION, Encoding, StoreFileError, documents_table
from kitcn_repl.offline.store.indexes import IndexShelf
from kitcn_repl.values.export import export_to_encoded_text

_CACHE_KIB: Final = 16 * 1024  # documents in order of creation lie all over the file


@dataclass(frozen=True, slots=True)
class _Table:
    stored: StoredTable
    ordinal: int
    encoding: Encoding

    @property
    def documents(self) -> str:
        return documents_table(self.ordinal)


class SqliteStore:
    """Implements `Store` over a connection whose main database is complete.

    Any thread may call; one call runs at a time. Use `open` for files; the constructor takes a connection that holds
    a store in memory. `shelf` keeps the indexes that are built on demand.
    """

    def __init__(self, connection: sqlite3.Connection, shelf: IndexShelf | None = None) -> None:
        self._connection = connection
        # A store that nobody closed goes quietly with its last reference, not with a ResourceWarning.
        self._close = weakref.finalize(self, connection.close)
        self._lock = threading.RLock()
        self._shelf = shelf or IndexShelf(connection, None)
        connection.execute("PRAGMA query_only = ON")
        self._components = [
            ComponentInfo(id=id_, path=path, name=name, state=state)
            for path, id_, name, state in connection.execute(
                "SELECT path, id, name, state FROM components ORDER BY path"
            )
        ]
        self._tables: dict[str, dict[str, _Table]] = {component.path: {} for component in self._components}
        for ordinal, component, name, number, encoding, count, size in connection.execute(
            "SELECT ordinal, component, name, number, encoding, count, size FROM tables ORDER BY component, name"
        ):
            stored = StoredTable(component, name, number, count, size)
            self._tables.setdefault(component, {})[name] = _Table(stored, ordinal, encoding)

    @classmethod
    def open(cls, path: Path) -> SqliteStore:
        """Raises StoreFileError when the file is missing, unfinished, damaged, or of another version."""
        location = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
        try:
            connection = sqlite3.connect(location, uri=True, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise StoreFileError(f"Cannot open the store {path}: {error}") from None
        try:
            marks = tuple(
                connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
            )
            if marks != (APPLICATION_ID, FORMAT_VERSION):
                raise StoreFileError(f"{path} is not a store of this version of kitcn")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            stamp = connection.execute("SELECT value FROM meta WHERE key = 'stamp'").fetchone()[0]
            return cls(connection, IndexShelf(connection, path, stamp))
        except sqlite3.Error as error:
            connection.close()
            raise StoreFileError(f"The store {path} is damaged: {error}") from None
        except BaseException:
            connection.close()
            raise

    def components(self) -> list[ComponentInfo]:
        return list(self._components)

    def tables(self, component: str) -> Mapping[str, StoredTable]:
        return {name: table.stored for name, table in self._tables.get(component, {}).items()}

    def get(self, table: StoredTable, document_id: str) -> str | None:
        found = self._find(table)
        with self._lock, _reading():
            row = self._connection.execute(
                f"SELECT text FROM {found.documents} WHERE id = ?",  # noqa: S608
                (document_id,),
            ).fetchone()
        return None if row is None else _encoded(found, row[0])

    def prepare(self, table: StoredTable, fields: tuple[str, ...]) -> None:
        if fields not in (BY_ID, BY_CREATION_TIME):
            found = self._find(table)
            with self._lock, _reading():
                self._shelf.entries(found.ordinal, found.encoding, fields)

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
        found = self._find(table)
        if limit <= 0 or (upper is not None and upper <= lower):
            return []
        with self._lock, _reading():
            if fields == BY_ID:
                return self._by_id(found, id_place(lower), _place_of(upper, id_place), descending, limit)
            if fields == BY_CREATION_TIME:
                return self._by_creation(
                    found, creation_place(lower), _place_of(upper, creation_place), descending, limit
                )
            entries = self._shelf.entries(found.ordinal, found.encoding, fields)
            upper_sql = "" if upper is None else " AND e.key < ?"
            fetched = self._connection.execute(
                f"SELECT e.key, d.text FROM {entries} e CROSS JOIN {found.documents} d ON d.row = e.row "  # noqa: S608
                f"WHERE e.key >= ?{upper_sql} ORDER BY e.key {_direction(descending)} LIMIT ?",
                (lower, limit) if upper is None else (lower, upper, limit),
            ).fetchall()
        return [Row(key, _encoded(found, text)) for key, text in fetched]

    def close(self) -> None:
        with self._lock:
            self._close()

    def _find(self, table: StoredTable) -> _Table:
        return self._tables[table.component][table.name]

    def _by_id(self, table: _Table, lower: Place, upper: Place, descending: bool, limit: int) -> list[Row]:
        where, parameters = condition("id", lower, upper)
        fetched = self._connection.execute(
            f"SELECT id, text FROM {table.documents} WHERE {where} ORDER BY id {_direction(descending)} LIMIT ?",  # noqa: S608
            (*parameters, limit),
        ).fetchall()
        return [Row(id_key(id_), _encoded(table, text)) for id_, text in fetched]

    def _by_creation(self, table: _Table, lower: Place, upper: Place, descending: bool, limit: int) -> list[Row]:
        where, parameters = condition("(creation, id)", lower, upper)
        direction = _direction(descending)
        fetched = self._connection.execute(
            f"SELECT creation, id, text FROM {table.documents} WHERE {where} "  # noqa: S608
            f"ORDER BY creation {direction}, id {direction} LIMIT ?",
            (*parameters, limit),
        ).fetchall()
        return [Row(creation_key(creation, id_), _encoded(table, text)) for creation, id_, text in fetched]


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreFileError(f"Cannot read the offline data: {error}") from None


def _place_of(upper: bytes | None, place: Any) -> Place:
    if upper is None:
        return Nothing
    found: Place = place(upper)
    return found


def _direction(descending: bool) -> str:
    return "DESC" if descending else "ASC"


def _encoded(table: _Table, text: str) -> str:
    return text if table.encoding == "encoded" else export_to_encoded_text(text)
