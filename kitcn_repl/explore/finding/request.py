"""What may be asked, read against what is known of the tables: names that exist, values as they are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kitcn_repl.deployment.models import Order
from kitcn_repl.errors import UsageError
from kitcn_repl.explore.finding.where import Condition, Names, no_such, read_where
from kitcn_repl.explore.following.ways import Way, ways
from kitcn_repl.explore.knowledge import Knowledge
from kitcn_repl.explore.suggestions import no_such_table

MOST: Final = 4096
"""Documents of one level at most: an answer's array may hold 8,192."""

DEEPEST: Final = 10
_EACH: Final = 100  # documents of a relation, where nothing else is said
_SETTINGS = ("where", "with", "with_", "orderBy", "order_by", "limit", "columns")


@dataclass(frozen=True, slots=True)
class Load:
    """A relation to be loaded with each document, under `name`."""

    name: str
    way: Way
    is_one: bool
    level: Level


@dataclass(frozen=True, slots=True)
class Level:
    """The documents of one table that are wanted: `order` are (field, direction) pairs, `columns` those that are kept
    or (`drops`) left out, None for all."""

    table: str
    limit: int
    where: Condition | None = None
    order: tuple[tuple[str, Order], ...] = ()
    columns: tuple[str, ...] | None = None
    drops: bool = False
    loads: tuple[Load, ...] = ()


def read_request(knowledge: Knowledge, table: str, settings: Mapping[str, object]) -> Level:
    """Raises UsageError with the path of what is wrong: an unknown table, field, relation, operator or setting."""
    tables = knowledge.schema.tables
    if table not in tables:
        raise UsageError(no_such_table(table, list(tables)))
    return _Reader(knowledge).level(table, settings, table, 0, 100)


def is_one(way: Way) -> bool:
    """Whether a way leads to one document at most."""
    if way.direction == "forward":
        return way.edge.cardinality == "one"
    return way.junction is None and way.end_fields == ("_id",)


class _Reader:
    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def level(self, table: str, settings: Mapping[str, object], path: str, depth: int, limit: int) -> Level:
        if depth > DEEPEST:
            raise UsageError(f"{path}: relations are loaded to a depth of {DEEPEST}.")
        for name in settings:
            if name not in _SETTINGS:
                raise UsageError(f"{path}: {no_such('setting', str(name), _SETTINGS)}")
        names = self._names(table)
        where = settings.get("where")
        columns, drops = self._columns(settings.get("columns"), names, path)
        return Level(
            table,
            self._limit(settings.get("limit", limit), path),
            None if where is None else read_where(where, names, f"{path}.where"),
            self._order(self._either(settings, "order_by", "orderBy"), names, path),
            columns,
            drops,
            tuple(self._loads(table, self._either(settings, "with_", "with"), path, depth)),
        )

    def _names(self, table: str) -> Names:
        relations = {way.label: (way.end, lambda way=way: self._names(way.end)) for way in self._ways(table)}
        return Names(self._knowledge.schema.tables.get(table), table, relations)

    def _ways(self, table: str) -> list[Way]:
        return ways(self._knowledge.schema, self._knowledge.edges, table)

    def _either(self, settings: Mapping[str, object], ours: str, kitcns: str) -> object:
        return settings.get(ours, settings.get(kitcns))

    def _limit(self, value: object, path: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST:
            raise UsageError(f"{path}.limit is a whole number from 1 to {MOST:,}, not {value!r}.")
        return value

    def _columns(self, value: object, names: Names, path: str) -> tuple[tuple[str, ...] | None, bool]:
        if value is None:
            return None, False
        if isinstance(value, Mapping):
            chosen = {str(name): bool(wanted) for name, wanted in value.items()}
        elif isinstance(value, Sequence) and not isinstance(value, str):
            chosen = {str(name): True for name in value}
        else:
            raise UsageError(f"{path}.columns is a list of fields, or {{field: True}}.")
        if len(set(chosen.values())) > 1:
            raise UsageError(f"{path}.columns either names fields to keep (True) or to leave out (False), not both.")
        stored = tuple(names.field(name, f"{path}.columns") for name in chosen)
        return stored, not all(chosen.values())

    def _order(self, value: object, names: Names, path: str) -> tuple[tuple[str, Order], ...]:
        if value is None:
            return ()
        if isinstance(value, str):
            value = {value: "asc"}
        if not isinstance(value, Mapping):
            raise UsageError(f"{path}.order_by is a field, or {{field: 'asc' or 'desc'}}.")
        order: list[tuple[str, Order]] = []
        for name, direction in value.items():
            if direction not in ("asc", "desc"):
                raise UsageError(f"{path}.order_by.{name} is 'asc' or 'desc', not {direction!r}.")
            order.append((names.field(str(name), f"{path}.order_by"), direction))
        return tuple(order)

    def _loads(self, table: str, value: object, path: str, depth: int) -> list[Load]:
        if value is None:
            return []
        if isinstance(value, str):
            value = {value: True}
        elif isinstance(value, Sequence):
            value = {str(name): True for name in value}
        if not isinstance(value, Mapping):
            raise UsageError(f"{path}.with is {{relation: True}}, {{relation: {{settings}}}}, or a list of relations.")
        known = {way.label: way for way in self._ways(table)}
        loads = []
        for name, settings in value.items():
            way = known.get(str(name))
            if way is None:
                raise UsageError(f"{path}.with: {no_such('relation', str(name), list(known), of=table)}")
            if settings is False or settings is None:
                continue
            if settings is not True and not isinstance(settings, Mapping):
                raise UsageError(f"{path}.with.{name} is True or its settings, not {settings!r}.")
            one = is_one(way)
            below = {} if settings is True else settings
            level = self.level(way.end, below, f"{path}.with.{name}", depth + 1, 1 if one else _EACH)
            loads.append(Load(way.label, way, one, level))
        return loads
