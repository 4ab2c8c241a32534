"""HTTP/1.1 straight to the server: asyncio's streams and the protocol library h11, with kept-alive connections."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
import threading
import zlib

import h11

from kitcn_repl.deployment.address import Address
from kitcn_repl.deployment.transport import LARGEST_ANSWER, Answer, FailureKind, Request, Timeouts, TransportError

_CHUNK = 256 * 1024
_INFLATED = 1024 * 1024
_MOST_IDLE = 8
_MOST_ADDRESSES = 4
_WITH_GZIP = 16 + zlib.MAX_WBITS


class _Connection:
    """An open connection and the state of the protocol on it."""

    __slots__ = ("protocol", "reader", "writer")

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.protocol = h11.Connection(h11.CLIENT)

    @property
    def is_stale(self) -> bool:
        return self.reader.at_eof() or self.reader.exception() is not None or self.writer.is_closing()

    @property
    def is_reusable(self) -> bool:
        return self.protocol.our_state is h11.DONE and self.protocol.their_state is h11.DONE and not self.is_stale

    def abort(self) -> None:
        self.writer.transport.abort()


class DirectTransport:
    def __init__(self, address: Address, timeouts: Timeouts, *, largest_answer: int = LARGEST_ANSWER) -> None:
        self._address = address
        self._timeouts = timeouts
        self._largest_answer = largest_answer
        self._idle: list[_Connection] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tls: ssl.SSLContext | None = None

    async def send(self, request: Request) -> Answer:
        try:
            async with asyncio.timeout(self._timeouts.total):
                return await self._send(request)
        except TimeoutError:
            pass
        raise TransportError("read-timeout", f"no whole answer within {self._timeouts.total:g} s")

    async def aclose(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.abort()
        if idle:
            await asyncio.sleep(0)  # an aborted transport closes its socket in the loop's next round

    async def _send(self, request: Request) -> Answer:
        # A kept connection may have died unnoticed, so what must not be sent twice gets a fresh one.
        kept = self._take_idle() if request.idempotent else None
        if kept is not None:
            try:
                return await self._exchange(kept, request)
            except TransportError as failure:
                if failure.kind != "reset":
                    raise
        return await self._exchange(await self._connect(), request)

    def _take_idle(self) -> _Connection | None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._idle.clear()
            self._loop = loop
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_stale:
                return connection
            connection.abort()
        return None

    async def _exchange(self, connection: _Connection, request: Request) -> Answer:
        try:
            await self._write(connection, request)
            answer = await self._read(connection, request.patience or self._timeouts.read)
        except BaseException:
            connection.abort()
            raise
        if connection.is_reusable and len(self._idle) < _MOST_IDLE:
            connection.protocol.start_next_cycle()
            self._idle.append(connection)
        else:
            connection.abort()
        return answer

    async def _connect(self) -> _Connection:
        self._loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeouts.connect):
                return await self._connect_any(await resolve(self._address.host, self._address.port))
        except TimeoutError:
            failure = TransportError("connect-timeout", f"no connection within {self._timeouts.connect:g} s")
        except ssl.SSLCertVerificationError as error:
            failure = TransportError("tls", error.verify_message)
        except ssl.SSLError as error:
            failure = TransportError("tls", _ssl_reason(error))
        except (socket.gaierror, UnicodeError):
            failure = TransportError("name")
        except ConnectionRefusedError:
            failure = TransportError("refused")
        except ConnectionError:
            failure = TransportError("reset")
        except OSError as error:
            failure = TransportError("refused", error.strerror or "")
        raise failure

    async def _connect_any(self, addresses: list[str]) -> _Connection:
        """The first address that accepts; each gets an equal share of the time, so that a dead one does not eat it."""
        share = self._timeouts.connect / len(addresses)
        for address in addresses[:-1]:
            try:
                async with asyncio.timeout(share):
                    return await self._open(address)
            except (OSError, TimeoutError) as error:
                if isinstance(error, ssl.SSLError):
                    raise
        return await self._open(addresses[-1])

    async def _open(self, address: str) -> _Connection:
        if self._address.scheme == "http":
            return _Connection(*await asyncio.open_connection(address, self._address.port, limit=_CHUNK))
        if self._tls is None:
            self._tls = tls_context()
        streams = await asyncio.open_connection(
            address, self._address.port, limit=_CHUNK, ssl=self._tls, server_hostname=self._address.host
        )
        return _Connection(*streams)

    async def _write(self, connection: _Connection, request: Request) -> None:
        protocol = connection.protocol
        headers = {"Host": self._address.authority, **request.headers, "Accept-Encoding": self._encodings}
        if request.method == "POST":
            headers["Content-Length"] = str(len(request.body))
        head = h11.Request(
            method=request.method, target=self._address.prefix + request.target, headers=list(headers.items())
        )
        parts = [protocol.send(head), protocol.send(h11.Data(data=request.body)) if request.body else b""]
        parts.append(protocol.send(h11.EndOfMessage()))
        try:
            connection.writer.write(b"".join(part for part in parts if part))
            async with asyncio.timeout(self._timeouts.write):
                await connection.writer.drain()
        except TimeoutError:
            pass
        except OSError:
            return  # a server that refuses a body may answer and close; reading tells
        else:
            return
        raise TransportError("read-timeout", f"the request was not taken within {self._timeouts.write:g} s")

    @property
    def _encodings(self) -> str:
        return "identity" if self._address.is_loopback else "gzip"

    async def _read(self, connection: _Connection, patience: float) -> Answer:
        protocol = connection.protocol
        response: h11.Response | None = None
        body = _Body(self._largest_answer)
        beginning = b""
        while True:
            event = _next_event(protocol, started=response is not None)
            if event is h11.NEED_DATA:
                data = await self._receive(connection, patience, started=bool(beginning))
                if not data and response is None:
                    raise TransportError(_what_ended(beginning))
                beginning = beginning or data[:5]
                protocol.receive_data(data)
            elif isinstance(event, h11.Response):
                response = event
                body.start(dict(_texts(event)).get("content-encoding", ""))
            elif isinstance(event, h11.Data):
                body.add(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage) and response is not None:
                return Answer(response.status_code, dict(_texts(response)), body.whole())
            elif event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                raise TransportError("not-http")

    async def _receive(self, connection: _Connection, patience: float, *, started: bool) -> bytes:
        try:
            async with asyncio.timeout(patience):
                return await connection.reader.read(_CHUNK)
        except TimeoutError:
            failure = TransportError("read-timeout", f"silent for {patience:g} s")
        except OSError:
            failure = TransportError("cut-off" if started else "reset")
        raise failure


class _Body:
    """The bytes of an answer's body, decompressed if need be and bounded."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._parts: list[bytes] = []
        self._size = 0
        self._inflate: zlib._Decompress | None = None

    def start(self, encoding: str) -> None:
        if encoding.strip().lower() in ("gzip", "x-gzip"):
            self._inflate = zlib.decompressobj(_WITH_GZIP)

    def add(self, data: bytes) -> None:
        if self._inflate is None:
            self._keep(data)
            return
        # In steps: zlib builds what one call unpacks twice over, and a chunk can hold a thousand times its size.
        whole_step = True
        while (data or whole_step) and not self._inflate.eof:
            part = _inflated(self._inflate, data)
            whole_step = len(part) == _INFLATED  # zlib may hold more, with all of its input taken
            data = self._inflate.unconsumed_tail
            self._keep(part)

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._largest:
            raise TransportError("too-large", f"more than {self._largest // (1024 * 1024)} MB")
        self._parts.append(data)

    def whole(self) -> bytes:
        if self._inflate is not None and not self._inflate.eof:
            raise TransportError("cut-off", "compressed data ends too early")
        return b"".join(self._parts)


def _inflated(inflate: zlib._Decompress, data: bytes) -> bytes:
    broken = ""
    try:
        return inflate.decompress(data, _INFLATED)
    except zlib.error as error:
        broken = str(error)
    raise TransportError("cut-off", broken)


def _next_event(protocol: h11.Connection, *, started: bool) -> object:
    detail = ""
    try:
        return protocol.next_event()
    except h11.RemoteProtocolError as error:
        detail = str(error)
    raise TransportError("cut-off" if started else "not-http", detail)


def _what_ended(beginning: bytes) -> FailureKind:
    if not beginning:
        return "reset"
    return "cut-off" if b"HTTP/".startswith(beginning[:5]) else "not-http"


def _texts(response: h11.Response) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]


def _ssl_reason(error: ssl.SSLError) -> str:
    return (error.reason or "").replace("_", " ").lower()


async def resolve(host: str, port: int) -> list[str]:
    """IP addresses of a host. Raises OSError.

    In a daemon thread of its own: asyncio's would make the whole program wait for a name server that does not answer,
    even after the caller has given up.
    """
    try:
        return _look_up(host, port, socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def settle(addresses: list[str], error: Exception | None) -> None:
        if found.done():
            return
        if error is None:
            found.set_result(addresses)
        else:
            found.set_exception(error)

    def look_up() -> None:
        addresses: list[str] = []
        problem: Exception | None = None
        try:
            addresses = _look_up(host, port)
        except (OSError, UnicodeError) as error:
            problem = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, addresses, problem)

    threading.Thread(target=look_up, name="kitcn-resolve", daemon=True).start()
    return await found


def _look_up(host: str, port: int, flags: int = 0) -> list[str]:
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))[:_MOST_ADDRESSES]


def tls_context() -> ssl.SSLContext:
    """Trust what the system trusts, or what SSL_CERT_FILE and SSL_CERT_DIR name, as httpx2 does."""
    named = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")
    paths = ssl.get_default_verify_paths()
    if not named and (sys.platform in ("darwin", "win32") or not (paths.cafile or paths.capath)):
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context()
