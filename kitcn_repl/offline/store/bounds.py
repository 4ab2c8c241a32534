"""Index key bounds as SQL conditions on `creation` and `id`, so that the two system indexes need no stored keys.

`creation` is the order-preserving integer of `creation_rank`; `id` is the id text. Ids are ASCII letters and digits,
which is why a byte bound decoded as Latin-1 still compares correctly with them in SQLite.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

_FLOAT_TAG: Final = 0x0D
_STRING_TAG: Final = 0x10
_SIGN: Final = 1 << 63
_ABOVE_ALL_IDS: Final = "\x7f"

_DOUBLE: Final = struct.Struct(">d")
_SIGNED: Final = struct.Struct(">q")


class Cut(NamedTuple):
    """A place between two rows: those after it satisfy `(creation, id) >= (rank, id)`, or `>` if `after_equal`.

    For the index by id `rank` is unused.
    """

    rank: int
    id: str
    after_equal: bool


class Everything:
    """All rows come after the bound."""


class Nothing:
    """No row comes after the bound."""


Place = Cut | type[Everything] | type[Nothing]


def creation_rank(milliseconds: float) -> int:
    """A signed 64-bit integer that orders like the IEEE total order of the float."""
    bits: int = _SIGNED.unpack(_DOUBLE.pack(milliseconds))[0]
    return bits if bits >= 0 else bits ^ (_SIGN - 1)


def id_key(document_id: str) -> bytes:
    return b"\x10%b\x00" % document_id.encode()


def creation_key(rank: int, document_id: str) -> bytes:
    return b"\x0d%b\x10%b\x00" % ((rank + _SIGN).to_bytes(8, "big"), document_id.encode())


def id_place(bound: bytes) -> Place:
    """Where `bound` falls among the keys `10 id 00`."""
    return _id_place(0, bound)


def creation_place(bound: bytes) -> Place:
    """Where `bound` falls among the keys `0d rank 10 id 00`."""
    if not bound or bound[0] < _FLOAT_TAG:
        return Everything
    if bound[0] > _FLOAT_TAG:
        return Nothing
    rank = int.from_bytes(bound[1:9].ljust(8, b"\x00"), "big") - _SIGN
    place = _id_place(rank, bound[9:])
    if place is Everything:
        return Cut(rank, "", False)
    if place is Nothing:
        return Cut(rank, _ABOVE_ALL_IDS, False)
    return place


def _id_place(rank: int, bound: bytes) -> Place:
    if not bound or bound[0] < _STRING_TAG:
        return Everything
    if bound[0] > _STRING_TAG:
        return Nothing
    text, terminator, rest = bound[1:].partition(b"\x00")
    return Cut(rank, text.decode("latin-1"), bool(terminator and rest))


def condition(columns: str, lower: Place, upper: Place) -> tuple[str, list[int | str]]:
    """SQL for "after `lower` and not after `upper`"; `columns` is `id` or `(creation, id)`."""
    parts: list[str] = []
    parameters: list[int | str] = []
    pair = columns != "id"
    marks = "(?, ?)" if pair else "?"
    for place, operators in ((lower, (">=", ">")), (upper, ("<", "<="))):
        if isinstance(place, Cut):
            parts.append(f"{columns} {operators[place.after_equal]} {marks}")
            parameters += [place.rank, place.id] if pair else [place.id]
    if lower is Nothing or upper is Everything:
        parts.append("0")
    return " AND ".join(parts) or "1", parameters
