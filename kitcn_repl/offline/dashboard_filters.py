"""The filters of the dashboard's data page, as `paginatedTableDocuments` takes them (deployment-api.md 4.4)."""

from __future__ import annotations

import base64
import binascii
import json

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.deployment.filters import UNDEFINED_PLACEHOLDER
from kitcn_repl.deployment.models import FieldFilter, IndexBound, PageRequest
from kitcn_repl.offline.arrivals import check_value
from kitcn_repl.values import JsonObject, JsonValue

_OPERATORS = ("eq", "neq", "gt", "gte", "lt", "lte", "anyOf", "noneOf", "type", "notype")


class ClauseError(Exception):
    """A mistake in the filters: `clause` is its position among them, -1 for the index."""

    def __init__(self, message: str, clause: int = -1) -> None:
        super().__init__(message)
        self.clause = clause


def filtered(request: PageRequest, encoded: JsonValue) -> PageRequest:
    """The request with the dashboard's filters (Base64 of JSON, both alphabets) put in."""
    if encoded is None:
        return request
    try:
        standard = str(encoded).replace("-", "+").replace("_", "/").rstrip("=")
        filters = json.loads(base64.b64decode(standard + "=" * (-len(standard) % 4)))
        check_value(filters)
        clauses = [clause for clause in filters.get("clauses", []) if clause.get("enabled", True)]
        index = filters.get("index")
        order = filters.get("order", "desc")
    except (binascii.Error, ValueError, AttributeError, TypeError, RecursionError):
        raise QueryFailedError("The filters are not Base64 of a JSON object with encoded values.") from None
    conditions = tuple(_condition(i, clause) for i, clause in enumerate(clauses) if clause.get("field"))
    name, bounds = _index_bounds(index) if isinstance(index, dict) else (None, ())
    return PageRequest(
        request.table,
        request.limit,
        "asc" if order == "asc" else "desc",
        name,
        bounds,
        conditions,
        request.cursor,
        request.component,
    )


def _condition(position: int, clause: JsonObject) -> FieldFilter:
    operator = clause.get("op")
    if operator not in _OPERATORS:
        raise ClauseError(f"Invalid operator: {json.dumps(operator)}.", position)
    return FieldFilter(str(clause["field"]), operator, _filter_value(clause.get("value")))  # type: ignore[arg-type]


def _filter_value(value: JsonValue) -> JsonValue:
    """The dashboard has no other way to write a missing field than a placeholder text."""
    if isinstance(value, list):
        return [_filter_value(item) for item in value]
    return {"$undefined": None} if value == UNDEFINED_PLACEHOLDER else value


def _index_bounds(index: JsonObject) -> tuple[str, tuple[IndexBound, ...]]:
    name = str(index.get("name"))
    if "search" in index:
        raise ClauseError(f"Search indexes are not available offline, so `{name}` cannot be searched.")
    bounds: list[IndexBound] = []
    clauses = index.get("clauses")
    for clause in clauses if isinstance(clauses, list) else []:
        if not isinstance(clause, dict) or not clause.get("enabled", True):
            break
        if bounds and not bounds[-1].is_equality:
            raise ClauseError(f"Index {name}: a range must be the last clause.")
        bounds.append(_bound(clause))
    return name, tuple(bounds)


def _bound(clause: JsonObject) -> IndexBound:
    if clause.get("type") == "indexEq":
        return IndexBound(_filter_value(clause.get("value")))
    lower, upper = clause.get("lowerOp"), clause.get("upperOp")
    return IndexBound(
        is_equality=False,
        lower_op="gt" if lower == "gt" else "gte" if lower == "gte" else None,
        lower=_filter_value(clause.get("lowerValue")),
        upper_op="lt" if upper == "lt" else "lte" if upper == "lte" else None,
        upper=_filter_value(clause.get("upperValue")),
    )
