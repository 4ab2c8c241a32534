"""The names that completion offers: tables with fields, indexes and relations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kitcn_repl.explore.completion.shapes import (
    DocumentOf,
    IdOf,
    ListOf,
    Shape,
    TextOf,
    shape_of,
    shape_of_value,
)
from kitcn_repl.schema.validators import describe
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import IdError, decode_id

if TYPE_CHECKING:
    from kitcn_repl.explore.knowledge import Knowledge
    from kitcn_repl.schema.model import Edge, Field, Index, Relation, Table

_SYSTEM_TABLES: Final = ("_storage", "_scheduled_functions")
_LONGEST_DETAIL: Final = 60
_LOOKED_AT: Final = 20


@dataclass(frozen=True, slots=True)
class FieldWord:
    """`references` is the table whose ids the field holds, `values` those that it may have."""

    name: str
    validator: JsonObject | None = None
    optional: bool = False
    references: str | None = None
    values: tuple[str, ...] = ()
    kind: str | None = None

    @property
    def shape(self) -> Shape:
        if self.references is not None:
            return IdOf(self.references)
        return TextOf(self.values) if self.values else shape_of(self.validator)

    @property
    def detail(self) -> str:
        described = self.kind or describe(self.validator)
        if self.references is not None:
            described = f"id<{self.references}>"
        described = described if len(described) <= _LONGEST_DETAIL else described[: _LONGEST_DETAIL - 1] + "…"
        return described + ("?" if self.optional else "")


@dataclass(frozen=True, slots=True)
class IndexWord:
    """`kind` is database, search or vector; a search index's `fields` is the one that is searched."""

    name: str
    fields: tuple[str, ...]
    kind: str = "database"
    filter_fields: tuple[str, ...] = ()

    @property
    def range_fields(self) -> tuple[str, ...]:
        """What a range of it can compare, in order: its fields, and the time of creation where it is not among them."""
        if self.fields[-1:] in (("_creationTime",), ("_id",)):
            return self.fields
        return (*self.fields, "_creationTime")


@dataclass(frozen=True, slots=True)
class RelationWord:
    """`name` is as `.related(...)` takes it; a way back is called `session.userId`."""

    name: str
    target: str
    many: bool = False

    @property
    def detail(self) -> str:
        return f"{'many' if self.many else 'one'} {self.target}"


@dataclass(frozen=True, slots=True)
class TableWord:
    name: str
    fields: Mapping[str, FieldWord] = field(default_factory=dict)
    indexes: tuple[IndexWord, ...] = ()
    relations: tuple[RelationWord, ...] = ()
    is_own: bool = True
    """False for tables that kitcn or a plugin keeps for itself; they come last."""
    count: int | None = None

    @property
    def detail(self) -> str:
        if self.count is not None:
            return "1 document" if self.count == 1 else f"{self.count:,} documents"
        return f"{len(self.fields)} fields" if self.fields else ""


_ID: Final = FieldWord("_id", {"type": "string"})
_CREATED: Final = FieldWord("_creationTime", {"type": "number"})
_BY_ID: Final = IndexWord("by_id", ("_id",))
_BY_TIME: Final = IndexWord("by_creation_time", ("_creationTime",))


@dataclass(frozen=True)
class Words:
    """`numbers` gives tables by the number that their ids carry, `functions` the paths that `ctx.runQuery` takes,
    `constants` what else is in scope. The tables are made from what is known when they are first asked for."""

    load: Callable[[], Mapping[str, TableWord]] = field(default=dict, repr=False)
    numbers: Mapping[int, str] = field(default_factory=dict)
    functions: tuple[str, ...] = ()
    constants: Mapping[str, Shape] = field(default_factory=dict)

    @cached_property
    def tables(self) -> Mapping[str, TableWord]:
        """By name: the application's own first, then by name."""
        tables = {table.name: table for table in self.load().values()}
        return {name: tables[name] for name in sorted(tables, key=lambda name: (not tables[name].is_own, name))}

    @classmethod
    def of(cls, knowledge: Knowledge, *, functions: Iterable[str] = ()) -> Words:
        return cls(lambda: _tables(knowledge), knowledge.tables, tuple(functions))

    def including(self, values: Mapping[str, JsonValue]) -> Words:
        """With constants of these names and encoded values in scope."""
        return self.with_shapes({name: self._shape(value) for name, value in values.items()})

    def _shape(self, value: JsonValue) -> Shape:
        """Whole documents are those of their table, whose fields say more than one document does."""
        items = value[:_LOOKED_AT] if isinstance(value, list) else [value]
        tables = {self._table_of(item) for item in items}
        table = next(iter(tables)) if len(tables) == 1 else None
        if table is None:
            return shape_of_value(value)
        return ListOf(DocumentOf(table)) if isinstance(value, list) else DocumentOf(table)

    def _table_of(self, value: JsonValue) -> str | None:
        if not isinstance(value, dict) or "_creationTime" not in value:
            return None
        table = self.table_of_id(value.get("_id"))
        is_known = table is not None and table in self.tables and value.keys() <= self.fields(table).keys()
        return table if is_known else None

    def table_of_id(self, document_id: JsonValue) -> str | None:
        """The table that an id says it is of."""
        try:
            return self.numbers.get(decode_id(document_id).table_number) if isinstance(document_id, str) else None
        except IdError:
            return None

    def with_shapes(self, constants: Mapping[str, Shape]) -> Words:
        """With constants of these shapes in scope."""
        tables = self.tables
        return replace(self, load=lambda: tables, constants={**self.constants, **constants})

    def fields(self, table: str) -> Mapping[str, FieldWord]:
        """Every document has an id and a time of creation."""
        known = self.tables.get(table)
        return {"_id": _ID, "_creationTime": _CREATED, **(known.fields if known is not None else {})}

    def indexes(self, table: str, kind: str = "database") -> list[IndexWord]:
        known = self.tables.get(table)
        found = [index for index in known.indexes if index.kind == kind] if known is not None else []
        return [*found, _BY_TIME, _BY_ID] if kind == "database" else found

    def index(self, table: str, name: str, kind: str = "database") -> IndexWord | None:
        return next((index for index in self.indexes(table, kind) if index.name == name), None)

    def relations(self, table: str) -> tuple[RelationWord, ...]:
        known = self.tables.get(table)
        return known.relations if known is not None else ()

    def system_tables(self) -> tuple[str, ...]:
        return _SYSTEM_TABLES


def _tables(knowledge: Knowledge) -> dict[str, TableWord]:
    declared: dict[str, list[Relation]] = {}
    for relation in knowledge.schema.relations:
        declared.setdefault(relation.source, []).append(relation)
    leaving: dict[str, list[Edge]] = {}
    touching: dict[str, list[Edge]] = {}
    for edge in knowledge.edges:
        leaving.setdefault(edge.source, []).append(edge)
        for table in {edge.source, edge.target}:
            touching.setdefault(table, []).append(edge)
    return {
        name: TableWord(
            name,
            _fields(table, leaving.get(name, [])),
            tuple(map(_index, table.indexes)),
            tuple(_relations(name, declared.get(name, []), touching.get(name, []))),
            is_own=table.owner in ("own", "auth"),
            count=table.count,
        )
        for name, table in knowledge.schema.tables.items()
    }


def _fields(table: Table, leaving: Iterable[Edge]) -> dict[str, FieldWord]:
    targets = {edge.from_fields[0]: edge.target for edge in leaving if _is_reference(edge)}
    return {name: _field(one, targets.get(name)) for name, one in (table.fields or {}).items()}


def _is_reference(edge: Edge) -> bool:
    return edge.through is None and len(edge.from_fields) == 1 and edge.to_fields == ("_id",)


def _field(known: Field, target: str | None) -> FieldWord:
    shape = shape_of(known.validator)
    values = known.values or (shape.values if isinstance(shape, TextOf) else ())
    return FieldWord(known.name, known.validator, known.optional, target, values, known.kind)


def _index(index: Index) -> IndexWord:
    return IndexWord(index.name, index.fields, index.kind, index.filter_fields)


def _relations(table: str, declared: list[Relation], edges: list[Edge]) -> Iterable[RelationWord]:
    """From those that touch the table alone: all of them would be looked at once for each table."""
    from kitcn_repl.explore.following.ways import ways
    from kitcn_repl.schema.model import Schema

    for way in ways(Schema(relations=tuple(declared)), edges, table):
        many = way.edge.cardinality == "many" if way.direction == "forward" else way.edge.to_fields == ("_id",)
        yield RelationWord(way.label, way.end, many)
