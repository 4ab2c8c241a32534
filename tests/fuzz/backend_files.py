"""SQLite files that no backend left so: damaged pages, other schemas, hostile rows, odd journals."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from kitcn_repl.offline.backend_file import BackendFileError, open_backend_file
from tests.fuzz import hostile
from tests.fuzz.harness import Family
from tests.fuzz.looking import look_at, show
from tests.fuzz.oracle import SECRET, clear_line, files_below
from tests.support.backend_content import a_bit_of_everything
from tests.support.backend_files import FILE_NAME, BackendFileWriter, Ddl

_STATEMENTS = (
    "DROP TABLE documents",
    "DROP TABLE indexes",
    "DROP TABLE persistence_globals",
    "DELETE FROM documents",
    "DELETE FROM indexes",
    "DELETE FROM persistence_globals",
    "ALTER TABLE documents RENAME COLUMN json_value TO json",
    "UPDATE documents SET ts = 'x'",
    "UPDATE documents SET ts = 9223372036854775807",
    "UPDATE documents SET ts = -ts",
    "UPDATE documents SET deleted = 'x'",
    "UPDATE documents SET id = 5",
    "UPDATE documents SET id = substr(id, 1, 3)",
    "UPDATE documents SET table_id = NULL",
    "UPDATE documents SET json_value = CAST(x'ff00ff' AS TEXT)",
    "UPDATE documents SET json_value = x'7b7d'",
    "UPDATE documents SET json_value = NULL",
    "UPDATE documents SET json_value = 5",
    "UPDATE documents SET deleted = 1",
    "UPDATE indexes SET key = 'x'",
    "UPDATE indexes SET key = NULL",
    "UPDATE indexes SET document_id = x'00'",
    "UPDATE indexes SET ts = ts + 1",
    "UPDATE indexes SET index_id = x'00'",
    "UPDATE indexes SET key = zeroblob(100000)",
    "CREATE VIEW v AS SELECT load_extension('x')",
    "CREATE TRIGGER t AFTER INSERT ON documents BEGIN SELECT 1; END",
    'CREATE TABLE "\x1b[31m" (x)',
    "ALTER TABLE documents RENAME TO d2; CREATE VIEW documents AS SELECT * FROM d2",
    "PRAGMA page_size = 512; VACUUM",
    "PRAGMA user_version = -1",
    "PRAGMA application_id = 7",
    "PRAGMA encoding = 'UTF-16'",
    "PRAGMA journal_mode = WAL",
)


@dataclass(frozen=True)
class BackendFile:
    """`beside` is what lies beside the file, by what is behind its name."""

    data: bytes
    beside: dict[str, bytes] = field(default_factory=dict)
    shown_as: int = 1


@cache
def _whole(ddl: Ddl) -> bytes:
    writer = BackendFileWriter()
    a_bit_of_everything(writer, users=6, variable=SECRET)
    with tempfile.TemporaryDirectory() as folder:
        return writer.write(Path(folder, FILE_NAME), ddl=ddl).read_bytes()


def make(random: Random) -> BackendFile:
    data = _whole(random.choice(("today", "today", "2024")))
    kind = random.randrange(8)
    if kind < 2:
        data = hostile.mutated_bytes(random, data)
    elif kind == 2:
        at = random.randrange(len(data))
        data = data[:at] + random.choice((b"", bytes(len(data) - at), random.randbytes(100) + data[at + 100 :]))
    elif kind == 3:
        page = 4096 * random.randrange(len(data) // 4096)
        data = data[:page] + random.choice((bytes(4096), data[:4096], random.randbytes(4096))) + data[page + 4096 :]
    elif kind < 7:
        data = _edited(random, data)
    if kind == 6:
        data = hostile.mutated_bytes(random, data[:100]) + data[100:]
    beside = {}
    if random.random() < 0.15:
        suffix = random.choice(("-wal", "-journal", "-shm"))
        beside[suffix] = random.choice(
            (b"", b"\x37\x7f\x06\x82" + random.randbytes(200), random.randbytes(40_000), bytes(5000))
        )
    return BackendFile(data, beside, random.randrange(64))


def _edited(random: Random, data: bytes) -> bytes:
    """Changed by SQL, so that the pages are sound and what they say is not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x")
        path.write_bytes(data)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA journal_mode = MEMORY")
            for _ in range(random.choice((1, 1, 2, 3))):
                if random.random() < 0.3:
                    _tried(connection, f"{random.choice(_STATEMENTS)}", ())
                else:
                    _harm_row(random, connection)
        return path.read_bytes()


def _harm_row(random: Random, connection: sqlite3.Connection) -> None:
    table = random.choice(("documents", "documents", "documents", "persistence_globals", "indexes"))
    try:
        rows = connection.execute(f"SELECT rowid, * FROM {table}").fetchall()
    except sqlite3.Error:
        rows = []
        _tried(connection, f"SELECT 1 FROM {table}", ())
    if not rows:
        return
    row = random.choice(rows)
    if table == "indexes":
        column = random.choice(("index_id", "ts", "key", "deleted", "table_id", "document_id"))
        wrong: object = random.choice((None, 5, "x", b"", b"\xff" * 40, 2**62, -1, 1.5))
    else:
        column = "json_value"
        try:
            value = hostile.mutated_json(random, json.loads(row[(table == "documents" and 4) or 2]))
            wrong = hostile.dumped(random, value).decode("utf-8", "surrogateescape")
            wrong = wrong.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        except (TypeError, ValueError, IndexError, RecursionError):
            wrong = random.choice(("{", "[]", "null", "1" * 5000, "", None, '{"a":' * 2000))
    _tried(connection, f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (wrong, row[0]))


def _tried(connection: sqlite3.Connection, statement: str, values: tuple[object, ...]) -> None:
    """What its constraints do not allow stays as it was."""
    try:
        if values:
            connection.execute(statement, values)
        else:
            connection.executescript(statement)
    except (sqlite3.Error, OverflowError, UnicodeEncodeError):
        return


def check(case: BackendFile, folder: Path) -> str:
    source, cache_dir = folder / "a" / "in", folder / "a" / "cache"
    source.mkdir(parents=True)
    path = source / FILE_NAME
    path.write_bytes(case.data)
    for suffix, content in case.beside.items():
        path.with_name(FILE_NAME + suffix).write_bytes(content)
    before = {name: (source / name).read_bytes() for name in files_below(source)}
    try:
        dataset = open_backend_file(path, cache_dir=cache_dir)
    except BackendFileError as error:
        clear_line(error, folder=source)
        end = "refused"
    else:
        try:
            look_at(dataset)
            for name in dataset.modules:
                dataset.modules.get(name, "")
        finally:
            dataset.store.close()
        if case.shown_as == 0:
            show(f"sqlite:{path}", "users", len(case.data), folder)
        end = "read"
    assert {name: (source / name).read_bytes() for name in files_below(source)} == before, (
        "the file or its folder changed"
    )
    outside = {name for name in files_below(folder) if not name.startswith(("a/in", "a/cache", "cache", ".c", ".l"))}
    assert outside == {"a"}, f"written outside the cache: {outside}"
    return end


FAMILY = Family("backend file", make, check, lambda case: case.data, lambda size: (40 << 20) + 20 * size)
