"""Index ranges as Convex takes them (deployment-api.md 10.3), and the index keys that they cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from kitcn_repl.deployment.errors import RequestRejectedError
from kitcn_repl.values import JsonValue
from kitcn_repl.values.javascript import display
from kitcn_repl.values.order import UNDEFINED, Undefined, encode_key, prefix_end

RangeOp = Literal["Eq", "Gt", "Gte", "Lt", "Lte"]

_MORE = "For more information see https://docs.convex.dev/using/indexes."
_SIGNS: Mapping[str, str] = {"Eq": "==", "Gt": ">", "Gte": ">=", "Lt": "<", "Lte": "<="}


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Index keys `lower <= key < upper`; `upper` None means no bound."""

    lower: bytes = b""
    upper: bytes | None = None

    def after(self, position: bytes, *, descending: bool) -> KeyRange:
        """What remains when a walk has passed the row with the key `position`."""
        if descending:
            return KeyRange(self.lower, position if self.upper is None else min(self.upper, position))
        return KeyRange(max(self.lower, position + b"\0"), self.upper)

    def until(self, position: bytes, *, descending: bool) -> KeyRange:
        """The part of a walk that ends with the row with the key `position`, included."""
        if descending:
            return KeyRange(max(self.lower, position), self.upper)
        end = position + b"\0"
        return KeyRange(self.lower, end if self.upper is None else min(self.upper, end))


@dataclass(frozen=True, slots=True)
class RangeExpression:
    """One call on the range builder: `op` on a dotted field path with an encoded value (or `{"$undefined": null}`)."""

    op: RangeOp
    field: str
    value: JsonValue

    @property
    def key(self) -> bytes:
        return encode_key(from_expression(self.value))

    def __str__(self) -> str:
        value = from_expression(self.value)
        text = "undefined" if isinstance(value, Undefined) else display(value)
        return f"{quoted(self.field)} {_SIGNS[self.op]} {text}"


def from_expression(encoded: JsonValue) -> JsonValue | Undefined:
    """A value as expressions hold it: `{"$undefined": null}` is a missing field."""
    return UNDEFINED if encoded == {"$undefined": None} else encoded


def parse_range(encoded: JsonValue) -> list[RangeExpression]:
    """The `range` of a query's source. Raises ValueError if it is none."""
    if not isinstance(encoded, list):
        raise ValueError("range must be an array")
    expressions = []
    for item in encoded:
        if not isinstance(item, dict) or item.get("type") not in _SIGNS or not isinstance(item.get("fieldPath"), str):
            raise ValueError("malformed range expression")
        op, field = cast(RangeOp, item["type"]), cast(str, item["fieldPath"])
        expressions.append(RangeExpression(op, field, item.get("value")))
    return expressions


def quoted(field: str) -> str:
    return f'"{field}"'


def field_list(fields: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, fields))}]"


def key_range(index: str, fields: Sequence[str], expressions: Sequence[RangeExpression]) -> KeyRange:
    """The keys of `index` (as in `users.by_email`), whose complete fields these are, that satisfy all expressions.

    Raises RequestRejectedError with the codes and texts of deployment-api.md 10.7.
    """
    equal: dict[str, RangeExpression] = {}
    lower: RangeExpression | None = None
    upper: RangeExpression | None = None
    for expression in expressions:
        if expression.op == "Eq":
            if expression.field in equal:
                raise _already_defined("equality", expression)
            equal[expression.field] = expression
        elif expression.op in ("Gt", "Gte"):
            if lower is not None:
                raise _already_defined("lower", expression)
            lower = expression
        else:
            if upper is not None:
                raise _already_defined("upper", expression)
            upper = expression
        if lower is not None and upper is not None and lower.field != upper.field:
            first, second = (lower, upper) if expression is upper else (upper, lower)
            raise RequestRejectedError(
                "Upper and lower bounds in `range` can only be applied to a single index field. This query against "
                f"index {index} attempted to set a range bound on both {quoted(first.field)} and "
                f"{quoted(second.field)}. Consider using `filter` instead. "
                "See https://docs.convex.dev/using/indexes for more info.",
                code="BoundsOnMultipleFields",
            )
    bound = lower or upper
    _check_fields(index, fields, expressions)
    used = sorted(equal, key=list(fields).index)
    if bound is not None:
        if bound.field in equal:
            raise _already_defined("equality", bound)
        used.append(bound.field)
    for position, field in enumerate(used):
        if fields[position] != field:
            raise RequestRejectedError(
                f"Tried to query index {index} but the query didn't use the index fields in order.\n"
                f"Index fields: {field_list(fields)}\nQuery fields: {field_list(used)}\n"
                f"First incorrect field: {quoted(field)}\n{_MORE}",
                code="InvalidIndexRange",
            )
    prefix = b"".join(equal[field].key for field in used if field in equal)
    return _between(prefix, lower, upper)


def _between(prefix: bytes, lower: RangeExpression | None, upper: RangeExpression | None) -> KeyRange:
    start, end = prefix, prefix_end(prefix) if prefix else None
    if lower is not None:
        start = prefix + lower.key
        start = prefix_end(start) if lower.op == "Gt" else start
    if upper is not None:
        end = prefix + upper.key
        end = prefix_end(end) if upper.op == "Lte" else end
    return KeyRange(start, end)


def _check_fields(index: str, fields: Sequence[str], expressions: Sequence[RangeExpression]) -> None:
    for expression in expressions:
        if expression.field not in fields:
            raise RequestRejectedError(
                f"The index range included a comparison with {quoted(expression.field)}, but {index} with fields "
                f"{field_list(fields)} doesn't index this field. {_MORE}",
                code="FieldNotInIndex",
            )


def _already_defined(kind: str, expression: RangeExpression) -> RequestRejectedError:
    return RequestRejectedError(
        f"Already defined {kind} bound in index range. Can't add {expression}.", code="AlreadyDefinedBound"
    )
