"""What was found in a deployment's log, kept between runs: the log itself forgets after a thousand executions."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from kitcn_repl.explore.insights.entries import Finding
from kitcn_repl.explore.insights.model import HOUR, WINDOW_HOURS, Hour, Span

FORMAT: Final = 1
RING: Final = 1_000
"""Executions that a backend remembers."""
MOST_EVENTS: Final = 20_000
MOST_EVENTS_OF_ONE: Final = 2_000
"""Of one insight. Beyond these only the counts of the hours are kept, which stay exact."""
_MOST_INSIGHTS: Final = 1_000
_MOST_SPANS: Final = 500
_LONGEST_TEXT: Final = 300
_PATIENCE: Final = 10.0
"""Seconds to wait for another process that writes."""
_KEPT_UNUSED: Final = 30 * 24 * 3600.0
_SUFFIX: Final = ".history"

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), cursor REAL NOT NULL, newest REAL NOT NULL);
CREATE TABLE IF NOT EXISTS insight (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, component TEXT NOT NULL, function TEXT NOT NULL, tbl TEXT NOT NULL,
    UNIQUE (kind, component, function, tbl)
);
CREATE TABLE IF NOT EXISTS hour (
    insight INTEGER NOT NULL, start INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (insight, start)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
    insight INTEGER NOT NULL, at REAL NOT NULL, request TEXT, execution TEXT, document TEXT, writer TEXT,
    retries INTEGER, documents INTEGER, bytes INTEGER, success INTEGER
);
CREATE INDEX IF NOT EXISTS event_at ON event (insight, at);
CREATE TABLE IF NOT EXISTS span (began REAL NOT NULL, ended REAL NOT NULL, executions INTEGER NOT NULL);
"""

Key = tuple[str, str, str, str]
"""Kind, component, function, table."""


class History:
    """One deployment's findings of the last 72 hours. Close it.

    Several processes may use one file at once, and any of them may be killed: a page of the log counts once, for
    whoever stores it first, and wholly or not at all. Raises sqlite3.Error.
    """

    def __init__(self, path: Path | None) -> None:
        """`path` None keeps everything in memory."""
        self.path = path
        self._database = sqlite3.connect(
            ":memory:" if path is None else path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            if path is not None:
                # Readers do not wait for writers, and nobody for the disk: what a power cut takes, the log has still.
                self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            if self._database.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
                with self._writing():
                    for statement in _SCHEMA.split(";"):
                        self._database.execute(statement)
                    self._database.execute(f"PRAGMA user_version = {FORMAT}")
        except sqlite3.Error:
            self._database.close()
            raise

    def cursor(self) -> float:
        """Where the log was read to; 0 if it never was."""
        found = self._database.execute("SELECT cursor FROM state").fetchone()
        return float(found[0]) if found else 0.0

    def newest(self) -> float:
        """When the newest entry that was seen was logged, in milliseconds since 1970; 0 for none."""
        found = self._database.execute("SELECT newest FROM state").fetchone()
        return float(found[0]) if found else 0.0

    def record(
        self,
        asked: float,
        cursor: float,
        found: Sequence[Finding],
        times: tuple[float, float] | None,
        executions: int,
        *,
        unbroken: bool = True,
    ) -> bool:
        """Store what a page of the log held, asked for at cursor `asked` and ending at `cursor`.

        `times` are those of its first and last entry. False if the history has moved on meanwhile: another process
        has stored this page, or a part of it. What is older than 72 hours before the newest entry goes.
        `unbroken` tells that the log lost nothing before this page.
        """
        with self._writing():
            if self.cursor() != asked:
                return False
            newest = max(self.newest(), times[1] if times else 0.0)
            self._database.execute("INSERT OR REPLACE INTO state VALUES (1, ?, ?)", (cursor, newest))
            self._add(found)
            if times is not None:
                self._see(asked, times, cursor, executions, unbroken=unbroken)
                self._forget(newest)
            return True

    def rewind(self, cursor: float) -> None:
        """Go on from `cursor`: the deployment's log has begun anew."""
        with self._writing():
            self._database.execute("UPDATE state SET cursor = ?", (cursor,))

    def insights(self) -> Iterator[tuple[int, Key]]:
        for number, *key in self._database.execute(
            "SELECT id, kind, component, function, tbl FROM insight ORDER BY id"
        ):
            kind, component, function, table = key
            yield number, (kind, component, function, table)

    def hours(self, insight: int, begin: float, end: float) -> list[Hour]:
        """Those that begin or end in the window, oldest first."""
        rows = self._database.execute(
            "SELECT start, count FROM hour WHERE insight = ? AND start > ? AND start <= ? ORDER BY start",
            (insight, begin - HOUR, end),
        )
        return [Hour(start, count) for start, count in rows]

    def events(self, insight: int, key: Key, begin: float, end: float) -> Iterator[Finding]:
        """Newest first."""
        rows = self._database.execute(
            "SELECT at, request, execution, document, writer, retries, documents, bytes, success FROM event"
            " WHERE insight = ? AND at >= ? AND at <= ? ORDER BY at DESC, rowid DESC",
            (insight, begin, end),
        )
        kind, component, function, table = key
        for at, request, execution, document, writer, retries, documents, size, success in rows:
            yield Finding(
                kind, component, function, table, at, request, execution, document, writer, retries, documents, size,
                None if success is None else bool(success),
            )  # fmt: skip

    def spans(self) -> list[Span]:
        """The stretches of the log that were seen, oldest first."""
        rows = self._database.execute("SELECT began, ended, executions FROM span ORDER BY began")
        return [Span(*row) for row in rows]

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _add(self, found: Sequence[Finding]) -> None:
        touched: set[int] = set()
        for one in found:
            insight = self._insight(one)
            touched.add(insight)
            self._database.execute(
                "INSERT INTO hour VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1",
                (insight, int(one.at // HOUR) * HOUR),
            )
            texts = [None if text is None else text[:_LONGEST_TEXT] for text in one[5:9]]
            self._database.execute(
                "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (insight, one.at, *texts, one.retries, one.documents, one.bytes, one.success),
            )
        for insight in touched:
            self._drop_beyond("insight = ?", (insight,), MOST_EVENTS_OF_ONE)
        if touched:
            self._drop_beyond("true", (), MOST_EVENTS)

    def _drop_beyond(self, where: str, values: tuple[int, ...], most: int) -> None:
        self._database.execute(
            f"DELETE FROM event WHERE rowid IN"  # noqa: S608
            f" (SELECT rowid FROM event WHERE {where} ORDER BY at DESC LIMIT -1 OFFSET {most})",
            values,
        )

    def _insight(self, one: Finding) -> int:
        key = tuple(text[:_LONGEST_TEXT] for text in one[:4])
        columns = ("kind", "component", "function", "tbl")
        where = " AND ".join(f"{column} = ?" for column in columns)
        row = self._database.execute(f"SELECT id FROM insight WHERE {where}", key).fetchone()  # noqa: S608
        if row is None:
            row = self._database.execute(
                "INSERT INTO insight (kind, component, function, tbl) VALUES (?, ?, ?, ?) RETURNING id", key
            ).fetchone()
        return int(row[0])

    def _see(self, asked: float, times: tuple[float, float], cursor: float, executions: int, *, unbroken: bool) -> None:
        """Add to the stretch that ends where this page begins, if it surely does: the log may have lost something
        between, if it holds as much as it ever does."""
        first, last = times[0], max(times[1], cursor)
        row = self._database.execute("SELECT rowid, ended FROM span ORDER BY ended DESC LIMIT 1").fetchone()
        if row is not None and unbroken and asked and row[1] >= asked and executions < RING:
            self._database.execute(
                "UPDATE span SET ended = max(ended, ?), executions = executions + ? WHERE rowid = ?",
                (last, executions, row[0]),
            )
        else:
            self._database.execute("INSERT INTO span VALUES (?, ?, ?)", (first, last, executions))

    def _forget(self, newest: float) -> None:
        oldest = newest - WINDOW_HOURS * HOUR
        self._database.execute("DELETE FROM event WHERE at < ?", (oldest,))
        self._database.execute("DELETE FROM hour WHERE start < ?", (oldest - HOUR,))
        self._database.execute("DELETE FROM span WHERE ended < ?", (oldest,))
        self._database.execute(
            "DELETE FROM span WHERE rowid IN (SELECT rowid FROM span ORDER BY ended DESC LIMIT -1 OFFSET ?)",
            (_MOST_SPANS,),
        )
        self._database.execute(
            "DELETE FROM insight WHERE id NOT IN (SELECT insight FROM hour GROUP BY insight"
            " ORDER BY max(start) DESC LIMIT ?)",
            (_MOST_INSIGHTS,),
        )
        for table in ("hour", "event"):
            self._database.execute(f"DELETE FROM {table} WHERE insight NOT IN (SELECT id FROM insight)")  # noqa: S608


def history_folder(variables: Mapping[str, str]) -> Path:
    """Where histories are, given the environment's variables."""
    from kitcn_repl.offline.snapshot.cache import CACHE_VARIABLE, default_folder

    chosen = variables.get(CACHE_VARIABLE)
    return (Path(chosen) if chosen else default_folder()) / "insights"


def open_history(folder: Path, deployment: str) -> History:
    """The history of a deployment, which `deployment` identifies, in `folder`; only its owner can read it.

    A file that is none is replaced. Raises OSError and sqlite3.Error.
    """
    from kitcn_repl.project.private_files import private_folder

    private_folder(folder)
    _remove_unused(folder)
    path = folder / f"{hashlib.sha256(deployment.encode()).hexdigest()[:40]}-{FORMAT}{_SUFFIX}"
    _create(path)
    try:
        history = History(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        _create(path)
        history = History(path)
    with suppress(OSError):
        os.utime(path)  # marks its use
    return history


def _create(path: Path) -> None:
    """SQLite gives the files beside it the same permissions."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _remove_unused(folder: Path) -> None:
    oldest = time.time() - _KEPT_UNUSED
    for path in folder.glob(f"*{_SUFFIX}"):
        with suppress(OSError, sqlite3.Error):
            if path.stat().st_mtime < oldest:
                with closing(sqlite3.connect(path, timeout=0)) as database:
                    database.execute("BEGIN EXCLUSIVE")  # nobody uses it
                for suffix in ("", "-wal", "-shm"):
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
