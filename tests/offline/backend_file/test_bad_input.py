"""Whatever is wrong with a file: one clear line, and nothing but a KitcnError."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from kitcn_repl.errors import ExitCode, KitcnError
from kitcn_repl.offline.backend_file import BackendFileError, BackendFileMissingError, open_backend_file
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.store import BY_CREATION_TIME, BY_ID
from kitcn_repl.values import JsonObject, JsonValue
from tests.offline.backend_file.conftest import Open
from tests.support.backend_content import USERS, a_bit_of_everything
from tests.support.backend_files import BackendFileWriter, short, statements


def refused(path: Path) -> str:
    with pytest.raises(BackendFileError) as caught:
        open_backend_file(path)
    message = caught.value.message
    assert "\n" not in message
    assert message.isprintable()
    return message


def small(writer: BackendFileWriter) -> BackendFileWriter:
    users = a_bit_of_everything(writer, users=20, variable="b")
    writer.put(users, {"name": "late"})
    return writer


def look_at_everything(dataset: Dataset) -> None:
    offline = Offline(dataset)
    for store in (dataset.store, dataset.system):
        assert store is not None
        for component in store.components():
            for table in store.tables(component.path).values():
                for fields in (BY_ID, BY_CREATION_TIME, ("name", "_creationTime")):
                    with suppress(KitcnError):
                        for row in store.rows(table, fields, b"", None, descending=False, limit=1000):
                            assert isinstance(json.loads(row.text), dict)
                with suppress(KitcnError):
                    assert table.count >= 0

    async def ask() -> None:
        options: JsonObject = {"paginationOpts": {"numItems": 10, "cursor": None}}
        for component in await offline.components():
            await offline.tables(component.path)
            await offline.function_spec(component.path)
            await offline.indexes(component.path)
            for query in ("listCronJobs", "listCronJobRuns", "paginatedScheduledJobs", "modules:list", "getSchemas"):
                with suppress(KitcnError):
                    await offline.system(f"_system/frontend/{query}", options, component=component.path)
        await offline.environment_variables()

    asyncio.run(ask())
    for path in dataset.modules:
        assert isinstance(dataset.modules.get(path, ""), str)
    dataset.store.close()


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BackendFileMissingError, match="There is no file") as caught:
        open_backend_file(tmp_path / "nothing.sqlite3")
    assert caught.value.exit_code == ExitCode.NO_DEPLOYMENT


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "convex_local_backend.sqlite3").touch()
    with pytest.raises(BackendFileError, match="is a folder") as caught:
        open_backend_file(tmp_path)
    assert "convex_local_backend.sqlite3" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"hello", "is not an SQLite database"),
        (b"PK\x03\x04" + bytes(200), "snapshot:FILE"),
        (b"\x1f\x8b" + bytes(200), "gzip"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        (b"SQLite format 3\0", "truncated"),
        (b"SQLite format 3\0" + bytes(4080), "damaged|not a Convex"),
    ],
)
def test_no_database(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.sqlite3"
    path.write_bytes(content)
    message = refused(path)
    assert message.startswith("x.sqlite3 ")
    assert any(word in message for word in words.split("|"))


def test_an_unreadable_file(writer: BackendFileWriter, file: Path) -> None:
    writer.write(file).chmod(0)
    if os.access(file, os.R_OK):
        file.unlink()
        file.symlink_to(file)  # to root every file is readable, but not this one
        assert "Cannot read" in refused(file) or "Too many levels" in refused(file)
    else:
        assert "Permission denied" in refused(file)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "no regular file" in refused(tmp_path / "pipe")


def test_truncated(writer: BackendFileWriter, file: Path) -> None:
    content = small(writer).write(file).read_bytes()
    file.write_bytes(content[: len(content) * 2 // 3])
    assert f"of {len(content):,} bytes are there" in refused(file)


def test_saved_as_text(writer: BackendFileWriter, file: Path) -> None:
    content = small(writer).write(file).read_bytes()
    file.write_bytes(content.decode(errors="replace").encode())
    assert "was saved as text" in refused(file)


@pytest.mark.parametrize(
    ("ddl", "words"),
    [
        ([], "it has no tables"),
        (["CREATE TABLE notes (a)", "CREATE TABLE tags (a)"], "its tables are notes, tags"),
        ([f"CREATE TABLE t{number} (a)" for number in range(9)], "t5, …"),
        (['CREATE TABLE "\x1b[31m" (a)'], r"'\x1b[31m'"),
        ([*statements("today")[:3], "CREATE TABLE persistence_globals (a)"], "has no column json_value or key"),
        (["CREATE VIEW documents AS SELECT 1 AS id", *statements("today")[2:]], "its tables are indexes"),
    ],
)
def test_another_application(tmp_path: Path, ddl: list[str], words: str) -> None:
    path = tmp_path / "x.sqlite3"
    connection = sqlite3.connect(path)
    for statement in ddl or ["CREATE TABLE a (b)", "DROP TABLE a"]:
        connection.execute(statement)
    connection.close()
    assert words in refused(path)


def test_a_deployment_that_never_began(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    connection = sqlite3.connect(path)
    for statement in statements("today"):
        connection.execute(statement)
    connection.close()
    assert "holds no deployment yet" in refused(path)


def change(path: Path, *statements: tuple[str, tuple[object, ...]]) -> Path:
    connection = sqlite3.connect(path)
    for statement, parameters in statements:
        connection.execute(statement, parameters)
    connection.commit()
    connection.close()
    return path


@pytest.mark.parametrize("value", ['"short"', "5", "{", "[" * 5000, json.dumps(short(bytes(15)))])
def test_globals_that_name_nothing(writer: BackendFileWriter, file: Path, value: str) -> None:
    path = change(
        writer.write(file), ("UPDATE persistence_globals SET json_value = ? WHERE key = 'tables_table_id'", (value,))
    )
    assert "tables_table_id is no id" in refused(path)


def test_globals_that_are_gone(writer: BackendFileWriter, file: Path) -> None:
    path = change(writer.write(file), ("DELETE FROM persistence_globals WHERE key = ?", ("index_table_id",)))
    assert "does not say which table is which (index_table_id)" in refused(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "5",
        '{"a":NaN}',
        '{"a":1}\0',
        b"\xff{}",
        b'{"_id":"x"}',
        None,
        '{"a":' + "[" * 900 + "]" * 900 + "}",
        '{"a":' + "[" * 3000 + "]" * 3000 + "}",
    ],
    ids=range(11),
)
def test_a_damaged_document(writer: BackendFileWriter, file: Path, open_file: Open, text: str | bytes | None) -> None:
    users = writer.table("users", USERS)
    good, bad = writer.put(users, {"name": "good"}), writer.put(users, {"name": "bad"})
    # Bytes stay bytes, or become a text that is no UTF-8.
    value = "CAST(? AS TEXT)" if text == b"\xff{}" else "?"
    path = change(
        writer.write(file), (f"UPDATE documents SET json_value = {value} WHERE json_value LIKE '%\"bad\"%'", (text,))
    )
    store = open_file(path).store
    table = store.tables("")["users"]
    assert store.get(table, good) is not None
    with pytest.raises(BackendFileError, match="is damaged") as caught:
        store.rows(table, BY_CREATION_TIME, b"", None, descending=False, limit=10)
    assert caught.value.message.isprintable()
    if text is not None:  # without text a document does not exist
        with pytest.raises(BackendFileError, match="is damaged"):
            store.get(table, bad)


def test_an_index_entry_that_points_nowhere(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    users = writer.table("users", USERS)
    key = writer.put(users, {"name": "gone"})
    writer.put(users, {"name": "later"})
    path = change(writer.write(file), ("DELETE FROM documents WHERE json_value LIKE '%\"gone\"%'", ()))
    store = open_file(path).store
    with pytest.raises(BackendFileError, match=f"document {key} of table users cannot be read"):
        store.rows(store.tables("")["users"], BY_ID, b"", None, descending=False, limit=10)


def test_damaged_system_rows_are_left_out_and_said(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    writer.system("_environment_variables", name="GOOD", value="1")
    writer.system("_environment_variables", name="BAD", value="2")
    path = change(writer.write(file), ("UPDATE documents SET json_value = '{' WHERE json_value LIKE '%\"BAD\"%'", ()))
    dataset = open_file(path)
    assert dataset.environment == {"GOOD": "1"}
    assert "1 damaged rows of system tables left out" in (dataset.note or "")
    assert dataset.notices == (f"{file.name} is damaged: 1 rows of its system tables cannot be read.",)


@pytest.mark.parametrize("odd", ["x", b"\0" * 8, -(2**63), 2**63 - 1, 0.5])
def test_odd_times(writer: BackendFileWriter, file: Path, odd: object) -> None:
    path = change(
        small(writer).write(file),
        ("UPDATE documents SET ts = ? WHERE ts = (SELECT max(ts) FROM documents)", (odd,)),
    )
    with suppress(KitcnError):
        look_at_everything(open_backend_file(path))


ODD_VALUES: list[JsonValue] = [None, True, 5, -1.5, "", "x", [], [[]], {}, {"$integer": "x"}, {"a": {"b": None}}]


@pytest.mark.parametrize("seed", range(20))
def test_system_rows_of_any_shape(writer: BackendFileWriter, file: Path, seed: int) -> None:
    """A field of some system rows holds something else than a backend writes there."""
    chance = random.Random(seed)
    small(writer)
    for place, (identity, ts, tablet, text, previous) in enumerate(writer.documents):
        if text is not None and chance.random() < 0.1:
            document = json.loads(text)
            document[chance.choice(sorted(document))] = chance.choice(ODD_VALUES)
            writer.documents[place] = (identity, ts, tablet, json.dumps(document), previous)
    with suppress(KitcnError):
        look_at_everything(open_backend_file(writer.write(file)))


def flip(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice([1, 3, 30])):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def cut_and_claim(content: bytearray, chance: random.Random) -> None:
    """Whole pages are missing, and the header says so."""
    pages = chance.randrange(1, len(content) // 4096)
    del content[pages * 4096 :]
    content[28:32] = pages.to_bytes(4, "big")


def swap(content: bytearray, chance: random.Random) -> None:
    """Two pages change places, or one is there twice."""
    pages = len(content) // 4096
    first, second = (chance.randrange(1, pages) * 4096 for _ in range(2))
    content[first : first + 4096] = content[second : second + 4096]


def text_for_text(content: bytearray, chance: random.Random) -> None:
    for old, new in ((b'"state"', b'"stete"'), (b"deleted", b"deketed"), (b'"_id"', b'"_ix"')):
        if chance.random() < 0.5:
            content[:] = content.replace(old, new, chance.choice([1, 5, -1]))


Damage = Callable[[bytearray, random.Random], None]


@pytest.mark.parametrize("damage", [flip, cut, cut_and_claim, swap, text_for_text])
@pytest.mark.parametrize("seed", range(15))
def test_fuzz(tmp_path: Path, damage: Damage, seed: int, template: bytes) -> None:
    chance = random.Random(f"{damage.__name__} {seed}")
    content = bytearray(template)
    damage(content, chance)
    path = tmp_path / "x.sqlite3"
    path.write_bytes(content)
    with suppress(KitcnError):
        look_at_everything(open_backend_file(path))
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.sqlite3"]


@pytest.mark.parametrize("seed", range(10))
def test_fuzz_with_a_journal(tmp_path: Path, seed: int, template: bytes) -> None:
    chance = random.Random(seed)
    path = tmp_path / "x.sqlite3"
    path.write_bytes(template)
    journal = bytearray(bytes.fromhex("d9d505f920a163d7") + chance.randbytes(600))
    if seed % 2:
        journal[8:28] = bytes([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 2, 0, 0, 0, 16, 0])
    path.with_name(f"x.sqlite3-{chance.choice(['journal', 'wal'])}").write_bytes(journal)
    with suppress(KitcnError):
        look_at_everything(open_backend_file(path, cache_dir=tmp_path / "cache"))
    assert [entry for entry in (tmp_path / "cache").rglob("*") if entry.is_file()] == []


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return small(BackendFileWriter()).write(tmp_path_factory.mktemp("template") / "x.sqlite3").read_bytes()


def test_text_that_is_no_utf_8_is_not_quoted(writer: BackendFileWriter, file: Path) -> None:
    """Python's module quotes the whole of it in its error."""
    small(writer).write(file)
    connection = sqlite3.connect(file)
    connection.execute("UPDATE documents SET json_value = CAST(json_value || x'ff' AS TEXT)")
    connection.commit()
    connection.close()
    assert refused(file) == f"{file.name} is damaged: its text is no UTF-8."


@pytest.mark.parametrize("name", ["\u202egnp", "a\nb", "x" * 65, ""])
def test_a_table_with_a_name_that_none_has(writer: BackendFileWriter, file: Path, open_file: Open, name: str) -> None:
    writer.put(writer.table(name, USERS), {"a": 1})
    dataset = open_file(writer.write(file))
    assert name not in dataset.store.tables("")
    assert "1 rows of its system tables cannot be read" in dataset.notices[0]


def test_a_number_that_python_does_not_read(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    users = writer.table("users", USERS)
    writer.put(users, {"text": "1" * 4300})
    writer.put(users, {"name": "x"})
    writer.write(file)
    connection = sqlite3.connect(file)
    connection.execute("UPDATE documents SET json_value = replace(json_value, '\"x\"', ?)", ("1" * 5000,))
    connection.commit()
    connection.close()
    store = open_file(file).store
    with pytest.raises(BackendFileError, match=r"document \w+ of table users cannot be read"):
        store.rows(store.tables("")["users"], BY_ID, b"", None, descending=False, limit=9)
