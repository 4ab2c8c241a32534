"""Convex order as bytes: comparing keys compares values (offline-formats.md 4.7, deployment-api.md 9.6).

Values come as *encoded* JSON the way `json.loads` gives it; int and float tokens are both float64. The functions run
once per document and field when an index is built, hence the dispatch by exact type, commonest first.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kitcn_repl.values.forms import bytes_of, float64, float_bits, integer_of
from kitcn_repl.values.undefined import UNDEFINED, Undefined

if TYPE_CHECKING:
    from kitcn_repl.values import JsonObject, JsonValue

__all__ = [
    "AFTER_VALUE",
    "UNDEFINED",
    "Undefined",
    "encode_key",
    "field_at",
    "index_key",
    "prefix_end",
]

AFTER_VALUE: Final = b"\xff"
"""Greater than any continuation of a key: each value starts with a tag of at most 0x15."""

_UNDEFINED: Final = b"\x01"
_NULL: Final = b"\x03"
_ZERO: Final = b"\x08"
_FALSE: Final = b"\x0e"
_TRUE: Final = b"\x0f"
_FLOAT_TAG: Final = 0x0D

_tagged_double: Final = struct.Struct(">Bd").pack
_double: Final = struct.Struct(">d").pack
_INVERT: Final = bytes(255 - byte for byte in range(256))


def index_key(encoded_values: Sequence[JsonValue | Undefined], document_id: str | None) -> bytes:
    """Key of a document in an index, from the values of the index's fields; without an id, the prefix of a range."""
    key = b"".join([encode_key(value) for value in encoded_values])
    return key if document_id is None else key + b"\x10" + document_id.encode("ascii") + b"\0"


def encode_key(encoded_value: JsonValue | Undefined) -> bytes:
    """Key of one value. Raises ValueError for a malformed `$integer`, `$float` or `$bytes`."""
    kind = type(encoded_value)
    if kind is str:
        return b"\x10" + _escaped(encoded_value)  # type: ignore[arg-type]
    if kind is float or kind is int:
        return _float_key(encoded_value)  # type: ignore[arg-type]
    if encoded_value is None:
        return _NULL
    if encoded_value is UNDEFINED:
        return _UNDEFINED
    if encoded_value is True:
        return _TRUE
    if encoded_value is False:
        return _FALSE
    if isinstance(encoded_value, list):
        return b"\x12" + b"".join([encode_key(item) for item in encoded_value]) + b"\0"
    if isinstance(encoded_value, dict):
        return _object_key(encoded_value)
    raise TypeError(f"not encoded JSON: {kind.__name__}")


def prefix_end(prefix: bytes) -> bytes:
    """The least key greater than every key that continues `prefix` (a whole number of values)."""
    return prefix + AFTER_VALUE


def field_at(document: JsonObject, path: str) -> JsonValue | Undefined:
    """The field at a dotted path, UNDEFINED where there is none."""
    if "." not in path:
        return document.get(path, UNDEFINED)
    value: JsonValue = document
    for name in path.split("."):
        # `$` never begins a field name: it would look into an int64 or bytes.
        if not isinstance(value, dict) or name not in value or name.startswith("$"):
            return UNDEFINED
        value = value[name]
    return value


def _float_key(token: float) -> bytes:
    value = token if type(token) is float else float64(token)
    # Flipping the sign bit of a non-negative float is negation.
    if value > 0:
        return _tagged_double(_FLOAT_TAG, -value)
    return _float_bits_key(_double(value))


def _float_bits_key(bits: bytes) -> bytes:
    if bits[0] & 0x80:
        return b"\x0d" + bits.translate(_INVERT)
    return b"\x0d" + bytes((bits[0] | 0x80,)) + bits[1:]


def _escaped(text: str) -> bytes:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        # No backend stores half a surrogate pair, but a plain JSON file can hold one.
        data = text.encode("utf-8", "surrogatepass")
    if 0 in data:
        data = data.replace(b"\0", b"\0\xff")
    return data + b"\0"


def _int64_key(value: int) -> bytes:
    if value == 0:
        return _ZERO
    if -0x80 <= value < 0x80:
        step, width = 1, 1
    elif -0x8000 <= value < 0x8000:
        step, width = 2, 2
    elif -0x8000_0000 <= value < 0x8000_0000:
        step, width = 3, 4
    else:
        step, width = 4, 8
    tag = 8 - step if value < 0 else 8 + step
    return bytes((tag,)) + value.to_bytes(width, "big", signed=True)


def _object_key(value: JsonObject) -> bytes:
    if len(value) == 1:
        ((key, inner),) = value.items()
        if key == "$integer":
            return _int64_key(integer_of(inner))
        if key == "$float":
            return _float_bits_key(float_bits(inner))
        if key == "$bytes":
            return b"\x11" + bytes_of(inner).replace(b"\0", b"\0\xff") + b"\0"
        if key == "$undefined":
            return _UNDEFINED
    parts = [b"\x15"]
    # Python compares strings by code point, which is the order of their UTF-8.
    for key in sorted(value):
        parts.append(_escaped(key) if key else b"\0\xff")
        parts.append(encode_key(value[key]))
    parts.append(b"\0")
    return b"".join(parts)
