"""Copies of a backend's file for our eyes only: made without a lock, consistent all the same, gone when closed.

A copy is good when neither the file nor a journal beside it changed while it was made. A journal or WAL is copied with
the file, and SQLite rolls back or forward in the copy (offline-formats.md 4.14).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from kitcn_repl.offline.backend_file.errors import BackendFileError
from kitcn_repl.offline.backend_file.header import change_counter
from kitcn_repl.offline.snapshot.cache import CACHE_VARIABLE, default_folder
from kitcn_repl.offline.snapshot.progress import ImportProgress
from kitcn_repl.project.private_files import private_folder

Progress = Callable[[ImportProgress], None]

_JOURNALS: Final = ("-journal", "-wal")
_JOURNAL_MAGIC: Final = bytes.fromhex("d9d505f920a163d7")
_SUFFIX: Final = ".copy"
_ABANDONED_SECONDS: Final = 3600.0
_CHUNK: Final = 1 << 20
_ATTEMPTS: Final = 10
_FIRST_PAUSE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Signature:
    """What is different when somebody wrote. Times are nanoseconds; a part is None where there is no such file."""

    parts: tuple[tuple[int, int, int] | None, ...]
    counter: bytes


def signature(path: Path) -> Signature:
    """Raises OSError when the file is gone."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        counter = change_counter(descriptor)
    finally:
        os.close(descriptor)
    return Signature((_part(path), *(_part(_beside(path, suffix)) for suffix in _JOURNALS)), counter)


def needs_copy(path: Path) -> bool:
    """Whether a journal to roll back, or a WAL to apply, is beside the file."""
    with suppress(OSError):
        if _beside(path, "-wal").stat().st_size > 0:
            return True
    with suppress(OSError), _beside(path, "-journal").open("rb") as journal:
        return journal.read(len(_JOURNAL_MAGIC)) == _JOURNAL_MAGIC
    return False


def connect_readonly(path: Path) -> sqlite3.Connection:
    """A connection that takes no lock and makes no file, for what nobody writes meanwhile. Raises sqlite3.Error."""
    location = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    return sqlite3.connect(location, uri=True, isolation_level=None, check_same_thread=False)


def connect_to_copy(path: Path, cache_dir: Path | None, progress: Progress | None) -> sqlite3.Connection:
    """A connection to a private copy of the file as it is now. The copy has no name any more when this returns.

    Raises BackendFileError when there is no room, or when the file never stands still.
    """
    with _private_folder(cache_dir) as folder:
        copy = folder / "copy.sqlite3"
        try:
            _copy_at_rest(path, copy, progress)
        except OSError as error:
            raise BackendFileError(
                f"Cannot make a private copy of {path.name}: {error.strerror or error}.",
                hint=f"Set {CACHE_VARIABLE} to a folder with enough room.",
            ) from None
        _settle(copy)
        connection = connect_readonly(copy)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # opens it, before the name goes
        except BaseException:
            connection.close()
            raise
        return connection


def _copy_at_rest(path: Path, copy: Path, progress: Progress | None) -> None:
    pause = _FIRST_PAUSE
    for _ in range(_ATTEMPTS):
        before = signature(path)
        for suffix in ("", *_JOURNALS):
            target = _beside(copy, suffix)
            target.unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                _copy(_beside(path, suffix), target, progress if not suffix else None)
        if signature(path) == before:
            return
        time.sleep(pause)
        pause *= 2 if pause < 0.2 else 1
    raise BackendFileError(
        f"{path.name} is being written to all the time, so it cannot be read.",
        hint="A backend is running on it: ask that one.",
    )


def _copy(source: Path, target: Path, progress: Progress | None) -> None:
    with source.open("rb") as original:
        total, done = os.fstat(original.fileno()).st_size, 0
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as copied:
            while chunk := original.read(_CHUNK):
                copied.write(chunk)
                done += len(chunk)
                if progress is not None:
                    progress(ImportProgress(done, max(total, done), 0, source.name))


def _settle(copy: Path) -> None:
    """Let SQLite roll back or forward what the copy was in the middle of."""
    if not any(_beside(copy, suffix).exists() for suffix in _JOURNALS):
        return
    connection = sqlite3.connect(copy, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    finally:
        connection.close()


@contextmanager
def _private_folder(cache_dir: Path | None) -> Iterator[Path]:
    """A new folder that only its owner can look into; it goes when the block ends."""
    folder = _new_folder(cache_dir)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _new_folder(cache_dir: Path | None) -> Path:
    try:
        home = private_folder((cache_dir or default_folder()) / "backend-files")
        _remove_abandoned(home)
        return Path(tempfile.mkdtemp(suffix=_SUFFIX, dir=home))
    except OSError:
        return Path(tempfile.mkdtemp(prefix="kitcn-", suffix=_SUFFIX))


def _remove_abandoned(home: Path) -> None:
    """Copies have names for moments only; one that is old is of a process that was killed."""
    oldest = time.time() - _ABANDONED_SECONDS
    for folder in home.glob(f"*{_SUFFIX}"):
        with suppress(OSError):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def _part(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
