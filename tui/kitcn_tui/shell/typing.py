"""Keys one after another: each goes where the one before it has led, however quickly they come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

from textual import events
from textual.app import App, ScreenStackError
from textual.message_pump import MessagePump

Typed = events.Key | events.Paste

_PATIENCE: Final = 1.0
"""Seconds that a key waits at most for what the one before began: a widget that hangs must not take the keys."""
_TURNS: Final = 20
_PAUSE: Final = 0.002
_QUIET_TURNS: Final = 2
"""Turns of the loop: a worker that a key has started opens its dialog in the first."""


class Typing:
    """Hands on what is typed, in its order, and no key before the one before it has done what it does at once: opened
    its dialog, moved the focus, shown its tab. Textual alone sends it to what has the focus when the terminal is read.

    `deliver` is Textual's way for an event.
    """

    def __init__(self, app: App[Any], deliver: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._deliver = deliver
        self._waiting: deque[Typed] = deque()
        self._task: asyncio.Task[None] | None = None
        self.patience = _PATIENCE
        self.delivered = 0
        """How many were handed on."""

    def put(self, event: Typed) -> None:
        """Hand it on as soon as it is its turn."""
        self._waiting.append(event)
        if self._task is None:
            self._task = asyncio.create_task(self._hand_on(), name="typing")

    def stop(self) -> None:
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    async def settled(self) -> None:
        """Wait until everything that was typed has done what it does at once."""
        if self._task is not None:
            await asyncio.wait([self._task])
        await self._quiet()

    async def _hand_on(self) -> None:
        try:
            while self._waiting:
                await self._quiet()
                await self._deliver(self._waiting.popleft())
                self.delivered += 1
        except Exception as error:
            self._app._handle_exception(error)
        finally:
            self._task = None

    async def _quiet(self) -> None:
        """Wait until no message is under way to what can be seen, nor anything put off to the next picture."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience
        turn = quiet = 0
        while quiet < _QUIET_TURNS and loop.time() < deadline:
            quiet = 0 if self._is_busy() else quiet + 1
            turn += 1
            await asyncio.sleep(0 if turn < _TURNS or quiet else _PAUSE)

    def _is_busy(self) -> bool:
        try:
            screen = self._app.screen
        except ScreenStackError:
            return False
        return bool(screen._callbacks) or any(map(_is_at_work, (self._app, *screen.walk_children(with_self=True))))


def _is_at_work(pump: MessagePump) -> bool:
    """Whether messages wait for it, or it is at one: it does not wait for the next."""
    ready: asyncio.Event = pump._message_queue.ready_event
    return ready.is_set() or not ready._waiters
