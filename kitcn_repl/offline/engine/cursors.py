"""Cursors of `.paginate()`: a position in an index, bound to one query (deployment-api.md 10.5)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from kitcn_repl.values import JsonValue

_FINGERPRINT_BYTES = 8
_AFTER, _END = b"\x01", b"\x02"


class CursorError(Exception):
    """The text is no cursor."""


class WrongQueryError(CursorError):
    """The cursor belongs to another query, or to another deployment."""


@dataclass(frozen=True, slots=True)
class Position:
    """After the row with this index key; None is the end of the query."""

    key: bytes | None


def fingerprint(*parts: JsonValue) -> bytes:
    """What two runs of the same query have in common."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_FINGERPRINT_BYTES]


def encode_cursor(position: Position, query: bytes) -> str:
    payload = _END if position.key is None else _AFTER + position.key
    return (query + payload + hashlib.sha256(query + payload).digest()[:_FINGERPRINT_BYTES]).hex()


def decode_cursor(text: str, query: bytes) -> Position:
    """Raises CursorError, WrongQueryError."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        raise CursorError("Failed to parse cursor") from None
    body, check = data[:-_FINGERPRINT_BYTES], data[-_FINGERPRINT_BYTES:]
    payload = body[_FINGERPRINT_BYTES:]
    if not payload or text != text.lower() or hashlib.sha256(body).digest()[:_FINGERPRINT_BYTES] != check:
        raise CursorError("Failed to parse cursor")
    if body[:_FINGERPRINT_BYTES] != query:
        raise WrongQueryError
    return Position(None if payload == _END else payload[1:])
