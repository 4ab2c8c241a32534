"""The order of values (deployment-api.md 9.6) written down a second time, on values instead of bytes."""

from __future__ import annotations

import math
import struct

from kitcn_repl.values import Int64, Value
from kitcn_repl.values.order import UNDEFINED


def sign(number: int) -> int:
    return (number > 0) - (number < 0)


def rank(value: Value) -> int:
    kinds: list[type] = [type(UNDEFINED), type(None), Int64, float, bool, str, bytes, list, dict]
    return kinds.index(type(value))


def compare_floats(a: float, b: float) -> int:
    """IEEE total order, told without looking at bits where comparison tells it."""
    if a != a or b != b:
        (x,), (y,) = struct.unpack(">q", struct.pack(">d", a)), struct.unpack(">q", struct.pack(">d", b))
        x, y = (bits if bits >= 0 else -(bits & (2**63 - 1)) - 1 for bits in (x, y))
        return sign(x - y)
    if a == b == 0:
        return sign(int(math.copysign(1, a)) - int(math.copysign(1, b)))
    return (a > b) - (a < b)


def compare_sequences(a: list[Value], b: list[Value]) -> int:
    for x, y in zip(a, b, strict=False):
        if found := compare(x, y):
            return found
    return sign(len(a) - len(b))


def compare(a: Value, b: Value) -> int:
    """deployment-api.md 9.6, written down a second time, on values."""
    if rank(a) != rank(b):
        return sign(rank(a) - rank(b))
    if isinstance(a, float) and isinstance(b, float):
        return compare_floats(a, b)
    if isinstance(a, str) and isinstance(b, str):
        return (a.encode() > b.encode()) - (a.encode() < b.encode())
    if isinstance(a, (int, bytes)):
        return (a > b) - (a < b)  # type: ignore[operator]
    if isinstance(a, list) and isinstance(b, list):
        return compare_sequences(a, b)
    if isinstance(a, dict) and isinstance(b, dict):
        pairs = ([part for key in sorted(value) for part in (key, value[key])] for value in (a, b))
        return compare_sequences(*pairs)
    return 0
