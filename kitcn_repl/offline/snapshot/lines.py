"""Cutting a stream of bytes into lines, in blocks small enough to keep memory flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kitcn_repl.offline.snapshot.errors import SnapshotError
from kitcn_repl.offline.snapshot.squeeze import squeeze

MAX_LINE_BYTES: Final = 8 * 1024 * 1024
"""Convex documents hold at most 1 MiB, which JSON can blow up by a factor of 6 (`\\u0001`)."""


class Block(NamedTuple):
    """Whole lines without their ends; `first` is the number of the first one, counted from 1.

    `text` is all of them together, `squeezed` what `squeeze` leaves of it, `size` their length in bytes, ends included.
    """

    first: int
    lines: list[str]
    text: str
    squeezed: bytes
    size: int


def blocks(pieces: Iterable[bytes], label: str) -> Iterator[Block]:
    """Raises SnapshotError for a line of more than MAX_LINE_BYTES. The last line need not have an end."""
    first = 1
    unfinished: list[bytes] = []
    length = 0
    for piece in pieces:
        end = piece.rfind(b"\n")
        if end < 0:
            unfinished.append(piece)
            length += len(piece)
        else:
            unfinished.append(piece[:end])
            block = _block(first, unfinished, label)
            yield block
            first += len(block.lines)
            unfinished = [piece[end + 1 :]]
            length = len(piece) - end - 1
        if length > MAX_LINE_BYTES:
            raise SnapshotError(
                f"{label} line {first}: longer than {MAX_LINE_BYTES >> 20} MiB; no Convex document is that long"
            )
    if length:
        yield _block(first, unfinished, label)


def _block(first: int, parts: list[bytes], label: str) -> Block:
    data = b"".join(parts)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = first + data.count(b"\n", 0, error.start)
        raise SnapshotError(f"{label} line {line}: not UTF-8 text") from None
    lines = text.split("\n")
    if "\r" in text:
        lines = [line.removesuffix("\r") for line in lines]
    return Block(first, lines, text, squeeze(data), len(data) + 1)
