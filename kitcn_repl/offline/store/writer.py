"""Writing a store file: once, in one go, by one process."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, Literal, NamedTuple

from kitcn_repl.deployment.models import ComponentInfo
from kitcn_repl.offline.store.bounds import creation_rank
from kitcn_repl.offline.store.format import STATEMENTS, Encoding, documents_table
from kitcn_repl.offline.store.reader import SqliteStore

_CACHE_KIB: Final = 4 * 1024  # sorting for an index is faster in a small cache than in a large one
# Rows of one statement: the interpreter lock is given back once for all of them, and getting it back takes long.
_MOST_ROWS_AT_ONCE: Final = 1000
_BATCH_ROWS: Final = 1000
_MARKS: Final = "(?, ?, ?, ?)"
_COLUMNS: Final = 4


class DuplicateIdError(ValueError):
    """Two documents of one table have the same id; `lines` are their places, counted from 1."""

    def __init__(self, document_id: str, lines: tuple[int, int]) -> None:
        super().__init__(f"the id {document_id} occurs twice, in lines {lines[0]} and {lines[1]}")
        self.document_id = document_id
        self.lines = lines


class Rows(NamedTuple):
    """Documents to store, by column: ids, `creation_rank`s, JSON texts in the table's encoding; bytes of all texts."""

    ids: Sequence[str]
    ranks: Sequence[int]
    texts: Sequence[str]
    size: int


class TableWriter:
    """Handle on a table under construction. `encoding` may still be changed until `index_table`."""

    def __init__(self, ordinal: int, component: str, name: str, encoding: Encoding) -> None:
        self.ordinal = ordinal
        self.component = component
        self.name = name
        self.encoding = encoding
        self.count = 0
        self.size = 0
        self.waiting: list[int | str] = []
        self.indexed = False


class StoreWriter:
    """Fills a new store file, or one in memory (`":memory:"`). The file is complete only after `finish`.

    It is written without journal: a file that was not finished must be thrown away. The app's component exists from
    the start.
    """

    def __init__(self, path: Path | Literal[":memory:"]) -> None:
        self._path = path if isinstance(path, Path) else None
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._tables: list[TableWriter] = []
        limit = self._connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        self._rows_at_once = min(_MOST_ROWS_AT_ONCE, limit // _COLUMNS)
        self._marks = ",".join([_MARKS] * self._rows_at_once)
        try:
            for pragma in (
                "page_size = 8192",
                "journal_mode = OFF",
                "synchronous = OFF",
                "locking_mode = EXCLUSIVE",
                f"cache_size = -{_CACHE_KIB}",
            ):
                self._connection.execute(f"PRAGMA {pragma}")
            for statement in STATEMENTS:
                self._connection.execute(statement)
            self._connection.execute("INSERT INTO meta VALUES ('stamp', ?)", (secrets.token_hex(6),))
            self.add_component(ComponentInfo(id="", path=""))
        except BaseException:
            self._connection.close()
            raise

    def add_component(self, component: ComponentInfo) -> None:
        """A component with the same path is replaced."""
        self._connection.execute(
            "INSERT OR REPLACE INTO components VALUES (?, ?, ?, ?)",
            (component.path, component.id, component.name, component.state),
        )

    def add_table(self, component: str, name: str, number: int, encoding: Encoding = "encoded") -> TableWriter:
        """Raises sqlite3.IntegrityError for a name or number that the component already has."""
        table = TableWriter(len(self._tables) + 1, component, name, encoding)
        self._connection.execute(
            "INSERT INTO tables VALUES (?, ?, ?, ?, ?, 0, 0)", (table.ordinal, component, name, number, encoding)
        )
        self._connection.execute(
            f"CREATE TABLE {documents_table(table.ordinal)} "
            "(row INTEGER PRIMARY KEY, id TEXT NOT NULL, creation INTEGER NOT NULL, text TEXT NOT NULL)"
        )
        self._tables.append(table)
        return table

    def add_documents(self, table: TableWriter, lines: Iterable[bytes]) -> None:
        """JSON texts in the table's encoding, each with `_id` and a finite or special `_creationTime` number."""
        remaining = iter(lines)
        while batch := list(islice(remaining, _BATCH_ROWS)):
            documents = [json.loads(line) for line in batch]
            ranks = [creation_rank(float(document["_creationTime"])) for document in documents]
            texts = [line.decode() for line in batch]
            size = sum(map(len, batch))
            self.add_rows(table, Rows([document["_id"] for document in documents], ranks, texts, size))

    def add_rows(self, table: TableWriter, rows: Rows) -> None:
        """Rows that follow those before: the first one ever has the number 1."""
        values: list[int | str] = [0] * (_COLUMNS * len(rows.ids))
        values[0::_COLUMNS] = range(table.count + 1, table.count + len(rows.ids) + 1)
        values[1::_COLUMNS] = rows.ids
        values[2::_COLUMNS] = rows.ranks
        values[3::_COLUMNS] = rows.texts
        table.count += len(rows.ids)
        table.size += rows.size
        table.waiting += values
        while len(table.waiting) >= _COLUMNS * self._rows_at_once:
            values = table.waiting[: _COLUMNS * self._rows_at_once]
            del table.waiting[: _COLUMNS * self._rows_at_once]
            self._connection.execute(f"INSERT INTO {documents_table(table.ordinal)} VALUES {self._marks}", values)  # noqa: S608

    def index_table(self, table: TableWriter) -> None:
        """Build the two system indexes after the last row. Raises DuplicateIdError."""
        documents = documents_table(table.ordinal)
        self._connection.executemany(f"INSERT INTO {documents} VALUES {_MARKS}", _rows_of(table.waiting))  # noqa: S608
        table.waiting = []
        try:
            self._connection.execute(f"CREATE UNIQUE INDEX {documents}_by_id ON {documents} (id)")
        except sqlite3.IntegrityError:
            found = self._connection.execute(
                f"SELECT id, min(row), max(row) FROM {documents} GROUP BY id HAVING count(*) > 1 ORDER BY 3 LIMIT 1"  # noqa: S608
            ).fetchone()
            raise DuplicateIdError(found[0], (found[1], found[2])) from None
        self._connection.execute(f"CREATE INDEX {documents}_by_creation ON {documents} (creation, id)")
        self._connection.execute(
            "UPDATE tables SET encoding = ?, count = ?, size = ? WHERE ordinal = ?",
            (table.encoding, table.count, table.size, table.ordinal),
        )
        table.indexed = True

    def finish(self) -> SqliteStore:
        """Complete the store and open it. The writer must not be used afterwards."""
        try:
            for table in self._tables:
                if not table.indexed:
                    self.index_table(table)
            self._connection.execute("COMMIT")
        except BaseException:
            self.abort()
            raise
        if self._path is None:
            return SqliteStore(self._connection)
        self._connection.close()
        return SqliteStore.open(self._path)

    def abort(self) -> None:
        self._connection.close()


def _rows_of(values: list[int | str]) -> Iterator[list[int | str]]:
    return (values[start : start + _COLUMNS] for start in range(0, len(values), _COLUMNS))
