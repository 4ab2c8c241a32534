"""Stored values as the ORM shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.explore.hydration import iso_time, orm_text, stored_otherwise
from kitcn_repl.schema.model import Field
from kitcn_repl.values import JsonValue

TIMESTAMP = Field("at", {"type": "number"}, False, "timestamp", mode="date")


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_772_452_800_000.0, "2026-03-02T12:00:00Z"),
        (1_772_452_800_123.75, "2026-03-02T12:00:00.123Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (-0.5, "1970-01-01T00:00:00Z"),
        (1e300, None),
        (float("nan"), None),
        (float("inf"), None),
        (8.64e15, None),
    ],
)
def test_times(milliseconds: float, text: str | None) -> None:
    assert iso_time(milliseconds) == text


@given(st.floats())
def test_any_number_is_a_time_or_none(number: float) -> None:
    text = iso_time(number)
    assert text is None or text.endswith("Z")


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (TIMESTAMP, 5, "1970-01-01T00:00:00.005Z"),
        (Field("at", None, True, "timestamp", mode="string"), 5.0, "1970-01-01T00:00:00.005Z"),
        (TIMESTAMP, None, None),
        (TIMESTAMP, True, None),
        (TIMESTAMP, {"$integer": "BQAAAAAAAAA="}, None),
        (TIMESTAMP, "yesterday", None),
        (Field("on", None, True, "date", mode="date"), "2026-03-02", "2026-03-02"),
        (Field("on", None, True, "date", mode="string"), "2026-03-02", None),
        (Field("n", None, True, "integer"), 5, None),
        (Field("n", {"type": "number"}, True), 5, None),
        (None, 5, None),
    ],
)
def test_only_columns_that_the_orm_turns_into_dates(field: Field | None, value: JsonValue, shown: str | None) -> None:
    assert orm_text(field, value) == shown


@pytest.mark.parametrize(
    ("stored", "differs"), [(1000.0, True), (5000.0, False), (5900, False), (6000, True), (None, False), ("x", False)]
)
def test_a_created_at_of_another_time(stored: JsonValue, differs: bool) -> None:
    fields = {"createdAt": Field("createdAt", {"type": "number"}, True, "timestamp", mode="date")}
    document: dict[str, JsonValue] = {"_creationTime": 5000.0, "createdAt": stored}
    assert stored_otherwise(document, fields) is differs
    # Without kitcn a field of that name is a field like any other.
    assert not stored_otherwise(document, {"createdAt": Field("createdAt", {"type": "number"}, True)})
    assert not stored_otherwise(document, {})
