"""Conditions as JavaScript over a document called `row`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from kitcn_repl.explore.finding.where import Compare, Condition, Exists, Join
from kitcn_repl.explore.inline.arguments import literal
from kitcn_repl.values import JsonValue
from kitcn_repl.values.kinds import kind_of

ExistsName = Callable[[str, Condition | None], str]
"""Gives the function that tells whether a relation has a document that fits."""

_PLAIN: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")
_SIGNS: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_NEGATED: Final = {
    "ne": "eq", "notIn": "in", "notBetween": "between", "notLike": "like", "notIlike": "ilike",
}  # fmt: skip


def predicate(condition: Condition, exists: ExistsName) -> str:
    """An expression that is true for documents that fit; it may hold `await`."""
    match condition:
        case Exists(relation, where):
            return f"await {exists(relation, where)}(row)"
        case Join("not", (part,)):
            return f"!({predicate(part, exists)})"
        case Join(kind, parts):
            if not parts:
                return "true" if kind == "and" else "false"
            return (" && " if kind == "and" else " || ").join(f"({predicate(part, exists)})" for part in parts)
        case Compare(field, operator, values):
            if operator in _NEGATED:
                return f"!({_compare(member('row', field), _NEGATED[operator], values)})"
            return _compare(member("row", field), operator, values)
    raise AssertionError(condition)


def member(row: str, path: str) -> str:
    """`row.profile?.name`."""
    first, *rest = path.split(".")
    text = f"{row}.{first}" if _PLAIN.match(first) else f"{row}[{json.dumps(first)}]"
    for name in rest:
        text += f"?.{name}" if _PLAIN.match(name) else f"?.[{json.dumps(name)}]"
    return text


def _compare(place: str, operator: str, values: tuple[JsonValue, ...]) -> str:
    texts = [literal(value, "where") for value in values]
    match operator:
        case "isNull":
            return f"{place} === undefined || {place} === null"
        case "isNotNull":
            return f"{place} !== undefined && {place} !== null"
        case "eq":
            return _equal(place, values[0])
        case "in":
            return " || ".join(f"({_equal(place, value)})" for value in values) or "false"
        case "between":
            return f"{_ordered(place, 'gte', values[0])} && {_ordered(place, 'lte', values[1])}"
        case "like" | "ilike":
            return f"like({place}, {texts[0]}, {json.dumps('i' if operator == 'ilike' else '')})"
        case "startsWith" | "endsWith":
            return f'typeof {place} === "string" && {place}.{operator}({texts[0]})'
        case "contains":
            return f'typeof {place} === "string" && {place}.includes({texts[0]})'
        case "arrayContains":
            return f"Array.isArray({place}) && [{', '.join(texts)}].every((x) => {place}.some((y) => same(x, y)))"
        case "arrayContained":
            return f"Array.isArray({place}) && {place}.every((x) => [{', '.join(texts)}].some((y) => same(x, y)))"
        case "arrayOverlaps":
            return f"Array.isArray({place}) && {place}.some((x) => [{', '.join(texts)}].some((y) => same(x, y)))"
        case _:
            return _ordered(place, operator, values[0])


def _equal(place: str, value: JsonValue) -> str:
    """Null stands for a missing field too, as for the ORM's columns."""
    if value is None:
        return f"{place} === undefined || {place} === null"
    if isinstance(value, str | bool):
        return f"{place} === {literal(value, 'where')}"
    return f"same({place}, {literal(value, 'where')})"


def _ordered(place: str, operator: str, value: JsonValue) -> str:
    """Within one type, in Convex's order, which a range of an index has: JavaScript's has another one for NaN, -0 and
    characters beyond U+FFFF."""
    return f'typeof {place} === "{kind_of(value)}" && compare({place}, {literal(value, "where")}) {_SIGNS[operator]} 0'
