"""Connections to a real server that are held back or cut, whatever is said on them.

async with Sluice(upstream=port) as sluice:
    sluice.shut()
    ...                      # whoever asks sluice.url waits
    sluice.open()            # and is answered
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from tests.support.faults.listening import Listening

_CHUNK = 65536
End = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def carry_both_ways(there: End, back: End) -> None:
    """Pass bytes from each reader to its writer, until one side ends."""
    carrying = [asyncio.create_task(_carry(*end)) for end in (there, back)]
    try:
        await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()


class Sluice(Listening):
    """Passes on bytes between its port of 127.0.0.1 and `upstream`, another one; answers only while it is open."""

    def __init__(self, upstream: int) -> None:
        super().__init__()
        self._upstream = upstream
        self._is_open = asyncio.Event()
        self._is_open.set()
        self.held = 0
        """Answers that wait."""
        self.given_up = 0
        """Connections that were closed from this side while their answer waited."""

    def shut(self) -> None:
        self._is_open.clear()

    def open(self) -> None:
        self._is_open.set()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        there = asyncio.create_task(_carry(reader, far_writer))
        back = asyncio.create_task(self._answer(far_reader, writer))
        try:
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            there.cancel()
            back.cancel()
            far_writer.close()

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


class Cable(Listening):
    """Passes every connection on to the server at `server`, until it is cut. `accepted` counts those passed on."""

    def __init__(self, server: str) -> None:
        super().__init__()
        parts = urlsplit(server)
        self._far = parts.hostname, parts.port
        self.accepted = 0
        self.is_cut = False
        self._ends: set[asyncio.StreamWriter] = set()

    def cut(self, *, mend: bool = True) -> None:
        """End all connections; with `mend` new ones are passed on again."""
        self.is_cut = not mend
        for writer in tuple(self._ends):
            writer.transport.abort()

    def mend(self) -> None:
        self.is_cut = False

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        if self.is_cut:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(*self._far)
        self.accepted += 1
        ends = {writer, far_writer}
        self._ends |= ends
        try:
            await carry_both_ways((reader, far_writer), (far_reader, writer))
        finally:
            self._ends -= ends
            for end in ends:
                end.transport.abort()


@asynccontextmanager
async def cable_to(server: str) -> AsyncIterator[Cable]:
    async with Cable(server) as cable:
        yield cable
