"""Behaviours for requests that want a WebSocket: it opens, and then goes wrong."""

from __future__ import annotations

import base64
import hashlib

from tests.support.faults.broken import hang
from tests.support.faults.server import Behaviour, Peer, Received, head

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CLOSE_FRAME = b"\x88\x02\x03\xf3"  # 1011, internal error


def text_frame(payload: bytes, *, promised: int | None = None) -> bytes:
    """A message to a client; `promised` is the length it claims to have, its own by default."""
    size = len(payload) if promised is None else promised
    if size < 126:
        return b"\x81" + bytes([size]) + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def upgraded(then: bytes = b"", *, stay: bool = False) -> Behaviour:
    """Agree to speak WebSocket, send these bytes, and close; or `stay`, silent, until the client goes."""

    async def act(received: Received, peer: Peer) -> None:
        key = received.headers.get("sec-websocket-key", "") + _MAGIC
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()  # as the protocol has it
        headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept}
        await peer.send(head(101, headers) + then)
        if stay:
            await hang(received, peer)
        peer.finish()

    return act
