"""kitcn's column builders (kitcn.md 1)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.values import UNDEFINED, Array, Call, Evaluator, Host, Record, Unknown, Value
from kitcn_repl.schema.source.vocabulary import validators
from kitcn_repl.schema.source.vocabulary.hosts import (
    MOST_DEEP,
    Builtin,
    constant,
    is_given,
    property_of,
    report_unknown,
    text,
    texts_of,
)
from kitcn_repl.schema.source.vocabulary.validators import Validator

if TYPE_CHECKING:
    from kitcn_repl.schema.source.vocabulary.table import TableColumn


@dataclass(frozen=True, slots=True)
class Reference:
    """`.references(() => column, options)`; the column is looked up once all tables are known."""

    column: Value
    options: Value
    place: Place
    evaluator: Evaluator


@dataclass(slots=True, eq=False)
class Column(Host):
    """A column builder. Its methods change it and return it, as kitcn's do.

    `validator` is what documents hold when the column is required. `bound` is the last table that took the column.
    """

    kind: str
    column_type: str
    validator: Validator
    place: Place
    not_null: bool = False
    default: str | None = None
    has_default: bool = False
    has_default_function: bool = False
    on_update: bool = False
    is_unique: bool = False
    unique_name: str | None = None
    nulls_not_distinct: bool = False
    references: list[Reference] = field(default_factory=list)
    target: str | None = None
    mode: str | None = None
    values: tuple[str, ...] = ()
    dimensions: int | None = None
    cases: Value = UNDEFINED
    alias: str | None = None
    bound: TableColumn | None = None

    def member(self, name: str, place: Place) -> Value:
        method = _MODIFIERS.get(name)

        def answer(call: Call) -> Value:
            if method is not None:
                method(self, call)
            else:
                unknown = Unknown(f"what .{name}() does to a column is not known", call.place)
                call.evaluator.report("a column", unknown)
            return self

        return Builtin(answer)

    def compiled(self, name: str) -> Validator:
        """The validator of a field of this name, as kitcn deploys it."""
        if not self.validator.is_known:
            return self.validator.as_optional(not self.not_null)
        if not self.not_null:
            return validators.union(validators.NULL, self.validator).as_optional()
        if self.column_type == "ConvexTimestamp" and name == "createdAt" and self.has_default_function:
            return self.validator.as_optional()
        return self.validator


def _not_null(column: Column, call: Call) -> None:
    column.not_null = True


def _default(column: Column, call: Call) -> None:
    known, value = constant(call.argument(0))
    column.default = json.dumps(value, ensure_ascii=False) if known else _first_text(call)
    column.has_default = True


def _default_function(column: Column, call: Call) -> None:
    column.default = _first_text(call)
    column.has_default_function = True


def _default_now(column: Column, call: Call) -> None:
    column.default = "now()"
    column.has_default_function = True


def _on_update(column: Column, call: Call) -> None:
    column.on_update = True


def _unique(column: Column, call: Call) -> None:
    column.is_unique = True
    column.unique_name = text(call.argument(0)) or None
    column.nulls_not_distinct = property_of(call.argument(1), "nulls") == "not distinct"
    report_unknown(call.evaluator, "the name of a unique column's index", call.argument(0))


def _references(column: Column, call: Call) -> None:
    column.references.append(Reference(call.argument(0), call.argument(1), call.place, call.evaluator))


def _nothing(column: Column, call: Call) -> None:
    """Modifiers that only TypeScript sees."""


def _first_text(call: Call) -> str | None:
    return call.texts[0] if call.texts else None


_MODIFIERS: Mapping[str, Callable[[Column, Call], None]] = {
    "notNull": _not_null,
    "primaryKey": _not_null,
    "$type": _nothing,
    "default": _default,
    "$defaultFn": _default_function,
    "$default": _default_function,
    "defaultNow": _default_now,
    "$onUpdateFn": _on_update,
    "$onUpdate": _on_update,
    "unique": _unique,
    "references": _references,
}


def _simple(kind: str, column_type: str, validator: Validator) -> Builtin:
    return Builtin(lambda call: Column(kind, column_type, validator, call.place))


def _with_mode(kind: str, column_type: str, validator: Validator, default: str) -> Builtin:
    def answer(call: Call) -> Value:
        options = call.argument(1) if isinstance(call.argument(0), str) else call.argument(0)
        mode = text(property_of(options, "mode")) or default
        return Column(kind, column_type, validator, call.place, mode=mode)

    return Builtin(answer)


def _text_enum(call: Call) -> Value:
    given = call.argument(0)
    values = tuple(texts_of(given)) if isinstance(given, Array) else ()
    is_whole = isinstance(given, Array) and len(values) == len(given.items) > 0
    if report_unknown(call.evaluator, "the values of textEnum()", given) or not is_whole:
        return Column("textEnum", "ConvexText", validators.UNKNOWN, call.place, values=values)
    members = [validators.literal(value) for value in values]
    validator = members[0] if len(members) == 1 else validators.union(*members)
    return Column("textEnum", "ConvexText", validator, call.place, values=values)


def _id(call: Call) -> Value:
    table = call.argument(0)
    if isinstance(table, str):
        return Column("id", "ConvexId", validators.id_of(table), call.place, target=table)
    report_unknown(call.evaluator, "the table of id()", table)
    return Column("id", "ConvexId", validators.UNKNOWN, call.place)


def _vector(call: Call) -> Value:
    given = call.argument(1) if isinstance(call.argument(0), str) else call.argument(0)
    dimensions = int(given) if isinstance(given, float | int) else None
    report_unknown(call.evaluator, "the dimensions of vector()", given)
    return Column("vector", "ConvexVector", validators.array(validators.NUMBER), call.place, dimensions=dimensions)


def _custom(call: Call) -> Value:
    given = call.argument(1) if is_given(call.argument(1)) else call.argument(0)
    validator = validators.validator_of(given, "the validator of custom()", call.evaluator, call.place)
    return Column("custom", "ConvexCustom", validator, call.place)


def _array_of(call: Call) -> Value:
    element = nested(call.argument(0), "the elements of arrayOf()", call)
    return Column("arrayOf", "ConvexCustom", validators.array(element), call.place)


def _union_of(call: Call) -> Value:
    members = [nested(argument, "the members of unionOf()", call) for argument in call.arguments]
    return Column("unionOf", "ConvexCustom", validators.union(*members), call.place)


def _object_of(call: Call) -> Value:
    given = call.argument(0)
    validator = nested(given, "the fields of objectOf()", call)
    if isinstance(given, Column | Validator):
        validator = validators.record(validators.STRING, validator)
    return Column("objectOf", "ConvexCustom", validator, call.place)


def nested(value: Value, what: str, call: Call, depth: int = MOST_DEEP) -> Validator:
    """The validator of what stands inside `arrayOf`, `objectOf` or `unionOf`: always required."""
    if isinstance(value, Column):
        return _without_null(value.compiled(""))
    if isinstance(value, Record) and depth > 0:
        fields = {name: nested(entry, f"{what}.{name}", call, depth - 1) for name, entry in value.entries.items()}
        return validators.object_(fields, value.places, is_open=report_unknown(call.evaluator, what, value))
    return validators.validator_of(value, what, call.evaluator, call.place).as_optional(False)


def _without_null(validator: Validator) -> Validator:
    required = validator.as_optional(False)
    members = [member for member in required.members if member.kind != "null"]
    if required.kind == "union" and len(members) == 1 and members[0].kind in ("object", "array"):
        return members[0]
    return required


def _discriminator(call: Call) -> Value:
    config = call.argument(0)
    return Column(
        "discriminator",
        "ConvexText",
        validators.STRING,
        call.place,
        not_null=True,
        cases=property_of(config, "variants"),
        alias=text(property_of(config, "as")) or "details",
    )


COLUMNS: Mapping[str, Value] = {
    "text": _simple("text", "ConvexText", validators.STRING),
    "textEnum": Builtin(_text_enum),
    "integer": _simple("integer", "ConvexNumber", validators.NUMBER),
    "number": _simple("number", "ConvexNumber", validators.NUMBER),
    "boolean": _simple("boolean", "ConvexBoolean", validators.BOOLEAN),
    "bigint": _simple("bigint", "ConvexBigInt", validators.INT64),
    "bytes": _simple("bytes", "ConvexBytes", validators.BYTES),
    "json": _simple("json", "ConvexCustom", validators.ANY),
    "timestamp": _with_mode("timestamp", "ConvexTimestamp", validators.NUMBER, "date"),
    "date": _with_mode("date", "ConvexDate", validators.STRING, "string"),
    "id": Builtin(_id),
    "vector": Builtin(_vector),
    "custom": Builtin(_custom),
    "arrayOf": Builtin(_array_of),
    "unionOf": Builtin(_union_of),
    "objectOf": Builtin(_object_of),
    "discriminator": Builtin(_discriminator),
}
"""The exports of `kitcn/orm` that make columns."""
