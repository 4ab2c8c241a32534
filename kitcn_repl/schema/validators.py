"""Validators as Convex writes them in JSON (deployment-api.md 8.2): what they say, and whether two say the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from kitcn_repl.values import JsonObject, JsonValue

_MOST_DEEP = 32
# The server reads `map` and `set` as any, and a commit timestamp is an int64 once it is stored.
_SAME_AS = {"float64": "number", "int64": "bigint", "commitTs": "bigint", "map": "any", "set": "any"}


@dataclass(frozen=True, slots=True)
class IdPlace:
    """A place within a field where ids of `target` are. `many` where the path leads through an array or a record."""

    path: str
    target: str
    many: bool


def id_places(name: str, validator: JsonObject | None) -> list[IdPlace]:
    """Where a field called `name` holds ids: `author`, `items.productId` (in objects and arrays), `rates.*` (a record).

    A place that several alternatives of a union lead to is there once per target.
    """
    places: dict[IdPlace, None] = {}
    for place in _places(name, validator, many=False, depth=0):
        places.setdefault(place)
    return list(places)


def _places(path: str, validator: JsonValue, *, many: bool, depth: int) -> Iterator[IdPlace]:
    if not isinstance(validator, dict) or depth > _MOST_DEEP:
        return
    inner = validator.get("value")
    match validator.get("type"):
        case "id":
            yield IdPlace(path, str(validator.get("tableName")), many)
        case "array":
            yield from _places(path, inner, many=True, depth=depth + 1)
        case "union":
            for alternative in inner if isinstance(inner, list) else []:
                yield from _places(path, alternative, many=many, depth=depth + 1)
        case "object":
            for name, field in fields_of(validator).items():
                yield from _places(f"{path}.{name}", field.get("fieldType"), many=many, depth=depth + 1)
        case "record":
            values = validator.get("values")
            if isinstance(values, dict):
                yield from _places(f"{path}.*", values.get("fieldType"), many=True, depth=depth + 1)


def fields_of(validator: JsonObject) -> dict[str, JsonObject]:
    """The fields of an object validator, each `{fieldType, optional}`."""
    fields = validator.get("value")
    if validator.get("type") != "object" or not isinstance(fields, dict):
        return {}
    return {name: field for name, field in fields.items() if isinstance(field, dict)}


def alternatives(validator: JsonObject) -> list[JsonObject]:
    """The members of a union, those of unions within it too; any other validator is its own only one."""
    members = validator.get("value")
    if validator.get("type") != "union" or not isinstance(members, list):
        return [validator]
    return [each for member in members if isinstance(member, dict) for each in alternatives(member)]


def accepts_null(validator: JsonObject | None) -> bool:
    """Whether null passes; also where nothing is known."""
    return validator is None or any(each.get("type") in ("null", "any") for each in alternatives(validator))


def reaches_into_many(validator: JsonObject | None, path: tuple[str, ...]) -> bool:
    """Whether the rest of a field's path, or the value at its end, is in an array or a record."""
    if validator is None:
        return False
    for each in alternatives(validator):
        match each.get("type"):
            case "array" | "record":
                return True
            case "object" if path:
                inner = fields_of(each).get(path[0], {}).get("fieldType")
                if isinstance(inner, dict) and reaches_into_many(inner, path[1:]):
                    return True
    return False


def union_of(validators: list[JsonObject]) -> JsonObject:
    """One validator for all of them, without repetitions."""
    different = {canonical(each): each for validator in validators for each in alternatives(validator)}
    if any(each.get("type") == "any" for each in different.values()):
        return {"type": "any"}
    members: list[JsonValue] = list(different.values())
    if len(members) == 1:
        (only,) = different.values()
        return only
    return {"type": "union", "value": members}


def same(first: JsonObject | None, second: JsonObject | None) -> bool:
    """Whether two validators accept the same values; what is not known (None) differs from nothing."""
    return first is None or second is None or canonical(first) == canonical(second)


def canonical(validator: JsonValue) -> str:
    """A text that is the same for validators that accept the same values, however they are written."""
    return json.dumps(_canonical(validator, 0), sort_keys=True)


def _canonical(validator: JsonValue, depth: int) -> JsonValue:
    if not isinstance(validator, dict) or depth > _MOST_DEEP:
        return None
    kind = validator.get("type")
    kind = _SAME_AS.get(str(kind), kind)
    inner = validator.get("value")
    match kind:
        case "id":
            return {"type": kind, "tableName": validator.get("tableName")}
        case "literal":
            return {"type": kind, "value": float(inner) if type(inner) is int else inner}
        case "array":
            return {"type": kind, "value": _canonical(inner, depth + 1)}
        case "object":
            return {"type": kind, "value": {name: _field(each, depth) for name, each in fields_of(validator).items()}}
        case "record":
            values = validator.get("values")
            value = values.get("fieldType") if isinstance(values, dict) else None
            return {
                "type": kind,
                "keys": _canonical(validator.get("keys"), depth + 1),
                "values": _canonical(value, depth + 1),
            }
        case "union":
            return _canonical_union(validator, depth)
    return {"type": kind}


def _field(field: JsonObject, depth: int) -> JsonValue:
    return [_canonical(field.get("fieldType"), depth + 1), field.get("optional") is True]


def _canonical_union(validator: JsonObject, depth: int) -> JsonValue:
    members = [_canonical(each, depth + 1) for each in alternatives(validator)]
    texts = {json.dumps(member, sort_keys=True): member for member in members}
    kinds = {member.get("type") for member in texts.values() if isinstance(member, dict)}
    if "any" in kinds:
        return {"type": "any"}
    booleans = ['{"type": "literal", "value": false}', '{"type": "literal", "value": true}']
    if all(text in texts for text in booleans):
        texts['{"type": "boolean"}'] = {"type": "boolean"}
        kinds.add("boolean")
    for text, member in list(texts.items()):
        if isinstance(member, dict) and member.get("type") == "literal" and _kind_of_literal(member) in kinds:
            del texts[text]
    if len(texts) == 1:
        return next(iter(texts.values()))
    return {"type": "union", "value": [texts[text] for text in sorted(texts)]}


def _kind_of_literal(literal: JsonObject) -> str:
    value = literal.get("value")
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    return "number" if isinstance(value, float) else "bigint"


def describe(validator: JsonObject | None) -> str:
    """A short text for people: `string | null`, `id<user>`, `array<number>`, `{a: string, b?: number}`."""
    if validator is None:
        return "unknown"
    kind, inner = validator.get("type"), validator.get("value")
    match kind:
        case "id":
            return f"id<{validator.get('tableName')}>"
        case "literal":
            return json.dumps(inner, ensure_ascii=False)
        case "array":
            return f"array<{_described(inner)}>"
        case "union":
            members = [describe(each) for each in alternatives(validator)]
            # null last: it says the least
            return " | ".join(sorted(members, key=lambda text: text == "null")) or "never"
        case "object":
            fields = fields_of(validator)
            described = (
                f"{n}{'?' * (f.get('optional') is True)}: {_described(f.get('fieldType'))}" for n, f in fields.items()
            )
            return "{" + ", ".join(described) + "}"
        case "record":
            values = validator.get("values")
            value = values.get("fieldType") if isinstance(values, dict) else None
            return f"record<{_described(validator.get('keys'))}, {_described(value)}>"
    return str(kind)


def _described(validator: JsonValue) -> str:
    return describe(validator if isinstance(validator, dict) else None)
