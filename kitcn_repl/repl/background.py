"""The event loop of a shell: in a thread of its own, so that the main one can wait for keys, and for ctrl-c."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

_SETTLING = 5.0
"""Seconds that cancelled work gets to clean up: ending a process, closing a connection."""


class Background:
    """Open deployments live here, from one question to the next. Close it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._main, name="kitcn shell", daemon=True)
        self._thread.start()

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self._loop.run_until_complete(asyncio.wait(tasks, timeout=_SETTLING))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def start(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(
        self, work: Coroutine[Any, Any, T], *, patience: float | None = None, on_wait: Callable[[], None] | None = None
    ) -> T:
        """Wait for the work, and call `on_wait` once that has taken `patience` seconds. ctrl-c cancels it."""
        return self.wait(self.start(work), patience=patience, on_wait=on_wait)

    def wait(
        self,
        future: concurrent.futures.Future[T],
        *,
        patience: float | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> T:
        """As `run`, for what has been started."""
        try:
            if patience is not None and on_wait is not None:
                concurrent.futures.wait((future,), patience)
                if not future.done():
                    on_wait()
            return future.result()
        except concurrent.futures.CancelledError:
            raise KeyboardInterrupt from None
        except KeyboardInterrupt:
            self._cancel(future)
            raise

    def _cancel(self, future: concurrent.futures.Future[T]) -> None:
        """Cancel, and wait until it has cleaned up. A second ctrl-c does not wait."""
        future.cancel()

        async def settle() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            cancelled = {task for task in others if task.cancelling()}
            if cancelled:
                await asyncio.wait(cancelled, timeout=_SETTLING)

        with suppress(KeyboardInterrupt):
            self.start(settle()).result(_SETTLING + 1)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        with suppress(KeyboardInterrupt):
            self._thread.join(_SETTLING * 2)
