from __future__ import annotations

import pytest

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.conditions import parse_condition
from kitcn_repl.values import JsonValue


@pytest.mark.parametrize(
    ("text", "field", "op", "value"),
    [
        ("age >= 18", "age", "gte", 18),
        ("age>=18", "age", "gte", 18),
        ("status = open", "status", "eq", "open"),
        ("status == 'open'", "status", "eq", "open"),
        ('status != "two words"', "status", "neq", "two words"),
        ("name eq Ada Lovelace", "name", "eq", "Ada Lovelace"),
        ("n < 5n", "n", "lt", {"$integer": "BQAAAAAAAAA="}),
        ("n lte -1n", "n", "lte", {"$integer": "//////////8="}),
        ("x > Infinity", "x", "gt", {"$float": "AAAAAAAA8H8="}),
        ("a.b gt null", "a.b", "gt", None),
        ("done neq true", "done", "neq", True),
        ("tags = [1, 'x']", "tags", "eq", [1, "x"]),
        ("eq eq eq", "eq", "eq", "eq"),
        ("email = ada@example.com", "email", "eq", "ada@example.com"),
        ("bytes = {$bytes: 'AQI='}", "bytes", "eq", {"$bytes": "AQI="}),
        ("empty = ''", "empty", "eq", ""),
        ("image = undefined", "image", "eq", {"$undefined": None}),
        ("image = 'undefined'", "image", "eq", "undefined"),
    ],
)
def test_conditions(text: str, field: str, op: str, value: JsonValue) -> None:
    parsed = parse_condition(text)
    assert (parsed.field, parsed.op, parsed.value) == (field, op, value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age",
        "= 5",
        "age >",
        "age ~ 5",
        "age like x",
        "age => 5",
        "x = {",
        "x = 'open",
        "x = {$bytes: 5}",
        "x = 99999999999999999999n",
    ],
)
def test_what_is_no_condition_says_so_in_one_line(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_condition(text)
    assert repr(text) in caught.value.message
    assert "\n" not in caught.value.message
