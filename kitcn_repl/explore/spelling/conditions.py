"""A value as a condition that somebody could have typed."""

from __future__ import annotations

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.conditions import parse_condition
from kitcn_repl.values import JsonValue
from kitcn_repl.values.forms import integer_of
from kitcn_repl.values.javascript import stringify


def condition_text(field: str, value: JsonValue, *, is_set: bool = True) -> str | None:
    """`role = "admin"`, which finds the documents with this value; None where conditions cannot say that."""
    text = f"{field} = {_value(value) if is_set else 'undefined'}"
    try:
        condition = parse_condition(text)
    except UsageError:
        return None
    meant: JsonValue = value if is_set else {"$undefined": None}
    return text if condition.field == field and condition.value == meant else None


def _value(value: JsonValue) -> str:
    if isinstance(value, dict) and len(value) == 1 and "$integer" in value:
        try:
            return f"{integer_of(value['$integer'])}n"
        except ValueError:
            pass
    return stringify(value, None)
