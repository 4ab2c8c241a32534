"""What the genuine `convex/values` makes of our values: one node process for many (`genuine.mjs`)."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from kitcn_repl.values import UNDEFINED, Int64, JsonValue, Value, decode, encode
from kitcn_repl.values.javascript import display, stringify
from kitcn_repl.values.order import Undefined, encode_key
from kitcn_repl.values.size import value_size
from tests.support.node import run_module
from tests.values.random_values import is_storable

_JUDGE = (Path(__file__).parent / "genuine.mjs").read_text()


def judged(judge: Literal["decode", "encode", "order"], cases: Sequence[JsonValue]) -> list[Any]:
    verdicts: list[Any] = run_module(_JUDGE, {"judge": judge, "cases": cases})
    assert len(verdicts) == len(cases)
    return verdicts


def as_sent(cases: Sequence[JsonValue]) -> list[JsonValue]:
    """By way of text, since both JSON readers join halves of a surrogate pair that met."""
    read: list[JsonValue] = json.loads(json.dumps(cases))
    return read


def differences(encoded: JsonValue, verdict: Any) -> list[str]:
    """Where we take the same encoded value otherwise than the genuine code: refused or not, its texts, type, size."""
    expected = verdict.get("value")
    try:
        value = decode(encoded)
        if _has_undefined(value):
            raise ValueError
    except ValueError:
        # Theirs reads junk in base64 as zeros, and a commit timestamp that only a mutation may see.
        lenient = not verdict["strict"] or "$commitTs" in json.dumps(encoded)
        return [] if expected is None or lenient else ["we refuse it"]
    if expected is None:
        # As a backend we tell what a file holds, even where it should not be written so (offline-formats.md 1).
        return [] if "should be encoded as a number" in verdict["error"] else [f"they refuse it: {verdict['error']}"]
    if not verdict["strict"]:
        return ["we read junk in base64"]
    ours = {
        "compact": stringify(encoded),
        "indented": stringify(encoded, 2),
        "displayed": display(encoded),
        "described": described(value),
        "size": value_size(encoded),
    }
    if stringify(encode(value)) != ours["compact"]:
        ours["encoded again"] = stringify(encode(value))
    if not is_storable(encoded):
        ours["size"] = expected["size"]  # theirs miscounts half surrogate pairs and leaves out __proto__
    return [
        f"{name}: {ours.get(name)!r}, not {expected.get(name)!r}" for name in ours if ours[name] != expected.get(name)
    ]


def built(description: list[Any]) -> object:
    """What a description in neutral words stands for in Python. Raises ValueError for a bigint beyond int64."""
    kind, inner = description
    match kind:
        case "null" | "boolean" | "string":
            return inner
        case "float64":
            return struct.unpack(">d", bytes.fromhex(inner))[0]
        case "bigint":
            return Int64(int(inner))
        case "bytes":
            return bytes.fromhex(inner)
        case "array":
            return [built(item) for item in inner]
        case "object":
            return {key: built(item) for key, item in inner}
        case "set":
            return {str(item) for item in inner}
        case "function":
            return lambda: inner
        case _:
            return object()


def encoded_text(description: list[Any]) -> str | None:
    """The text of what `built` gives, None if we refuse it."""
    try:
        return stringify(encode(built(description)))
    except ValueError:
        return None


def sign_of_order(one: JsonValue | Undefined, other: JsonValue | Undefined) -> int:
    a, b = encode_key(one), encode_key(other)
    return (a > b) - (a < b)


def described(value: Value) -> object:
    """As the judge describes what it decoded."""
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case Int64():
            return ["int64", str(value)]
        case float():
            return ["float64", struct.pack(">d", value).hex()]
        case str():
            return ["string", value]
        case bytes():
            return ["bytes", value.hex()]
        case list():
            return ["array", *map(described, value)]
        case dict():
            # JavaScript's decoder loses this one: it sets the prototype.
            return ["object", *([key, described(value[key])] for key in sorted(value) if key != "__proto__")]
    raise TypeError(value)


def _has_undefined(value: Value) -> bool:
    """Only we take it, for filters and patches."""
    if isinstance(value, list):
        return any(map(_has_undefined, value))
    if isinstance(value, dict):
        return any(map(_has_undefined, value.values()))
    return value is UNDEFINED
