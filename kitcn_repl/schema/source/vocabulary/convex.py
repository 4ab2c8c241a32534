"""Convex's own `defineTable` and `defineSchema` (deployment-api.md 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kitcn_repl.schema.model import Field, Index, Place, Table
from kitcn_repl.schema.source.values import Array, Call, Host, Unknown, Value
from kitcn_repl.schema.source.vocabulary.hosts import ANYTHING, Builtin, property_of, report_unknown, text
from kitcn_repl.schema.source.vocabulary.schema import define_schema
from kitcn_repl.schema.source.vocabulary.validators import Validator, fields_of
from kitcn_repl.schema.validators import union_of
from kitcn_repl.values import JsonObject


@dataclass(slots=True, eq=False)
class ConvexTable(Host):
    """A table definition. Its methods change it and return it, as Convex's do. One from a package has no place.

    `has_open_indexes` tells that it has indexes which cannot be known without running the source.
    """

    validator: Validator
    place: Place | None
    indexes: list[Index] = field(default_factory=list)
    has_open_indexes: bool = False

    def member(self, name: str, place: Place) -> Value:
        if name == "validator":
            return self.validator
        return bound(self, INDEX_METHODS.get(name, _unknown_method(name)))

    @property
    def _is_open(self) -> bool:
        validator = self.validator
        # Gaps in the fields of a plain object are those fields' own.
        return validator.is_open or not validator.is_known or (validator.kind != "object" and validator.has_gaps)

    def model(self, key: str) -> Table:
        """The table that is registered under `key`."""
        return Table(
            name=key,
            fields=document_fields(self.validator, self.place),
            indexes=tuple(self.indexes),
            open=self._is_open,
            open_indexes=self.has_open_indexes,
            document=None if self.validator.kind == "object" else self.validator.json,
            origins=("source",),
            place=self.place,
        )


def bound(table: ConvexTable, method: Callable[[ConvexTable, Call], None]) -> Builtin:
    """A method of a table that answers the table."""

    def answer(call: Call) -> Value:
        method(table, call)
        return table

    return Builtin(answer)


def document_fields(validator: Validator, place: Place | None) -> dict[str, Field] | None:
    """The fields of a document. Of a union: those of all its objects, optional unless every one demands it."""
    objects = validator.members if validator.kind == "union" else (validator,)
    if not validator.is_known:
        return {}
    if any(each.kind != "object" for each in objects):
        return None
    found: dict[str, list[Validator]] = {}
    places: dict[str, Place | None] = {}
    for each in objects:
        for name, entry in each.fields.items():
            found.setdefault(name, []).append(entry)
            places.setdefault(name, each.places.get(name, place))
    return {
        name: Field(
            name,
            _joined(variants),
            optional=len(variants) < len(objects) or any(variant.optional for variant in variants),
            has_gaps=any(variant.is_open or variant.has_gaps for variant in variants),
            origins=("source",),
            place=places[name],
        )
        for name, variants in found.items()
        if name not in ("_id", "_creationTime")
    }


def _joined(variants: Sequence[Validator]) -> JsonObject | None:
    if not all(variant.is_known for variant in variants):
        return None
    return variants[0].json if len(variants) == 1 else union_of([variant.json for variant in variants])


def add_index(table: ConvexTable, call: Call) -> None:
    """`.index(name, [fields])` or `.index(name, { fields, staged })`."""
    config = call.argument(1)
    fields = _field_names(config if isinstance(config, Array) else property_of(config, "fields"), call)
    _add(table, call, "database", fields, ())


def add_search_index(table: ConvexTable, call: Call) -> None:
    fields = _field_names(Array([property_of(call.argument(1), "searchField")]), call)
    _add(table, call, "search", fields, _filter_fields(call))


def add_vector_index(table: ConvexTable, call: Call) -> None:
    fields = _field_names(Array([property_of(call.argument(1), "vectorField")]), call)
    _add(table, call, "vector", fields, _filter_fields(call))


def _unknown_method(name: str) -> Callable[[ConvexTable, Call], None]:
    def report(table: ConvexTable, call: Call) -> None:
        table.has_open_indexes = True
        call.evaluator.report("a table", Unknown(f"what .{name}() does to a table is not known", call.place))

    return report


def _filter_fields(call: Call) -> tuple[str, ...] | None:
    given = property_of(call.argument(1), "filterFields")
    return _field_names(given, call) if isinstance(given, Array) else ()


def _add(
    table: ConvexTable,
    call: Call,
    kind: Literal["database", "search", "vector"],
    fields: tuple[str, ...] | None,
    filter_fields: tuple[str, ...] | None,
) -> None:
    name, config = text(call.argument(0)), call.argument(1)
    unknown = report_unknown(call.evaluator, "the name of an index", call.argument(0))
    unknown = report_unknown(call.evaluator, f"the index {name}", config) or unknown
    if unknown or name is None or fields is None or filter_fields is None:
        table.has_open_indexes = True
        return
    dimensions = property_of(config, "dimensions")
    table.indexes.append(
        Index(
            name,
            kind,
            fields,
            filter_fields,
            int(dimensions) if isinstance(dimensions, float | int) and kind == "vector" else None,
            property_of(config, "staged") is True,
            origins=("source",),
            place=call.place,
        )
    )


def _field_names(value: Value, call: Call) -> tuple[str, ...] | None:
    """The names of an array; None, and told to the user, where any is unknown."""
    what = f"the index {text(call.argument(0)) or 'without a known name'}"
    if report_unknown(call.evaluator, what, value) or not isinstance(value, Array):
        return None
    for item in value.items:
        report_unknown(call.evaluator, what, item)
    names = tuple(item for item in value.items if isinstance(item, str))
    return names if len(names) == len(value.items) else None


INDEX_METHODS: Mapping[str, Callable[[ConvexTable, Call], None]] = {
    "index": add_index,
    "searchIndex": add_search_index,
    "vectorIndex": add_vector_index,
    "staged": lambda table, call: None,
}


def define_table(call: Call) -> ConvexTable:
    """`defineTable(fields)` or `defineTable(validator)`."""
    validator = fields_of(call.argument(0), "the fields of a table", call.evaluator, call.place)
    return ConvexTable(validator, call.place)


CONVEX_SERVER: Mapping[str, Value] = {
    "defineTable": Builtin(define_table),
    "defineSchema": define_schema("convex"),
    "*": ANYTHING,
}
"""The exports of `convex/server`."""
