"""HTTP through a proxy, by httpx2: which proxy, its authentication and its exceptions are its business."""

from __future__ import annotations

import asyncio
import socket
import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from kitcn_repl.deployment.address import Address
from kitcn_repl.deployment.transport import LARGEST_ANSWER, Answer, Request, Timeouts, TransportError


class ProxiedTransport:
    """Also works without a proxy: `trust_env` decides."""

    def __init__(self, address: Address, timeouts: Timeouts, *, largest_answer: int = LARGEST_ANSWER) -> None:
        self._url = address.url
        self._timeouts = timeouts
        self._largest_answer = largest_answer
        self._client = httpx2.AsyncClient(
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # a deployment needs none back
        )

    async def send(self, request: Request) -> Answer:
        # httpx2's exceptions hold the request with its headers, so none may stay chained to what is raised here.
        parts: list[bytes] = []
        started = asyncio.Event()
        try:
            async with asyncio.timeout(self._timeouts.total):
                return await self._send(request, parts, started)
        except TimeoutError:
            failure = TransportError("read-timeout", f"no whole answer within {self._timeouts.total:g} s")
        except httpx2.HTTPError as error:
            failure = _classify(error, started=started.is_set())
        raise failure

    async def aclose(self) -> None:
        await self._client.aclose()

    def _timeout(self, patience: float) -> httpx2.Timeout:
        timeouts = self._timeouts
        return httpx2.Timeout(connect=timeouts.connect, read=patience, write=timeouts.write, pool=timeouts.connect)

    async def _send(self, request: Request, parts: list[bytes], started: asyncio.Event) -> Answer:
        size = 0
        headers = {**request.headers, "Accept-Encoding": "gzip"}
        async with self._client.stream(
            request.method,
            self._url + request.target,
            headers=headers,
            content=request.body or None,
            timeout=self._timeout(request.patience or self._timeouts.read),
        ) as response:
            started.set()
            async for part in response.aiter_bytes():
                size += len(part)
                if size > self._largest_answer:
                    raise TransportError("too-large", f"more than {self._largest_answer // (1024 * 1024)} MB")
                parts.append(part)
            return Answer(response.status_code, dict(response.headers), b"".join(parts))


def _classify(error: httpx2.HTTPError, *, started: bool) -> TransportError:
    detail = str(error)
    if isinstance(error, httpx2.ProxyError):
        return TransportError("proxy", detail)
    if isinstance(error, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return TransportError("connect-timeout")
    if isinstance(error, httpx2.TimeoutException):
        return TransportError("read-timeout")
    if isinstance(error, httpx2.ConnectError):
        return _classify_connect(error)
    if isinstance(error, httpx2.RemoteProtocolError):
        if started:
            return TransportError("cut-off", detail)
        return TransportError("reset" if "without sending a response" in detail else "not-http", detail)
    if isinstance(error, httpx2.DecodingError):
        return TransportError("cut-off", detail)
    if isinstance(error, httpx2.LocalProtocolError):
        return TransportError("not-http")  # its text may quote what was sent
    return TransportError("cut-off" if started else "reset")


def _classify_connect(error: BaseException) -> TransportError:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return TransportError("tls", seen.verify_message)
        if isinstance(seen, ssl.SSLError):
            return TransportError("tls", (seen.reason or "").replace("_", " ").lower())
        if isinstance(seen, socket.gaierror):
            return TransportError("name")
        if isinstance(seen, ConnectionRefusedError):
            return TransportError("refused")
        if isinstance(seen, OSError) and seen.strerror and not isinstance(seen, ConnectionError):
            return TransportError("refused", seen.strerror)
        seen = seen.__cause__ or seen.__context__
    return TransportError("refused")
