"""A way to a server that can be shut: what is asked meanwhile waits, as it does with a server that is slow.

async with Sluice(upstream=port) as sluice:
    sluice.shut()
    ...                      # whoever asks sluice.url waits
    sluice.open()            # and is answered
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType

_CHUNK = 65536


class Sluice:
    """Passes on bytes between its port of 127.0.0.1 and `upstream`, another one; answers only while it is open."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._server: asyncio.Server | None = None
        self._passing: set[asyncio.Task[None]] = set()
        self.held = 0
        """Answers that wait."""
        self.given_up = 0
        """Connections that were closed from this side while their answer waited."""

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def shut(self) -> None:
        self._is_open.clear()

    def open(self) -> None:
        self._is_open.set()

    async def __aenter__(self) -> Sluice:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._passing.add(task)
        with suppress(OSError, asyncio.CancelledError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
            there = asyncio.create_task(_pass_on(reader, far_writer))
            back = asyncio.create_task(self._answer(far_reader, writer))
            try:
                await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                there.cancel()
                back.cancel()
                far_writer.close()
        self._passing.discard(task)
        writer.close()

    async def _answer(self, far: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await far.read(_CHUNK):
            self.held += 1
            try:
                await self._is_open.wait()
            except asyncio.CancelledError:
                self.given_up += 1
                raise
            finally:
                self.held -= 1
            writer.write(data)
            await writer.drain()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
