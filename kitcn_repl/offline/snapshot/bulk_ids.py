"""Checking many document ids at once, some 30 times faster than decoding each (offline-formats.md 1.1).

All ids of a table have one length, so their base32 texts, padded to whole bytes and joined, are one number; its bytes
at a stride are columns, and the checksums of all ids are sums over these columns, in 16-bit lanes of Python's big
integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kitcn_repl.values.ids import INTERNAL_ID_LENGTH, encode_id

_ALPHABET: Final = b"0123456789abcdefghjkmnpqrstvwxyz"
_TO_PYTHON: Final = bytes.maketrans(_ALPHABET, b"0123456789abcdefghijklmnopqrstuv")
_CHECKSUM_BYTES: Final = 2


def all_ids_of(table_number: int, ids: Sequence[str]) -> bool:
    """Whether every text is a well-formed id that carries this table number. False says nothing about which is not."""
    if not ids:
        return True
    example = encode_id(table_number, bytes(INTERNAL_ID_LENGTH))
    if {*map(len, ids)} != {len(example)}:
        return False
    padding = "0" * (-len(example) % 8)
    joined = (padding.join(ids) + padding).encode("utf-8", "surrogatepass")
    if joined.translate(None, _ALPHABET):
        return False
    stride = (len(example) + len(padding)) * 5 // 8
    count = len(ids)
    data = int(joined.translate(_TO_PYTHON), 32).to_bytes(stride * count, "big")
    columns = [data[place::stride] for place in range(stride)]

    size = len(example) * 5 // 8
    body = size - _CHECKSUM_BYTES
    number_bytes = _bytes_of(example)[: body - INTERNAL_ID_LENGTH]
    if any(column != bytes((byte,)) * count for byte, column in zip(number_bytes, columns, strict=False)):
        return False
    # The bits between the id's last byte and the padding are zero in the only spelling that counts.
    if any(column.strip(b"\0") for column in columns[size:]):
        return False
    plain = weighted = 0
    for place, column in enumerate(columns[:body]):
        lanes = _lanes(column)
        plain += lanes
        weighted += (body - place) * lanes  # at most 255 * (21 + 20 + ... + 1) < 65536
    return _low_bytes(plain, count) == columns[body] and _low_bytes(weighted, count) == columns[body + 1]


def _bytes_of(text: str) -> bytes:
    padded = text + "0" * (-len(text) % 8)
    return int(padded.encode().translate(_TO_PYTHON), 32).to_bytes(len(padded) * 5 // 8, "big")


def _lanes(column: bytes) -> int:
    wide = bytearray(2 * len(column))
    wide[::2] = column
    return int.from_bytes(wide, "little")


def _low_bytes(lanes: int, count: int) -> bytes:
    return lanes.to_bytes(2 * count, "little")[::2]
