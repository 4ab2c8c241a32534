"""The `where` of a relation, as far as it is plain equality."""

from __future__ import annotations

from kitcn_repl.explore.json5 import Json5Error, parse
from kitcn_repl.values import JsonValue

Condition = tuple[str, JsonValue]
"""A field and the value that it must have; null also for a missing field."""

_SYSTEM = {"id": "_id", "createdAt": "_creationTime"}


def conditions(where: str | None) -> tuple[tuple[Condition, ...], str | None]:
    """The conditions of a filter's source text, and the text itself if they are not all that it says.

    Understood are `{field: value}`, `{field: {eq: value}}` and `{field: {isNull: true}}`, with constant values.
    """
    if where is None or not where.strip():
        return (), None
    try:
        parsed = parse(where)
    except Json5Error:
        return (), where
    if not isinstance(parsed, dict):
        return (), where
    found: list[Condition] = []
    for name, value in parsed.items():
        if value == {"isNull": True}:
            value = None
        elif isinstance(value, dict) and value.keys() == {"eq"}:
            value = value["eq"]
        if isinstance(value, dict | list) or name in ("AND", "OR", "NOT", "RAW"):
            return (), where
        found.append((_SYSTEM.get(name, name), value))
    return tuple(found), None
