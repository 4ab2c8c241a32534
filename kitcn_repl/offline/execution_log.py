"""The function log of an offline deployment: what was recorded, and what it ran itself since it was opened."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from kitcn_repl.offline.log_entries import entry_time
from kitcn_repl.values import JsonObject

LONG_POLL_SECONDS = 60.0
_REMEMBERED = 10_000
"""Entries; a backend forgets at some point too."""


class LogClosedError(Exception):
    """The deployment was closed while somebody waited for its log."""


class ExecutionLog:
    """Entries in the order of their times, each a moment of its own; a moment is a cursor, in milliseconds since 1970.

    `recorded` is asked for at the first look. Belongs to one event loop.
    """

    def __init__(self, recorded: Callable[[], Iterable[JsonObject]], *, patience: float = LONG_POLL_SECONDS) -> None:
        self.patience = patience
        self._recorded: Callable[[], Iterable[JsonObject]] | None = recorded
        self._entries: list[JsonObject] = []
        self._moments: list[float] = []
        self._waiting: set[asyncio.Future[None]] = set()
        self._is_closed = False

    def add(self, entries: Iterable[JsonObject]) -> None:
        self._read_recorded()
        self._append(entries)
        if len(self._entries) > 2 * _REMEMBERED:
            del self._entries[:-_REMEMBERED], self._moments[:-_REMEMBERED]
        self._wake()

    async def after(self, cursor: float) -> tuple[list[JsonObject], float]:
        """Entries after `cursor`, and the cursor behind them; after `patience` seconds there may be none.

        Raises LogClosedError.
        """
        self._read_recorded()
        deadline = asyncio.get_running_loop().time() + self.patience
        while True:
            if self._is_closed:
                raise LogClosedError
            start = bisect_right(self._moments, cursor)
            if start < len(self._entries):
                return self._entries[start:], self._moments[-1]
            if not await self._changed(deadline):
                return [], cursor

    def remembered(self) -> Sequence[JsonObject]:
        """All entries, without waiting for any."""
        self._read_recorded()
        return self._entries

    @property
    def waiters(self) -> int:
        """How many wait for news."""
        return len(self._waiting)

    def close(self) -> None:
        self._is_closed = True
        self._wake()

    def _read_recorded(self) -> None:
        recorded, self._recorded = self._recorded, None
        if recorded is not None:
            self._append(sorted(recorded(), key=entry_time))

    def _append(self, entries: Iterable[JsonObject]) -> None:
        for entry in entries:
            moment = entry_time(entry)
            if self._moments:
                # Two entries of the same moment could not be told apart by a cursor.
                moment = max(moment, self._moments[-1] + 0.001)
            self._entries.append(entry)
            self._moments.append(moment)

    async def _changed(self, deadline: float) -> bool:
        loop = asyncio.get_running_loop()
        news: asyncio.Future[None] = loop.create_future()
        self._waiting.add(news)
        try:
            async with asyncio.timeout_at(deadline):
                await news
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(news)
        return True

    def _wake(self) -> None:
        for waiter in tuple(self._waiting):
            if not waiter.done():
                waiter.set_result(None)
