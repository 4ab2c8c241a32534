"""From a deployment's log into its history."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Literal

from kitcn_repl.deployment.address import parse_address
from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.deployment.models import DeploymentInfo, LogPage
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.insights.entries import findings, times
from kitcn_repl.explore.insights.history import History

_LEAST_WAIT: Final = 0.25
"""Seconds to wait for more of a log that may have no more."""
_FIRST_WAITS: Final = {"offline": 0.5, "here": 1.5, "away": 8.0}
"""Seconds after which a log that has said nothing holds nothing, by where it is: what it holds may be a megabyte."""
_FEW: Final = 50
"""Entries that come in a page only when all older ones have come."""
_BUDGET: Final = 20.0
"""Seconds after which catching up ends, on a deployment that logs faster than we read."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 16.0
_SOON: Final = 1.0
"""Seconds; a server that knows nothing new should wait longer before it says so, and is not asked in haste if not."""


class Collector:
    """Reads what the log says of limits and conflicts into `history`. `clock` counts seconds from any start."""

    def __init__(
        self, deployment: Deployment, history: History, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.history = history
        self.present: float | None = None
        """The deployment's own time, in milliseconds since 1970, where it is not the world's."""
        self.executions = 0
        """How many were read of, whether the history took them or not."""
        self._deployment = deployment
        self._clock = clock

    async def catch_up(self) -> None:
        """Read all that the log holds and the history does not, without waiting for what is still to come.

        Raises DeploymentError, and sqlite3.Error.
        """
        began = self._clock()
        page = await self._first()
        if page is None:
            return
        known = self.history.cursor()
        unbroken = True
        if known:
            self._note(page)
            if page.cursor == known:
                return
            span = times(page.entries)
            # A log that does not reach back to where we were may have lost what was between.
            unbroken = span is not None and span[0] <= known
            known, page = await self._resumed(known, page)
        while page.entries and self._clock() - began < _BUDGET:
            if not self.store(known, page, unbroken=unbroken):
                known = self.history.cursor()  # another process was first
            else:
                known, unbroken = page.cursor, True
                if len(page.entries) < _FEW and self._is_live(page):
                    return
            following = await self._within(known, self._wait)
            if following is None:
                return
            page = following

    async def follow(self) -> None:
        """Read on until cancelled; what goes wrong is tried again, ever later."""
        pause = _FIRST_PAUSE
        while True:
            try:
                await self.catch_up()
                while True:
                    known, began = self.history.cursor(), self._clock()
                    page = await self._deployment.function_logs(known)
                    self.store(known, page)
                    pause = _FIRST_PAUSE
                    if not page.entries and self._clock() - began < _SOON:
                        await asyncio.sleep(pause)
            except (DeploymentError, sqlite3.Error):
                await asyncio.sleep(pause)
                pause = min(_LONGEST_PAUSE, 2 * pause)

    def store(self, asked: float, page: LogPage, *, unbroken: bool = True) -> bool:
        """Whether the history took it; see `History.record`."""
        self._note(page)
        entries = page.entries
        executions = sum(entry.get("kind") != "Progress" for entry in entries)
        self.executions += executions
        found = list(findings(entries))
        return self.history.record(asked, page.cursor, found, times(entries), executions, unbroken=unbroken)

    async def _first(self) -> LogPage | None:
        """All that the log holds, as a backend gives it at once; None if there is nothing.

        An empty log keeps silent for a minute, as one does that is far away. So something else is asked meanwhile, and
        tells how long answers take here.
        """
        began = self._clock()
        asked = asyncio.ensure_future(self._deployment.function_logs(0.0))
        try:
            info = await self._deployment.info()
            took = self._clock() - began
            self._wait = max(_LEAST_WAIT, 3 * took)
            done, _ = await asyncio.wait({asked}, timeout=max(_FIRST_WAITS[_whereabouts(info)], 4 * took))
            return asked.result() if done else None
        finally:
            await cancel(asked)

    async def _resumed(self, known: float, page: LogPage) -> tuple[float, LogPage]:
        """Where to go on, and the page from there. A log that ends before `known` has begun anew."""
        if page.cursor > known:
            # It has something, so it may take its time.
            return known, await self._within(known, max(_FIRST_WAITS["away"], self._wait)) or LogPage([], known)
        while page.cursor < known:  # the log comes in pieces
            following = await self._within(page.cursor, self._wait)
            if following is None or not following.entries:
                self.history.rewind(0.0)
                first = await self._within(0.0, self._wait)
                return 0.0, first or LogPage([], 0.0)
            page = following
        return known, await self._within(known, self._wait) or LogPage([], known)

    def _note(self, page: LogPage) -> None:
        if page.present is not None:
            self.present = page.present

    def _is_live(self, page: LogPage) -> bool:
        """Whether the page ends about now: then nothing older is to come."""
        span = times(page.entries)
        return span is not None and abs(span[1] - time.time() * 1000) < 5_000

    async def _within(self, cursor: float, seconds: float) -> LogPage | None:
        asked = asyncio.ensure_future(self._deployment.function_logs(cursor))
        try:
            done, _ = await asyncio.wait({asked}, timeout=seconds)
            return asked.result() if done else None
        finally:
            await cancel(asked)

    _wait: float = _LEAST_WAIT


def _whereabouts(info: DeploymentInfo) -> Literal["offline", "here", "away"]:
    if info.kind == "offline":
        return "offline"
    return "here" if info.url is not None and parse_address(info.url).is_loopback else "away"


async def cancel(task: asyncio.Future[LogPage] | asyncio.Future[None]) -> None:
    """End it, and wait until it has; what it had to say is not heard."""
    task.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await task
