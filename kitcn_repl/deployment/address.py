"""Where a deployment is: its URL, checked and taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from kitcn_repl.errors import UsageError

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """`host` is lower-case ASCII (IPv6 without brackets); `prefix` is a path before `/api`, or empty."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @property
    def authority(self) -> str:
        """`host`, with the port if it is not the scheme's own: the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.prefix}"

    @property
    def is_loopback(self) -> bool:
        return self.host in ("localhost", "::1") or self.host.startswith("127.") or self.host.endswith(".localhost")


def parse_address(url: str) -> Address:
    """Take a deployment URL apart. Raises UsageError, which never repeats credentials in it."""
    text = url.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").lower()
    except ValueError:
        raise _unreadable() from None
    if "@" in parts.netloc:
        raise UsageError("The deployment URL holds credentials: take them out, and give the key with --admin-key.")
    if "|" in text:
        raise UsageError("The deployment URL holds an admin key: give the key with --admin-key.")
    if parts.query or parts.fragment:
        raise UsageError('The deployment URL ends in a query or fragment: leave out all from "?" or "#" on.')
    if any(character.isspace() or not character.isprintable() for character in text):
        raise UsageError(f"The deployment URL {text!r} holds a space or control character: leave it out.")
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise UsageError(f'The deployment URL "{text}" does not start with http:// or https://: try {_suggest(text)}')
    if host.endswith(".convex.site"):
        raise UsageError(
            f'"{text}" serves HTTP actions, not the deployment API: use the address that ends in .convex.cloud.'
        )
    try:
        ascii_host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise _unreadable() from None
    path = quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~-._")
    return Address(parts.scheme, ascii_host, port if port is not None else _DEFAULT_PORTS[parts.scheme], path)


def _unreadable() -> UsageError:
    return UsageError("The deployment URL cannot be read: write it like https://happy-otter-123.convex.cloud.")


def _suggest(text: str) -> str:
    rest = text.partition("://")[2] or text
    rest = rest.lstrip("/")
    scheme = "http" if rest.startswith(("127.", "localhost", "[::1]")) else "https"
    return f"{scheme}://{rest}"
