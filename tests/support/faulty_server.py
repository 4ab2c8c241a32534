"""An HTTP server on 127.0.0.1 that answers as it is told: well, late, cut off, with garbage, or not at all.

    async with FaultyServer() as server:
        server.on("/api/query", reply_json({"status": "success", "value": 1}), cut_off(b'{"status":'))
        ...
        assert server.requests[0].json["path"] == "_system/cli/tables"

Each route takes behaviours for its requests in order; the last one stays. Routes without a behaviour answer 404 with an
empty body. It works on raw sockets, since a well-kept server would not let itself misbehave.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

REASONS = {200: "OK", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 503: "Unavailable"}


@dataclass(frozen=True)
class Received:
    """A request as it came in; header names are lower case. `connection` counts from 0."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


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


def reply(
    body: bytes = b"",
    *,
    status: int = 200,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Behaviour:
    async def act(received: Received, peer: Peer) -> None:
        await peer.send(
            _head(status, {"Content-Type": content_type, "Content-Length": str(len(body)), **(headers or {})})
        )
        await peer.send(body)

    return act


def reply_json(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Behaviour:
    return reply(json.dumps(value).encode(), status=status, headers=headers)


def refuse(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Behaviour:
    """An error as Convex words them."""
    return reply_json({"code": code, "message": message}, status=status, headers=headers)


def succeed(value: object, log_lines: list[str] | None = None) -> Behaviour:
    """A function that returned."""
    return reply_json({"status": "success", "value": value, **({"logLines": log_lines} if log_lines else {})})


def fail(message: str, **more: object) -> Behaviour:
    """A function that threw."""
    return reply_json({"status": "error", "errorMessage": message, **more})


def text(line: str) -> Behaviour:
    return reply(line.encode(), content_type="text/plain; charset=utf-8")


def html(status: int = 200) -> Behaviour:
    page = b"<!doctype html><html><head><title>Welcome</title></head><body>Hello</body></html>"
    return reply(page, status=status, content_type="text/html; charset=utf-8")


def chunked(parts: list[bytes], *, whole: bool = True) -> Behaviour:
    """A body in chunks, with or without the chunk that ends it; then the connection closes."""

    async def act(received: Received, peer: Peer) -> None:
        await peer.send(_head(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}))
        for part in parts:
            await peer.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        if whole:
            await peer.send(b"0\r\n\r\n")
        else:
            peer.finish()

    return act


def cut_off(sent: bytes, promised: int = 1000) -> Behaviour:
    """Promise more bytes than are sent, then close."""

    async def act(received: Received, peer: Peer) -> None:
        await peer.send(_head(200, {"Content-Type": "application/json", "Content-Length": str(promised)}) + sent)
        peer.finish()

    return act


def raw(data: bytes) -> Behaviour:
    """Exactly these bytes, then close."""

    async def act(received: Received, peer: Peer) -> None:
        await peer.send(data)
        peer.finish()

    return act


async def close(received: Received, peer: Peer) -> None:
    """Close without a word."""
    peer.finish()


async def reset(received: Received, peer: Peer) -> None:
    """Reset the connection without a word."""
    peer.reset()


async def hang(received: Received, peer: Peer) -> None:
    """Say nothing until the client goes away."""
    await peer.reader.read()
    peer.finish()


def drip(pause: float = 0.01) -> Behaviour:
    """A byte of the body every `pause` seconds, for ever."""

    async def act(received: Received, peer: Peer) -> None:
        await peer.send(_head(200, {"Content-Type": "application/json", "Content-Length": "1000000"}))
        while not peer.reader.at_eof():
            await peer.send(b" ")
            await asyncio.sleep(pause)
        peer.finish()

    return act


def and_close(behaviour: Behaviour) -> Behaviour:
    """The behaviour, and the connection closed after it although it might have been kept."""

    async def act(received: Received, peer: Peer) -> None:
        await behaviour(received, peer)
        peer.finish()

    return act


@dataclass
class FaultyServer:
    """`tls` makes it speak https."""

    tls: ssl.SSLContext | None = None
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    open_connections: int = 0
    most_at_once: int = 0
    _routes: dict[str, list[Behaviour]] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _busy: int = 0
    _peers: set[asyncio.Task[None]] = field(default_factory=set)

    def on(self, path: str, *behaviours: Behaviour) -> FaultyServer:
        """`path` is without query; `*` stands for every path that has no route of its own."""
        self._routes[path] = list(behaviours)
        return self

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}"

    def to(self, path: str) -> list[Received]:
        return [received for received in self.requests if received.path == path]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to be true of this server."""
        async with self._changed:
            await self._changed.wait_for(condition)

    async def __aenter__(self) -> FaultyServer:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self.tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for peer in self._peers:
            peer.cancel()
        await asyncio.gather(*self._peers, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._peers.add(task)
        number = self.connections
        self.connections += 1
        self.open_connections += 1
        try:
            await self._serve(number, Peer(reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.open_connections -= 1
            self._peers.discard(task)
            writer.close()
            await self._tell()

    async def _serve(self, number: int, peer: Peer) -> None:
        while not peer.is_finished:
            received = await _read_request(peer, number)
            if received is None:
                return
            self.requests.append(received)
            self._busy += 1
            self.most_at_once = max(self.most_at_once, self._busy)
            await self._tell()
            try:
                await self._behaviour(received.path)(received, peer)
            finally:
                self._busy -= 1

    def _behaviour(self, path: str) -> Behaviour:
        behaviours = self._routes.get(path) or self._routes.get("*")
        if not behaviours:
            return reply(status=404, content_type="text/plain")
        return behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def _read_request(peer: Peer, connection: int) -> Received | None:
    reader = peer.reader
    first_byte = await reader.read(1)
    if first_byte and not first_byte.isalpha():
        await peer.send(_head(400, {"Content-Length": "0"}))
        return None
    try:
        head = first_byte + await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise
    except asyncio.LimitOverrunError:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, target, *_ = f"{first}  ".split(" ")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, target, headers, body, connection)
