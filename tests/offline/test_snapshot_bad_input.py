"""Whatever is wrong with a snapshot file, the answer is one clear line, and nothing is left behind."""

from __future__ import annotations

import gzip
import os
import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest

from kitcn_repl.offline.snapshot import SnapshotError, open_snapshot
from kitcn_repl.offline.snapshot.lines import MAX_LINE_BYTES
from tests.support.snapshots import (
    UNIFORM,
    USERS,
    Content,
    document_id,
    line,
    lines,
    snapshot_entries,
    tables_file,
    users,
    write_snapshot,
)


def refused(path: Path) -> str:
    """The message; checks that it is one line and that the cache stays empty."""
    cache = path.parent / "cache of refused"
    with pytest.raises(SnapshotError) as caught:
        open_snapshot(path, cache_dir=cache)
    message = caught.value.message
    assert "\n" not in message
    assert message.isprintable()
    assert [file for file in cache.rglob("*") if file.is_file()] == []
    return message


def snapshot_bytes(folder: Path) -> bytes:
    return write_snapshot(folder / "good.zip", snapshot_entries({"users": users(200)})).read_bytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"hello", "is not a ZIP file"),
        (b"<!doctype html><html><body>404</body></html>", "is not a ZIP but an HTML or XML page"),
        (gzip.compress(b"x", mtime=0), "is not a ZIP but a gzip file"),
        (b"\xef\xbb\xbf {}", "is not a ZIP but JSON"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(100), "is not a ZIP but a 7z archive"),
        (bytes(257) + b"ustar" + bytes(300), "is not a ZIP but a tar archive"),
        (b"PK\x05\x06", "is not a ZIP file"),
    ],
)
def test_not_a_zip(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "s.zip"
    path.write_bytes(content)
    assert f"s.zip {message}" in refused(path)


@pytest.mark.parametrize("name", ["a\nError: false.zip", "\x1b[31m.zip"])
def test_the_file_has_a_hostile_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"hello")
    assert "is not a ZIP file" in refused(path)
    write_snapshot(path, snapshot_entries({"users": users(1)}), flags=1)
    assert "is encrypted" in refused(path)


def test_an_sqlite_file(tmp_path: Path) -> None:
    path = tmp_path / "s.zip"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    assert "is not a ZIP but an SQLite database; if a backend's, open it as sqlite:FILE" in refused(path)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere.zip") == f"There is no file {tmp_path / 'nowhere.zip'}"
    assert "is a folder" in refused(tmp_path)
    (tmp_path / "file").touch()
    assert "Not a directory" in refused(tmp_path / "file" / "s.zip")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "pipe is not a regular file" in refused(tmp_path / "pipe")


def test_every_truncation(tmp_path: Path) -> None:
    whole = snapshot_bytes(tmp_path)
    path = tmp_path / "s.zip"
    for length in range(1, len(whole), 97):
        path.write_bytes(whole[:length])
        assert "ZIP" in refused(path)
    path.write_bytes(whole[100:])
    assert "damaged or truncated" in refused(path)


@pytest.mark.slow
def test_every_flipped_byte_is_noticed_or_harmless(tmp_path: Path) -> None:
    whole = write_snapshot(tmp_path / "good.zip", snapshot_entries({"users": users(3)})).read_bytes()
    path = tmp_path / "s.zip"
    for position in range(len(whole)):
        path.write_bytes(whole[:position] + bytes((whole[position] ^ 0xFF,)) + whole[position + 1 :])
        try:
            dataset = open_snapshot(path, cache_dir=tmp_path / f"cache{position}")
        except SnapshotError as error:
            assert error.message.isprintable()
        else:
            tables = dataset.store.tables("")
            # Names and dates are not covered by a checksum, so a table can vanish with its entry; documents are.
            assert "users" not in tables or tables["users"].count in (0, 3)
            dataset.store.close()


def test_a_zip_without_tables(tmp_path: Path) -> None:
    path = write_snapshot(tmp_path / "s.zip", [("photo.jpg", b"x"), ("documents.jsonl", b"{}\n")])
    assert "is a ZIP, but not a Convex snapshot" in refused(path)
    empty = tmp_path / "empty.zip"
    zipfile.ZipFile(empty, "w").close()
    assert "is a ZIP, but not a Convex snapshot" in refused(empty)


@pytest.mark.parametrize(
    "name",
    [
        "../users/documents.jsonl",
        "users/../../documents.jsonl",
        "/users/documents.jsonl",
        "users\\documents.jsonl",
        "C:/users/documents.jsonl",
        "_storage/../../etc/passwd",
        "\x1b[31m/../documents.jsonl",
    ],
)
def test_unsafe_paths(tmp_path: Path, name: str) -> None:
    entries: list[tuple[str, Content]] = [*snapshot_entries({"users": users(1)}), (name, b"{}\n")]
    assert "s.zip holds an unsafe path" in refused(write_snapshot(tmp_path / "s.zip", entries))


@pytest.mark.parametrize("name", ["9users", "a-b", "ä", "x" * 65, " users"])
def test_bad_table_names(tmp_path: Path, name: str) -> None:
    entries: list[tuple[str, Content]] = [(f"{name}/documents.jsonl", b"")]
    assert "is not a valid table name" in refused(write_snapshot(tmp_path / "s.zip", entries))
    entries = [("_tables/documents.jsonl", tables_file({name: 10001}))]
    assert "is not a valid table name" in refused(write_snapshot(tmp_path / "s.zip", entries))


def test_encrypted(tmp_path: Path) -> None:
    path = write_snapshot(tmp_path / "s.zip", snapshot_entries({"users": users(1)}), flags=1)
    assert refused(path) == "s.zip: README.md is encrypted; decrypt the ZIP first"


def test_unsupported_compression(tmp_path: Path) -> None:
    path = write_snapshot(tmp_path / "s.zip", snapshot_entries({"users": users(1)}), method=14)
    assert "uses compression method 14; only deflate and none are supported" in refused(path)


@pytest.mark.parametrize("container", ["streamed", "old"])
def test_a_bomb_by_its_declared_size(tmp_path: Path, container: str) -> None:
    path = write_snapshot(
        tmp_path / "s.zip",
        snapshot_entries({"users": users(5)}),
        container="streamed" if container == "streamed" else "old",
        sizes={"users/documents.jsonl": 0xFFFFFFF0},
    )
    assert "users/documents.jsonl claims 4294967280 bytes, more than its" in refused(path)


def test_a_bomb_by_its_actual_size(tmp_path: Path) -> None:
    path = write_snapshot(
        tmp_path / "s.zip",
        [("users/documents.jsonl", lines(users(5))), ("users/generated_schema.jsonl", UNIFORM)],
        sizes={"users/documents.jsonl": 10},
    )
    assert refused(path) == "s.zip: users/documents.jsonl unpacks to more than the 10 bytes that it declares"


def test_a_bomb_that_would_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many entries, each possible, together more than the disk can take: refused before a byte is unpacked."""
    size = 500 << 30
    path = tmp_path / "s.zip"
    compressed = size // 1000
    name = b"users/documents.jsonl"
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, 0, 0, 0, len(name), 0) + name
    with path.open("wb") as file:
        file.write(local)
        file.seek(compressed, 1)  # a hole: takes no space
        start = file.tell()
        extra = struct.pack("<HHQQQ", 1, 24, size, compressed, 0)
        central = struct.pack(
            "<IHHHHHHIIIHHHHHII",
            0x02014B50, 20, 20, 0, 8, 0, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(extra), 0, 0, 0, 0, 0xFFFFFFFF,
        )  # fmt: skip
        central += name + extra
        file.write(central)
        end = file.tell()
        file.write(struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1, 1, len(central), start))
        file.write(struct.pack("<IIQI", 0x07064B50, 0, end, 1))
        file.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, 0xFFFFFFFF, 0xFFFFFFFF, 0))
    cache = tmp_path / "cache"
    with pytest.raises(SnapshotError, match=r"needs about \d+ MiB in .*, where \d+ MiB are free"):
        open_snapshot(path, cache_dir=cache)
    assert [file for file in cache.rglob("*") if file.is_file()] == []


def test_overlapping_entries(tmp_path: Path) -> None:
    data = bytearray(
        write_snapshot(
            tmp_path / "good.zip",
            [("users/documents.jsonl", lines(users(50))), ("other/documents.jsonl", lines(users(50)))],
            container="old",
        ).read_bytes()
    )
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    path = tmp_path / "s.zip"
    path.write_bytes(data)
    assert "overlaps" in refused(path)


def test_wrong_checksum(tmp_path: Path) -> None:
    data = bytearray(
        write_snapshot(
            tmp_path / "good.zip", [("users/documents.jsonl", lines(users(5)))], container="old"
        ).read_bytes()
    )
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 16] ^= 1
    path = tmp_path / "s.zip"
    path.write_bytes(data)
    assert refused(path) == "s.zip: users/documents.jsonl is damaged: its checksum does not match"


GOOD = line({"_id": document_id(USERS, 1), "_creationTime": 1.0})
OTHER = line({"_id": document_id(USERS, 2), "_creationTime": 1.0})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD + b'{"_id":\n', "line 2: not valid JSON: EOF while parsing a value at column 7"),
        (GOOD + b"[1]\n", "line 2: not a JSON object"),
        (GOOD + b"12\n", "line 2: not a JSON object"),
        (GOOD + b"\n" + OTHER, "line 2: the line is blank"),
        (GOOD + OTHER + b"\n", "line 3: the line is blank"),
        (GOOD + b"  \n" + OTHER, "line 2: the line is blank"),
        (b"\xef\xbb\xbf" + GOOD, "line 1: not valid JSON: expected value at column 1"),
        (GOOD + b'{"a":"\xff"}\n', "line 2: not UTF-8 text"),
        (GOOD + b'{"a":NaN}\n', "line 2: not valid JSON"),
        (GOOD + b'{"a":-Infinity,"_id":"x","_creationTime":1.0}\n', "line 2: not valid JSON"),
        (GOOD + b'{"a":"\\ud800"}\n', "line 2: not valid JSON"),
        (GOOD + b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}\n", "line 2: not valid JSON"),
        (GOOD + b'{"a":1}{"b":2}\n', "line 2: not valid JSON"),
        (GOOD + OTHER + GOOD, f"line 3: the id {document_id(USERS, 1)} is that of line 1 too"),
        (GOOD + b'{"_id":5}\n', 'line 2: "_id" is not a string'),
        (GOOD + b'{"_id":"user1"}\n', "line 2: Unable to decode ID: Invalid ID length 5 in 'user1'"),
        (
            GOOD + line({"_id": document_id(USERS, 2)[:-1] + "z", "_creationTime": 1.0}),
            "line 2: Unable to decode ID: Invalid ID version",
        ),
        (
            GOOD + line({"_id": document_id(10002, 1), "_creationTime": 1.0}),
            f"line 2: the id {document_id(10002, 1)} belongs to table number 10002, but 'users' has the number 10001",
        ),
        (GOOD + b'{"a":{"$integer":"zz"}}\n', "line 2: "),
        (GOOD + b'{"a":{"\\u0024x":1}}\n', "line 2: "),
    ],
)
@pytest.mark.parametrize("schema", [UNIFORM, None], ids=["uniform", "plain"])
def test_bad_lines_are_named(tmp_path: Path, content: bytes, message: str, schema: bytes | None) -> None:
    entries: list[tuple[str, Content]] = [
        ("_tables/documents.jsonl", tables_file({"users": USERS})),
        ("users/documents.jsonl", content),
    ]
    if schema is not None:
        entries.append(("users/generated_schema.jsonl", schema))
    assert refused(write_snapshot(tmp_path / "s.zip", entries)).startswith(f"s.zip: users/documents.jsonl {message}")


def test_a_bad_line_far_into_a_table_is_named_by_its_number(tmp_path: Path) -> None:
    documents = users(30_000)
    content = lines(documents[:17_345]) + b"{\n" + lines(documents[17_345:])
    entries: list[tuple[str, Content]] = [
        ("users/documents.jsonl", content),
        ("users/generated_schema.jsonl", UNIFORM),
    ]
    assert "users/documents.jsonl line 17346: not valid JSON" in refused(write_snapshot(tmp_path / "s.zip", entries))


def test_a_line_without_end(tmp_path: Path) -> None:
    content = GOOD + b'{"a":"' + b"x" * (MAX_LINE_BYTES + (2 << 20)) + b'"}\n'
    path = write_snapshot(tmp_path / "s.zip", [("users/documents.jsonl", content)])
    assert refused(path).startswith("s.zip: users/documents.jsonl line 2: longer than 8 MiB")


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (b"uniform\n", "line 1: not valid JSON"),
        (b'{"a":1}\n', "line 1: a JSON string that describes the table was expected"),
        (b'"strin"\n', "line 1: not a shape as exports have it, unexpected text at character 0"),
        (b'"{\\"a\\": int64"\n', "line 1: not a shape"),
        (b'"array<"\n', "line 1: not a shape"),
        (b'"int64 | "\n', "line 1: not a shape"),
        (b'"' + b"array<" * 500 + b'"\n', "line 1: not a shape as exports have it, nested more than 100 levels deep"),
        (b'"{}"\n[]\n', "line 2: an object with one document id was expected"),
        (b'"{}"\n\n', "line 2: not valid JSON"),
    ],
)
def test_bad_schema_files(tmp_path: Path, schema: bytes, message: str) -> None:
    path = write_snapshot(
        tmp_path / "s.zip", [("users/documents.jsonl", GOOD), ("users/generated_schema.jsonl", schema)]
    )
    assert refused(path).startswith(f"s.zip: users/generated_schema.jsonl {message}")


@pytest.mark.parametrize(
    ("shape", "value", "hint", "message"),
    [
        ("int64", '"12x"', None, "a text stands where the schema says int64"),
        ("int64", '"9223372036854775808"', None, "a text stands where the schema says int64"),
        ("bytes", '"a"', None, "invalid base64"),
        ("inf", '"inf"', None, "a text stands where the schema says an infinite number"),
        ("string", '"x"', '"int64"', "a text stands where the schema says int64"),
        ("string", '"x"', '"number"', "its hint is not one that exports have"),
        ("float64", '"x"', '{"$float64NaN":"AAAAAAAA+H8="}', "its hint says NaN"),
        ("float64", '"NaN"', '{"$float64NaN":"AAAAAAAA8D8="}', "its hint says NaN"),
        ("array<int64>", '["1"]', '["int64","int64"]', "its hint does not fit the array"),
        ("float64", "1.5", '"bytes"', "its hint is for a string"),
    ],
)
def test_values_that_contradict_their_shape(
    tmp_path: Path, shape: str, value: str, hint: str | None, message: str
) -> None:
    id_ = document_id(USERS, 1)
    schema = line('{"v": ' + shape + "}") + (f'{{"{id_}":{{"v":{hint}}}}}\n'.encode() if hint else b"")
    document = f'{{"_id":"{id_}","_creationTime":1.0,"v":{value}}}\n'.encode()
    path = write_snapshot(
        tmp_path / "s.zip", [("users/documents.jsonl", OTHER + document), ("users/generated_schema.jsonl", schema)]
    )
    assert refused(path).startswith(f"s.zip: users/documents.jsonl line 2: {message}")


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (
            [("_tables/documents.jsonl", tables_file({"a": 10001, "b": 10001}))],
            "s.zip: the tables 'a' and 'b' both have the number 10001",
        ),
        (
            [("_components/c/_tables/documents.jsonl", tables_file({"a": 10001, "b": 10001}))],
            "s.zip: the tables 'a' and 'b' of component 'c' both have the number 10001",
        ),
        (
            [("_tables/documents.jsonl", tables_file({"a": USERS})), ("users/documents.jsonl", GOOD)],
            "s.zip: the tables 'a' and 'users' both have the number 10001",
        ),
        (
            [("_tables/documents.jsonl", b'{"name":"a","id":10001}\n{"name":"a","id":10002}\n')],
            "s.zip: _tables/documents.jsonl line 2: the table 'a' is listed twice",
        ),
        (
            [("_tables/documents.jsonl", b'{"name":"a"}\n')],
            's.zip: _tables/documents.jsonl line 1: expected {"name":…,"id":…}',
        ),
        (
            [("_tables/documents.jsonl", b'{"name":"a","id":10001.5}\n')],
            's.zip: _tables/documents.jsonl line 1: expected {"name":…,"id":…}',
        ),
        (
            [("_tables/documents.jsonl", b'{"name":"a","id":0}\n')],
            's.zip: _tables/documents.jsonl line 1: expected {"name":…,"id":…}',
        ),
        (
            [("x/users/documents.jsonl", GOOD), ("y/users/documents.jsonl", GOOD)],
            "s.zip holds users/documents.jsonl twice",
        ),
    ],
)
def test_tables_that_contradict_each_other(tmp_path: Path, entries: list[tuple[str, Content]], message: str) -> None:
    assert refused(write_snapshot(tmp_path / "s.zip", entries)) == message


def test_a_cache_folder_that_can_not_be(tmp_path: Path) -> None:
    path = write_snapshot(tmp_path / "s.zip", snapshot_entries({"users": users(1)}))
    (tmp_path / "file").touch()
    with pytest.raises(SnapshotError, match="Cannot write to the cache folder") as caught:
        open_snapshot(path, cache_dir=tmp_path / "file")
    assert "KITCN_CACHE_DIR" in (caught.value.hint or "")


def test_names_from_the_file_can_not_steer_a_terminal(tmp_path: Path) -> None:
    prefix = "a\x1b[2J\x07b"
    entries: list[tuple[str, Content]] = [(f"{prefix}/users/documents.jsonl", b"{\n")]
    assert "\\x1b[2J" in refused(write_snapshot(tmp_path / "s.zip", entries))


@pytest.mark.parametrize("time", [10**400, -(10**400), 2**1024])
@pytest.mark.parametrize("schema", [UNIFORM, b""])
def test_a_time_beyond_all_numbers_counts_as_none(tmp_path: Path, time: int, schema: bytes) -> None:
    entries: list[tuple[str, Content]] = [
        ("users/documents.jsonl", line({"_id": document_id(USERS, 1), "_creationTime": time})),
        ("users/generated_schema.jsonl", schema),
    ]
    dataset = open_snapshot(write_snapshot(tmp_path / "s.zip", entries), cache_dir=tmp_path / "cache")
    assert dataset.store.tables("")["users"].count == 1
    dataset.store.close()


def test_a_stored_file_of_a_size_beyond_all_numbers(tmp_path: Path) -> None:
    stored = line({"_id": document_id(540, 1), "_creationTime": 1.0, "sha256": "x", "size": 10**400})
    entries: list[tuple[str, Content]] = [*snapshot_entries({"users": users(1)}), ("_storage/documents.jsonl", stored)]
    message = refused(write_snapshot(tmp_path / "s.zip", entries))
    assert message == 's.zip: _storage/documents.jsonl line 1: "size" is no number of bytes'
