"""The import's cache: complete or absent, private, shared between processes, bounded; and memory that stays flat."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitcn_repl.offline.snapshot import ImportProgress, SnapshotError, open_snapshot
from kitcn_repl.offline.snapshot.cache import CACHE_VARIABLE, default_folder
from kitcn_repl.offline.snapshot.lines import MAX_LINE_BYTES
from tests.support.snapshots import (
    UNIFORM,
    USERS,
    Content,
    document_id,
    line,
    snapshot_entries,
    users,
    write_snapshot,
)

ROOT = Path(__file__).parents[2]

CHILD = """
import json, resource, sys
from pathlib import Path
from kitcn_repl.offline.snapshot import open_snapshot
def progress(step):
    if "wait" in sys.argv and step.documents:
        print("begun", flush=True)
        sys.stdin.readline()
dataset = open_snapshot(Path(sys.argv[1]), cache_dir=Path(sys.argv[2]), progress=progress)
tables = {name: table.count for name, table in dataset.store.tables("").items()}
if sys.platform == "linux":
    # Not ru_maxrss, which begins with the size of the process that started this one.
    peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"tables": tables, "peak": peak}), flush=True)
"""


def child(path: Path, cache: Path, *flags: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(cache), *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def files(cache: Path) -> list[Path]:
    return sorted(path for path in cache.rglob("*") if path.is_file())


def snapshot(folder: Path, count: int = 5000, name: str = "s.zip") -> Path:
    return write_snapshot(folder / name, snapshot_entries({"users": users(count)}))


def count(path: Path, cache: Path) -> int:
    dataset = open_snapshot(path, cache_dir=cache)
    dataset.store.close()
    return dataset.store.tables("")["users"].count


def test_the_second_opening_reads_no_documents(tmp_path: Path) -> None:
    path = snapshot(tmp_path)
    cache = tmp_path / "cache"
    assert count(path, cache) == 5000
    (store,) = files(cache)
    inode = store.stat().st_ino
    data = bytearray(path.read_bytes())
    data[200:20_000] = bytes(19_800)  # the table of contents, which tells the snapshot, is after that
    path.write_bytes(data)
    assert count(path, cache) == 5000
    assert files(cache) == [store]
    assert store.stat().st_ino == inode
    with pytest.raises(SnapshotError):
        open_snapshot(path, cache_dir=tmp_path / "other cache")


def test_the_same_snapshot_under_another_name_is_not_imported_again(tmp_path: Path) -> None:
    path = snapshot(tmp_path)
    cache = tmp_path / "cache"
    count(path, cache)
    path.rename(tmp_path / "renamed.zip")
    assert count(tmp_path / "renamed.zip", cache) == 5000
    assert len(files(cache)) == 1


def test_another_snapshot_is_imported_even_under_the_same_name(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert count(snapshot(tmp_path, 10), cache) == 10
    assert count(snapshot(tmp_path, 11), cache) == 11
    assert len(files(cache)) == 2


def test_only_the_owner_can_read_the_cache(tmp_path: Path) -> None:
    cache = tmp_path / "a" / "cache"
    before = os.umask(0)
    try:
        dataset = open_snapshot(snapshot(tmp_path), cache_dir=cache)
        dataset.store.rows(
            dataset.store.tables("")["users"], ("name", "_creationTime"), b"", None, descending=False, limit=1
        )
        dataset.store.close()
    finally:
        os.umask(before)
    assert len(files(cache)) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(cache)} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in [cache, *cache.iterdir()]} == {0o700}


def test_an_exception_from_progress_ends_the_import_and_leaves_nothing(tmp_path: Path) -> None:
    path = snapshot(tmp_path)
    cache = tmp_path / "cache"

    def stop(step: ImportProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_snapshot(path, cache_dir=cache, progress=stop)
    assert files(cache) == []
    assert count(path, cache) == 5000


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_killed_import_leaves_no_half_cache(tmp_path: Path) -> None:
    path = snapshot(tmp_path)
    cache = tmp_path / "cache"
    process = child(path, cache, "wait")
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    (partial,) = files(cache)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert files(cache) == [partial]
    assert count(path, cache) == 5000
    assert not partial.exists()
    assert len(files(cache)) == 1


def test_two_imports_at_once_both_succeed_and_spare_each_other(tmp_path: Path) -> None:
    path = snapshot(tmp_path)
    cache = tmp_path / "cache"
    processes = [child(path, cache, "wait"), child(path, cache, "wait")]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
    assert len(files(cache)) == 2
    for process in processes:
        answer = process.communicate("\n" * 100)[0]
        assert process.returncode == 0
        assert json.loads(answer.splitlines()[-1])["tables"] == {"users": 5000}
    assert len(files(cache)) == 1
    assert count(path, cache) == 5000


def test_a_damaged_store_is_imported_again(tmp_path: Path) -> None:
    path = snapshot(tmp_path)
    cache = tmp_path / "cache"
    count(path, cache)
    (store,) = files(cache)
    store.write_bytes(b"SQLite format 3\0" + bytes(100))
    assert count(path, cache) == 5000
    assert files(cache) == [store]


def test_old_stores_go_with_their_indexes(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    old = snapshot(tmp_path, 10, "old.zip")
    dataset = open_snapshot(old, cache_dir=cache)
    table = dataset.store.tables("")["users"]
    dataset.store.rows(table, ("name", "_creationTime"), b"", None, descending=False, limit=1)
    dataset.store.close()
    before = files(cache)
    assert len(before) == 2
    for path in before:
        os.utime(path, (time.time() - 31 * 86400,) * 2)
    count(snapshot(tmp_path, 11, "new.zip"), cache)
    (new,) = files(cache)
    assert new not in before


def test_only_the_twenty_stores_used_last_are_kept(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    stores: list[Path] = []
    for number in range(20):
        count(snapshot(tmp_path, number + 1, f"{number}.zip"), cache)
        (store,) = set(files(cache)) - set(stores)
        stores.append(store)
        os.utime(store, (time.time() - 1000 + number,) * 2)
    count(tmp_path / "0.zip", cache)  # used again
    count(snapshot(tmp_path, 50, "last.zip"), cache)
    assert len(files(cache)) == 20
    assert stores[0].exists()
    assert not stores[1].exists()


def test_the_cache_folder_is_chosen_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "chosen"))
    open_snapshot(snapshot(tmp_path)).store.close()
    assert len(files(tmp_path / "chosen")) == 1
    monkeypatch.delenv(CACHE_VARIABLE)
    assert default_folder().name == "kitcn"


def peak(path: Path, cache: Path) -> int:
    """Peak memory of a process that imports the snapshot, in bytes."""
    process = child(path, cache)
    answer = process.communicate()[0]
    assert process.returncode == 0
    return int(json.loads(answer)["peak"])


def many_users(megabytes: int) -> Iterator[bytes]:
    filler = b"x" * 4900
    for index in range(megabytes * 200):
        yield b'{"_creationTime":1.0,"_id":"%b","filler":"%b"}\n' % (document_id(USERS, index).encode(), filler)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_snapshot(tmp_path: Path) -> None:
    peaks = []
    for megabytes in (2, 200):
        entries: list[tuple[str, Content]] = [
            ("users/documents.jsonl", many_users(megabytes)),
            ("users/generated_schema.jsonl", UNIFORM),
        ]
        path = write_snapshot(tmp_path / f"{megabytes}.zip", entries, level=1)
        peaks.append(peak(path, tmp_path / f"cache{megabytes}"))
    print(peaks)
    assert peaks[1] - peaks[0] < 40e6
    assert peaks[1] < 200e6


@pytest.mark.slow
def test_memory_does_not_grow_with_hints(tmp_path: Path) -> None:
    def documents(number: int) -> Iterator[bytes]:
        for index in range(number):
            yield b'{"_creationTime":1.0,"_id":"%b","v":"1"}\n' % document_id(USERS, index).encode()

    def schema(number: int) -> Iterator[bytes]:
        yield line('{"v": int64 | string}')
        for index in range(number):
            yield b'{"%b":{"v":"int64"}}\n' % document_id(USERS, index).encode()

    peaks = []
    for number in (1000, 100_000):
        entries: list[tuple[str, Content]] = [
            ("users/generated_schema.jsonl", schema(number)),
            ("users/documents.jsonl", documents(number)),
        ]
        path = write_snapshot(tmp_path / f"{number}.zip", entries, level=1)
        peaks.append(peak(path, tmp_path / f"cache{number}"))
    print(peaks)
    assert peaks[1] - peaks[0] < 40e6


@pytest.mark.slow
def test_memory_does_not_grow_with_stored_files(tmp_path: Path) -> None:
    peaks = []
    for number in (10, 50_000):
        entries: list[tuple[str, Content]] = [
            *snapshot_entries({"users": users(1)}),
            ("_storage/documents.jsonl", b""),
            *((f"_storage/{document_id(540, index)}.png", b"") for index in range(number)),
        ]
        path = write_snapshot(tmp_path / f"{number}.zip", entries)
        peaks.append(peak(path, tmp_path / f"cache{number}"))
    print(peaks)
    assert peaks[1] - peaks[0] < 20e6


def test_the_longest_line_fits_in_memory(tmp_path: Path) -> None:
    text = "☃" * ((MAX_LINE_BYTES - 1000) // 3)
    document = line({"_creationTime": 1.0, "_id": document_id(USERS, 1), "text": text})
    path = write_snapshot(tmp_path / "s.zip", [("users/documents.jsonl", document)])
    assert peak(path, tmp_path / "cache") < 200e6
