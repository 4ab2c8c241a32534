"""Random delays for what threads tell an event loop: answers of files and databases, and the keys of a pilot."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any
from weakref import WeakKeyDictionary

_LATEST = 0.05


@contextmanager
def jitter(chance: random.Random) -> Iterator[None]:
    """While the block runs, half of it comes up to 50 ms late, and in the order in which it was sent."""
    at_once = asyncio.BaseEventLoop.call_soon_threadsafe
    waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, deque[Callable[[], None]]] = WeakKeyDictionary()

    def late(
        loop: asyncio.BaseEventLoop, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        if not loop.is_running():
            return at_once(loop, callback, *args, context=context)
        is_late = chance.random() < 0.5
        delay = chance.random() * _LATEST if is_late else 0.0

        def call() -> None:
            if not handle.cancelled():
                loop.call_soon(callback, *args, context=context)

        def come() -> None:
            queue = waiting.setdefault(loop, deque())
            if delay or queue:
                queue.append(call)
                loop.call_later(delay, next_one)
            else:
                call()

        def next_one() -> None:
            waiting[loop].popleft()()

        handle = asyncio.Handle(callback, args, loop, context)
        at_once(loop, come)
        return handle

    with _in_place(late):
        yield


@contextmanager
def _in_place(late: Callable[..., asyncio.Handle]) -> Iterator[None]:
    before = asyncio.BaseEventLoop.call_soon_threadsafe
    asyncio.BaseEventLoop.call_soon_threadsafe = late  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        asyncio.BaseEventLoop.call_soon_threadsafe = before  # type: ignore[method-assign]
