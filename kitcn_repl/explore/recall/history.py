"""The queries of a project, the newest first, kept between runs."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kitcn_repl.explore.recall.secrets import without_secrets
from kitcn_repl.project.private_files import private_folder

_FILE: Final = "history.sqlite3"
_FORMAT: Final = 1
_PATIENCE: Final = 5.0
"""Seconds to wait for another process that writes."""
MOST: Final = 5_000
_TIDIED_EVERY: Final = 100
LONGEST: Final = 100_000
"""Characters; a longer text was not typed."""

_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS query (number INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL UNIQUE,"
    " at REAL NOT NULL, deployment TEXT NOT NULL, failed INTEGER NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class PastQuery:
    """`at` is when it ran last, in milliseconds since 1970; `deployment` the label of where."""

    text: str
    at: float
    deployment: str
    failed: bool


class QueryHistory:
    """One file for all that work in the project, at once too. A text is there once, with its last run.

    Nothing here fails: where the file cannot be used, the history lasts as long as the object. Usable from any thread.
    """

    def __init__(self, folder: Path | None) -> None:
        """`folder` is the project's `recall_folder`; None keeps everything in memory."""
        self._lock = threading.Lock()
        self.problem: str | None = None
        """Why the history is not kept, for people."""
        self._database = self._open(folder)

    def add(self, text: str, *, deployment: str = "", failed: bool = False, at: float | None = None) -> None:
        """Remember a text, its keys and tokens masked."""
        text = text.strip()
        if not text or len(text) > LONGEST or "\0" in text or not _is_unicode(text):
            return
        text = without_secrets(text)
        moment = time.time() * 1000 if at is None else at
        with suppress(sqlite3.Error), self._writing() as database:
            # Anew, so that its number says when it was used last.
            database.execute("DELETE FROM query WHERE text = ?", (text,))
            number = database.execute(
                "INSERT INTO query (text, at, deployment, failed) VALUES (?, ?, ?, ?)",
                (text, moment, deployment, failed),
            ).lastrowid
            if number is not None and number % _TIDIED_EVERY == 0:
                beyond = database.execute("SELECT number FROM query ORDER BY number DESC LIMIT 1 OFFSET ?", (MOST,))
                database.executemany("DELETE FROM query WHERE number <= ?", beyond.fetchall())

    def recent(self, limit: int = 100, like: str | None = None) -> list[PastQuery]:
        """The newest first; with `like` those that hold all its words, in whatever case."""
        words = (like or "").split()
        where = " AND ".join(["text LIKE ? ESCAPE '!'"] * len(words)) or "true"
        with self._lock, suppress(sqlite3.Error):
            rows = self._database.execute(
                f"SELECT text, at, deployment, failed FROM query WHERE {where} ORDER BY number DESC LIMIT ?",  # noqa: S608
                (*map(_pattern, words), limit),
            )
            return [PastQuery(text, at, deployment, bool(failed)) for text, at, deployment, failed in rows]
        return []

    def forget(self, text: str) -> None:
        """Remove one text."""
        with suppress(sqlite3.Error), self._writing() as database:
            database.execute("DELETE FROM query WHERE text = ?", (text,))

    def clear(self) -> None:
        """Remove all."""
        with suppress(sqlite3.Error), self._writing() as database:
            database.execute("DELETE FROM query")

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def _open(self, folder: Path | None) -> sqlite3.Connection:
        if folder is not None:
            path = folder / _FILE
            try:
                private_folder(folder)
                try:
                    return _connect(path)
                except sqlite3.OperationalError:
                    raise
                except sqlite3.DatabaseError:  # no database: nothing of it can be read
                    for suffix in ("", "-wal", "-shm"):
                        path.with_name(path.name + suffix).unlink(missing_ok=True)
                    return _connect(path)
            except (OSError, sqlite3.Error) as error:
                self.problem = f"Queries are not remembered: {path} cannot be used ({error})."
        return _connect(None)


def _connect(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        # SQLite gives the files beside it the same permissions.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    database = sqlite3.connect(
        ":memory:" if path is None else path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        if path is not None:
            database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        if database.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
            database.execute(_SCHEMA)
            database.execute(f"PRAGMA user_version = {_FORMAT}")
    except sqlite3.Error:
        database.close()
        raise
    return database


def _pattern(word: str) -> str:
    for character in "!%_":
        word = word.replace(character, f"!{character}")
    return f"%{word}%"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
