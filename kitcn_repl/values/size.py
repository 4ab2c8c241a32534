"""Size of values as Convex counts it for limits and bandwidth (deployment-api.md 9.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kitcn_repl.values import JsonObject, JsonValue

_NUMBER: Final = 9
_FIXED: Final = {bool: 1, type(None): 1, float: _NUMBER, int: _NUMBER}


def value_size(encoded: JsonValue) -> int:
    """Size in bytes of an encoded value."""
    if isinstance(encoded, str):
        return _text_size(encoded) + 2
    if isinstance(encoded, dict):
        return _object_size(encoded)
    if isinstance(encoded, list):
        return 2 + sum([value_size(item) for item in encoded])
    return _FIXED[type(encoded)]


def _object_size(value: JsonObject) -> int:
    if len(value) == 1:
        ((key, inner),) = value.items()
        if key == "$integer" or key == "$float":
            return _NUMBER
        if key == "$bytes" and isinstance(inner, str):
            return len(inner) // 4 * 3 - inner[-2:].count("=") + 2
    total = 2 + len(value) + len("".join(value))  # field names are ASCII
    for item in value.values():
        kind = type(item)
        if kind is str:
            total += (len(item) if item.isascii() else _text_size(item)) + 2  # type: ignore[arg-type,union-attr]
        elif kind is dict or kind is list:
            total += value_size(item)
        else:
            total += _FIXED[kind]
    return total


def _text_size(text: str) -> int:
    """Bytes of the text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
