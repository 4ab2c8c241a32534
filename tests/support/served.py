"""A served offline deployment for a test: real sockets, a thread and event loop of its own, gone with the test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass

from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.server import serve

_PATIENCE = 60.0
"""Seconds; only ever spent on a server that hangs."""


@dataclass(frozen=True, slots=True)
class Served:
    """Where the deployment answers, and the key that opens it."""

    url: str
    admin_key: str
    offline: Offline


@contextmanager
def served(source: Dataset | Offline, *, admin_key: str | None = None) -> Iterator[Served]:
    """Serve `source` on a free port of 127.0.0.1; it is closed at the end."""
    offline = source if isinstance(source, Offline) else Offline(source)
    ready: Future[Served] = Future()
    stop: Future[None] = Future()

    async def run() -> None:
        serving = asyncio.create_task(
            serve(
                offline,
                admin_key=admin_key,
                on_ready=lambda url, key: ready.set_result(Served(url, key, offline)),
                prewarm=False,
            )
        )
        stopped = asyncio.wrap_future(stop)
        await asyncio.wait([serving, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        serving.cancel()
        await asyncio.wait([serving])
        if not serving.cancelled():
            serving.result()

    def main() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=main, name="served deployment")
    thread.start()
    try:
        yield ready.result(_PATIENCE)
    finally:
        if not stop.done():
            stop.set_result(None)
        thread.join(_PATIENCE)
        assert not thread.is_alive(), "the served deployment did not stop"
