"""`aggregateIndex` and `rankIndex` (kitcn.md 2.2): nothing of them is deployed but rows of kitcn's own tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from kitcn_repl.schema.model import AggregateIndex, Place, RankIndex
from kitcn_repl.schema.source.values import UNDEFINED, Call, Record, Unknown, Value
from kitcn_repl.schema.source.vocabulary.extra_config import Extra, Unfinished, columns_of, named
from kitcn_repl.schema.source.vocabulary.hosts import Builtin, is_given, property_of
from kitcn_repl.schema.source.vocabulary.table import KitcnTable, TableColumn

_SUMMABLE = frozenset({"ConvexNumber", "ConvexTimestamp"})
_ORDERED = _SUMMABLE | {"ConvexDate"}
_COMPARABLE = _ORDERED | {"ConvexText", "ConvexBoolean", "ConvexId"}
_METRICS: dict[str, Collection[str] | None] = {
    "count": None,
    "sum": _SUMMABLE,
    "avg": _SUMMABLE,
    "min": _COMPARABLE,
    "max": _COMPARABLE,
}


@dataclass(slots=True, eq=False)
class Aggregate(Extra):
    name: str
    columns: Sequence[Value]
    place: Place
    metrics: dict[str, list[Value]] = field(default_factory=dict)

    def member(self, name: str, place: Place) -> Value:
        if name not in _METRICS:
            return UNDEFINED

        def add(call: Call) -> Value:
            self.metrics.setdefault(name, []).extend(call.arguments)
            return self

        return Builtin(add)

    def apply(self, table: KitcnTable) -> None:
        what = f"Aggregate index '{self.name}'"
        keys = columns_of(table, self.columns, what, self.place)
        metrics: dict[str, tuple[str, ...]] = {}
        for metric, allowed in _METRICS.items():
            given = self.metrics.get(metric, [])
            columns = columns_of(table, given, f"{what} {metric}", self.place)
            if keys is None or columns is None:
                return
            self._check_types(table, metric, columns, allowed)
            metrics[metric] = _names(columns)
        if is_taken(table, self.name, self.place):
            return
        table.aggregate_indexes.append(
            AggregateIndex(
                self.name,
                tuple(column.name for column in keys or ()),
                metrics["count"],
                metrics["sum"],
                metrics["avg"],
                metrics["min"],
                metrics["max"],
                origins=("source",),
                place=self.place,
            )
        )

    def _check_types(
        self, table: KitcnTable, metric: str, columns: Sequence[TableColumn], allowed: Collection[str] | None
    ) -> None:
        for column in columns:
            kind = column.column_type
            if allowed is None or kind is None or kind in allowed:
                continue
            if metric in ("min", "max"):
                rule = f"does not support column type '{kind}' on '{column.name}'."
            else:
                rule = f"supports integer()/timestamp() columns only. Field '{column.name}' is type '{kind}'."
            table.problem(f"aggregateIndex '{self.name}' {metric}() {rule}", self.place)


@dataclass(slots=True, eq=False)
class Rank(Extra):
    name: str
    partition: Sequence[Value]
    place: Place
    order: list[Value] = field(default_factory=list)
    summed: Value = UNDEFINED

    def member(self, name: str, place: Place) -> Value:
        if name == "orderBy":
            return Builtin(self._order_by)
        return Builtin(self._sum) if name == "sum" else UNDEFINED

    def _order_by(self, call: Call) -> Value:
        self.order.extend(call.arguments)
        return self

    def _sum(self, call: Call) -> Value:
        self.summed = call.argument(0)
        return self

    def apply(self, table: KitcnTable) -> None:
        what = f"rankIndex '{self.name}'"
        if not self.order:
            rule = "must declare at least one orderBy(...) column."
            table.problem(f"{what} on '{table.label}' {rule}", self.place)
            return
        partition = columns_of(table, self.partition, what, self.place)
        order = columns_of(table, [_column_of(spec) for spec in self.order], f"{what} orderBy", self.place)
        summed = columns_of(table, [self.summed] if is_given(self.summed) else [], f"{what} sum", self.place)
        if partition is None or order is None or summed is None or is_taken(table, self.name, self.place):
            return
        for column in order:
            if column.column_type is not None and column.column_type not in _ORDERED:
                rule = "orderBy() supports integer()/timestamp()/date() columns only."
                found = f"Field '{column.name}' is type '{column.column_type}'."
                table.problem(f"{what} {rule} {found}", self.place)
        directions = ["desc" if property_of(spec, "direction") == "desc" else "asc" for spec in self.order]
        table.rank_indexes.append(
            RankIndex(
                self.name,
                _names(partition),
                tuple((column.name, direction) for column, direction in zip(order, directions, strict=True)),
                summed[0].name if summed else None,
                origins=("source",),
                place=self.place,
            )
        )


def is_taken(table: KitcnTable, name: str, place: Place) -> bool:
    """Whether another aggregate or rank index of the table has this name; told to the user."""
    names = [*(index.name for index in table.aggregate_indexes), *(index.name for index in table.rank_indexes)]
    taken = name in names
    if taken:
        table.problem(f"Duplicate aggregate index '{name}' on '{table.label}'.", place)
    return taken


def _column_of(spec: Value) -> Value:
    return property_of(spec, "column") if isinstance(spec, Record) else spec


def _names(columns: Sequence[TableColumn]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column.name for column in columns))


def _aggregate_index(call: Call) -> Value:
    name = named(call, "an aggregate index")
    if name is None:
        return Unknown("the index's name is not known", call.place)
    finish = {
        "on": Builtin(lambda then: Aggregate(name, then.arguments, call.place)),
        "all": Builtin(lambda then: Aggregate(name, (), call.place)),
    }
    return Unfinished("aggregate index", ".on(...) or .all()", call.place, finish)


def _rank_index(call: Call) -> Value:
    name = named(call, "a rank index")
    if name is None:
        return Unknown("the index's name is not known", call.place)
    finish = {
        "partitionBy": Builtin(lambda then: Rank(name, then.arguments, call.place)),
        "all": Builtin(lambda then: Rank(name, (), call.place)),
    }
    return Unfinished("rank index", ".partitionBy(...) or .all()", call.place, finish)


AGGREGATES: dict[str, Value] = {"aggregateIndex": Builtin(_aggregate_index), "rankIndex": Builtin(_rank_index)}
"""The exports of `kitcn/orm` for aggregates."""
