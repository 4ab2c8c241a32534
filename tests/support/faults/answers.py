"""Behaviours that answer properly, be it with a refusal or as another kind of server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.support.faults.server import Behaviour, Peer, Received, head


def reply(
    body: bytes = b"",
    *,
    status: int = 200,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Behaviour:
    async def act(received: Received, peer: Peer) -> None:
        await peer.send(
            head(status, {"Content-Type": content_type, "Content-Length": str(len(body)), **(headers or {})})
        )
        await peer.send(body)

    return act


def reply_json(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Behaviour:
    return reply(json.dumps(value).encode(), status=status, headers=headers)


def refuse(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Behaviour:
    """An error as Convex words them."""
    return reply_json({"code": code, "message": message}, status=status, headers=headers)


def too_many(seconds: float, *, as_date: bool = False) -> Behaviour:
    """429, and when to come back: in so many seconds, or at the date that is then."""

    async def act(received: Received, peer: Peer) -> None:
        at = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        when = at if as_date else f"{seconds:g}"
        await refuse(429, "RateLimited", "Slow down", {"Retry-After": when})(received, peer)

    return act


def redirect(url: str, status: int = 302) -> Behaviour:
    return reply(status=status, headers={"Location": url})


def succeed(value: object, log_lines: list[str] | None = None) -> Behaviour:
    """A function that returned."""
    return reply_json({"status": "success", "value": value, **({"logLines": log_lines} if log_lines else {})})


def fail(message: str, **more: object) -> Behaviour:
    """A function that threw."""
    return reply_json({"status": "error", "errorMessage": message, **more})


def text(line: str) -> Behaviour:
    return reply(line.encode(), content_type="text/plain; charset=utf-8")


def html(status: int = 200) -> Behaviour:
    """A page, as a proxy or a guest network shows it."""
    page = b"<!doctype html><html><head><title>Welcome</title></head><body>Hello</body></html>"
    return reply(page, status=status, content_type="text/html; charset=utf-8")


def chunked(parts: list[bytes], *, whole: bool = True) -> Behaviour:
    """A body in chunks, with or without the chunk that ends it; then the connection closes."""

    async def act(received: Received, peer: Peer) -> None:
        await peer.send(head(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}))
        for part in parts:
            await peer.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        if whole:
            await peer.send(b"0\r\n\r\n")
        else:
            peer.finish()

    return act


def and_close(behaviour: Behaviour) -> Behaviour:
    """The behaviour, and the connection closed after it although it might have been kept."""

    async def act(received: Received, peer: Peer) -> None:
        await behaviour(received, peer)
        peer.finish()

    return act
