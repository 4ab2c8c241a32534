"""An HTTP server that answers as it is told. On raw streams: a well-kept server would not let itself misbehave.

Routes without a behaviour answer 404 with an empty body.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.faults.listening import Listening

REASONS = {200: "OK", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 503: "Unavailable"}


@dataclass(frozen=True)
class Received:
    """A request as it came in; header names are lower case. `connection` counts from 0, `head` is as it was sent."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int
    head: bytes = field(default=b"", repr=False)

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def wants_socket(self) -> bool:
        return self.headers.get("upgrade", "").lower() == "websocket"


class Peer:
    """The open connection that a behaviour acts on."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.is_finished = False

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Close with a TCP reset instead of an orderly end."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.finish()

    def finish(self) -> None:
        self.is_finished = True


Behaviour = Callable[[Received, Peer], Awaitable[None]]


class FaultyServer(Listening):
    """`tls` makes it speak https. `requests` are all that came, in order; `most_at_once` counts those under way."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self.requests: list[Received] = []
        self.most_at_once = 0
        self._routes: dict[str, list[Behaviour]] = {}
        self._busy = 0

    def on(self, path: str, *behaviours: Behaviour) -> FaultyServer:
        """`path` is without query; `*` stands for every path that has no route of its own."""
        self._routes[path] = list(behaviours)
        return self

    def to(self, path: str) -> list[Received]:
        return [received for received in self.requests if received.path == path]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        peer = Peer(reader, writer)
        while not peer.is_finished:
            received = await _read_request(peer, number)
            if received is None:
                return
            self.requests.append(received)
            self._busy += 1
            self.most_at_once = max(self.most_at_once, self._busy)
            await self.tell()
            try:
                await self._behaviour(received.path)(received, peer)
            finally:
                self._busy -= 1

    def _behaviour(self, path: str) -> Behaviour:
        behaviours = self._routes.get(path) or self._routes.get("*")
        if not behaviours:
            return _unknown
        return behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """The head of an answer, its empty line included."""
    lines = [
        f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def _unknown(received: Received, peer: Peer) -> None:
    await peer.send(head(404, {"Content-Type": "text/plain", "Content-Length": "0"}))


async def _read_request(peer: Peer, connection: int) -> Received | None:
    reader = peer.reader
    first_byte = await reader.read(1)
    if first_byte and not first_byte.isalpha():
        await peer.send(head(400, {"Content-Length": "0"}))
        return None
    try:
        sent = first_byte + await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise
    except asyncio.LimitOverrunError:
        return None
    first, *lines = sent.decode("latin-1").strip().split("\r\n")
    method, target, *_ = f"{first}  ".split(" ")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, target, headers, body, connection, sent)
