"""Where one can go from a table: along its own edges, and back along those that lead to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kitcn_repl.explore.following.conditions import Condition, conditions
from kitcn_repl.schema.model import Edge, Relation, Schema

Direction = Literal["forward", "backward"]


@dataclass(frozen=True, slots=True)
class Junction:
    """Rows of `table` join the two ends: `entry` holds values of the start, `exit` values of the other end."""

    table: str
    entry: tuple[str, ...]
    exit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """An edge with a direction. `label` is for people: `sessions`, or for the way back `session.userId`.

    The way starts at documents of `start`, whose `start_fields` hold the values that `end_fields` of `end` must have.
    `conditions` narrow the other end further; `ignored` is the text of a relation's filter that is not applied.
    """

    edge: Edge
    direction: Direction
    label: str
    start: str
    start_fields: tuple[str, ...]
    end: str
    end_fields: tuple[str, ...]
    junction: Junction | None = None
    conditions: tuple[Condition, ...] = ()
    ignored: str | None = None


def ways(schema: Schema, edges: Sequence[Edge], table: str) -> list[Way]:
    """The ways from a table's documents: forwards in the order of edges, then backwards.

    Of two edges that are each other's inverse, the one that starts here is offered, and not the other one backwards.
    """
    filters = {(relation.source, relation.name): relation for relation in schema.relations}
    forward = [_forward(edge, filters.get((edge.source, edge.name))) for edge in edges if edge.source == table]
    # A filtered relation shows a part only: it does not stand for the whole way back.
    taken = {_route(way) for way in forward if not way.conditions and way.ignored is None}
    backward = []
    for edge in edges:
        way = _backward(edge)
        if edge.target == table and _route(way) not in taken and _is_possible(way):
            taken.add(_route(way))
            backward.append(way)
    return [*(way for way in forward if _is_possible(way)), *backward]


def _forward(edge: Edge, relation: Relation | None) -> Way:
    where = relation.where if relation is not None and "relation" in edge.origins else None
    known, ignored = conditions(where)
    through = edge.through
    junction = None if through is None else Junction(through.table, through.from_fields, through.to_fields)
    return Way(
        edge,
        "forward",
        edge.name,
        edge.source,
        edge.from_fields,
        edge.target,
        edge.to_fields,
        junction,
        known,
        ignored,
    )


def _backward(edge: Edge) -> Way:
    through = edge.through
    junction = None if through is None else Junction(through.table, through.to_fields, through.from_fields)
    named = edge.name if through is not None or edge.from_fields == ("_id",) else ",".join(edge.from_fields)
    return Way(
        edge,
        "backward",
        f"{edge.source}.{named}",
        edge.target,
        edge.to_fields,
        edge.source,
        edge.from_fields,
        junction,
    )


def _route(way: Way) -> tuple[object, ...]:
    return way.start_fields, way.junction, way.end, way.end_fields


def _is_possible(way: Way) -> bool:
    """System tables can be asked for an id, and for nothing else."""
    return not way.end.startswith("_") or way.end_fields == ("_id",)
