"""Indexes beyond the two system ones: built when first used, each in a small file beside its store.

An index file is complete when it appears under its name and never changes then, so processes need no locks between
them: two that build the same index make the same file, and the later one takes the place of the earlier. Where no
file can be written the index becomes a temporary table of the connection.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Final, cast
from urllib.parse import quote

from kitcn_repl.offline.store.format import Encoding, documents_table
from kitcn_repl.offline.store.private_files import completed_file
from kitcn_repl.values import JsonObject
from kitcn_repl.values.export import export_to_encoded_text
from kitcn_repl.values.order import field_at, index_key

INDEX_SUFFIX: Final = ".index"
_ATTACHED_AT_ONCE: Final = 8  # SQLite allows 10
_BATCH_ROWS: Final = 2000
_CACHE_KIB: Final = 4 * 1024


class IndexShelf:
    """The indexes of one store, as seen through its connection. `store` is None for a store in memory."""

    def __init__(self, connection: sqlite3.Connection, store: Path | None, stamp: str = "") -> None:
        self._connection = connection
        self._store = store
        self._stamp = stamp
        self._names = count(1)
        self._temporary: dict[tuple[int, tuple[str, ...]], str] = {}
        self._attached: dict[tuple[int, tuple[str, ...]], str] = {}

    def entries(self, ordinal: int, encoding: Encoding, fields: tuple[str, ...]) -> str:
        """SQL name of a table `(key, row)` in key order, for the documents of the table with this ordinal."""
        wanted = (ordinal, fields)
        if wanted in self._temporary:
            return self._temporary[wanted]
        if wanted in self._attached:
            schema = self._attached[wanted] = self._attached.pop(wanted)  # most recently used last
            return f"{schema}.entries"
        if self._store is not None:
            path = self._path(self._store, ordinal, fields)
            try:
                if not _is_index_file(path):
                    self._build_file(path, ordinal, encoding, fields)
                return f"{self._attach(wanted, path)}.entries"
            except (OSError, sqlite3.OperationalError):
                pass  # readonly or full: a temporary table may still fit
        name = f"temp.entries_{next(self._names)}"
        self._build_temporary(name, ordinal, encoding, fields)
        self._temporary[wanted] = name
        return name

    def _path(self, store: Path, ordinal: int, fields: tuple[str, ...]) -> Path:
        digest = hashlib.sha256(json.dumps(fields).encode()).hexdigest()[:16]
        return store.with_name(f"{store.name}.{self._stamp}-{ordinal}-{digest}{INDEX_SUFFIX}")

    def _attach(self, wanted: tuple[int, tuple[str, ...]], path: Path) -> str:
        if len(self._attached) >= _ATTACHED_AT_ONCE:
            oldest = next(iter(self._attached))
            self._connection.execute(f"DETACH {self._attached.pop(oldest)}")
        schema = f"index_{next(self._names)}"
        self._connection.execute(f"ATTACH ? AS {schema}", (_location(path),))
        self._attached[wanted] = schema
        return schema

    def _build_file(self, path: Path, ordinal: int, encoding: Encoding, fields: tuple[str, ...]) -> None:
        with completed_file(path) as partial:
            target = sqlite3.connect(partial, isolation_level=None)
            try:
                for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE_KIB}"):
                    target.execute(f"PRAGMA {pragma}")
                target.execute("BEGIN")
                _fill(target, "main.entries", self._keys(ordinal, encoding, fields))
                target.execute("COMMIT")
            finally:
                target.close()

    def _build_temporary(self, name: str, ordinal: int, encoding: Encoding, fields: tuple[str, ...]) -> None:
        self._connection.execute("PRAGMA query_only = OFF")
        try:
            self._connection.execute("BEGIN")
            try:
                _fill(self._connection, name, self._keys(ordinal, encoding, fields))
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
        finally:
            self._connection.execute("PRAGMA query_only = ON")

    def _keys(self, ordinal: int, encoding: Encoding, fields: tuple[str, ...]) -> Iterator[list[tuple[bytes, int]]]:
        documents = documents_table(ordinal)
        cursor = self._connection.execute(f"SELECT row, id, text FROM {documents} ORDER BY row")  # noqa: S608
        parse: Callable[[str], JsonObject] = json.loads
        while rows := cursor.fetchmany(_BATCH_ROWS):
            if len(rows) == _BATCH_ROWS and parse is json.loads:
                parse = _parser_of(fields)
            batch = []
            for row, id_, text in rows:
                document = parse(export_to_encoded_text(text) if encoding == "export" else text)
                batch.append((index_key([field_at(document, field) for field in fields], id_), row))
            yield batch


def _parser_of(fields: tuple[str, ...]) -> Callable[[str], JsonObject]:
    """Seven times faster than `json.loads`, since it makes objects of the wanted fields only; slower to import."""
    from pydantic_core import SchemaValidator, core_schema

    names = {field.partition(".")[0] for field in fields}
    any_value = core_schema.typed_dict_field(core_schema.any_schema(), required=False)
    validate = SchemaValidator(core_schema.typed_dict_schema(dict.fromkeys(names, any_value))).validate_json

    def parse(text: str) -> JsonObject:
        try:
            return cast(JsonObject, validate(text))
        except ValueError:  # half a surrogate pair, which a store in memory can hold
            return cast(JsonObject, json.loads(text))

    return parse


def _fill(target: sqlite3.Connection, name: str, batches: Iterator[list[tuple[bytes, int]]]) -> None:
    # Sorting first makes the one pass over the tree sequential; SQLite's sorter keeps memory flat.
    target.execute("CREATE TEMP TABLE unsorted (key BLOB, row INTEGER)")
    for batch in batches:
        target.executemany("INSERT INTO temp.unsorted VALUES (?, ?)", batch)
    target.execute(f"CREATE TABLE {name} (key BLOB PRIMARY KEY, row INTEGER NOT NULL) WITHOUT ROWID")
    target.execute(f"INSERT INTO {name} SELECT key, row FROM temp.unsorted ORDER BY key")  # noqa: S608
    target.execute("DROP TABLE temp.unsorted")


def _location(path: Path) -> str:
    return f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"


def _is_index_file(path: Path) -> bool:
    """Whether the file is there and readable; one that is damaged is built again."""
    if not path.exists():
        return False
    connection = sqlite3.connect(_location(path), uri=True)
    try:
        connection.execute("SELECT key, row FROM entries LIMIT 1").fetchone()
    except sqlite3.DatabaseError:
        return False
    else:
        return True
    finally:
        connection.close()
