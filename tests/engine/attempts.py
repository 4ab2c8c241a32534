"""Attempts to write, to get out, to hang or to flood, and what must be true after each of them."""

from __future__ import annotations

import hashlib
import re
import socket
from dataclasses import dataclass
from pathlib import Path

import pytest

from kitcn_repl.deployment.errors import QueryFailedError, RequestRejectedError
from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine import Engine, Limits
from tests.engine.world import World, module

PORT = "@PORT@"
"""In a query: the port of 127.0.0.1 on which somebody listens for it."""


@dataclass(frozen=True)
class Attempt:
    """`body` of a query (or a whole module). It ends in an error that matches `error`, or gives `value`."""

    name: str
    body: str
    error: str = ""
    value: object = None
    seconds: float = 0.5


NOT_A_FUNCTION = "Uncaught TypeError: .* is not a function"
NO_EVAL = "Uncaught EvalError: Code generation from strings disallowed"
TIMED_OUT = r"Function execution timed out \(maximum duration: 0.5s\)"
NO_MEMORY = (
    r"ran out of memory \(maximum memory usage: 64 MB\)|Array buffer allocation failed|Invalid (string|array) length"
    "|ArrayBuffer.prototype.resize: Out of memory"
)


def state_of(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()
    }


@dataclass
class Guarded:
    """A store in a file, and a socket that nobody may find."""

    dataset: Dataset
    cache_dir: Path
    folder: Path
    before: dict[str, str]
    listener: socket.socket

    def world(self, seconds: float) -> World:
        return World(Engine(self.dataset, Limits(user_seconds=seconds), cache_dir=self.cache_dir))

    async def withstands(self, attempt: Attempt) -> None:
        """It ends as it should; the store's bytes are the same, nothing new lies beside them, nobody connected, and the
        next query is answered."""
        body = attempt.body.replace(PORT, str(self.listener.getsockname()[1]))
        source = QueryModule(body) if "export default" in body else module(body)
        world = self.world(attempt.seconds)
        if attempt.error:
            with pytest.raises((QueryFailedError, RequestRejectedError)) as caught:
                await world.engine.run(source)
            assert re.search(attempt.error, caught.value.message), caught.value.message[:500]
            assert len(caught.value.message) < 70_000
        else:
            assert (await world.engine.run(source)).value == attempt.value
        numbers = "return (await ctx.db.query('notes').collect()).map(d => d.number)"
        assert await world.ask(numbers) == list(range(1, 11))
        assert state_of(self.folder) == self.before
        with pytest.raises(BlockingIOError):
            self.listener.accept()
