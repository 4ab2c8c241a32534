"""Behaviours of servers and networks that break down: in time, in length, in what they say."""

from __future__ import annotations

import asyncio
import zlib

from tests.support.faults.server import Behaviour, Peer, Received, head

_JSON = {"Content-Type": "application/json"}
_HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_PROMISED = {**_JSON, "Content-Length": "1000000"}
_BLOCK = 1 << 20


async def close(received: Received, peer: Peer) -> None:
    """Close without a word."""
    peer.finish()


async def reset(received: Received, peer: Peer) -> None:
    """Reset the connection without a word."""
    peer.reset()


async def cut_in_headers(received: Received, peer: Peer) -> None:
    """Close in the middle of a header."""
    await peer.send(_HEADERS + b"Content-Le")
    peer.finish()


async def reset_in_headers(received: Received, peer: Peer) -> None:
    await peer.send(_HEADERS + b"Content-Le")
    peer.reset()


async def reset_in_body(received: Received, peer: Peer) -> None:
    await peer.send(head(200, _PROMISED) + b'{"status":"succ')
    peer.reset()


def cut_off(sent: bytes, promised: int = 1000) -> Behaviour:
    """Promise more bytes than are sent, then close."""

    async def act(received: Received, peer: Peer) -> None:
        await peer.send(head(200, {**_JSON, "Content-Length": str(promised)}) + sent)
        peer.finish()

    return act


def raw(data: bytes) -> Behaviour:
    """Exactly these bytes, then close."""

    async def act(received: Received, peer: Peer) -> None:
        await peer.send(data)
        peer.finish()

    return act


async def hang(received: Received, peer: Peer) -> None:
    """Say nothing until the client goes away."""
    await peer.reader.read()
    peer.finish()


async def hang_in_body(received: Received, peer: Peer) -> None:
    """Half an answer, and silence until the client goes away."""
    await peer.send(head(200, _PROMISED) + b'{"status":"succ')
    await hang(received, peer)


def drip(pause: float = 0.01) -> Behaviour:
    """A byte of the body every `pause` seconds, for ever."""
    return _dripping(head(200, _PROMISED), b" ", pause)


def drip_headers(pause: float = 0.01) -> Behaviour:
    """A header that never ends."""
    return _dripping(_HEADERS + b"X-Slow: ", b"z", pause)


def late(seconds: float, behaviour: Behaviour) -> Behaviour:
    async def act(received: Received, peer: Peer) -> None:
        await asyncio.sleep(seconds)
        await behaviour(received, peer)

    return act


def endless(most: int = 1 << 34) -> Behaviour:
    """A value of `most` bytes in chunks, as fast as the client takes them."""

    async def act(received: Received, peer: Peer) -> None:
        await peer.send(head(200, {**_JSON, "Transfer-Encoding": "chunked"}) + b'A\r\n{"value":"\r\n')
        chunk = b"%x\r\n" % _BLOCK + b"x" * _BLOCK + b"\r\n"
        for _ in range(most // _BLOCK):
            await peer.send(chunk)
        peer.finish()

    return act


def gzip_bomb(inflated: int = 1 << 34) -> Behaviour:
    """An answer of a few megabytes that unpacks to `inflated` bytes."""

    async def act(received: Received, peer: Peer) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        beginning = packer.compress(b'{"status":"success","value":"') + packer.flush(zlib.Z_FULL_FLUSH)
        block = packer.compress(b"x" * _BLOCK) + packer.flush(zlib.Z_FULL_FLUSH)  # depends on nothing before it
        sent = beginning + block * (inflated // _BLOCK)
        await peer.send(head(200, {**_JSON, "Content-Encoding": "gzip", "Content-Length": str(len(sent))}))
        await peer.send(sent)

    return act


def _dripping(beginning: bytes, drop: bytes, pause: float) -> Behaviour:
    async def act(received: Received, peer: Peer) -> None:
        await peer.send(beginning)
        while not peer.reader.at_eof():
            await peer.send(drop)
            await asyncio.sleep(pause)
        peer.finish()

    return act
