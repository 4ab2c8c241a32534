"""The SQLite store: its two system indexes, those built on demand, and that its file never changes."""

from __future__ import annotations

import os
import sqlite3
import stat
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitcn_repl.deployment.models import ComponentInfo
from kitcn_repl.offline.store import BY_CREATION_TIME, BY_ID, Row, Store, StoredTable
from kitcn_repl.offline.store.bounds import creation_key, creation_rank, id_key
from kitcn_repl.offline.store.sqlite import (
    DuplicateIdError,
    SqliteStore,
    StoreFileError,
    StoreWriter,
    memory_store,
)
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.export import dump_text
from kitcn_repl.values.forms import base64_of
from kitcn_repl.values.ids import encode_id
from kitcn_repl.values.order import encode_key, field_at, index_key
from tests.support.snapshots import USERS, document_id

ROOT = Path(__file__).parents[2]

ids = st.binary(min_size=16, max_size=16).map(lambda internal: encode_id(USERS, internal))
times = st.floats() | st.floats(1.7e12, 1.8e12) | st.sampled_from([0.0, -0.0, 1.0])
scalars: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=4),
    st.binary(min_size=8, max_size=8).map(lambda raw: {"$integer": base64_of(raw)}),
    st.binary(max_size=4).map(lambda raw: {"$bytes": base64_of(raw)}),
)
values: st.SearchStrategy[JsonValue] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=5,
)


@st.composite
def documents(draw: st.DrawFn) -> list[JsonObject]:
    drawn: list[JsonObject] = []
    for id_ in draw(st.lists(ids, max_size=12, unique=True)):
        document: JsonObject = {
            "_id": id_,
            "_creationTime": draw(st.floats(-1e13, 1e13) | st.sampled_from([0.0, -0.0])),
        }
        for name in ("a", "b"):
            if draw(st.booleans()):
                document[name] = draw(values)
        drawn.append(document)
    return drawn


def key_of(document: JsonObject, fields: Sequence[str]) -> bytes:
    return index_key([field_at(document, field) for field in fields], str(document["_id"]))


def users_table(store: Store) -> StoredTable:
    return store.tables("")["users"]


def all_rows(store: Store, fields: tuple[str, ...], *, descending: bool = False) -> list[Row]:
    return store.rows(users_table(store), fields, b"", None, descending=descending, limit=10_000)


def store_file(path: Path, documents: Sequence[JsonObject]) -> SqliteStore:
    writer = StoreWriter(path)
    table = writer.add_table("", "users", USERS)
    writer.add_documents(table, (dump_text(document).encode() for document in documents))
    return writer.finish()


def some_documents(count: int) -> list[JsonObject]:
    return [
        {
            "_id": document_id(USERS, index),
            "_creationTime": float(index * 7919 % 1000),
            "email": f"{index % 10}@example.test",
            "nested": {"rank": float(-index)},
            **({"team": "x"} if index % 2 else {}),
        }
        for index in range(count)
    ]


@settings(deadline=None)
@given(
    documents(),
    st.sampled_from([BY_ID, BY_CREATION_TIME, ("a", "_creationTime"), ("a.b", "b", "_creationTime")]),
    st.data(),
)
def test_rows_are_what_a_sort_by_key_gives(
    documents: list[JsonObject], fields: tuple[str, ...], data: st.DataObject
) -> None:
    expected = sorted((key_of(document, fields), dump_text(document)) for document in documents)
    bound = st.binary(max_size=12)
    if expected:
        # Bounds at, just before and just after real keys, and inside of them.
        key = st.sampled_from([key for key, _ in expected])
        cut = st.builds(lambda key, length: key[:length], key, st.integers(0, 60))
        bound |= (
            key | cut | st.builds(lambda key, end: key + end, cut, st.sampled_from([b"\0", b"\xff", b"\0\0", b"\x10"]))
        )
    lower = data.draw(bound)
    upper = data.draw(st.none() | bound)
    limit = data.draw(st.integers(0, 15))
    descending = data.draw(st.booleans())
    wanted = [row for row in expected if lower <= row[0] and (upper is None or row[0] < upper)]
    if descending:
        wanted.reverse()
    with closing(memory_store({"users": documents}, {"users": USERS})) as store:
        found = store.rows(users_table(store), fields, lower, upper, descending=descending, limit=limit)
    assert [tuple(row) for row in found] == wanted[:limit]


@settings(deadline=None)
@given(times, ids)
def test_system_keys_equal_the_general_encoding(time: float, id_: str) -> None:
    encoded: JsonValue = {"$float": base64_of(struct.pack("<d", time))}
    assert creation_key(creation_rank(time), id_) == encode_key(encoded) + encode_key(id_)
    assert id_key(id_) == encode_key(id_)


def test_walking_in_pages_meets_every_row_once(tmp_path: Path) -> None:
    documents = some_documents(137)
    with closing(store_file(tmp_path / "s", documents)) as store:
        table = users_table(store)
        for fields in (BY_ID, BY_CREATION_TIME, ("email", "_creationTime"), ("nested.rank", "_creationTime")):
            ascending: list[Row] = []
            while page := store.rows(
                table, fields, ascending[-1].key + b"\0" if ascending else b"", None, descending=False, limit=10
            ):
                ascending += page
            descending: list[Row] = []
            while page := store.rows(
                table, fields, b"", descending[-1].key if descending else None, descending=True, limit=10
            ):
                descending += page
            assert [row.key for row in ascending] == sorted(key_of(document, fields) for document in documents)
            assert descending == ascending[::-1]


def test_equality_on_a_prefix_finds_the_documents_with_that_value() -> None:
    documents = some_documents(50)
    with closing(memory_store({"users": documents})) as store:
        prefix = encode_key("3@example.test")
        found = store.rows(
            users_table(store), ("email", "_creationTime"), prefix, prefix + b"\xff", descending=False, limit=100
        )
    assert len(found) == 5
    assert all('"3@example.test"' in row.text for row in found)


def test_get_finds_by_id_and_only_that(tmp_path: Path) -> None:
    documents = some_documents(20)
    with closing(store_file(tmp_path / "s", documents)) as store:
        table = users_table(store)
        assert store.get(table, document_id(USERS, 7)) == dump_text(documents[7])
        assert store.get(table, document_id(USERS, 20)) is None


def test_counts_and_sizes_are_stored(tmp_path: Path) -> None:
    documents = some_documents(20)
    with closing(store_file(tmp_path / "s", documents)) as store:
        size = sum(len(dump_text(document).encode()) for document in documents)
        assert store.tables("") == {"users": StoredTable("", "users", USERS, 20, size)}
        assert store.tables("nowhere") == {}


def test_components_come_with_the_app_first_and_keep_their_tables_apart() -> None:
    documents = some_documents(3)
    with closing(memory_store({"users": documents}, components={"a/b": {"users": documents[:1]}})) as store:
        assert store.components() == [ComponentInfo(id="", path=""), ComponentInfo(id="a/b", path="a/b", name="b")]
        assert store.tables("")["users"].count == 3
        assert store.tables("a/b")["users"].count == 1
        assert store.get(store.tables("a/b")["users"], document_id(USERS, 2)) is None


def test_empty_tables_get_numbers_that_are_free() -> None:
    with closing(memory_store({"first": [], "users": some_documents(1), "last": []})) as store:
        numbers = {name: table.number for name, table in store.tables("").items()}
    assert numbers == {"first": 10002, "users": 10001, "last": 10003}


def test_export_documents_are_served_encoded() -> None:
    writer = StoreWriter(":memory:")
    table = writer.add_table("", "users", USERS, "export")
    id_ = document_id(USERS, 1)
    writer.add_documents(table, [f'{{"_creationTime":1.5,"_id":"{id_}","n":-2,"x":2.0}}'.encode()])
    with closing(writer.finish()) as store:
        text = f'{{"_creationTime":1.5,"_id":"{id_}","n":{{"$integer":"/v////////8="}},"x":2.0}}'
        assert store.get(users_table(store), id_) == text
        # The index sees an int64 too.
        assert all_rows(store, ("n", "_creationTime"))[0].key.startswith(b"\x07\xfe")


def test_duplicate_ids_are_refused_with_their_places() -> None:
    writer = StoreWriter(":memory:")
    table = writer.add_table("", "users", USERS)
    documents = [*some_documents(4), *some_documents(2)[1:]]
    writer.add_documents(table, (dump_text(document).encode() for document in documents))
    with pytest.raises(DuplicateIdError) as caught:
        writer.finish()
    assert caught.value.lines == (2, 5)


def test_building_indexes_leaves_the_store_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "s"
    store_file(path, some_documents(500)).close()
    before = path.read_bytes(), path.stat().st_mtime_ns
    with closing(SqliteStore.open(path)) as store:
        all_rows(store, BY_CREATION_TIME)
        for number in range(12):  # more than SQLite can attach at once
            assert len(all_rows(store, (f"field{number}", "_creationTime"))) == 500
        assert len(all_rows(store, ("field0", "_creationTime"))) == 500
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    beside = [other for other in tmp_path.iterdir() if other != path]
    assert len(beside) == 12
    assert {stat.S_IMODE(other.stat().st_mode) for other in beside} == {0o600}


def test_an_index_is_built_once_and_found_by_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "s"
    fields = ("email", "_creationTime")
    with closing(store_file(path, some_documents(30))) as store:
        expected = all_rows(store, fields)
    (index,) = tmp_path.glob("*.index")
    before = index.stat().st_ino
    with closing(SqliteStore.open(path)) as store:
        assert all_rows(store, fields) == expected
    assert index.stat().st_ino == before


def test_a_damaged_index_file_is_built_again(tmp_path: Path) -> None:
    path = tmp_path / "s"
    fields = ("email", "_creationTime")
    with closing(store_file(path, some_documents(30))) as store:
        expected = all_rows(store, fields)
    (index,) = tmp_path.glob("*.index")
    index.write_bytes(index.read_bytes()[:1000])
    with closing(SqliteStore.open(path)) as store:
        assert all_rows(store, fields) == expected


def test_an_index_of_another_store_under_the_same_name_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "s"
    fields = ("email", "_creationTime")
    with closing(store_file(path, some_documents(30))) as store:
        all_rows(store, fields)
    path.unlink()
    with closing(store_file(path, some_documents(40))) as store:
        assert len(all_rows(store, fields)) == 40


def test_without_a_writable_folder_indexes_are_temporary(tmp_path: Path) -> None:
    path = tmp_path / "s"
    store = store_file(path, some_documents(30))
    with closing(store):
        # Also stops root, whom permissions do not: the folder is gone, the open file is not.
        path.rename(tmp_path.parent / "moved")
        tmp_path.rmdir()
        assert len(all_rows(store, ("email", "_creationTime"))) == 30
        assert (
            all_rows(store, ("team", "_creationTime"))
            == all_rows(store, ("team", "_creationTime"), descending=True)[::-1]
        )
        assert not tmp_path.exists()


def test_two_processes_build_the_same_index_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with closing(store_file(path, some_documents(3000))) as store:
        expected = all_rows(store, ("nested.rank", "_creationTime"))
    for index in tmp_path.glob("*.index"):
        index.unlink()
    code = (
        "import sys, pathlib\n"
        "from kitcn_repl.offline.store.sqlite import SqliteStore\n"
        "store = SqliteStore.open(pathlib.Path(sys.argv[1]))\n"
        "sys.stdin.readline()\n"
        "table = store.tables('')['users']\n"
        "rows = store.rows(table, ('nested.rank', '_creationTime'), b'', None, descending=False, limit=10000)\n"
        "print(len(rows), rows[0].key.hex(), rows[-1].key.hex())\n"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for _ in range(2)
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    answers = [child.communicate()[0] for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert set(answers) == {f"{len(expected)} {expected[0].key.hex()} {expected[-1].key.hex()}\n"}
    assert len(list(tmp_path.iterdir())) == 2


def test_any_thread_may_call(tmp_path: Path) -> None:
    with closing(store_file(tmp_path / "s", some_documents(200))) as store:
        found: list[int] = []

        def work(number: int) -> None:
            for _ in range(20):
                found.append(len(all_rows(store, ("email" if number % 2 else "team", "_creationTime"))))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [200] * 80


def test_a_store_can_not_be_written_through_its_connection(tmp_path: Path) -> None:
    for store in (store_file(tmp_path / "s", some_documents(1)), memory_store({"users": some_documents(1)})):
        with closing(store), pytest.raises(sqlite3.OperationalError, match="readonly"):
            store._connection.execute("DELETE FROM documents_1")


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "Cannot open"), (b"", "not a store"), (b"SQLite format 3\0" + bytes(5000), "damaged|not a store")],
)
def test_what_is_no_store_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "odd name?#%.store"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreFileError, match=message):
        SqliteStore.open(path)


def test_an_unfinished_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s"
    writer = StoreWriter(path)
    writer.add_table("", "users", USERS)
    writer.abort()
    with pytest.raises(StoreFileError):
        SqliteStore.open(path)


def test_odd_characters_in_the_path(tmp_path: Path) -> None:
    folder = tmp_path / "a?b#c%20d"
    folder.mkdir()
    with closing(store_file(folder / "s ☃.store", some_documents(5))) as store:
        assert len(all_rows(store, ("email", "_creationTime"))) == 5
    assert len(list(folder.glob("*.index"))) == 1
