"""The file, and the folder that it is in, stay as they are, whoever else is at work on them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from kitcn_repl.offline.backend_file import BackendFileError, open_backend_file
from kitcn_repl.offline.snapshot import ImportProgress
from kitcn_repl.offline.store import BY_CREATION_TIME, Store
from tests.offline.backend_file.conftest import Open
from tests.support.backend_files import BackendFileWriter

USERS = 10001

# Another process on the file, as a backend would be. It does what it is told line by line, and says when it is done.
OTHER = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for line in sys.stdin:
    if line.strip() == "die":
        os._exit(9)
    connection.execute(line)
    print("done", flush=True)
"""
SPILL = (
    "PRAGMA cache_size = 1",
    "BEGIN IMMEDIATE",
    "UPDATE documents SET json_value = json_value || ' '",
    "UPDATE documents SET json_value = '\"half-written\"' WHERE deleted = 0",
)


class Other:
    def __init__(self, process: subprocess.Popen[str], pipe: IO[str], answers: IO[str]) -> None:
        self._process, self._pipe, self._answers = process, pipe, answers

    def run(self, *statements: str) -> None:
        for statement in statements:
            self._pipe.write(f"{statement}\n")
            self._pipe.flush()
            assert self._answers.readline() == "done\n"

    def die(self) -> None:
        """End at once, leaving behind whatever is on disk."""
        self._pipe.write("die\n")
        self._pipe.flush()
        assert self._process.wait() == 9


@contextmanager
def other(path: Path) -> Iterator[Other]:
    command = [sys.executable, "-c", OTHER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Other(process, process.stdin, process.stdout)
        if process.poll() is None:
            process.kill()


def fill(writer: BackendFileWriter, count: int = 300) -> None:
    users = writer.table("users", USERS)
    for number in range(count):
        writer.put(users, {"name": f"{number}", "text": "x" * 200})


def read_all(store: Store) -> list[str]:
    rows = store.rows(store.tables("")["users"], BY_CREATION_TIME, b"", None, descending=False, limit=10_000)
    return [json.loads(row.text)["name"] for row in rows]


def state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file of the folder with its bytes, time and inode."""
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in sorted(folder.iterdir())
    }


def everything(path: Path, cache: Path) -> list[str]:
    dataset = open_backend_file(path, cache_dir=cache)
    found = read_all(dataset.store)
    assert dataset.store.tables("")["users"].count == len(found)
    assert dataset.system is not None
    assert dataset.system.tables("")["_tables"].count > 0
    dataset.store.close()
    return found


def left_in(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


def test_reading_changes_nothing(writer: BackendFileWriter, file: Path, tmp_path: Path) -> None:
    fill(writer)
    writer.write(file)
    before, folder_time = state(file.parent), file.parent.stat().st_mtime_ns
    assert len(everything(file, tmp_path / "cache")) == 300
    assert state(file.parent) == before
    assert file.parent.stat().st_mtime_ns == folder_time
    assert not (tmp_path / "cache").exists()


def test_a_file_and_folder_that_cannot_be_written(writer: BackendFileWriter, file: Path, tmp_path: Path) -> None:
    fill(writer)
    writer.write(file).chmod(0o400)
    file.parent.chmod(0o500)
    try:
        assert len(everything(file, tmp_path / "cache")) == 300
    finally:
        file.parent.chmod(0o700)


def test_no_lock_is_taken(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    """Another process can take the exclusive lock, and keep it, while pages are read."""
    fill(writer)
    store = open_file(writer.write(file)).store
    table = store.tables("")["users"]
    first = store.rows(table, BY_CREATION_TIME, b"", None, descending=False, limit=10)
    with other(file) as backend:
        backend.run("BEGIN EXCLUSIVE")
        second = store.rows(table, BY_CREATION_TIME, first[-1].key + b"\0", None, descending=False, limit=10_000)
        assert len(first) + len(second) == 300
        backend.run("ROLLBACK")


def hot_journal(path: Path) -> None:
    with other(path) as backend:
        backend.run(*SPILL)
        backend.die()
    assert path.with_name(f"{path.name}-journal").stat().st_size > 0


def test_a_hot_journal_is_rolled_back_in_a_copy(writer: BackendFileWriter, file: Path, tmp_path: Path) -> None:
    fill(writer)
    writer.write(file)
    intact = file.read_bytes()
    hot_journal(file)
    assert file.read_bytes() != intact, "the transaction did not get as far as the file"
    before = state(file.parent)
    cache = tmp_path / "cache"
    assert everything(file, cache) == [str(number) for number in range(300)]
    assert state(file.parent) == before
    assert left_in(cache) == []
    dataset = open_backend_file(file, cache_dir=cache)
    assert "private copy" in (dataset.note or "")
    assert "was read from a private copy" in dataset.notices[0]
    dataset.store.close()


def test_a_journal_that_is_not_hot_is_left_alone(writer: BackendFileWriter, file: Path, tmp_path: Path) -> None:
    fill(writer)
    writer.write(file)
    for content in (b"", b"\0" * 512):
        file.with_name(f"{file.name}-journal").write_bytes(content)
        before = state(file.parent)
        assert len(everything(file, tmp_path / "cache")) == 300
        assert state(file.parent) == before
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("shared_memory", ["kept", "lost"])
def test_a_wal_is_applied_in_a_copy(writer: BackendFileWriter, file: Path, tmp_path: Path, shared_memory: str) -> None:
    fill(writer, 20)
    writer.write(file)
    ghost = 'DELETE FROM documents WHERE json_value LIKE \'%"name":"7"%\''
    with other(file) as backend:
        backend.run("PRAGMA journal_mode = WAL", ghost)
        backend.run(
            "DELETE FROM indexes WHERE document_id IS NOT NULL AND (ts, table_id, document_id) NOT IN "
            "(SELECT ts, table_id, id FROM documents)"
        )
        backend.die()
    assert file.with_name(f"{file.name}-wal").stat().st_size > 0
    if shared_memory == "lost":
        file.with_name(f"{file.name}-shm").unlink()
    before = state(file.parent)
    assert everything(file, tmp_path / "cache") == [str(number) for number in range(20) if number != 7]
    assert state(file.parent) == before
    assert left_in(tmp_path / "cache") == []


def test_a_file_in_wal_mode_without_a_wal(writer: BackendFileWriter, file: Path, tmp_path: Path) -> None:
    fill(writer, 20)
    connection = sqlite3.connect(writer.write(file))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    before = state(file.parent)
    assert list(before) == [file.name]
    assert len(everything(file, tmp_path / "cache")) == 20
    assert state(file.parent) == before


def test_copies_are_for_their_owner_only(writer: BackendFileWriter, file: Path, tmp_path: Path) -> None:
    fill(writer)
    hot_journal(writer.write(file))
    modes: set[tuple[str, int]] = set()

    def look(progress: ImportProgress) -> None:
        assert 0 < progress.bytes_done <= progress.bytes_total
        for path in (tmp_path / "cache").rglob("*"):
            modes.add(("folder" if path.is_dir() else "file", path.stat().st_mode & 0o777))

    old = os.umask(0)
    try:
        open_backend_file(file, cache_dir=tmp_path / "cache", progress=look).store.close()
    finally:
        os.umask(old)
    assert modes == {("folder", 0o700), ("file", 0o600)}


def test_an_interrupted_copy_leaves_nothing(writer: BackendFileWriter, file: Path, tmp_path: Path) -> None:
    fill(writer)
    hot_journal(writer.write(file))

    def interrupt(progress: ImportProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_backend_file(file, cache_dir=tmp_path / "cache", progress=interrupt)
    assert left_in(tmp_path / "cache") == []


def test_a_commit_while_it_is_open_is_seen_whole(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    fill(writer, 50)
    store = open_file(writer.write(file)).store
    assert len(read_all(store)) == 50
    with other(file) as backend:
        backend.run("BEGIN")
        backend.run("DELETE FROM indexes WHERE document_id IN (SELECT id FROM documents WHERE json_value LIKE '%xxx%')")
        assert len(read_all(store)) == 50
        backend.run("COMMIT")
        # What was committed after the change was noticed is of no concern any more: the state stands still.
        assert len(read_all(store)) == 50


def test_a_file_that_changed_is_read_anew_once(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    fill(writer, 50)
    store = open_file(writer.write(file)).store
    assert store.tables("")["users"].count == 50
    more = BackendFileWriter()
    fill(more, 60)
    file.unlink()
    more.write(file)
    assert len(read_all(store)) == 60
    assert store.tables("")["users"].count == 60
    file.unlink()
    assert len(read_all(store)) == 60


def test_a_later_copy_is_made_quietly(writer: BackendFileWriter, file: Path, tmp_path: Path) -> None:
    """Who opened the file has gone on by then, and may not take a call any more."""
    fill(writer, 50)
    writer.write(file)

    def stopped(progress: ImportProgress) -> None:
        raise AssertionError("called after the opening")

    store = open_backend_file(file, cache_dir=tmp_path / "cache", progress=stopped).store
    with other(file) as backend:
        backend.run("UPDATE persistence_globals SET json_value = '1' WHERE key = 'max_repeatable_ts'")
    assert len(read_all(store)) == 50
    store.close()


def test_a_file_that_is_gone(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    fill(writer, 5)
    store = open_file(writer.write(file)).store
    file.unlink()
    with pytest.raises(BackendFileError, match="can no longer be read: No such file"):
        store.tables("")


def test_a_backend_that_writes_all_the_time(writer: BackendFileWriter, file: Path, tmp_path: Path) -> None:
    """Each of many openings sees a whole state, or says that it cannot get one."""
    fill(writer, 50)
    writer.write(file)
    stop = threading.Event()
    with other(file) as backend:
        backend.run("PRAGMA synchronous = OFF")

        def write() -> None:
            while not stop.is_set():
                backend.run(
                    "BEGIN",
                    "UPDATE documents SET json_value = json_value || ' ' WHERE json_value LIKE '%\"name\":\"1%'",
                    "COMMIT",
                )

        thread = threading.Thread(target=write)
        thread.start()
        try:
            seen = _openings(file, tmp_path / "cache")
        finally:
            stop.set()
            thread.join()
    assert seen > 0
    assert left_in(tmp_path / "cache") == []


def _openings(file: Path, cache: Path) -> int:
    seen = 0
    for _ in range(10):
        try:
            assert everything(file, cache) == [str(number) for number in range(50)]
        except BackendFileError as error:
            assert "being written to all the time" in error.message
        else:
            seen += 1
    return seen


def test_a_symbolic_link_finds_the_journal(writer: BackendFileWriter, file: Path, tmp_path: Path) -> None:
    fill(writer)
    hot_journal(writer.write(file))
    link = tmp_path / "link.sqlite3"
    link.symlink_to(file)
    assert len(everything(link, tmp_path / "cache")) == 300


@pytest.mark.parametrize("name", ["a b%20?c#d.sqlite3", "ünï☃.sqlite3", "-journal"])
def test_any_name(writer: BackendFileWriter, file: Path, tmp_path: Path, name: str) -> None:
    fill(writer, 3)
    path = writer.write(file.with_name("plain")).rename(file.with_name(name))
    before = state(path.parent)
    assert len(everything(path, tmp_path / "cache")) == 3
    assert state(path.parent) == before


def test_threads_share_it(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    fill(writer)
    store = open_file(writer.write(file)).store
    found: list[int] = []

    def work() -> None:
        found.extend(len(read_all(store)) for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [300] * 40


def test_closing_is_final(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    fill(writer, 3)
    store = open_file(writer.write(file)).store
    store.close()
    store.close()
    with pytest.raises(BackendFileError, match="was closed"):
        store.tables("")
