"""Conditions and order go by Convex's order of values, whether an index answers them or not."""

from __future__ import annotations

from typing import Any

import pytest

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.finding import find
from kitcn_repl.explore.knowledge import know
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values import Int64, JsonObject, encode
from kitcn_repl.values.ids import encode_id
from tests.explore.random_tables import with_indexes

NAN, NEGATIVE_ZERO = float("nan"), -0.0
VALUES: list[object] = [1.0, NAN, 0.0, "\uffff", NEGATIVE_ZERO, "😀", -1.0, Int64(0), True, float("inf")]
ROWS: list[JsonObject] = [
    {"_id": encode_id(10001, bytes([at] * 16)), "_creationTime": float(at), "a": encode(value), "at": float(at)}
    for at, value in enumerate(VALUES)
]


async def _found(indexes: list[list[str]], settings: dict[str, Any]) -> list[int]:
    offline = Offline(with_indexes(ROWS, indexes))
    try:
        found = await find(offline, await know(offline, sample=False), "t", settings)
        return [int(row["at"]) for row in found.documents]  # type: ignore[arg-type]
    finally:
        await offline.aclose()


@pytest.mark.parametrize("indexes", [[], [["a"]]], ids=["scan", "index"])
@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ({"gte": 0}, [0.0, 1.0, float("inf"), NAN]),
        ({"lt": 0}, [-1.0, NEGATIVE_ZERO]),
        ({"lte": NEGATIVE_ZERO}, [-1.0, NEGATIVE_ZERO]),
        ({"gt": NEGATIVE_ZERO, "lt": 1}, [0.0]),
        ({"gt": float("inf")}, [NAN]),
        ({"between": [NEGATIVE_ZERO, NEGATIVE_ZERO]}, [NEGATIVE_ZERO]),
        ({"gt": "\uffff"}, ["😀"]),
        ({"lt": "😀"}, ["\uffff"]),
    ],
)
async def test_conditions(indexes: list[list[str]], where: dict[str, Any], wanted: list[object]) -> None:
    found = await _found(indexes, {"where": {"a": where}, "order_by": {"a": "asc"}})
    assert list(map(repr, (VALUES[at] for at in found))) == list(map(repr, wanted))


@pytest.mark.parametrize("indexes", [[], [["a"]]], ids=["sorted", "index"])
async def test_order(indexes: list[list[str]]) -> None:
    found = await _found(indexes, {"order_by": {"a": "asc"}})
    ordered = [Int64(0), -1.0, NEGATIVE_ZERO, 0.0, 1.0, float("inf"), NAN, True, "\uffff", "😀"]
    assert list(map(repr, (VALUES[at] for at in found))) == list(map(repr, ordered))


async def test_a_boolean_has_no_less_and_greater() -> None:
    with pytest.raises(UsageError, match="compares numbers and texts, not True"):
        await _found([], {"where": {"a": {"gt": True}}})
