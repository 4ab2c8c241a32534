"""What an encoded value is, in the words of validators (deployment-api.md 8.2)."""

from __future__ import annotations

from typing import Final

from kitcn_repl.values import JsonValue

_FORMS: Final = {"$integer": "bigint", "$float": "number", "$bytes": "bytes"}


def kind_of(value: JsonValue) -> str:
    """`null`, `boolean`, `number`, `bigint`, `string`, `bytes`, `array` or `object`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    if len(value) == 1:
        return _FORMS.get(next(iter(value)), "object")
    return "object"
