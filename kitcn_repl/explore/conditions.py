"""Conditions on fields, as people write them: `status = open`, `age >= 18`, `name neq "root"`."""

from __future__ import annotations

import re
from typing import Literal

from kitcn_repl.deployment.models import FieldFilter
from kitcn_repl.errors import UsageError
from kitcn_repl.explore.json5 import Json5Error, parse
from kitcn_repl.values import JsonValue
from kitcn_repl.values.codec import Int64, decode, encode

Operator = Literal["eq", "neq", "gt", "gte", "lt", "lte"]

OPERATORS: dict[str, Operator] = {
    "=": "eq",
    "==": "eq",
    "!=": "neq",
    "<": "lt",
    "<=": "lte",
    ">": "gt",
    ">=": "gte",
    "eq": "eq",
    "neq": "neq",
    "lt": "lt",
    "lte": "lte",
    "gt": "gt",
    "gte": "gte",
}

_CONDITION = re.compile(
    r"\s*(?P<field>[^\s=!<>]+)(?:\s*(?P<sign>[=!<>]+)|\s+(?P<word>[A-Za-z]+)(?=\s))\s*(?P<value>.*?)\s*\Z", re.DOTALL
)
_INT64 = re.compile(r"-?[0-9]+n\Z")


def parse_condition(text: str) -> FieldFilter:
    """`FIELD OP VALUE`. Raises UsageError.

    VALUE is JSON (or JSON5), `5n` an int64, `undefined` stands for a missing field, and any other text for itself.
    """
    match = _CONDITION.match(text)
    if match is None:
        raise UsageError(f"Condition {text!r} is not 'FIELD OP VALUE', such as 'age >= 18'.")
    sign = match["sign"] or match["word"]
    operator = OPERATORS.get(sign)
    if operator is None:
        raise UsageError(f"Unknown operator {sign!r} in {text!r}; it is one of {', '.join(OPERATORS)}.")
    if not match["value"]:
        raise UsageError(f"Condition {text!r} has no value; for an empty text write {match['field']} {sign} '\"\"'.")
    return FieldFilter(match["field"], operator, _value(match["value"], text))


def parse_literal(text: str) -> JsonValue:
    """JSON (or JSON5), or an int64 as JavaScript writes it (`5n`), as an encoded value.

    Raises Json5Error for what is neither, ValueError for what is no Convex value.
    """
    if _INT64.match(text):
        return encode(Int64(int(text[:-1])))
    return encode(decode(parse(text)))


def _value(text: str, condition: str) -> JsonValue:
    if text == "undefined":
        return {"$undefined": None}
    try:
        return parse_literal(text)
    except Json5Error as error:
        if text[0] in "{[\"'":
            raise UsageError(f"Condition {condition!r}: the value is no JSON: {error}.") from None
        return text
    except ValueError as error:
        raise UsageError(f"Condition {condition!r}: {error}.") from None
