"""Behaviours that pass a request on to a real server, and spoil what it answers.

server.on("*", every(3, cut_in_half(forward(url)), forward(url)))       # every third answer is cut off
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from urllib.parse import urlsplit

from tests.support.faults.server import Behaviour, Peer, Received
from tests.support.faults.streams import carry_both_ways

_CHUNK = 65536
_HOP = (b"connection:", b"keep-alive:")


def forward(url: str) -> Behaviour:
    """Ask the server at `url`, and pass on what it answers as it comes; a WebSocket stays open."""
    parts = urlsplit(url)

    async def act(received: Received, peer: Peer) -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            if received.wants_socket:
                writer.write(received.head)
                await carry_both_ways((peer.reader, writer), (reader, peer.writer))
            else:
                writer.write(_last(received.head) + received.body)
                await _pass_on(reader, peer)
        finally:
            peer.finish()
            writer.close()

    return act


def every(number: int, spoiled: Behaviour, usual: Behaviour) -> Behaviour:
    """Of `number` requests, the last one is `spoiled`."""
    requests = count(1)

    async def act(received: Received, peer: Peer) -> None:
        await (usual if next(requests) % number else spoiled)(received, peer)

    return act


def altered(behaviour: Behaviour, change: Callable[[bytes], bytes]) -> Behaviour:
    """The whole answer, head and body, as `change` makes it; then the connection closes."""

    async def act(received: Received, peer: Peer) -> None:
        kept = _Kept(peer)
        await behaviour(received, kept)
        await peer.send(change(b"".join(kept.parts)))
        peer.finish()

    return act


def cut_in_half(behaviour: Behaviour) -> Behaviour:
    """The first half of the body."""

    def half(answer: bytes) -> bytes:
        top, end, body = answer.partition(b"\r\n\r\n")
        return top + end + body[: len(body) // 2]

    return altered(behaviour, half)


class _Kept(Peer):
    """Keeps what is sent."""

    def __init__(self, peer: Peer) -> None:
        super().__init__(peer.reader, peer.writer)
        self.parts: list[bytes] = []

    async def send(self, data: bytes) -> None:
        self.parts.append(data)


def _last(head: bytes) -> bytes:
    """The request, as the only one of its connection."""
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(_HOP)]
    return b"\r\n".join([*lines[:-2], b"Connection: close", b"", b""])


async def _pass_on(reader: asyncio.StreamReader, peer: Peer) -> None:
    """Until the answer ends, or nobody waits for it any more."""
    gone = asyncio.create_task(peer.reader.read(1))
    with suppress(OSError):
        while True:
            piece = asyncio.create_task(reader.read(_CHUNK))
            await asyncio.wait({gone, piece}, return_when=asyncio.FIRST_COMPLETED)
            if not piece.done() or not piece.result():
                piece.cancel()
                break
            await peer.send(piece.result())
    gone.cancel()
