"""Edges of convex-ents: which is whose inverse, where each is stored, and the tables of many to many edges."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kitcn_repl.schema.model import Cardinality, Place, Relation, Through
from kitcn_repl.schema.source.values import Evaluator


@dataclass(slots=True, eq=False)
class EntEdge:
    """An edge of an ent, in the library's terms.

    `one`, `field`: this ent's `field` holds the id. `one`, `ref`: the other's field `ref` holds it. `many`, `field`:
    the field `ref` of the others holds it. `many`, `ref`: the rows of `junction` do, this ent's in `field`, the others'
    in `ref`. A `ref` that is None is found with the inverse.
    """

    name: str
    to: str
    cardinality: Cardinality
    kind: Literal["field", "ref"]
    place: Place
    field: str | None = None
    ref: str | None = None
    optional: bool = False
    has_deletion: bool = False
    junction: str | None = None
    inverse_field: str | None = None
    inverse_of: str | None = None
    inverse: str | None = None
    is_connected: bool = False

    def is_(self, cardinality: Cardinality, kind: Literal["field", "ref"]) -> bool:
        return (self.cardinality, self.kind) == (cardinality, kind)


@dataclass(frozen=True, slots=True)
class Junction:
    """The table of a many to many edge: its two fields and the tables they refer to."""

    name: str
    fields: tuple[str, str]
    targets: tuple[str, str]
    indexes: tuple[tuple[str, tuple[str, ...]], ...]
    place: Place


def connect(
    edges: Mapping[str, Sequence[EntEdge]], tables: Collection[str], deletable: Collection[str], evaluator: Evaluator
) -> tuple[list[Junction], list[Relation]]:
    """The tables to add and the relations of all ents, in the library's order. What it refuses is told.

    `deletable` are the tables with soft or scheduled deletion.
    """
    connection = _Connection(edges, tables, deletable, evaluator)
    for table in edges:
        for edge in edges[table]:
            connection.connect(table, edge)
    return connection.junctions, [
        relation for table in edges for edge in edges[table] for relation in _relations(table, edge)
    ]


class _Connection:
    def __init__(
        self,
        edges: Mapping[str, Sequence[EntEdge]],
        tables: Collection[str],
        deletable: Collection[str],
        evaluator: Evaluator,
    ) -> None:
        self.junctions: list[Junction] = []
        self._edges = edges
        self._tables = tables
        self._deletable = deletable
        self._evaluator = evaluator

    def connect(self, table: str, edge: EntEdge) -> None:
        if edge.is_("many", "ref") and (edge.inverse_of is not None or edge.is_connected):
            return
        if edge.to.startswith("_"):
            edge.is_connected = edge.is_("one", "field")
            return
        if edge.to not in self._tables:
            self._refuse(table, edge, f'points to an undefined table "{edge.to}"')
            return
        if edge.to not in self._edges:
            return
        candidates = [other for other in self._edges[edge.to] if _can_be_inverse(table, edge, other)]
        if len(candidates) > 1:
            names = ", ".join(f'"{other.name}"' for other in candidates)
            self._refuse(table, edge, f'has too many potential inverse edges in table "{edge.to}": {names}')
            return
        inverse = candidates[0] if candidates else None
        if inverse is None and not (edge.cardinality == "many" and edge.to == table):
            missing = f'Missing inverse edge in table "{edge.to}" for edge "{edge.name}" in table "{table}"'
            self._evaluator.problem(missing, edge.place)
            # the field is there all the same
            edge.is_connected = edge.is_("one", "field")
            return
        if edge.has_deletion and edge.to not in self._deletable and not edge.is_("many", "ref"):
            why = f'the target table "{edge.to}" does not have a "soft" or "scheduled" deletion behavior configured.'
            self._refuse(table, edge, f"cannot specify soft deletion behavior because {why}")
        if edge.cardinality == "one":
            self._connect_one(table, edge, inverse)
        else:
            self._connect_many(table, edge, inverse)

    def _connect_one(self, table: str, edge: EntEdge, inverse: EntEdge | None) -> None:
        if edge.kind == "ref" and inverse is not None:
            if not inverse.is_("one", "field"):
                self._refuse(table, edge, f'and its inverse edge "{inverse.name}" are both marked as references')
                return
            edge.ref = edge.ref if edge.ref is not None else inverse.field
        _pair(edge, inverse)

    def _connect_many(self, table: str, edge: EntEdge, inverse: EntEdge | None) -> None:
        if inverse is not None and inverse.cardinality == "one":
            if inverse.kind == "ref":
                self._refuse(edge.to, inverse, "specified `ref`, but it must store the 1:many edge as a field.")
            elif edge.kind == "ref":
                why = f'as the edge "{edge.name}" in table "{table}" did not specify the `ref` option.'
                self._refuse(edge.to, inverse, f"cannot be singular, {why}")
            else:
                edge.ref = inverse.field
                _pair(edge, inverse)
            return
        both = [each for each in (edge, inverse) if each is not None]
        if edge.to != table and any(each.kind == "field" for each in both):
            rule = "specified `ref`, but its inverse edge is not the singular end of a 1:many edge."
            self._refuse(table, edge, rule)
            return
        self._add_junction(table, edge, inverse)

    def _add_junction(self, table: str, edge: EntEdge, inverse: EntEdge | None) -> None:
        name = edge.junction or _junction_name(table, edge, inverse)
        own, other = _junction_fields(table, edge, inverse)
        indexes = [(own, (own,)), (other, (other,)), (f"{own}_{other}", (own, other))]
        if inverse is not None:
            indexes.append((f"{other}_{own}", (other, own)))
        self.junctions.append(Junction(name, (own, other), (table, edge.to), tuple(indexes), edge.place))
        edge.kind, edge.junction, edge.field, edge.ref = "ref", name, own, other
        if inverse is not None:
            inverse.kind, inverse.junction, inverse.field, inverse.ref = "ref", name, other, own
        _pair(edge, inverse)

    def _refuse(self, table: str, edge: EntEdge, why: str) -> None:
        self._evaluator.problem(f'Edge "{edge.name}" in table "{table}" {why}', edge.place)


def _pair(edge: EntEdge, inverse: EntEdge | None) -> None:
    edge.is_connected = True
    edge.inverse = inverse.name if inverse is not None else edge.name
    if inverse is not None:
        inverse.is_connected = True
        inverse.inverse = edge.name


def _can_be_inverse(table: str, edge: EntEdge, candidate: EntEdge) -> bool:
    if candidate.to != table:
        return False
    if edge.to == table:
        return candidate.is_("many", "ref") and candidate.inverse_of == edge.name
    if _knows_ref(edge) and candidate.is_("one", "field"):
        return edge.ref == candidate.field
    if edge.is_("one", "field") and _knows_ref(candidate):
        return edge.field == candidate.ref
    for known in (edge, candidate):
        if known.is_("many", "ref") and known.junction is not None:
            return edge.is_("many", "ref") and candidate.is_("many", "ref") and edge.junction == candidate.junction
    return True


def _knows_ref(edge: EntEdge) -> bool:
    return edge.ref is not None and (edge.is_("one", "ref") or edge.is_("many", "field"))


def _junction_name(table: str, edge: EntEdge, inverse: EntEdge | None) -> str:
    if inverse is None:
        return f"{table}_{edge.name}"
    pair = f"{inverse.name}_to_{edge.name}"
    return pair if inverse.name == table else f"{table}_{pair}"


def _junction_fields(table: str, edge: EntEdge, inverse: EntEdge | None) -> tuple[str, str]:
    """The fields of this ent's id and of the other's."""
    is_self = edge.to == table
    own = edge.field if edge.kind == "ref" else None
    other = edge.inverse_field if is_self and edge.kind == "ref" else None
    if inverse is None:
        return own or "aId", other or "bId"
    if other is None and inverse.kind == "ref":
        other = inverse.field
    if is_self:
        return own or f"{inverse.name}Id", other or f"{edge.name}Id"
    return own or f"{table}Id", other or f"{edge.to}Id"


def _relations(table: str, edge: EntEdge) -> Iterator[Relation]:
    if not edge.is_connected:
        return
    own, other = ("_id",), ("_id",)
    through = None
    if edge.is_("one", "field"):
        own = (edge.field or "",)
    elif edge.is_("many", "ref"):
        through = Through(edge.junction or "", (edge.field or "",), (edge.ref or "",))
    else:
        other = (edge.ref or "",)
    yield Relation(
        source=table,
        name=edge.name,
        cardinality=edge.cardinality,
        target=edge.to,
        from_fields=own,
        to_fields=other,
        through=through,
        inverse=edge.inverse,
        optional=edge.optional if edge.is_("one", "field") else True,
        inferred=edge.kind == "ref" or edge.cardinality == "many",
        place=edge.place,
    )
