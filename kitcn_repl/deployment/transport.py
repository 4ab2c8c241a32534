"""How bytes get to a deployment and back: the contract of transports, and which one is used.

Direct connections go through `direct.py` (h11 on asyncio); httpx2 serves whoever needs a proxy. Both behave the same
(one test suite runs over both); the direct one exists because importing httpx2 and opening its first connection costs
a one-shot command 100 ms of CPU (`benchmarks/served_query.py` measures the whole command).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from kitcn_repl.deployment.address import Address

LARGEST_ANSWER = 256 * 1024 * 1024
"""Bytes of body, after decompression."""

FailureKind = Literal[
    "name",  # the host name was not found
    "refused",  # nothing listens, or no route
    "tls",  # no secure connection
    "connect-timeout",
    "read-timeout",
    "reset",  # closed before the first byte of an answer
    "cut-off",  # closed in the middle of an answer
    "too-large",
    "not-http",  # the answer is not HTTP
    "proxy",
]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `read` is the longest silence, `total` bounds one whole request (a server may drip for ever)."""

    connect: float = 5.0
    read: float = 60.0
    write: float = 30.0
    total: float = 300.0


@dataclass(frozen=True, slots=True)
class Request:
    """`target` is the path below the deployment's URL, with its query. Headers and body hold the key: never shown.

    `patience` is how many seconds the server may be silent, where that is not `Timeouts.read`.
    """

    method: Literal["GET", "POST"]
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    idempotent: bool = True
    patience: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP response; header names are lower case. A server may echo the key anywhere: only the status shows."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class TransportError(Exception):
    """No answer. `detail` is a short text of the system or protocol library, without anything that was sent."""

    def __init__(self, kind: FailureKind, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind: FailureKind = kind
        self.detail = detail


class Transport(Protocol):
    """Sends one request and gives its answer, whatever the status; follows no redirects and never retries by itself
    what the server may have seen, unless it is idempotent. Cancelling `send` closes the connection at once."""

    async def send(self, request: Request) -> Answer:
        """Raises TransportError."""
        ...

    async def aclose(self) -> None: ...


def open_transport(address: Address, timeouts: Timeouts) -> Transport:
    """The transport for an address: through a proxy if the environment or system names one, else direct."""
    if needs_proxy(address):
        from kitcn_repl.deployment.proxied import ProxiedTransport

        return ProxiedTransport(address, timeouts)
    from kitcn_repl.deployment.direct import DirectTransport

    return DirectTransport(address, timeouts)


def needs_proxy(address: Address, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a proxy may be meant for this address; httpx2 then decides which, with its NO_PROXY rules.

    Never for loopback: another machine's proxy cannot reach this one's.
    """
    if address.is_loopback:
        return False
    for name, value in environment.items():
        if value and name.lower() in ("all_proxy", f"{address.scheme}_proxy"):
            return True
    if sys.platform in ("darwin", "win32"):
        # These keep proxies in the system's settings too.
        from urllib.request import getproxies

        proxies = getproxies()
        return address.scheme in proxies or "all" in proxies
    return False
