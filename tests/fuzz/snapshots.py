"""Snapshot ZIPs that no backend would write: damaged, lying, hostile, and some that are only odd."""

from __future__ import annotations

import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from kitcn_repl.offline.snapshot import SnapshotError, open_snapshot
from kitcn_repl.values import JsonValue
from tests.fuzz import hostile
from tests.fuzz.harness import Family
from tests.fuzz.looking import look_at, show
from tests.fuzz.oracle import SECRET, clear_line, files_below
from tests.support.snapshots import (
    UNIFORM,
    USERS,
    Content,
    document_id,
    line,
    lines,
    snapshot_entries,
    users,
    write_snapshot,
)

Entries = list[tuple[str, Content]]

_MIB = 1 << 20
_MEMORY = 24 * _MIB
_MEMORY_OF_BOMB = 120 * _MIB
"""A line may have 8 MiB, and is held as bytes, as text, and parsed."""

_NAMES = (
    "users/documents.jsonl",
    "users/generated_schema.jsonl",
    "_tables/documents.jsonl",
    "_storage/documents.jsonl",
    "../users/documents.jsonl",
    "a/../../x/documents.jsonl",
    "/abs/documents.jsonl",
    "C:/x/documents.jsonl",
    "users\\documents.jsonl",
    "x\0y/documents.jsonl",
    "\x1b[31mred/documents.jsonl",
    "ta\nble/documents.jsonl",
    "_components/a/users/documents.jsonl",
    "_components/a/_components/b/t/documents.jsonl",
    "_components/documents.jsonl",
    "_components/a/_tables/documents.jsonl",
    "_components//users/documents.jsonl",
    "_components/../users/documents.jsonl",
    "USERS/documents.jsonl",
    "users/documents.jsonl/",
    "users/",
    "é/documents.jsonl",
    "_index/documents.jsonl",
    "a" * 300 + "/documents.jsonl",
    "documents.jsonl",
    "/",
    "",
    ".",
    "x/users/documents.jsonl",
    "\u202eusers/documents.jsonl",
)
_SHAPES = (
    '{"_creationTime": normalfloat64, "_id": id<10001>, "age": float64, "logins": int64, "name": string}',
    '{"_creationTime": normalfloat64, "_id": id<10001>, "logins": int64 | string, "raw"?: bytes}',
    "uniform",
    "never",
    "unknown",
    "record<field_name, int64>",
    "array<" * 60 + "int64" + ">" * 60,
    "array<" * 3000 + "int64" + ">" * 3000,
    '{"a": ' * 200,
    "int64 | " * 500 + "null",
    '"a' * 40,
    "{}",
    "",
    f'{{"{SECRET}": "{SECRET}"',
    "\x1b[31m",
)
_HINTS: tuple[JsonValue, ...] = (
    {document_id(USERS, 0): {"logins": "int64"}},
    {document_id(USERS, 0): {"name": "infer"}},
    {},
    {"a": 1, "b": 2},
    5,
    {document_id(USERS, 1): {"logins": {"$float64NaN": "x"}}},
    {"\x1b": "bytes"},
    None,
)


@dataclass(frozen=True)
class Snapshot:
    """`is_bomb` unpacks to much more than it is."""

    data: bytes
    name: str
    shown_as: int
    is_bomb: bool = False


def make(random: Random) -> Snapshot:
    name = random.choice(
        ("snapshot.zip", "snapshot_happy-otter-123_1760726497000.zip", "\x1b[31m.zip", "a\nb.zip", "é.zip")
    )
    if random.random() < 0.001:
        return Snapshot(_bomb(random.randrange(5)), name, 0, is_bomb=True)
    entries = _entries(random)
    for _ in range(random.choice((0, 0, 0, 1, 1, 2))):
        _harm(random, entries)
    sizes: dict[str, int] = {}
    if random.random() < 0.1 and entries:
        sizes[random.choice(entries)[0]] = random.choice(hostile.INTEGERS)
    is_plain = random.random() < 0.9
    data = written(
        entries,
        container=random.choice(("streamed", "old")),
        flags=0 if is_plain else random.choice((1, 0x800, 0x2000, 0xFFFF)),
        method=8 if is_plain else random.choice((0, 8, 9, 12, 99)),
        sizes=sizes,
    )
    kind = random.randrange(10)
    if kind < 2:
        data = hostile.mutated_bytes(random, data)
    elif kind == 2:
        data = _directory_harmed(random, data)
    elif kind == 3:
        data = data[: random.randrange(len(data) + 1)]
    elif kind == 4:
        data = random.choice((b"\0" * 9, b"MZ" + bytes(500), b"PK\x05\x06")) + data
    return Snapshot(data, name, random.randrange(64))


def check(case: Snapshot, folder: Path) -> str:
    """What is opened holds documents, and the same when it is opened again; what is refused leaves nothing behind."""
    source, cache = folder / "a" / "b" / "in", folder / "a" / "b" / "c" / "cache"
    source.mkdir(parents=True)
    path = source / case.name
    path.write_bytes(case.data)
    threads = threading.active_count()
    try:
        dataset = open_snapshot(path, cache_dir=cache)
    except SnapshotError as error:
        clear_line(error, folder=source)
        assert not any(file.is_file() for file in cache.rglob("*")), "a refused snapshot left something in the cache"
        end = "refused"
    else:
        count = look_at(dataset)
        dataset.store.close()
        again = open_snapshot(path, cache_dir=cache)
        assert look_at(again) == count, "opened again it holds something else"
        again.store.close()
        if case.shown_as % 8 == 0:
            show(f"snapshot:{path}", "users", case.shown_as // 8, folder)
        end = "read"
    assert threading.active_count() <= threads, "a thread was left behind"
    assert path.read_bytes() == case.data
    outside = {name for name in files_below(folder) if not name.startswith(("a/b/c", "cache", ".cache", ".local"))}
    assert outside == {"a", "a/b", "a/b/in", f"a/b/in/{case.name}"}, f"written outside the cache: {outside}"
    return end


def good() -> Snapshot:
    return Snapshot(written(snapshot_entries({"users": users(3)})), "good.zip", 0)


def written(entries: Entries, **how: object) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return write_snapshot(Path(folder, "s.zip"), entries, **how).read_bytes()  # type: ignore[arg-type]


def _entries(random: Random) -> Entries:
    documents = users(random.randrange(4))
    if random.random() < 0.5:
        documents = [hostile.mutated_json(random, documents)] if random.random() < 0.1 else _odd(random, documents)
    tables: dict[str, list[JsonValue]] = {"users": documents}
    if random.random() < 0.3:
        tables["posts"] = [{"_id": document_id(USERS + 1, 7), "_creationTime": 1.0, "author": document_id(USERS, 0)}]
    entries = [] if not _encodable(tables) else snapshot_entries(tables)
    if random.random() < 0.3:
        found = [entry for entry in entries if entry[0] != "users/generated_schema.jsonl"]
        hints = b"".join(map(line, random.choices(_HINTS, k=random.randrange(3))))
        entries = [*found, ("users/generated_schema.jsonl", line(random.choice(_SHAPES)) + hints)]
    if random.random() < 0.2:
        stored: JsonValue = {"_id": document_id(540, 1), "_creationTime": 1.0, "sha256": "x", "size": 69}
        entries.append(("_storage/documents.jsonl", hostile.dumped(random, hostile.mutated_json(random, stored))))
    if random.random() < 0.2:
        entries += snapshot_entries({"inner": users(1, USERS)}, {"inner": USERS}, prefix="_components/part/")
    return entries


def _odd(random: Random, documents: list[JsonValue]) -> list[JsonValue]:
    """Values that are allowed, if unusual."""
    for document in documents:
        assert isinstance(document, dict)
        names: tuple[JsonValue, ...] = (SECRET, "\x1b[2J\u202e", "a\r\nb", {"a": [1.5, {"b": None}]}, 5, -0.0, None)
        document["name"] = random.choice(names)
        document["nested"] = {"a": random.choice((1, 2.0, "x", None, 2**62))}
    return documents


def _encodable(value: object) -> bool:
    try:
        repr(value).encode()
        line(value)  # type: ignore[arg-type]
    except (UnicodeEncodeError, ValueError):
        return False
    return True


def _harm(random: Random, entries: Entries) -> None:
    at = random.randrange(len(entries)) if entries else 0
    kind = random.randrange(9)
    if kind == 0 and entries:
        entries.append(entries[at])
    elif kind == 1 and entries:
        del entries[at]
    elif kind == 2:
        name = random.choice(_NAMES)
        entries.append(
            (
                name,
                random.choice((b"", b"{}\n", UNIFORM, lines(users(1)), hostile.dumped(random, hostile.value(random)))),
            )
        )
    elif kind == 3 and entries:
        entries[at] = (random.choice(_NAMES), entries[at][1])
    elif kind == 4:
        numbers = hostile.mutated_json(random, [{"name": "users", "id": USERS}, {"name": "posts", "id": USERS + 1}])
        found = [entry for entry in entries if entry[0] != "_tables/documents.jsonl"]
        listed = numbers if isinstance(numbers, list) else [numbers]
        entries[:] = [
            *found,
            ("_tables/documents.jsonl", b"".join(hostile.dumped(random, each) + b"\n" for each in listed)),
        ]
    elif kind == 5:
        wrong: JsonValue = {
            "_id": random.choice((document_id(USERS + 5, 1), document_id(USERS, 0), "x" * 32, 5, "\x1b")),
            "_creationTime": random.choice((1.0, -5.5, "x", None, 10**30)),
            "name": SECRET,
        }
        entries.append(("users/documents.jsonl", lines([wrong, wrong])))
    elif kind == 6:
        deep = b'{"a":' * random.choice((10, 70, 5000)) + b"1"
        entries.append((f"deep{at}/documents.jsonl", deep + b"\n"))
    elif entries:
        name, content = entries[at]
        assert isinstance(content, bytes)
        entries[at] = (name, hostile.mutated_bytes(random, content))


def _directory_harmed(random: Random, data: bytes) -> bytes:
    """Numbers and names in the table of contents and behind it, where no checksum looks."""
    start = data.find(b"PK\x01\x02")
    if start < 0:
        return data
    return data[:start] + hostile.mutated_bytes(random, data[start:])


@cache
def _bomb(kind: int) -> bytes:
    """Small files that unpack to 96 MiB, and one of very many documents."""
    size = 96 * _MIB
    content = (
        b" " * size,
        b"{}\n" * 5_000,
        b"[" * size,
        line({"_id": document_id(USERS, 1), "_creationTime": 1.0, "a": "x" * (7 * _MIB)}),
        b'{"a":"' + b"\\u0001" * (size // 6) + b'"}\n',
    )[kind]
    name = "users/generated_schema.jsonl" if kind == 2 else "users/documents.jsonl"
    entries: Entries = [("_tables/documents.jsonl", line({"name": "users", "id": USERS})), (name, content)]
    return written(entries)


FAMILY = Family("snapshot", make, check, lambda case: case.data, lambda size: _MEMORY + 100 * size)
BOMBS = Family(
    "bomb",
    lambda random: Snapshot(_bomb(random.randrange(5)), "bomb.zip", 1, is_bomb=True),
    check,
    lambda case: case.data,
    lambda size: _MEMORY_OF_BOMB,
    measured_every=1,
)
