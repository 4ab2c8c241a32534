"""Edges as a picture shows them: one tie for all that is said of the same fields of two tables, in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kitcn_repl.schema.model import Edge, Schema

_ID = ("_id",)


@dataclass(frozen=True, slots=True)
class Tie:
    """`fields` of `holder` hold values of `target_fields` of `target`.

    `many_holders`: several documents of the holder can have the same value. `many_targets`: one of them can hold
    several values. `edges` are all that tell of it.
    """

    holder: str
    fields: tuple[str, ...]
    target: str
    target_fields: tuple[str, ...]
    many_holders: bool
    many_targets: bool
    edges: tuple[Edge, ...]

    @property
    def is_guessed(self) -> bool:
        """Whether nothing but ids in the data tells of it."""
        return all(edge.origins == ("data",) for edge in self.edges)

    @property
    def tables(self) -> tuple[str, str]:
        return self.holder, self.target


_Key = tuple[str, tuple[str, ...], str, tuple[str, ...]]


def ties(schema: Schema, edges: Sequence[Edge]) -> list[Tie]:
    """In the order of the edges; a many-to-many relation is told of by both ties of its junction table."""
    told: dict[_Key, list[tuple[Edge, bool]]] = {}
    for edge in edges:
        for key, forwards in _keys(edge):
            told.setdefault(key, []).append((edge, forwards))
    return [_tie(schema, key, some) for key, some in told.items()]


def _keys(edge: Edge) -> Iterator[tuple[_Key, bool]]:
    """What the edge tells of, and whether it leads from the holder."""
    through = edge.through
    if through is not None:
        yield (through.table, through.from_fields, edge.source, edge.from_fields), False
        yield (through.table, through.to_fields, edge.target, edge.to_fields), True
    elif edge.from_fields != _ID and (edge.to_fields == _ID or edge.cardinality == "one"):
        yield (edge.source, edge.from_fields, edge.target, edge.to_fields), True
    else:
        yield (edge.target, edge.to_fields, edge.source, edge.from_fields), False


def _tie(schema: Schema, key: _Key, told: Sequence[tuple[Edge, bool]]) -> Tie:
    holder, fields, target, target_fields = key
    direct = [(edge, forwards) for edge, forwards in told if edge.through is None]
    only_one = any(not forwards and edge.cardinality == "one" for edge, forwards in direct)
    return Tie(
        holder,
        fields,
        target,
        target_fields,
        many_holders=not only_one and not _unique(schema, holder, fields),
        many_targets=any(forwards and edge.cardinality == "many" for edge, forwards in direct),
        edges=tuple(dict.fromkeys(edge for edge, _ in told)),
    )


def _unique(schema: Schema, name: str, fields: tuple[str, ...]) -> bool:
    table = schema.tables.get(name)
    if table is None:
        return False
    field = (table.fields or {}).get(fields[0]) if len(fields) == 1 else None
    return (field is not None and field.unique) or any(set(each.fields) == set(fields) for each in table.unique)
