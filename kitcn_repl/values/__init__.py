"""Convex values: their JSON encodings, order, size, and document ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from kitcn_repl.values.codec import Int64, Value, clean, decode, encode
    from kitcn_repl.values.ids import DocumentId, IdError, decode_id, encode_id, is_id
    from kitcn_repl.values.undefined import UNDEFINED

__all__ = [
    "UNDEFINED",
    "DocumentId",
    "IdError",
    "Int64",
    "JsonObject",
    "JsonValue",
    "Value",
    "clean",
    "decode",
    "decode_id",
    "encode",
    "encode_id",
    "is_id",
]

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
"""Any JSON value. Convex values travel as *encoded* JSON: deployment-api.md 9.2."""

JsonObject: TypeAlias = "dict[str, JsonValue]"
"""A JSON object; a document is one, with `_id` and `_creationTime` (milliseconds since 1970)."""

_HOME = dict.fromkeys(("Int64", "Value", "clean", "decode", "encode"), "codec")
_HOME |= dict.fromkeys(("DocumentId", "IdError", "decode_id", "encode_id", "is_id"), "ids")
_HOME |= {"UNDEFINED": "undefined"}


def __getattr__(name: str) -> object:
    # Lazily: nearly every module imports this one for its types alone.
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)
