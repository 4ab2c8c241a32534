"""Values in the format that a request names (deployment-api 9.3)."""

from __future__ import annotations

from collections.abc import Callable

from kitcn_repl.offline.server.failures import bad_request
from kitcn_repl.values import JsonValue
from kitcn_repl.values.codec import clean
from kitcn_repl.values.forms import NEGATIVE_ZERO, float64, integer_of


def _same(encoded: JsonValue) -> JsonValue:
    return encoded


def _export(encoded: JsonValue) -> JsonValue:
    """int64 becomes an integer, a float always keeps its dot; NaN, infinities and bytes stay encoded."""
    if isinstance(encoded, list):
        return [_export(item) for item in encoded]
    if isinstance(encoded, dict):
        if len(encoded) == 1:
            [(key, inner)] = encoded.items()
            if key == "$integer":
                return integer_of(inner)
            if key == "$float":
                return -0.0 if inner == NEGATIVE_ZERO else encoded
            if key == "$bytes":
                return encoded
        return {key: _export(item) for key, item in encoded.items()}
    if isinstance(encoded, bool) or not isinstance(encoded, int | float):
        return encoded
    return float64(encoded)


_FORMATS: dict[str, Callable[[JsonValue], JsonValue]] = {
    "convex_encoded_json": _same,
    "convex_json": _same,
    "json": clean,
    "convex_clean_json": clean,
    "export_json": _export,
}


def formatter(name: str) -> Callable[[JsonValue], JsonValue]:
    """From encoded values to the format `name`."""
    try:
        return _FORMATS[name]
    except KeyError:
        raise bad_request("BadFormat", f"format param must be one of [`json`]. Got {name}") from None
