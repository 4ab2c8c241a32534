"""What an expression of a query is, as far as completion needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kitcn_repl.schema.validators import alternatives, fields_of
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.kinds import kind_of

_DEEPEST = 8

Stage = Literal["start", "ranged", "ordered"]


@dataclass(frozen=True, slots=True)
class Named:
    """Something with members and nothing else to know: `ctx`, `ctx.auth`, `Math`, a date."""

    name: str


@dataclass(frozen=True, slots=True)
class Db:
    system: bool = False


@dataclass(frozen=True, slots=True)
class QueryOf:
    """A query of `table` that has not been asked yet. Its range can be chosen at the start only."""

    table: str
    stage: Stage = "start"


@dataclass(frozen=True, slots=True)
class IndexRange:
    """The `q` of `withIndex`. `taken` are the index's fields that are bound already, `open` the one that has a bound on
    one side, and `sides` which (`g`, `l`)."""

    table: str
    index: str
    taken: int = 0
    open: str | None = None
    sides: str = ""


@dataclass(frozen=True, slots=True)
class SearchRange:
    """The `q` of `withSearchIndex`."""

    table: str
    index: str
    searched: bool = False


@dataclass(frozen=True, slots=True)
class FilterBuilder:
    """The `q` of `filter`."""

    table: str


@dataclass(frozen=True, slots=True)
class Operand:
    """What `q.field(...)` gives: it can be compared only. `values` are those that the field may have."""

    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentOf:
    """A document; `table` None where it cannot be known."""

    table: str | None


@dataclass(frozen=True, slots=True)
class RecordOf:
    fields: Mapping[str, Shape] = field(hash=False)


@dataclass(frozen=True, slots=True)
class ListOf:
    item: Shape


@dataclass(frozen=True, slots=True)
class TupleOf:
    items: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class PageOf:
    item: Shape


@dataclass(frozen=True, slots=True)
class PromiseOf:
    value: Shape


@dataclass(frozen=True, slots=True)
class FunctionAt:
    """A function of the text, which starts at this token."""

    token: int


@dataclass(frozen=True, slots=True)
class TextOf:
    """A string; one of `values` where only these are allowed."""

    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdOf:
    table: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that nothing is known of; offers nothing."""


Shape: TypeAlias = (
    Named
    | Db
    | QueryOf
    | IndexRange
    | SearchRange
    | FilterBuilder
    | Operand
    | DocumentOf
    | RecordOf
    | ListOf
    | TupleOf
    | PageOf
    | PromiseOf
    | FunctionAt
    | TextOf
    | IdOf
    | Unknown
)

UNKNOWN: Shape = Unknown()
TEXT: Shape = TextOf()
NUMBER: Shape = Named("number")
CTX: Shape = Named("ctx")


def shape_of(validator: JsonValue, depth: int = 0) -> Shape:
    """What a value is that passes a validator (deployment-api.md 8.2); null aside."""
    if not isinstance(validator, dict) or depth > _DEEPEST:
        return UNKNOWN
    members = [member for member in alternatives(validator) if member.get("type") != "null"]
    literals = [member.get("value") for member in members if member.get("type") == "literal"]
    if members and len(literals) == len(members):
        values = tuple(value for value in literals if isinstance(value, str))
        return TextOf(values) if len(values) == len(literals) else UNKNOWN
    if members and all(member.get("type") == "object" for member in members):
        fields: dict[str, Shape] = {}
        for member in members:
            for name, one in fields_of(member).items():
                fields.setdefault(name, shape_of(one.get("fieldType"), depth + 1))
        return RecordOf(fields)
    return _of_one(members[0], depth) if len(members) == 1 else UNKNOWN


def _of_one(validator: JsonObject, depth: int) -> Shape:
    match validator.get("type"):
        case "string":
            return TEXT
        case "number" | "float64":
            return NUMBER
        case "id":
            return IdOf(str(validator.get("tableName")))
        case "array":
            return ListOf(shape_of(validator.get("value"), depth + 1))
    return UNKNOWN


def shape_of_value(value: JsonValue, depth: int = 0) -> Shape:
    """What an encoded value is; of a list, what its first few items say together."""
    if depth > _DEEPEST:
        return UNKNOWN
    match kind_of(value):
        case "string":
            return TEXT
        case "number":
            return NUMBER
    if isinstance(value, list):
        fields: dict[str, Shape] = {}
        for item in value[:20]:
            shape = shape_of_value(item, depth + 1)
            if not isinstance(shape, RecordOf):
                return ListOf(shape)
            for name, one in shape.fields.items():
                if fields.get(name, UNKNOWN) == UNKNOWN:
                    fields[name] = one
        return ListOf(RecordOf(fields) if fields else UNKNOWN)
    if isinstance(value, dict) and kind_of(value) == "object":
        return RecordOf({name: shape_of_value(one, depth + 1) for name, one in value.items()})
    return UNKNOWN
