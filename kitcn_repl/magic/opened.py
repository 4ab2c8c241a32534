"""One open deployment, and what is being learnt of its tables meanwhile."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import TYPE_CHECKING

from kitcn_repl.errors import KitcnError

if TYPE_CHECKING:
    from kitcn_repl.connection import Connection
    from kitcn_repl.explore.completion import Words
    from kitcn_repl.explore.knowledge import Knowledge
    from kitcn_repl.results import Origin

_PATIENCE = 2.0
"""Seconds that a cell waits for what only makes its table nicer."""


class Opened:
    """What is asked of the tables is asked once for each component; after a failure, again."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._learning: dict[str, Future[Knowledge]] = {}
        self._words: dict[str, Words] = {}

    def origin(self, component: str = "") -> Origin:
        return self.connection.origin(component)

    def learn(self, component: str = "") -> Future[Knowledge]:
        """Start to ask what the tables are like, unless that is going on or done."""
        future = self._learning.get(component)
        if future is None or (future.done() and _failed(future)):
            future = self.connection.start(self.origin(component).learn)
            self._learning[component] = future
        return future

    def await_knowledge(self, component: str = "") -> None:
        """Wait a moment for what `learn` asks; without it values show as they are stored."""
        with suppress(KitcnError, TimeoutError, CancelledError):
            self.learn(component).result(_PATIENCE)

    def stop_learning(self) -> None:
        """Whoever interrupts a cell wants nothing to go on."""
        for component, future in list(self._learning.items()):
            if not future.done():
                future.cancel()
                del self._learning[component]
                self.connection.start(self._forgetting(component))

    def _forgetting(self, component: str) -> _Work:
        workspace = self.origin(component).workspace

        async def forget() -> None:
            workspace.forget()

        return forget

    def words(self, component: str = "") -> Words | None:
        """Names for completion; None while they are not known. Never waits."""
        future = self.learn(component)
        if not future.done() or _failed(future):
            return None
        if component not in self._words:
            from kitcn_repl.explore.completion import Words

            self._words[component] = Words.of(future.result())
        return self._words[component]

    def close(self) -> None:
        self.connection.close()


def _failed(future: Future[Knowledge]) -> bool:
    return future.cancelled() or future.exception() is not None


if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    _Work = Callable[[], Awaitable[None]]
