"""One document per interesting Convex value: what every encoder, sorter and renderer must survive."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kitcn_repl.values.codec import Int64, Value

_VALUES: tuple[tuple[str, str, Value], ...] = (
    ("null", "null", None),
    ("int64 zero", "int64", Int64(0)),
    ("int64 minus one", "int64", Int64(-1)),
    ("int64 beyond 2^53", "int64", Int64(9_007_199_254_740_993)),
    ("int64 smallest", "int64", Int64(-(2**63))),
    ("int64 largest", "int64", Int64(2**63 - 1)),
    ("zero", "float64", 0.0),
    ("negative zero", "float64", -0.0),
    ("one", "float64", 1.0),
    ("a tenth", "float64", 0.1),
    ("negative", "float64", -273.15),
    ("large", "float64", 1e21),
    ("tiny", "float64", 5e-324),
    ("infinity", "float64", math.inf),
    ("minus infinity", "float64", -math.inf),
    ("not a number", "float64", math.nan),
    ("false", "boolean", False),
    ("true", "boolean", True),
    ("empty string", "string", ""),
    ("word", "string", "kitcn"),
    ("umlauts, kanji, emoji", "string", "Grüße, 世界 👋🏽"),
    ("quotes and backslash", "string", 'He said "no" \\ and left'),
    ("newline and tab", "string", "first line\nsecond\tline"),
    ("terminal escape", "string", "\x1b[31mred?\x1b[0m \x07"),
    ("markup", "string", "[bold]not bold[/bold] <b>nor this</b>"),
    ("right-to-left override", "string", "abc\u202edef"),
    ("zero byte", "string", "a\x00b"),
    ("long string", "string", "All work and no play makes a dull boy. " * 30),
    ("empty bytes", "bytes", b""),
    ("bytes", "bytes", bytes(range(8))),
    ("more bytes", "bytes", b"\xff\x00" * 32),
    ("empty array", "array", []),
    ("array of numbers", "array", [3.0, 1.0, 2.0]),
    ("mixed array", "array", [None, Int64(7), 1.5, True, "x", b"\x01", [], {}]),
    ("deep array", "array", [[[[[["bottom"]]]]]]),
    ("empty object", "object", {}),
    ("object", "object", {"b": 1.0, "a": "first", "10": "ten", "9": "nine"}),
    ("nested object", "object", {"address": {"city": "Graz", "geo": {"lat": 47.07, "lng": 15.44}}, "tags": ["a", "b"]}),
)


def _specimens() -> Iterator[dict[str, Value]]:
    yield {"label": "missing", "kind": "undefined"}
    for label, kind, value in _VALUES:
        yield {"label": label, "kind": kind, "value": value}
    yield {"label": "embedding", "kind": "array", "value": "see embedding", "embedding": [0.1, -0.2, 0.3, 0.4]}


SPECIMENS: tuple[dict[str, Value], ...] = tuple(_specimens())
