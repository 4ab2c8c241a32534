"""Convex's validators, `v`, and their JSON (deployment-api.md 8.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.operators import BigInt
from kitcn_repl.schema.source.values import UNDEFINED, Array, Call, Evaluator, Host, Record, Unknown, Value
from kitcn_repl.schema.source.vocabulary.hosts import Builtin, constant, report_unknown, texts_of
from kitcn_repl.values import JsonObject
from kitcn_repl.values.forms import INT64_MAX, INT64_MIN, integer_text


@dataclass(frozen=True, slots=True, eq=False)
class Validator(Host):
    """A Convex validator. `kind` is Convex's.

    `members` are the parts of a union, an array or a record; `depth` is how far validators nest below.
    `is_known` is false for the stand-in of a validator that cannot be known; its `json` accepts anything. `is_open`
    tells that an object has more fields than are known, `has_gaps` that a part is a stand-in or open.
    """

    kind: str
    json: JsonObject
    optional: bool = False
    fields: Mapping[str, Validator] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    members: tuple[Validator, ...] = ()
    is_known: bool = True
    is_open: bool = False
    has_gaps: bool = False
    depth: int = 0

    def as_optional(self, optional: bool = True) -> Validator:
        return self if self.optional == optional else replace(self, optional=optional)

    def member(self, name: str, place: Place) -> Value:
        if not self.is_known:
            return Unknown("the validator is not known", place)
        method = _METHODS.get(name)
        if method is not None:
            return Builtin(lambda call: method(self, call))
        if name == "isConvexValidator":
            return True
        if name == "kind":
            return self.kind
        if name == "isOptional":
            return "optional" if self.optional else "required"
        if name == "tableName" and self.kind == "id":
            return str(self.json["tableName"])
        if name == "fields" and self.kind == "object":
            unknown = [Unknown("the validator has more fields", place)] if self.is_open else []
            return Record(dict(self.fields), dict(self.places), unknown)
        if name == "members" and self.kind == "union":
            return Array(list(self.members))
        if name in _PART_NAMES.get(self.kind, ()):
            return self.members[_PART_NAMES[self.kind].index(name)]
        return UNDEFINED


_MOST_DEEP: Final = 64  # Convex's own limit for values
_PART_NAMES: Mapping[str, tuple[str, ...]] = {"array": ("element",), "record": ("key", "value")}

ANY = Validator("any", {"type": "any"})
UNKNOWN = Validator("any", {"type": "any"}, is_known=False)
NULL = Validator("null", {"type": "null"})
STRING = Validator("string", {"type": "string"})
NUMBER = Validator("float64", {"type": "number"})
BOOLEAN = Validator("boolean", {"type": "boolean"})
INT64 = Validator("int64", {"type": "bigint"})
BYTES = Validator("bytes", {"type": "bytes"})
COMMIT_TIME = Validator("commitTs", {"type": "commitTs"})


def id_of(table: str) -> Validator:
    return Validator("id", {"type": "id", "tableName": table})


def literal(value: Value) -> Validator:
    if isinstance(value, BigInt) and INT64_MIN <= value.number <= INT64_MAX:
        return Validator("literal", {"type": "literal", "value": {"$integer": integer_text(value.number)}})
    known, json = constant(value)
    return Validator("literal", {"type": "literal", "value": json}) if known else UNKNOWN


def array(element: Validator) -> Validator:
    return _of_members("array", {"type": "array", "value": element.json}, (element,))


def record(key: Validator, value: Validator) -> Validator:
    values: JsonObject = {"fieldType": value.json, "optional": False}
    return _of_members("record", {"type": "record", "keys": key.json, "values": values}, (key, value))


def union(*members: Validator) -> Validator:
    return _of_members("union", {"type": "union", "value": [member.json for member in members]}, members)


def _of_members(kind: str, json: JsonObject, members: tuple[Validator, ...]) -> Validator:
    depth = _depth(members)
    if depth > _MOST_DEEP:
        return UNKNOWN
    return Validator(kind, json, members=members, has_gaps=_have_gaps(members), depth=depth)


def _have_gaps(parts: Iterable[Validator]) -> bool:
    return any(not part.is_known or part.is_open or part.has_gaps for part in parts)


def _depth(parts: Iterable[Validator]) -> int:
    return 1 + max((part.depth for part in parts), default=0)


def object_(
    fields: Mapping[str, Validator], places: Mapping[str, Place] | None = None, *, is_open: bool = False
) -> Validator:
    depth = _depth(fields.values())
    if depth > _MOST_DEEP:
        return UNKNOWN
    json: JsonObject = {
        name: {"fieldType": validator.json, "optional": validator.optional} for name, validator in fields.items()
    }
    document: JsonObject = {"type": "object", "value": json}
    return Validator(
        "object",
        document,
        fields=fields,
        places=places or {},
        is_open=is_open,
        has_gaps=_have_gaps(fields.values()),
        depth=depth,
    )


def validator_of(value: Value, what: str, evaluator: Evaluator, place: Place) -> Validator:
    """The validator that a value is; UNKNOWN, and told to the user, where it is none that can be known."""
    if isinstance(value, Validator):
        return value
    if not report_unknown(evaluator, what, value):
        evaluator.report(what, Unknown("it is no validator that can be known without running it", place))
    return UNKNOWN


def fields_of(value: Value, what: str, evaluator: Evaluator, place: Place) -> Validator:
    """The object validator with these fields."""
    if isinstance(value, Validator):
        return value
    if not isinstance(value, Record):
        return validator_of(value, what, evaluator, place)
    fields: dict[str, Validator] = {}
    for name, entry in value.entries.items():
        if entry is not UNDEFINED:
            fields[name] = validator_of(entry, f"{what}.{name}", evaluator, value.places.get(name, place))
    is_open = report_unknown(evaluator, what, value)
    return object_(fields, value.places, is_open=is_open)


def members_of(arguments: Iterable[Value], what: str, call: Call) -> tuple[Validator, ...]:
    return tuple(validator_of(argument, what, call.evaluator, call.place) for argument in arguments)


def _optional(validator: Validator, call: Call) -> Value:
    return validator.as_optional()


def _omit(validator: Validator, call: Call) -> Value:
    left_out = set(texts_of(Array(list(call.arguments))))
    kept = {name: entry for name, entry in validator.fields.items() if name not in left_out}
    return _like(validator, kept)


def _pick(validator: Validator, call: Call) -> Value:
    names = texts_of(Array(list(call.arguments)))
    return _like(validator, {name: validator.fields[name] for name in names if name in validator.fields}, is_open=False)


def partial(validator: Validator) -> Validator:
    return _like(validator, {name: entry.as_optional() for name, entry in validator.fields.items()})


def extended(validator: Validator, more: Validator) -> Validator:
    return replace(
        object_(
            {**validator.fields, **more.fields},
            {**validator.places, **more.places},
            is_open=validator.is_open or more.is_open or not more.is_known,
        ),
        optional=validator.optional,
    )


def _extend(validator: Validator, call: Call) -> Value:
    return extended(validator, fields_of(call.argument(0), "the fields of extend()", call.evaluator, call.place))


def _like(validator: Validator, fields: Mapping[str, Validator], *, is_open: bool | None = None) -> Validator:
    places = {name: place for name, place in validator.places.items() if name in fields}
    opened = validator.is_open if is_open is None else is_open
    return replace(object_(fields, places, is_open=opened), optional=validator.optional)


_METHODS: Mapping[str, Callable[[Validator, Call], Value]] = {
    "optional": _optional,
    "asOptional": _optional,
    "omit": _omit,
    "pick": _pick,
    "partial": lambda validator, call: partial(validator),
    "extend": _extend,
}


def _always(validator: Validator) -> Builtin:
    return Builtin(lambda call: validator)


def _v_id(call: Call) -> Value:
    table = call.argument(0)
    if isinstance(table, str):
        return id_of(table)
    report_unknown(call.evaluator, "the table of v.id()", table)
    return UNKNOWN


def _v_literal(call: Call) -> Value:
    value = call.argument(0)
    found = literal(value)
    if not found.is_known:
        return validator_of(value, "the value of v.literal()", call.evaluator, call.place)
    return found


def _v_array(call: Call) -> Value:
    return array(validator_of(call.argument(0), "the elements of v.array()", call.evaluator, call.place))


def _v_object(call: Call) -> Value:
    return fields_of(call.argument(0), "the fields of v.object()", call.evaluator, call.place)


def _v_record(call: Call) -> Value:
    key, value = (
        validator_of(call.argument(at), f"the {name} of v.record()", call.evaluator, call.place)
        for at, name in enumerate(("keys", "values"))
    )
    return record(key, value)


def _v_union(call: Call) -> Value:
    return union(*members_of(call.arguments, "the members of v.union()", call))


def _v_optional(call: Call) -> Value:
    return validator_of(call.argument(0), "the validator in v.optional()", call.evaluator, call.place).as_optional()


def _v_nullable(call: Call) -> Value:
    return union(validator_of(call.argument(0), "the validator in v.nullable()", call.evaluator, call.place), NULL)


def literals(values: Iterable[Value]) -> Validator:
    return union(*(literal(value) for value in values))


V = Record(
    {
        "id": Builtin(_v_id),
        "null": _always(NULL),
        "number": _always(NUMBER),
        "float64": _always(NUMBER),
        "bigint": _always(INT64),
        "int64": _always(INT64),
        "commitTs": _always(COMMIT_TIME),
        "boolean": _always(BOOLEAN),
        "string": _always(STRING),
        "bytes": _always(BYTES),
        "any": _always(ANY),
        "literal": Builtin(_v_literal),
        "array": Builtin(_v_array),
        "object": Builtin(_v_object),
        "record": Builtin(_v_record),
        "union": Builtin(_v_union),
        "optional": Builtin(_v_optional),
        "nullable": Builtin(_v_nullable),
    }
)
"""`v` of `convex/values`."""
