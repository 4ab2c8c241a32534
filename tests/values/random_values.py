"""Random encoded values from a seed, with all that is peculiar about JavaScript; well-formed ones and others."""

from __future__ import annotations

import base64
import random
import struct
from collections.abc import Callable

from kitcn_repl.values import JsonValue

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
_FEW: list[JsonValue] = [
    None, False, True, 0.0, 1.0, -1.0, 5e-324, {"$float": "AAAAAAAAAIA="}, {"$float": "AAAAAAAA+H8="},
    {"$float": "AAAAAAAA+P8="}, {"$float": "AAAAAAAA8P8="}, {"$integer": "AAAAAAAAAAA="}, {"$integer": "AQAAAAAAAAA="},
    {"$integer": "//////////8="}, {"$integer": "AAEAAAAAAAA="}, {"$integer": "AAAAAAAAAIA="}, "", "a", "ab", "a\0", "b",
    "é", "\uffff", "😀", {"$bytes": ""}, {"$bytes": "AA=="}, {"$bytes": "AAE="}, {"$bytes": "/w=="},
]  # fmt: skip
_NO_BASE64: list[JsonValue] = [None, 1, True, [], {}, ["AAAAAAAAAAA="], "", " "]
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def random_encoded(rng: random.Random, depth: int = 0) -> JsonValue:
    """Encoded JSON that the genuine decoder takes."""
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


def random_close(rng: random.Random, depth: int = 0) -> JsonValue:
    """Few and short ones, so that pairs are often equal, neighbours in order, or one the beginning of the other."""
    kind = rng.random()
    if depth < 3 and kind < 0.2:
        return [random_close(rng, depth + 1) for _ in range(rng.randrange(4))]
    if depth < 3 and kind < 0.4:
        return {key: random_close(rng, depth + 1) for key in rng.sample(["", "a", "ab", "b", "B"], rng.randrange(3))}
    if kind < 0.5:
        return {"$integer": _base64(random_int64(rng).to_bytes(8, "little", signed=True))}
    if kind < 0.6:
        return _encoded_float(random_float(rng))
    return rng.choice(_FEW)


def random_near(rng: random.Random, value: JsonValue) -> JsonValue:
    """The value with one thing changed somewhere in it, mostly in what comes first."""
    if isinstance(value, list) and value and rng.random() < 0.8:
        at = rng.choice([0, 0, rng.randrange(len(value))])
        return [*value[:at], random_near(rng, value[at]), *value[at + 1 :]]
    if isinstance(value, dict) and value and not next(iter(value)).startswith("$") and rng.random() < 0.8:
        name = rng.choice([min(value), rng.choice(list(value))])
        if rng.random() < 0.2:
            return {f"{name}{rng.choice('~ a')}" if key == name else key: item for key, item in value.items()}
        return {**value, name: random_near(rng, value[name])}
    if isinstance(value, str):
        return value + rng.choice(["", "\0", "a"])
    others: list[JsonValue] = [rng.choice(_FEW), [value], [value, None]]
    return rng.choice(others)


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


def random_malformed(rng: random.Random) -> JsonValue:
    """A value with something at a random place that is often no encoded value."""
    return _put(rng, random_encoded(rng, 2), _odd(rng))


def random_described(rng: random.Random, depth: int = 0) -> list[JsonValue]:
    """A value in neutral words, `[kind, what]`, for either language to build; about one in three is no Convex value."""
    choices: list[Callable[[], list[JsonValue]]] = [
        lambda: ["null", None],
        lambda: ["boolean", rng.random() < 0.5],
        lambda: ["float64", struct.pack(">d", random_float(rng)).hex()],
        lambda: ["bigint", str(random_int64(rng))],
        lambda: ["string", "".join(rng.choices(_CHARS, k=rng.randrange(6)))],
        lambda: ["bytes", rng.randbytes(rng.randrange(5)).hex()],
    ]
    if rng.random() < 0.08:
        choices = [
            lambda: ["bigint", str(rng.choice([2**63, -(2**63) - 1, 2**63 - 1, -(2**63), 2**64, 10**30]))],
            lambda: ["set", [["string", "a"]]],
            lambda: ["date", 0],
            lambda: ["function", 1],
            lambda: ["instance", None],
            lambda: ["object", [[_odd_key(rng), ["null", None]], ["a", ["null", None]]]],
        ]
    elif depth < 3:
        choices += [
            lambda: ["array", [random_described(rng, depth + 1) for _ in range(rng.randrange(4))]],
            lambda: ["object", [[key, random_described(rng, depth + 1)] for key in _some_keys(rng)]],
        ] * 2
    return rng.choice(choices)()


def _random_object(rng: random.Random, depth: int) -> JsonValue:
    # As a prototype, an array would make the genuine encoder refuse the object.
    return {key: 1.5 if key == "__proto__" else random_encoded(rng, depth + 1) for key in _some_keys(rng, _KEYS)}


def _some_keys(rng: random.Random, keys: list[str] = _KEYS[:-1]) -> list[str]:
    return rng.sample(keys, rng.randrange(5))


def _put(rng: random.Random, value: JsonValue, odd: JsonValue) -> JsonValue:
    if isinstance(value, list) and value and rng.random() < 0.7:
        at = rng.randrange(len(value))
        return [*value[:at], _put(rng, value[at], odd), *value[at + 1 :]]
    if isinstance(value, dict) and value and rng.random() < 0.7:
        name = rng.choice(list(value))
        if not name.startswith("$") and name != "__proto__":
            return {**value, name: _put(rng, value[name], odd)}
    around: list[JsonValue] = [odd, [odd], {"a": odd}, {"b": 1.0, "a": [None, odd]}]
    return rng.choice(around)


def _odd(rng: random.Random) -> JsonValue:
    form = rng.choice(["$bytes", "$integer", "$float"])
    choices: list[Callable[[], JsonValue]] = [
        lambda: {form: _odd_base64(rng)},
        lambda: {form: _base64(rng.randbytes(rng.choice([0, 1, 7, 8, 9, 16])))},
        lambda: {form: rng.choice(_NO_BASE64)},
        lambda: {form: "AAAAAAAAAAA=", rng.choice(["a", "$bytes", "", "$x"]): None},
        lambda: {"$float": _base64(struct.pack("<d", random_float(rng)))},
        lambda: {rng.choice(["$undefined", "$commitTs"]): rng.choice([None, None, False, "x", []])},
        lambda: {rng.choice(["$set", "$map", "$", "$$", "$x", "$Bytes", "$bytes "]): rng.choice([[], None, "AA=="])},
        lambda: {_odd_key(rng): None, **({"a": 1.0} if rng.random() < 0.5 else {})},
    ]
    return rng.choice(choices)()


def _odd_key(rng: random.Random) -> str:
    return rng.choice(
        [
            "$",
            "$a",
            "a$",
            "\0",
            "a\n",
            "\x1f",
            " ",
            "\x7f",
            "~",
            "é",
            "\u2028",
            "😀",
            "_id",
            "_",
            "a" * 1024,
            "a" * 1025,
        ]
    )


def _odd_base64(rng: random.Random) -> str:
    """Mostly eight bytes' worth, with one thing about it that may be wrong."""
    text = _base64(rng.randbytes(rng.choice([8, 8, 8, 3, 4])))
    at = rng.randrange(len(text))
    return rng.choice(
        [
            text[:at] + rng.choice("-_=* \n.é" + _BASE64) + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[:at] + rng.choice(" \n=" + _BASE64) + text[at:],
            text.rstrip("="),
            text + "=",
            text.rstrip("=")[:-1] + rng.choice(_BASE64) + "=" * text.count("="),
            text.replace("+", "-").replace("/", "_"),
        ]
    )


def _encoded_float(value: float) -> JsonValue:
    if value - value != 0 or str(value) == "-0.0":
        return {"$float": _base64(struct.pack("<d", value))}
    return value


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def is_storable(value: JsonValue) -> bool:
    """Whether a backend could hold it: no half surrogate pair, and nothing that JavaScript takes for a prototype."""
    if isinstance(value, str):
        return not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, list):
        return all(map(is_storable, value))
    if isinstance(value, dict):
        return "__proto__" not in value and all(map(is_storable, (*value, *value.values())))
    return True
