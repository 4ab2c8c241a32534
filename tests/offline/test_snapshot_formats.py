"""Snapshots of every generation and layout become the documents that the backend meant."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.snapshot import ImportProgress, open_snapshot
from kitcn_repl.offline.store import BY_ID, StoredTable
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import decode_id
from tests.support.shared import shared
from tests.support.snapshots import (
    README,
    UNIFORM,
    USERS,
    Container,
    Content,
    document_id,
    line,
    lines,
    snapshot_entries,
    tables_file,
    users,
    write_snapshot,
)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def opened(path: Path, cache: Path) -> closing[OpenSnapshot]:
    return closing(OpenSnapshot(open_snapshot(path, cache_dir=cache)))


class OpenSnapshot:
    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.store = dataset.store

    def table(self, name: str, component: str = "") -> StoredTable:
        return self.store.tables(component)[name]

    def texts(self, name: str, component: str = "") -> list[str]:
        table = self.table(name, component)
        return [row.text for row in self.store.rows(table, BY_ID, b"", None, descending=False, limit=10_000)]

    def documents(self, name: str, component: str = "") -> list[JsonObject]:
        return [json.loads(text) for text in self.texts(name, component)]

    def close(self) -> None:
        self.store.close()


@pytest.mark.parametrize("container", ["streamed", "old"])
def test_documents_of_a_current_export(tmp_path: Path, cache: Path, container: Container) -> None:
    path = write_snapshot(tmp_path / "s.zip", snapshot_entries({"users": users(3), "empty": []}), container=container)
    assert zipfile.ZipFile(path).testzip() is None
    with opened(path, cache) as snapshot:
        assert list(snapshot.store.tables("")) == ["empty", "users"]
        assert snapshot.table("empty") == StoredTable("", "empty", 10002, 0, 0)
        assert snapshot.table("users").count == 3
        assert snapshot.documents("users")[2] == {
            "_creationTime": 1760726497002.5,
            "_id": document_id(USERS, 2),
            "age": 22.0,
            "logins": {"$integer": "AgAAAAAAAAA="},
            "name": "User 2 ☃",
        }


def test_table_without_schema_file_is_plain_json(tmp_path: Path, cache: Path) -> None:
    document = line({"_creationTime": 5, "_id": document_id(USERS, 1), "n": 1, "price": "$5", "text": "Infinity"})
    entries: list[tuple[str, Content]] = [("users/documents.jsonl", document)]
    with opened(write_snapshot(tmp_path / "s.zip", entries), cache) as snapshot:
        assert snapshot.table("users").number == USERS
        assert snapshot.texts("users") == [document.decode().rstrip("\n")]


def legacy_entries(documents: list[JsonValue], schema: bytes, *, schema_first: bool) -> list[tuple[str, Content]]:
    files: list[tuple[str, Content]] = [
        ("users/documents.jsonl", lines(documents)),
        ("users/generated_schema.jsonl", schema),
    ]
    if schema_first:
        files.reverse()
    return [("README.md", README), ("_tables/documents.jsonl", tables_file({"users": USERS})), *files]


@pytest.mark.parametrize("schema_first", [True, False])
def test_older_export_is_decoded_by_shape_and_hints(tmp_path: Path, cache: Path, schema_first: bool) -> None:
    values: list[JsonValue] = ["1", "Infinity", "NaN", "aGVsbG8=", "plain text", 2.5, None, {"a": "7"}]
    hints: list[JsonValue] = ["int64", "float64inf", {"$float64NaN": "AAAAAAAA+H8="}, "bytes", None, "infer"]
    shape = (
        '{"_creationTime": normalfloat64, "_id": id<10001>, "count": int64, "list": array<int64 | null>, '
        '"mixed": null | int64 | inf | NaN | normalfloat64 | field_name | bytes | record<field_name, int64>, '
        '"raw"?: bytes, "text": "9" | string}'
    )
    documents: list[JsonValue] = [
        {
            "_creationTime": 1759302000000.0 + index,
            "_id": document_id(USERS, index),
            "count": str(index),
            "list": [str(-index), None],
            "mixed": value,
            "text": "9",
        }
        for index, value in enumerate(values)
    ]
    schema = line(shape) + lines({document_id(USERS, n): {"mixed": hint}} for n, hint in enumerate(hints) if hint)
    path = write_snapshot(
        tmp_path / "s.zip", legacy_entries(documents, schema, schema_first=schema_first), container="old"
    )
    with opened(path, cache) as snapshot:
        found = snapshot.documents("users")
    assert [document["mixed"] for document in found] == [
        {"$integer": "AQAAAAAAAAA="},
        {"$float": "AAAAAAAA8H8="},
        {"$float": "AAAAAAAA+H8="},
        {"$bytes": "aGVsbG8="},
        "plain text",
        2.5,
        None,
        {"a": {"$integer": "BwAAAAAAAAA="}},
    ]
    assert found[2]["count"] == {"$integer": "AgAAAAAAAAA="}
    assert found[2]["list"] == [{"$integer": "/v////////8="}, None]
    assert found[2]["text"] == "9"


def test_older_export_without_lossy_types_is_stored_as_it_is(tmp_path: Path, cache: Path) -> None:
    documents: list[JsonValue] = [
        {"_creationTime": 1.0, "_id": document_id(USERS, 1), "f": "NaN", "n": 3, "s": "17", "u": ["12"]}
    ]
    shape = (
        '{"_creationTime": normalfloat64, "_id": id<10001>, "f": float64, "n": float64, '
        '"s": int64 | string, "u": array<unknown>}'
    )
    path = write_snapshot(tmp_path / "s.zip", legacy_entries(documents, line(shape), schema_first=False))
    with opened(path, cache) as snapshot:
        assert snapshot.texts("users") == [line(documents[0]).decode().rstrip("\n")]


def test_components_and_nested_ones(tmp_path: Path, cache: Path) -> None:
    entries = [
        *snapshot_entries({"users": users(2)}),
        *snapshot_entries({"users": users(1)}, prefix="_components/limiter/"),
        *snapshot_entries({"jobs": users(3)}, prefix="_components/a/_components/b/"),
    ]
    with opened(write_snapshot(tmp_path / "s.zip", entries), cache) as snapshot:
        components = snapshot.store.components()
        assert [(component.path, component.name) for component in components] == [
            ("", None),
            ("a", "a"),
            ("a/b", "b"),
            ("limiter", "limiter"),
        ]
        assert len({decode_id(component.id).internal for component in components}) == 4
        assert snapshot.table("users").count == 2
        assert snapshot.table("users", "limiter").count == 1
        assert snapshot.table("jobs", "a/b").count == 3
        assert snapshot.store.tables("a") == {}


def test_a_zip_packed_again_with_a_folder_around(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("my backup")
        archive.writestr("__MACOSX/my backup/users/._documents.jsonl", b"\0\1")
        for name, content in [
            *snapshot_entries({"users": users(2)}, prefix="my backup/"),
            *snapshot_entries({"jobs": users(1)}, prefix="my backup/_components/queue/"),
        ]:
            assert isinstance(content, bytes)
            archive.writestr(name, content)
    with opened(path, cache) as snapshot:
        assert snapshot.table("users").count == 2
        assert snapshot.table("jobs", "queue").count == 1


def test_stored_entries_and_bytes_in_front_of_the_zip(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "s.zip"
    path.write_bytes(b"#!/bin/sh\nexit\n")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        for name, content in snapshot_entries({"users": users(2)}):
            assert isinstance(content, bytes)
            archive.writestr(name, content)
        archive.comment = b"PK\x05\x06 is not the end here"
    with opened(path, cache) as snapshot:
        assert snapshot.table("users").count == 2


def test_file_storage_shows_what_queries_see(tmp_path: Path, cache: Path) -> None:
    file_id = document_id(540, 1)
    metadata: JsonValue = {
        "_id": file_id,
        "_creationTime": 1760726408026.5,
        "sha256": "3YimcdNCuMeqtKpl0kDzfPzpxp++yK1DRu60d6PJwmY=",
        "size": 69,
        "contentType": None,
        "internalId": "e2b1c7f4-0000-4000-8000-000000000000",
    }
    entries = [
        *snapshot_entries({"users": users(1)}),
        ("_storage/documents.jsonl", line(metadata)),
        (f"_storage/{file_id}.png", b"\x89PNG"),
    ]
    with opened(write_snapshot(tmp_path / "s.zip", entries), cache) as snapshot:
        assert snapshot.table("_storage").number == 540
        assert snapshot.documents("_storage") == [
            {
                "_id": file_id,
                "_creationTime": 1760726408026.5,
                "sha256": "3YimcdNCuMeqtKpl0kDzfPzpxp++yK1DRu60d6PJwmY=",
                "size": 69.0,
            }
        ]


def test_hand_made_documents_get_what_they_lack(tmp_path: Path, cache: Path) -> None:
    """As `convex import` does: an id, a creation time, a table number."""
    entries: list[tuple[str, Content]] = [
        ("tasks/documents.jsonl", b'{"text":"a","n":1.0}\n{"text":"b"}'),
        ("users/documents.jsonl", lines(users(1))),
        ("users/generated_schema.jsonl", UNIFORM),
    ]
    path = write_snapshot(tmp_path / "snapshot_1760726497028025730.zip", entries)
    with opened(path, cache) as snapshot:
        assert snapshot.table("tasks").number == 10002
        tasks = snapshot.documents("tasks")
        assert sorted(str(task["text"]) for task in tasks) == ["a", "b"]
        assert {task["_creationTime"] for task in tasks} == {1760726497028.0}
        assert {decode_id(str(task["_id"])).table_number for task in tasks} == {10002}
        assert len({task["_id"] for task in tasks}) == 2


def test_listed_tables_without_documents_are_empty_tables(tmp_path: Path, cache: Path) -> None:
    entries: list[tuple[str, Content]] = [("_tables/documents.jsonl", tables_file({"users": USERS, "jobs": 10007}))]
    with opened(write_snapshot(tmp_path / "s.zip", entries), cache) as snapshot:
        assert snapshot.table("jobs") == StoredTable("", "jobs", 10007, 0, 0)


def test_lines_may_end_as_on_windows_and_cross_pieces(tmp_path: Path, cache: Path) -> None:
    documents = users(3000)
    for document in documents:
        assert isinstance(document, dict)
        document["text"] = "☃" * 300
    content = lines(documents).replace(b"\n", b"\r\n")
    entries: list[tuple[str, Content]] = [
        ("users/documents.jsonl", content),
        ("users/generated_schema.jsonl", UNIFORM),
    ]
    with opened(write_snapshot(tmp_path / "s.zip", entries), cache) as snapshot:
        assert len(content) > 2 << 20
        assert snapshot.table("users").count == 3000
        assert [document["_id"] for document in snapshot.documents("users")] == [
            document_id(USERS, index) for index in range(3000)
        ]


def test_words_that_look_like_special_values_are_text(tmp_path: Path, cache: Path) -> None:
    document: JsonObject = {
        "_creationTime": 1.0,
        "_id": document_id(USERS, 1),
        "t": 'NaN Infinity {"$integer": "x"} \\u0024 ["$',
    }
    with opened(write_snapshot(tmp_path / "s.zip", snapshot_entries({"users": [document]})), cache) as snapshot:
        assert snapshot.documents("users") == [document]


@pytest.mark.parametrize(("last", "stored"), [("see [1], 10:30, or {5}", "encoded"), ([7], "export")])
def test_a_table_without_integers_needs_no_conversion_when_read(
    tmp_path: Path, cache: Path, last: JsonValue, stored: str
) -> None:
    documents: list[JsonValue] = [
        {"_creationTime": 1.0, "_id": document_id(USERS, index), "t": "a[1],2", "v": index / 2}
        for index in range(20_000)
    ]
    documents.append({"_creationTime": 1.0, "_id": document_id(USERS, 20_000), "v": last})
    path = write_snapshot(tmp_path / "s.zip", snapshot_entries({"users": documents}))
    with opened(path, cache) as snapshot:
        assert snapshot.dataset.store._tables[""]["users"].encoding == stored  # type: ignore[attr-defined]
        text = snapshot.store.get(snapshot.table("users"), document_id(USERS, 20_000))
    assert text is not None
    assert json.loads(text)["v"] == (last if stored == "encoded" else [{"$integer": "BwAAAAAAAAA="}])


@pytest.mark.parametrize(
    ("file_name", "name", "note"),
    [
        ("snapshot_happy-otter-123_1760726497028025730.zip", "happy-otter-123", "snapshot of 2025-10-17 18:41 UTC"),
        ("snapshot_1760726497028025730.zip", "snapshot_1760726497028025730", "snapshot of 2025-10-17 18:41 UTC"),
        ("snapshot_local-a_b_1760726497028025730 (1).zip", "local-a_b", "snapshot of 2025-10-17 18:41 UTC"),
    ],
)
def test_the_file_name_says_which_deployment_and_when(
    tmp_path: Path, cache: Path, file_name: str, name: str, note: str
) -> None:
    path = write_snapshot(tmp_path / file_name, snapshot_entries({}))
    with opened(path, cache) as snapshot:
        assert (snapshot.dataset.name, snapshot.dataset.note) == (name, note)


def test_without_a_time_in_the_name_the_file_tells(tmp_path: Path, cache: Path) -> None:
    path = write_snapshot(tmp_path / "backup.zip", snapshot_entries({}))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    with opened(path, cache) as snapshot:
        assert snapshot.dataset.name == "backup"
        assert snapshot.dataset.note == "snapshot of 2023-11-14 22:13 UTC"


def test_progress_ends_with_everything_done(tmp_path: Path, cache: Path) -> None:
    path = write_snapshot(tmp_path / "s.zip", snapshot_entries({"users": users(20_000), "empty": []}))
    told: list[ImportProgress] = []
    open_snapshot(path, cache_dir=cache, progress=told.append).store.close()
    assert len(told) > 1
    assert [step.bytes_done for step in told] == sorted(step.bytes_done for step in told)
    assert {step.bytes_total for step in told} == {told[-1].bytes_total}
    assert told[-1].documents == 20_000
    assert told[-1].bytes_done == told[-1].bytes_total


def test_the_demo_fixture_holds_what_it_is_said_to_hold(tmp_path: Path, cache: Path) -> None:
    expected = json.loads(_fixture("demo_expected.json").read_text())
    with opened(_fixture("demo_snapshot.zip"), cache) as snapshot:
        wanted = {
            (table["component"], table["name"]): (table["number"], table["count"])
            for table in expected["tables"]
            if not table["name"].startswith("_")
        }
        found = {
            (component.path, name): (table.number, table.count)
            for component in snapshot.store.components()
            for name, table in snapshot.store.tables(component.path).items()
            if not name.startswith("_")
        }
        assert found == wanted
        zoo = snapshot.table("typeZoo")
        by_value = snapshot.store.rows(zoo, ("value", "_creationTime"), b"", None, descending=False, limit=100)
        assert [json.loads(row.text)["label"] for row in by_value] == expected["zoo_by_value"]
        by_time = snapshot.store.rows(zoo, ("_creationTime",), b"", None, descending=False, limit=100)
        assert [json.loads(row.text)["label"] for row in by_time] == expected["zoo_by_creation_time"]


def test_the_legacy_fixture_is_decoded(tmp_path: Path, cache: Path) -> None:
    with opened(_fixture("demo_legacy_snapshot.zip"), cache) as snapshot:
        found = {json.dumps(document["count"]): document["mixed"] for document in snapshot.documents("legacy")}
    assert list(dict(_sorted(found)).values()) == [
        {"$integer": "AQAAAAAAAAA="},
        {"$float": "AAAAAAAA8H8="},
        {"$float": "AAAAAAAA+H8="},
        {"$bytes": "aGVsbG8="},
        "plain text",
        2.5,
    ]


def _sorted(found: dict[str, JsonValue]) -> Iterator[tuple[str, JsonValue]]:
    # Base64 of little-endian 0 to 5: the order of the texts is that of the numbers.
    yield from sorted(found.items())


def _fixture(name: str) -> Path:
    return shared(f"fixtures/{name}")
