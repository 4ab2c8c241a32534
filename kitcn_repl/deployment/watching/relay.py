"""Stands between the official client and a deployment, and does what the client cannot.

It connects with the same address, trust and patience as our other requests, puts the admin key in place of a ticket (so
that the client never has the key), says whom to act as and which component is meant, and takes out what functions log,
which the client would print.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import ssl
from asyncio import LimitOverrunError, StreamReader, StreamWriter
from collections.abc import Callable
from dataclasses import dataclass, field

from kitcn_repl.deployment.address import Address
from kitcn_repl.deployment.direct import resolve, tls_context
from kitcn_repl.deployment.secret import Secret
from kitcn_repl.deployment.watching.messages import TEXT, Message, messages
from kitcn_repl.values import JsonObject, JsonValue

_CHUNK = 256 * 1024
_CONNECT_PATIENCE = 10.0
_PAUSES = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each attempt to connect; the last one goes on."""


@dataclass(frozen=True, slots=True)
class Lost:
    """There is no connection to the server; another is being sought. `reason` is a few words, if anything is known."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Connected:
    """The server has taken the client's connection."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server does not want this client: `error` says why. `is_key` if it is for the key."""

    error: str
    is_key: bool


@dataclass(frozen=True, slots=True)
class Logged:
    """What the function logged for the result that comes next."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The query failed; the client will say so too, but not with the whole of it."""

    message: str
    data: JsonObject
    lines: tuple[str, ...]


Event = Lost | Connected | Refused | Logged | Failed


@dataclass(frozen=True, slots=True)
class Credentials:
    """What goes to the server in place of the ticket."""

    key: Secret
    identity: JsonObject | None = field(repr=False)
    component: str


class Relay:
    """Listens on 127.0.0.1 while it is entered. Only who shows the `ticket` is let through to the server."""

    def __init__(self, address: Address, credentials: Credentials, tell: Callable[[Event], None]) -> None:
        self.ticket = secrets.token_hex(32)
        self._address = address
        self._credentials = credentials
        self._tell = tell
        self._tls: ssl.SSLContext | None = None
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Relay:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_CHUNK)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        serving = tuple(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._relay(reader, writer)
        except (OSError, EOFError, ValueError, LimitOverrunError):
            pass  # whichever side it was, the client sees a closed connection and tries again
        except asyncio.CancelledError:
            pass  # at our own end; asyncio's streams would report a handler that ends so
        finally:
            self._serving.discard(task)
            writer.transport.abort()

    async def _relay(self, reader: StreamReader, writer: StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        upstream_reader, upstream_writer, answer = await self._connect(head)
        try:
            writer.write(answer)
            both = [
                asyncio.create_task(self._forward_requests(reader, upstream_writer)),
                asyncio.create_task(self._forward_answers(upstream_reader, writer)),
            ]
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                lost_server = both[1].done()
                for task in both:
                    task.cancel()
                await asyncio.gather(*both, return_exceptions=True)
            if lost_server:
                self._tell(Lost())
        finally:
            upstream_writer.transport.abort()

    async def _connect(self, head: bytes) -> tuple[StreamReader, StreamWriter, bytes]:
        """A connection whose server has agreed to speak WebSocket, with its words of agreement."""
        attempt = 0
        while True:
            await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
            writer: StreamWriter | None = None
            try:
                async with asyncio.timeout(_CONNECT_PATIENCE):
                    reader, writer = await self._open()
                    writer.write(self._addressed(head))
                    answer = await reader.readuntil(b"\r\n\r\n")
                status = _status(answer)
                if status == 101:
                    self._tell(Connected())
                    return reader, writer, answer
                reason = f"it answered {status} instead of opening a WebSocket"
            except TimeoutError:
                reason = "no answer in time"
            except (OSError, EOFError, ValueError, LimitOverrunError) as error:
                reason = getattr(error, "strerror", None) or ""
            except asyncio.CancelledError:
                if writer is not None:
                    writer.transport.abort()
                raise
            if writer is not None:
                writer.transport.abort()
            self._tell(Lost(reason))
            attempt += 1

    async def _open(self) -> tuple[StreamReader, StreamWriter]:
        address = self._address
        ip = (await resolve(address.host, address.port))[0]
        if address.scheme == "http":
            return await asyncio.open_connection(ip, address.port, limit=_CHUNK)
        if self._tls is None:
            self._tls = tls_context()
        return await asyncio.open_connection(
            ip, address.port, limit=_CHUNK, ssl=self._tls, server_hostname=address.host
        )

    def _addressed(self, head: bytes) -> bytes:
        """The client's request, as if it had been made to the deployment itself, and without compression."""
        request, *headers = head.decode("latin-1").split("\r\n")
        method, target, version = request.split(" ")
        kept = [header for header in headers if not header.lower().startswith(("host:", "sec-websocket-extensions:"))]
        lines = [f"{method} {self._address.prefix}{target} {version}", f"Host: {self._address.authority}", *kept]
        return "\r\n".join(lines).encode("latin-1")

    async def _forward_requests(self, reader: StreamReader, writer: StreamWriter) -> None:
        async for message in messages(reader):
            if message.kind == TEXT:
                content = json.loads(message.payload)
                if content["type"] == "Authenticate":
                    self._authenticate(content)
                elif content["type"] == "ModifyQuerySet":
                    self._name_component(content)
                message = Message(TEXT, _text(content))
            writer.write(message.encode(masked=True))
            await writer.drain()

    def _authenticate(self, content: JsonObject) -> None:
        if not hmac.compare_digest(str(content.get("value", "")).encode(), self.ticket.encode()):
            raise ValueError("no ticket")
        content["value"] = self._credentials.key.reveal()
        if self._credentials.identity is not None:
            content["impersonating"] = self._credentials.identity

    def _name_component(self, content: JsonObject) -> None:
        modifications = content["modifications"]
        assert isinstance(modifications, list)
        for modification in modifications:
            if self._credentials.component and isinstance(modification, dict) and modification["type"] == "Add":
                modification["componentPath"] = self._credentials.component

    async def _forward_answers(self, reader: StreamReader, writer: StreamWriter) -> None:
        async for message in messages(reader):
            if message.kind == TEXT:
                content = json.loads(message.payload)
                self._hear(content)
                message = Message(TEXT, _text(content))
            writer.write(message.encode(masked=False))
            await writer.drain()

    def _hear(self, content: JsonValue) -> None:
        """Tell of what the client would not pass on, and take out what it would print."""
        if not isinstance(content, dict):
            raise ValueError("no message of the protocol")
        if content.get("type") in ("AuthError", "FatalError"):
            self._tell(Refused(str(content.get("error")), content["type"] == "AuthError"))
        modifications = content.get("modifications")
        for modification in modifications if isinstance(modifications, list) else []:
            if not isinstance(modification, dict):
                continue
            logged = modification.get("logLines")
            lines = tuple(str(line) for line in logged) if isinstance(logged, list) else ()
            if lines:
                modification["logLines"] = []
            if modification.get("type") == "QueryFailed":
                data: JsonObject = {"errorData": modification["errorData"]} if "errorData" in modification else {}
                self._tell(Failed(str(modification.get("errorMessage")), data, lines))
            elif lines:
                self._tell(Logged(lines))


def _text(content: JsonObject) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def _status(answer: bytes) -> int:
    """Raises ValueError for what is no HTTP."""
    return int(answer.partition(b" ")[2][:3])
