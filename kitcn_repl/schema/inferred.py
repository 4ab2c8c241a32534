"""Fields of a table that has no schema, from a sample of its documents."""

from __future__ import annotations

from collections.abc import Sequence

from kitcn_repl.schema.model import Field
from kitcn_repl.schema.validators import alternatives, canonical, fields_of
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.kinds import kind_of

_MOST_FIELDS = 64
_MOST_ALTERNATIVES = 16
_ANY: JsonObject = {"type": "any"}


def inferred_fields(documents: Sequence[JsonObject]) -> dict[str, Field]:
    """Fields by name, in order of appearance; optional where a document lacks one. System fields are left out."""
    seen: dict[str, list[JsonObject]] = {}
    for document in documents:
        for name, value in document.items():
            if not name.startswith("_"):
                seen.setdefault(name, []).append(_validator(value))
    return {
        name: Field(name, _merged(validators), optional=len(validators) < len(documents), origins=("data",))
        for name, validators in seen.items()
    }


def _validator(value: JsonValue) -> JsonObject:
    if isinstance(value, list):
        return {"type": "array", "value": _merged([_validator(item) for item in value])}
    kind = kind_of(value)
    if not isinstance(value, dict) or kind != "object":
        return {"type": kind}
    if len(value) > _MOST_FIELDS:
        inner: JsonObject = {"fieldType": _merged([_validator(item) for item in value.values()]), "optional": False}
        return {"type": "record", "keys": {"type": "string"}, "values": inner}
    fields: JsonObject = {
        name: {"fieldType": _validator(item), "optional": False} for name, item in sorted(value.items())
    }
    return {"type": "object", "value": fields}


def _merged(validators: Sequence[JsonObject]) -> JsonObject:
    """One validator for all of them: objects become one object, arrays one array. Any for none at all."""
    flat = [each for validator in validators for each in alternatives(validator)]
    objects = [each for each in flat if each["type"] == "object"]
    arrays = [each for each in flat if each["type"] == "array"]
    others = {canonical(each): each for each in flat if each["type"] not in ("object", "array", "any")}
    merged = list(others.values())
    if arrays:
        merged.append({"type": "array", "value": _merged([_inner(array) for array in arrays])})
    if objects:
        merged.append(_merged_objects(objects))
    if not merged or len(merged) > _MOST_ALTERNATIVES:
        return _ANY
    return merged[0] if len(merged) == 1 else {"type": "union", "value": list(merged)}


def _inner(array: JsonObject) -> JsonObject:
    inner = array["value"]
    assert isinstance(inner, dict)
    return inner


def _merged_objects(objects: Sequence[JsonObject]) -> JsonObject:
    seen: dict[str, list[JsonObject]] = {}
    for validator in objects:
        for name, field in fields_of(validator).items():
            seen.setdefault(name, []).append(field)
    fields: JsonObject = {}
    for name, found in seen.items():
        types = [each["fieldType"] for each in found]
        optional = len(found) < len(objects) or any(each["optional"] is True for each in found)
        fields[name] = {"fieldType": _merged([each for each in types if isinstance(each, dict)]), "optional": optional}
    return {"type": "object", "value": fields}
