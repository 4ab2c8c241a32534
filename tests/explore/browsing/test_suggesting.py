from __future__ import annotations

import pytest

from kitcn_repl.deployment.models import IndexInfo
from kitcn_repl.explore.browsing.suggesting import suggest
from kitcn_repl.explore.conditions import parse_condition
from kitcn_repl.schema.model import Field

FIELDS = {
    "role": Field("role", {"type": "string"}, optional=True, kind="textEnum", values=("admin", "user")),
    "banned": Field("banned", {"type": "union", "value": [{"type": "boolean"}, {"type": "null"}]}, optional=False),
    "age": Field("age", {"type": "number"}, optional=False),
}
INDEXES = [IndexInfo("user", "by_age", "database", ("age",))]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("", ["role", "banned", "age", "_id", "_creationTime"]),
        ("a", ["age", "banned", "_creationTime"]),
        ("age", ["=", "!=", "<", "<=", ">", ">="]),
        ("age ", ["=", "!=", "<", "<=", ">", ">="]),
        ("age >", []),
        ("age !", ["!="]),
        ("role = ", ['"admin"', '"user"', "undefined"]),
        ('role = "a', ['"admin"']),
        ("role != u", ['"user"', "undefined"]),
        ("banned = ", ["true", "false", "null"]),
        ("nickname = ", ['"Ada"']),
    ],
)
def test_what_could_come_next(text: str, labels: list[str]) -> None:
    seen = {"nickname": ["Ada"]} if "nick" in text else {}
    assert [each.label for each in suggest(text, FIELDS, INDEXES, seen)] == labels


def test_indexed_fields_say_so() -> None:
    details = {each.label: each.detail for each in suggest("", FIELDS, INDEXES)}
    assert "index by_age" in details["age"]
    assert "index" not in details["role"]


def test_a_suggested_value_makes_a_condition() -> None:
    for each in suggest("role = ", FIELDS):
        assert parse_condition(each.text).field == "role"
