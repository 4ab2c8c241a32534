"""The `filters` argument of `_system/frontend/paginatedTableDocuments` (deployment-api.md 4.4), both ways."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence

from kitcn_repl.deployment.errors import RequestRejectedError
from kitcn_repl.deployment.models import FieldFilter, IndexBound, PageRequest
from kitcn_repl.errors import UsageError
from kitcn_repl.values import JsonObject, JsonValue

_UNDEFINED: JsonObject = {"$undefined": None}

# A function argument cannot be undefined, so the system function takes this text for it.
UNDEFINED_PLACEHOLDER = (
    "__CONVEX_PLACEHOLDER_undefined_I23atX0jcndVbFgXoQZffsih7eAqktCyFjgUuAeNBtfr3ySOljPSPSEOPFgprkdBO3zXNiGEJxmJ5ZFPc5C5"
    "qKesG80QRPvlJe8vgSxAt9feLTwxTg4PHfVwUaTEJU67FDwldWmTxp1guMPwxQ2jOuhEryTBf3mQ"
)


def encode_filters(request: PageRequest) -> str | None:
    """None where the server's defaults (newest first, no condition) are what is asked for. Raises UsageError."""
    if request.index is None and request.bounds:
        raise UsageError("Conditions on an index need the index's name.")
    if request.order == "desc" and request.index is None and not request.filters:
        return None
    expression: JsonObject = {
        "clauses": [_clause(number, condition) for number, condition in enumerate(request.filters)],
        "order": request.order,
    }
    if request.index is not None:
        expression["index"] = {"name": request.index, "clauses": [_bound(bound) for bound in request.bounds]}
    text = json.dumps(expression, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii").rstrip("=")


def raise_for_filter_errors(items: Sequence[JsonObject], request: PageRequest) -> None:
    """A successful page may hold `{error, filter}` objects instead of documents: raise the first as a refusal."""
    for item in items:
        error = item.get("error")
        if "_id" in item or not isinstance(error, str):
            continue
        number = item.get("filter")
        if isinstance(number, int | float) and 0 <= int(number) < len(request.filters):
            condition = request.filters[int(number)]
            raise RequestRejectedError(
                f'The condition on "{condition.field}" ({condition.op}) is not valid: {error}', code="InvalidFilter"
            )
        raise RequestRejectedError(error, code="InvalidIndexFilter")


def _value(value: JsonValue) -> JsonValue:
    return UNDEFINED_PLACEHOLDER if value == _UNDEFINED else value


def _clause(number: int, condition: FieldFilter) -> JsonObject:
    value = condition.value
    if condition.op in ("anyOf", "noneOf") and isinstance(value, list):
        value = [_value(item) for item in value]
    return {
        "id": str(number),
        "field": condition.field,
        "op": condition.op,
        "value": _value(value),
        "enabled": True,
    }


def _bound(bound: IndexBound) -> JsonObject:
    if bound.is_equality:
        return {"type": "indexEq", "enabled": True, "value": _value(bound.equals)}
    clause: JsonObject = {"type": "indexRange", "enabled": True}
    if bound.lower_op is not None:
        clause["lowerOp"] = bound.lower_op
        clause["lowerValue"] = _value(bound.lower)
    if bound.upper_op is not None:
        clause["upperOp"] = bound.upper_op
        clause["upperValue"] = _value(bound.upper)
    return clause
