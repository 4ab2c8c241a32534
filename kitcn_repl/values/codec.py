"""Encoded JSON to Python values and back, and the lossy `json` format (deployment-api.md 9.2, 9.3).

| Convex | Python            | | Convex  | Python            |
|--------|-------------------|-|---------|-------------------|
| null   | None              | | string  | str               |
| int64  | Int64             | | bytes   | bytes             |
| float64| float             | | array   | list              |
| boolean| bool              | | object  | dict              |

Own code, though the official client has `json_to_convex` and `convex_to_json`, for what they do wrong or not at all
(`tests/values/test_official_client.py` shows it): an int token such as `5`, which JavaScript writes for each whole
float64, is refused; `$undefined` is unknown; base64 with junk in it is accepted and `$integer` of a wrong length ends
in `struct.error`; int64 becomes a class without arithmetic or order; errors do not name the path. And importing it
costs 28 ms.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from kitcn_repl.values.forms import (
    INT64_MAX,
    INT64_MIN,
    base64_of,
    bytes_of,
    float64,
    float_of,
    float_text,
    integer_of,
    integer_text,
)
from kitcn_repl.values.undefined import UNDEFINED, Undefined

if TYPE_CHECKING:
    from kitcn_repl.values import JsonObject, JsonValue

__all__ = ["UNDEFINED", "Int64", "Undefined", "Value", "clean", "decode", "encode"]

_T = TypeVar("_T")
_R = TypeVar("_R")

_MAX_FIELD_NAME: Final = 1024
_MAX_WHOLE_FLOAT: Final = 2**53


class Int64(int):
    """An int64, JavaScript's bigint: a plain `int` stands for float64, as in the official client.

    Raises ValueError for a number that does not fit into 64 bits.

    >>> Int64(5) + 1
    6
    >>> Int64(2**63)
    Traceback (most recent call last):
    ValueError: 9223372036854775808 does not fit into an int64
    """

    __slots__ = ()

    def __new__(cls, value: int) -> Int64:
        if not INT64_MIN <= value <= INT64_MAX:
            raise ValueError(f"{value} does not fit into an int64")
        return super().__new__(cls, value)

    def __repr__(self) -> str:
        return f"Int64({int(self)})"

    __str__ = int.__repr__


Value: TypeAlias = "bool | float | Int64 | str | bytes | list[Value] | dict[str, Value] | Undefined | None"
"""A Convex value in Python."""


def decode(encoded: JsonValue) -> Value:
    """The value of encoded JSON. Raises ValueError that names the path of what is malformed."""
    return _bounded(_decode, encoded)


def encode(value: object) -> JsonValue:
    """Encoded JSON of a value; tuples, other sequences and mappings, and bytes-like objects are taken too.

    Raises ValueError that names the path of what Convex has no type for, and of an int beyond ±2^53: not every one
    of those is a float64.
    """
    return _bounded(_encode, value)


def clean(encoded: JsonValue) -> JsonValue:
    """The lossy `json` format: int64 as decimal string, bytes as base64, special floats by name."""
    return _bounded(_clean, encoded)


def _bounded(convert: Callable[[_T, str], _R], value: _T) -> _R:
    try:
        return convert(value, "")
    except RecursionError:
        raise ValueError("value is nested too deeply") from None


def _decode(encoded: JsonValue, path: str) -> Value:
    kind = type(encoded)
    if encoded is None or kind is str or kind is float or kind is bool:
        return encoded  # type: ignore[return-value]
    if isinstance(encoded, int):
        return float64(encoded)
    if isinstance(encoded, list):
        return [_decode(item, f"{path}[{index}]") for index, item in enumerate(encoded)]
    if isinstance(encoded, dict):
        if len(encoded) == 1:
            ((key, inner),) = encoded.items()
            if key.startswith("$"):
                return _decode_form(key, inner, path)
        return {_checked_name(key, path): _decode(item, f"{path}.{key}") for key, item in encoded.items()}
    raise ValueError(_at(path, f"{kind.__name__} is not JSON"))


def _decode_form(key: str, inner: JsonValue, path: str) -> Value:
    try:
        if key == "$integer":
            return Int64(integer_of(inner))
        if key == "$float":
            return float_of(inner)
        if key == "$bytes":
            return bytes_of(inner)
    except ValueError as error:
        raise ValueError(_at(path, f"{key}: {error}")) from None
    if key == "$undefined" and inner is None:
        return UNDEFINED
    if key == "$commitTs" and inner is None:
        raise ValueError(_at(path, "a commit timestamp that is not known yet has no value"))
    raise ValueError(_at(path, f"{key} is not an encoded Convex value"))


def _encode(value: object, path: str) -> JsonValue:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)  # of a kind of str, such as the id in a document, the plain text
    if isinstance(value, float):
        return _encode_float(float(value))
    if isinstance(value, Int64):
        return {"$integer": integer_text(value)}
    if isinstance(value, int):
        if not -_MAX_WHOLE_FLOAT <= value <= _MAX_WHOLE_FLOAT:
            raise ValueError(
                _at(path, f"{value} is beyond what a float64 holds exactly (±2^53); use Int64 for an int64")
            )
        return float(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": base64_of(bytes(value))}
    if isinstance(value, Undefined):
        return {"$undefined": None}
    if isinstance(value, (dict, Mapping)):  # dict first: the abstract class is slow to ask
        return _encode_object(value, path)
    if isinstance(value, (list, Sequence)):
        return [_encode(item, f"{path}[{index}]") for index, item in enumerate(value)]
    official = _official_int64()
    if official is not None and isinstance(value, official):
        form: JsonValue = value.to_json()  # type: ignore[attr-defined]
        return form
    raise ValueError(_at(path, f"{type(value).__name__} is not a Convex type"))


def _encode_object(value: Mapping[object, object], path: str) -> JsonObject:
    encoded: JsonObject = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise ValueError(_at(path, f"object keys must be strings, not {type(key).__name__}"))
        encoded[_checked_name(key, path)] = _encode(item, f"{path}.{key}")
    return encoded


def _encode_float(value: float) -> JsonValue:
    if value - value != 0 or (value == 0 and str(value)[0] == "-"):
        return {"$float": float_text(value)}
    return value


def _official_int64() -> type | None:
    """`convex.ConvexInt64`, if the caller has imported it."""
    module = sys.modules.get("_convex")
    return getattr(module, "ConvexInt64", None)


def _clean(encoded: JsonValue, path: str) -> JsonValue:
    if isinstance(encoded, float):
        return _clean_float(encoded)
    if isinstance(encoded, list):
        return [_clean(item, f"{path}[{index}]") for index, item in enumerate(encoded)]
    if isinstance(encoded, dict):
        if len(encoded) == 1:
            ((key, inner),) = encoded.items()
            if key.startswith("$"):
                return _clean_form(_decode_form(key, inner, path), path)
        return {key: _clean(item, f"{path}.{key}") for key, item in encoded.items()}
    return encoded


def _clean_form(value: Value, path: str) -> JsonValue:
    if isinstance(value, Int64):
        return str(value)
    if isinstance(value, bytes):
        return base64_of(value)
    if isinstance(value, float):
        return _clean_float(value)
    raise ValueError(_at(path, "undefined is not a value"))


def _clean_float(value: float) -> JsonValue:
    if value - value == 0:
        return value
    if value != value:
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _checked_name(name: str, path: str) -> str:
    if name.startswith("$"):
        raise ValueError(_at(path, f"field name {name!r} starts with $, which is reserved"))
    if len(name) > _MAX_FIELD_NAME:
        raise ValueError(_at(path, f"field name of {len(name)} characters (maximum {_MAX_FIELD_NAME})"))
    if not (name.isascii() and name.isprintable()):
        raise ValueError(_at(path, f"field name {name!r} is not printable ASCII"))
    return name


def _at(path: str, problem: str) -> str:
    return f"{problem} (at {path.removeprefix('.')})" if path else problem
