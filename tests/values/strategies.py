"""Random Convex values, as Python values and as encoded JSON."""

from __future__ import annotations

import base64
import random
import struct
from collections.abc import Callable

from hypothesis import strategies as st

from kitcn_repl.values import Int64, JsonValue, Value

FIELD_NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=6).filter(
    lambda name: name[:1] != "$"
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8) | st.text("\0\x01a\x7fé\uffff😀", max_size=4)
INT64S = st.integers(-(2**63), 2**63 - 1) | st.integers(-300, 300) | st.integers(-70_000, 70_000)

SCALARS: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    INT64S.map(Int64),
    st.floats(),
    st.binary(max_size=4),
    TEXTS,
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELD_NAMES, inner, max_size=3),
    max_leaves=8,
)
# Few and short ones, so that pairs are often equal, or one the beginning of the other.
CLOSE_VALUES: st.SearchStrategy[Value] = st.recursive(
    st.sampled_from(
        [None, False, True, Int64(0), Int64(-1), Int64(128), 0.0, -0.0, 1.0, "", "a", "a\0", "b", b"", b"\0"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["", "a", "b"]), inner, max_size=2),
    max_leaves=5,
)

_KEYS = [
    "",
    "0",
    "1",
    "10",
    "2",
    "01",
    "4294967294",
    "4294967295",
    "A",
    "_x",
    "a",
    "a b",
    "b",
    '"',
    "\\",
    "~",
    "__proto__",
]
_CHARS = ["\0", "\n", "\x1f", '"', "\\", "/", "a", "\x7f", "é", "\u2028", "\ud83d", "\ude00", "😀", "\uffff"]


def random_encoded(rng: random.Random, depth: int = 0) -> JsonValue:
    """Encoded JSON that the genuine decoder takes, with all that is peculiar about JavaScript."""
    choices: list[Callable[[], JsonValue]] = [
        lambda: None,
        lambda: rng.random() < 0.5,
        lambda: {"$integer": _base64(random_int64(rng).to_bytes(8, "little", signed=True))},
        lambda: _encoded_float(random_float(rng)),
        lambda: rng.randrange(-(2 ** rng.randrange(1, 70)), 2 ** rng.randrange(1, 70)) or 1,
        lambda: {"$bytes": _base64(rng.randbytes(rng.randrange(5)))},
        lambda: "".join(rng.choices(_CHARS, k=rng.randrange(6))),
    ]
    if depth < 4:
        choices += [
            lambda: [random_encoded(rng, depth + 1) for _ in range(rng.randrange(4))],
            lambda: _random_object(rng, depth),
        ]
    return rng.choice(choices)()


def random_int64(rng: random.Random) -> int:
    bits = rng.randrange(64)
    return rng.choice([0, rng.randrange(-(2**bits), 2**bits)])


def random_float(rng: random.Random) -> float:
    """Any finite float or infinity, the NaN that JavaScript knows, and many near the borders of notation."""
    exponent = rng.randrange(-12, 25)
    bits: float = struct.unpack("<d", rng.randbytes(8))[0]
    choice = rng.choice(
        [
            rng.choice([0.0, -0.0, 1.0, 5e-324, 1e21, 1e-7, float("inf"), float("-inf"), float("nan")]),
            rng.choice([-1, 1]) * rng.randrange(1, 1000) * 10.0**exponent,
            rng.random() * 10.0**exponent,
            bits,
        ]
    )
    return choice if choice == choice else float("nan")


def _random_object(rng: random.Random, depth: int) -> JsonValue:
    keys = rng.sample(_KEYS, rng.randrange(5))
    # As a prototype, an array would make the genuine encoder refuse the object.
    return {key: 1.5 if key == "__proto__" else random_encoded(rng, depth + 1) for key in keys}


def _encoded_float(value: float) -> JsonValue:
    if value - value != 0 or str(value) == "-0.0":
        return {"$float": _base64(struct.pack("<d", value))}
    return value


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
