"""The ways between tables, from everything that tells of them: relations, foreign keys, validators, data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from kitcn_repl.schema.model import (
    EDGE_ORIGINS,
    Edge,
    EdgeOrigin,
    Evidence,
    ForeignKey,
    Place,
    Relation,
    Schema,
    Table,
)
from kitcn_repl.schema.validators import accepts_null, id_places

_ID = ("_id",)


class Found(Protocol):
    """Ids found in documents (`evidence.Found`)."""

    @property
    def table(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def evidence(self) -> Evidence: ...
    @property
    def many(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Fact:
    source: str
    target: str
    from_fields: tuple[str, ...]
    to_fields: tuple[str, ...]
    origin: EdgeOrigin
    many: bool = False
    evidence: Evidence | None = None
    place: Place | None = None

    @property
    def key(self) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
        return self.source, self.target, self.from_fields, self.to_fields


def edges(schema: Schema, found: Sequence[Found] = ()) -> list[Edge]:
    """Declared relations in order, then what only foreign keys, validators or data tell of, table by table.

    A fact that says what a relation without `through` says adds its origin to that edge; any other is one edge
    forwards, called after its field. Facts about one way are one edge.
    """
    result = [_declared(relation) for relation in schema.relations]
    declared = {_key(edge) for edge in result if edge.through is None}
    facts: dict[tuple[object, ...], list[_Fact]] = {}
    for fact in _facts(schema, found):
        facts.setdefault(fact.key, []).append(fact)
    result = [_joined(edge, facts.get(_key(edge), [])) if edge.through is None else edge for edge in result]
    result += [_undeclared(schema, some) for key, some in facts.items() if key not in declared]
    return result


def _key(edge: Edge) -> tuple[object, ...]:
    return edge.source, edge.target, edge.from_fields, edge.to_fields


def _declared(relation: Relation) -> Edge:
    return Edge(
        relation.source,
        relation.name,
        relation.cardinality,
        relation.target,
        relation.from_fields,
        relation.to_fields,
        ("relation",),
        relation.through,
        relation.alias,
        relation.inverse,
        relation.optional,
        place=relation.place,
    )


def _joined(edge: Edge, facts: Iterable[_Fact]) -> Edge:
    facts = list(facts)
    origins = {*edge.origins, *(fact.origin for fact in facts)}
    return replace(
        edge,
        origins=tuple(origin for origin in EDGE_ORIGINS if origin in origins),
        evidence=next((fact.evidence for fact in facts if fact.evidence is not None), edge.evidence),
    )


def _undeclared(schema: Schema, facts: Sequence[_Fact]) -> Edge:
    first = facts[0]
    many = any(fact.many for fact in facts)
    edge = Edge(
        first.source,
        ",".join(first.from_fields),
        "many" if many else "one",
        first.target,
        first.from_fields,
        first.to_fields,
        (),
        optional=many or any(_may_be_missing(schema.tables.get(first.source), path) for path in first.from_fields),
        place=next((fact.place for fact in facts if fact.place is not None), None),
    )
    return _joined(edge, facts)


def _may_be_missing(table: Table | None, path: str) -> bool:
    fields = table.fields if table is not None else None
    field = fields.get(path) if fields is not None else None
    # what lies within an object or a union may be missing for more reasons than are worth telling
    return field is None or field.optional or accepts_null(field.validator)


def _facts(schema: Schema, found: Sequence[Found]) -> Iterator[_Fact]:
    evidence: dict[str, list[Found]] = {}
    for each in found:
        evidence.setdefault(each.table, []).append(each)
    for table in schema.tables.values():
        for key in table.foreign_keys:
            yield _of_foreign_key(table, key)
        for field in (table.fields or {}).values():
            if field.references is not None and not _has_key(table, field.name):
                yield _Fact(table.name, field.references, (field.name,), _ID, "foreign_key", place=field.place)
        yield from _of_validators(table)
    for name in [*schema.tables, *(name for name in evidence if name not in schema.tables)]:
        for each in evidence.get(name, ()):
            yield _Fact(name, each.target, (each.path,), _ID, "data", each.many, each.evidence)


def _of_foreign_key(table: Table, key: ForeignKey) -> _Fact:
    return _Fact(table.name, key.target, key.columns, key.target_columns, "foreign_key", place=key.place)


def _has_key(table: Table, field: str) -> bool:
    return any(key.columns == (field,) for key in table.foreign_keys)


def _of_validators(table: Table) -> Iterator[_Fact]:
    for field in (table.fields or {}).values():
        if field.origins == ("data",):
            continue
        for place in id_places(field.name, field.validator):
            yield _Fact(table.name, place.target, (place.path,), _ID, "validator", place.many, place=field.place)
