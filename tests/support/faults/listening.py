"""The life of a test's server: a free port of 127.0.0.1, a task per connection, all gone at the end."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self, TypeVar
from weakref import WeakSet

_PATIENCE = 60.0
"""Seconds; only ever spent on a server that hangs."""
_TURNS = 5
"""Of the event loop: from a connection to its task, from its end to its socket's."""


class Listening:
    """Accepts connections while it is entered; `handle` serves one."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.connections = 0
        self.open_connections = 0
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._transports: WeakSet[asyncio.WriteTransport] = WeakSet()
        self._changed = asyncio.Condition()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        """Serve the connection with this number, counted from 0, to its end."""
        raise NotImplementedError

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}"

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to be true of this server."""
        async with self._changed:
            await self._changed.wait_for(condition)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """The same, for a thread that is not the server's."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self.until(condition), self._loop).result(_PATIENCE)

    async def tell(self) -> None:
        """Something has changed that somebody may wait for."""
        async with self._changed:
            self._changed.notify_all()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self.tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        # First no more is accepted: asyncio loses a connection that it is making when the server closes.
        for accepting in self._server.sockets:
            asyncio.get_running_loop().remove_reader(accepting.fileno())
        await _some_turns()
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        for transport in self._transports:
            transport.abort()  # closed, it would wait for a peer that reads no more
        await _some_turns()
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self._transports.add(writer.transport)
        number = self.connections
        self.connections += 1
        self.open_connections += 1
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self.handle(reader, writer, number)
        finally:
            self.open_connections -= 1
            self._serving.discard(task)
            writer.close()
            await self.tell()


async def _some_turns() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)


Server = TypeVar("Server", bound=Listening)


@contextmanager
def in_thread(server: Server) -> Iterator[Server]:
    """`server`, entered, with a thread and event loop of its own: for tests without one, and for real programs."""
    ready: Future[Callable[[], object]] = Future()

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with server:
            ready.set_result(lambda: loop.call_soon_threadsafe(stop.set))
            await stop.wait()

    def main() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=main, name="faulty server")
    thread.start()
    stop = ready.result(_PATIENCE)
    try:
        yield server
    finally:
        stop()
        thread.join(_PATIENCE)
        assert not thread.is_alive(), "the faulty server did not stop"
