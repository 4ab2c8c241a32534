"""Whole messages of a WebSocket (RFC 6455), as a relay sees them pass."""

from __future__ import annotations

import secrets
from asyncio import StreamReader
from collections.abc import AsyncIterator
from dataclasses import dataclass

TEXT = 0x1
_CONTROL = 0x8
_FINAL = 0x80
_MASKED = 0x80
_LARGEST = 64 * 1024 * 1024


class MalformedMessageError(Exception):
    """What came is no WebSocket message, or is larger than any that Convex sends."""


@dataclass(frozen=True, slots=True)
class Message:
    """`kind` is the opcode: text, or one that just passes."""

    kind: int
    payload: bytes

    def encode(self, *, masked: bool) -> bytes:
        """One frame; those of clients are masked, those of servers are not."""
        size = len(self.payload)
        flag = _MASKED if masked else 0
        head = bytes([_FINAL | self.kind])
        if size < 126:
            head += bytes([flag | size])
        elif size < 1 << 16:
            head += bytes([flag | 126]) + size.to_bytes(2, "big")
        else:
            head += bytes([flag | 127]) + size.to_bytes(8, "big")
        if not masked:
            return head + self.payload
        mask = secrets.token_bytes(4)
        return head + mask + _masked(self.payload, mask)


async def messages(reader: StreamReader) -> AsyncIterator[Message]:
    """Until the connection ends (IncompleteReadError). Control frames come as they stand between fragments."""
    kind, parts, size = 0, list[bytes](), 0
    while True:
        first, second = await reader.readexactly(2)
        opcode = first & 0x0F
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(await reader.readexactly(2), "big")
        elif length == 127:
            length = int.from_bytes(await reader.readexactly(8), "big")
        size += length
        if size > _LARGEST or first & 0x70:
            raise MalformedMessageError
        mask = await reader.readexactly(4) if second & _MASKED else b""
        payload = await reader.readexactly(length)
        if mask:
            payload = _masked(payload, mask)
        if opcode & _CONTROL:
            size -= length
            yield Message(opcode, payload)
            continue
        if opcode:
            kind = opcode
        parts.append(payload)
        if first & _FINAL:
            yield Message(kind, b"".join(parts))
            parts, size = [], 0


def _masked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    repeated = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")
