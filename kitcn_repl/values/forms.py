"""The texts inside `$integer`, `$float` and `$bytes`: strict base64 (deployment-api.md 9.2).

Own code, since the official client's `json_to_convex` takes base64 with junk in it, and answers a wrong length with
`struct.error`, which is no ValueError.
"""

from __future__ import annotations

import struct
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import Final

INT64_MIN: Final = -(2**63)
INT64_MAX: Final = 2**63 - 1

NEGATIVE_ZERO: Final = "AAAAAAAAAIA="
"""What `$float` holds for -0."""

_DOUBLE: Final = struct.Struct("<d")


def bytes_of(text: object) -> bytes:
    """Bytes in standard, padded, canonical base64. Raises ValueError for anything else."""
    if not isinstance(text, str):
        raise ValueError("expected a base64 string")
    try:
        data = a2b_base64(text, strict_mode=True)
    except (Base64Error, ValueError) as error:
        raise ValueError(f"invalid base64: {error}") from None
    if base64_of(data) != text:
        raise ValueError("invalid base64: not canonical")
    return data


def base64_of(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")


def _eight_bytes(text: object) -> bytes:
    data = bytes_of(text)
    if len(data) != 8:
        raise ValueError(f"received {len(data)} bytes, expected 8")
    return data


def integer_of(text: object) -> int:
    """The int64 in a `$integer`."""
    return int.from_bytes(_eight_bytes(text), "little", signed=True)


def integer_text(value: int) -> str:
    """What `$integer` holds for an int64. Raises OverflowError outside of its range."""
    return base64_of(value.to_bytes(8, "little", signed=True))


def float_bits(text: object) -> bytes:
    """The IEEE bytes in a `$float`, big-endian: a NaN's payload would not survive every Python float."""
    return _eight_bytes(text)[::-1]


def float_of(text: object) -> float:
    """The float64 in a `$float`."""
    value: float = _DOUBLE.unpack(_eight_bytes(text))[0]
    return value


def float_text(value: float) -> str:
    """What `$float` holds for a float64."""
    return base64_of(_DOUBLE.pack(value))


def float64(token: float) -> float:
    """A JSON number as JSON decoders give it (int or float token) as the float64 it stands for."""
    try:
        return float(token)
    except OverflowError:
        return float("inf") if token > 0 else float("-inf")
