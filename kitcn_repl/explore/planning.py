"""Which index answers conditions on fields, so that no more of a table is read than has to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kitcn_repl.deployment.models import FieldFilter, IndexBound, IndexInfo, PageRequest
from kitcn_repl.values.order import UNDEFINED, encode_key

BY_CREATION_TIME, BY_ID = "by_creation_time", "by_id"
_BUILT_IN = ((BY_CREATION_TIME, ("_creationTime",)), (BY_ID, ("_id",)))
_LOWER, _UPPER = ("gt", "gte"), ("lt", "lte")
_RANGES = (*_LOWER, *_UPPER)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table is read. `request` has the index, its bounds, and the filters for what those do not cover.

    `index` is None where every document is looked at. `keeps_order` tells that documents come by creation time although
    an index is walked. `missing` are the fields of an index that would serve, where none does and one could.
    """

    request: PageRequest
    index: str | None = None
    keeps_order: bool = True
    missing: tuple[str, ...] = ()


def plan(request: PageRequest, indexes: Sequence[IndexInfo]) -> Plan:
    """Put the request's filters onto the index that narrows most: the longest run of equalities, then one range.

    A request that names its index keeps it, and its order. `indexes` are those of the whole component. The documents
    are the same as without a plan: bounds and filters both go by Convex's order of values, in which a missing field is
    the least. System tables are read as they are.
    """
    usable = [
        (index.name, index.fields)
        for index in indexes
        if index.table == request.table and index.kind == "database" and not index.staged and index.state == "done"
    ]
    candidates = [*_BUILT_IN, *usable]
    if request.index is not None:
        fields = dict(candidates).get(request.index)
        if fields is None:
            return Plan(request, request.index, keeps_order=False)
        bounds, rest = _bounds(fields, request.filters)
        return Plan(replace(request, bounds=bounds, filters=rest), request.index, keeps_order=False)

    if request.table.startswith("_"):
        return Plan(request)
    best: _Candidate | None = None
    for name, fields in candidates:
        bounds, rest = _bounds(fields, request.filters)
        if bounds:
            candidate = _Candidate(name, fields, bounds, rest)
            if best is None or candidate.rank < best.rank:
                best = candidate
    if best is None:
        return Plan(request, missing=_would_serve(request.filters))
    chosen = replace(request, index=best.name, bounds=best.bounds, filters=best.rest)
    return Plan(chosen, best.name, best.keeps_order)


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    fields: Sequence[str]
    bounds: tuple[IndexBound, ...]
    rest: tuple[FieldFilter, ...]

    @property
    def equalities(self) -> int:
        return sum(bound.is_equality for bound in self.bounds)

    @property
    def keeps_order(self) -> bool:
        """Behind equalities on all of its fields, an index goes on by creation time."""
        return self.equalities == len(self.fields) or self.name == BY_CREATION_TIME

    @property
    def rank(self) -> tuple[bool, int, bool, bool, int, str]:
        """The least one narrows most; an id is one document, whatever else is asked."""
        is_one = self.name == BY_ID and self.equalities > 0
        has_range = len(self.bounds) > self.equalities
        return not is_one, -self.equalities, not has_range, not self.keeps_order, len(self.fields), self.name


def _bounds(
    fields: Sequence[str], filters: Sequence[FieldFilter]
) -> tuple[tuple[IndexBound, ...], tuple[FieldFilter, ...]]:
    """The bounds on an index with these fields, and the filters that they leave."""
    rest = list(filters)
    bounds: list[IndexBound] = []
    for field in fields:
        equality = next((condition for condition in rest if condition.field == field and condition.op == "eq"), None)
        if equality is not None:
            rest.remove(equality)
            bounds.append(IndexBound(equality.value))
            continue
        ranges = [condition for condition in rest if condition.field == field and condition.op in _RANGES]
        if ranges:
            rest = [condition for condition in rest if condition.field != field or condition.op not in _RANGES]
            bounds.append(_range(ranges))
        break
    return tuple(bounds), tuple(rest)


def _range(conditions: Sequence[FieldFilter]) -> IndexBound:
    """All of the conditions as one range: the highest lower bound and the lowest upper one imply the others."""
    lower = max(
        (condition for condition in conditions if condition.op in _LOWER),
        key=lambda condition: (_key(condition), condition.op == "gt"),
        default=None,
    )
    upper = min(
        (condition for condition in conditions if condition.op in _UPPER),
        key=lambda condition: (_key(condition), condition.op == "lte"),
        default=None,
    )
    return IndexBound(
        is_equality=False,
        lower_op=None if lower is None else "gt" if lower.op == "gt" else "gte",
        lower=None if lower is None else lower.value,
        upper_op=None if upper is None else "lt" if upper.op == "lt" else "lte",
        upper=None if upper is None else upper.value,
    )


def _key(condition: FieldFilter) -> bytes:
    return encode_key(UNDEFINED if condition.value == {"$undefined": None} else condition.value)


def _would_serve(filters: Sequence[FieldFilter]) -> tuple[str, ...]:
    """Equalities first, then one range; the system fields have their indexes."""
    equal = dict.fromkeys(condition.field for condition in filters if condition.op == "eq")
    ranged = [condition.field for condition in filters if condition.op in _RANGES and condition.field not in equal]
    return tuple(field for field in (*equal, *ranged[:1]) if field not in ("_id", "_creationTime"))
