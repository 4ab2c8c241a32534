"""Which index answers a level's conditions, and whether its order is the one that is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kitcn_repl.deployment.models import FieldFilter, IndexInfo, Order, PageRequest
from kitcn_repl.explore.finding.request import Level
from kitcn_repl.explore.finding.where import Compare, Condition, Join
from kitcn_repl.explore.planning import BY_CREATION_TIME, Plan, plan
from kitcn_repl.values import JsonValue
from kitcn_repl.values.order import encode_key

_RANGES = ("gt", "gte", "lt", "lte")


@dataclass(frozen=True, slots=True)
class Range:
    """A walk over a table: the `index`'s part between bounds, in `direction`. `sorts` tells that this is not the order
    that is wanted: then all that fit are read and put in order."""

    index: str | None = None
    steps: tuple[tuple[str, str, JsonValue], ...] = field(default=())
    direction: Order = "asc"
    sorts: bool = False


def choose(level: Level, indexes: Sequence[IndexInfo]) -> Range:
    """The narrowest walk; of walks that are as narrow, the one in the wanted order.

    `steps` are (operator, field, encoded value) as `q` takes them.
    """
    usable = [
        index
        for index in indexes
        if index.table == level.table and index.kind == "database" and not index.staged and index.state == "done"
    ]
    filters = tuple(_filters(level.where))
    best = plan(PageRequest(level.table, filters=filters), usable)
    narrow = _narrowness(best)
    direction: Order = level.order[0][1] if level.order else "asc"
    if not level.order:
        return _walk(best, usable, direction, sorts=False)
    if len({each for _, each in level.order}) == 1:
        names = tuple(name for name, _ in level.order)
        for index in ((BY_CREATION_TIME, ()), *((index.name, index.fields) for index in usable)):
            planned = plan(PageRequest(level.table, index=index[0], filters=filters), usable)
            equal = sum(bound.is_equality for bound in planned.request.bounds)
            goes_on = (*index[1], "_creationTime")[equal:]
            if _narrowness(planned) >= narrow and goes_on[: len(names)] == names:
                return _walk(planned, usable, direction, sorts=False)
    return _walk(best, usable, "asc", sorts=True)


def _narrowness(planned: Plan) -> tuple[int, bool]:
    bounds = planned.request.bounds
    equal = sum(bound.is_equality for bound in bounds)
    return equal, len(bounds) > equal


def _walk(planned: Plan, usable: Sequence[IndexInfo], direction: Order, *, sorts: bool) -> Range:
    request = planned.request
    if not request.bounds:
        index = request.index if request.index not in (None, BY_CREATION_TIME) else None
        return Range(index, (), direction, sorts)
    names = {"by_id": ("_id",), BY_CREATION_TIME: ("_creationTime",)} | {each.name: each.fields for each in usable}
    steps: list[tuple[str, str, JsonValue]] = []
    assert request.index is not None
    for name, bound in zip(names[request.index], request.bounds, strict=False):
        if bound.is_equality:
            steps.append(("eq", name, bound.equals))
            continue
        if bound.lower_op is not None:
            steps.append((bound.lower_op, name, bound.lower))
        if bound.upper_op is not None:
            steps.append((bound.upper_op, name, bound.upper))
    return Range(request.index, tuple(steps), direction, sorts)


def _filters(where: Condition | None) -> list[FieldFilter]:
    """The conditions that every document must meet and that an index can answer."""
    match where:
        case Compare(name, "eq", (value,)) if value is not None:
            return [FieldFilter(name, "eq", value)]
        case Compare(name, "between", (low, high)):
            # an empty range is no range for an index
            if encode_key(low) > encode_key(high):
                return []
            return [FieldFilter(name, "gte", low), FieldFilter(name, "lte", high)]
        case Compare(name, ("gt" | "gte" | "lt" | "lte") as operator, (value,)):
            return [FieldFilter(name, operator, value)]
        case Join("and", parts):
            return [each for part in parts for each in _filters(part)]
    return []
