"""Columns and the one type that fits all their values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.results.columns import Column, build_columns, table_numbers
from kitcn_repl.results.shapes import MOST_FIELDS, shape_of
from kitcn_repl.schema.model import Field
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.codec import Int64, Value, encode
from kitcn_repl.values.ids import encode_id


def columns_of(*rows: dict[str, Value]) -> dict[str, Column]:
    encoded: list[JsonObject] = [encode(row) for row in rows]  # type: ignore[misc]
    return {column.name: column for column in build_columns(encoded)}


def test_types_of_columns() -> None:
    found = columns_of(
        {"i": Int64(1), "f": 1.0, "b": True, "s": "x", "y": b"\0", "n": None, "a": [1.0], "o": {"k": "v"}, "m": 1.0},
        {"i": Int64(2), "f": None, "s": "y", "y": b"", "n": None, "a": [], "o": {}, "m": "one"},
    )
    assert {name: column.type for name, column in found.items()} == {
        "i": "int64",
        "f": "float64 | null",
        "b": "boolean?",
        "s": "string",
        "y": "bytes",
        "n": "null",
        "a": "array<float64>",
        "o": "object",
        "m": "float64 | string",
    }
    assert (found["b"].nulls, found["b"].missing) == (0, 1)
    assert (found["f"].nulls, found["f"].missing) == (1, 0)
    assert found["m"].values() == ["1", '"one"']


def test_int64_and_numbers_together_are_mixed() -> None:
    """A float64 would not hold every int64."""
    found = columns_of({"x": Int64(2**53 + 1)}, {"x": 0.5})
    assert found["x"].shape.kind == "mixed"
    assert columns_of({"x": [Int64(2**53 + 1), 0.5]})["x"].type == "array<int64 | float64>"


def test_times_need_somebody_who_knows() -> None:
    rows: list[JsonObject] = [{"_creationTime": 1.5, "at": 1000.0, "day": "2026-03-02"}, {"at": None}]
    kinds = {column.name: column.shape.kind for column in build_columns(rows)}
    assert kinds == {"_creationTime": "timestamp", "at": "float64", "day": "string"}
    fields = {
        "at": Field("at", None, True, kind="timestamp"),
        "day": Field("day", None, True, kind="date"),
    }
    known = {column.name: column for column in build_columns(rows, fields)}
    assert (known["at"].shape.kind, known["day"].shape.kind) == ("timestamp", "date")
    assert known["_creationTime"].values() == [1500, None]
    assert known["at"].values() == [1_000_000, None]
    assert known["day"].values() == [20514, None]
    assert build_columns(rows, times=["at"])[1].shape.kind == "timestamp"


def test_what_no_calendar_holds_stays_a_number() -> None:
    for value in (float("nan"), float("inf"), 8.65e15):
        encoded = encode({"_creationTime": value})
        assert isinstance(encoded, dict)
        (column,) = build_columns([encoded])
        assert column.shape.kind == "float64"
    fields = {"day": Field("day", None, True, kind="date")}
    (column,) = build_columns([{"day": "2026-02-30"}], fields)
    assert column.shape.kind == "string"


def test_dates_of_procedures_are_times() -> None:
    (column,) = build_columns([{"due": {"__crpc": 1, "t": "$date", "v": 1500.25}}, {"due": None}])
    assert column.shape.kind == "timestamp"
    assert column.values() == [1_500_250, None]


def test_a_record_of_many_things_is_no_structure() -> None:
    record: JsonValue = {f"k{n}": 1.0 for n in range(MOST_FIELDS + 1)}
    assert shape_of([record]).kind == "mixed"
    assert shape_of([{}]).kind == "mixed"


def test_system_fields_stand_first_then_as_they_come() -> None:
    rows: list[JsonObject] = [{"b": 1, "_id": "x"}, {"a": 1, "_creationTime": 2, "b": 1}]
    assert [column.name for column in build_columns(rows)] == ["_id", "_creationTime", "b", "a"]


def test_knows_tables_from_ids() -> None:
    ids = [encode_id(10_001 + at % 2, at.to_bytes(16, "big")) for at in range(300)]
    assert table_numbers([{"_id": each} for each in ids]) == {10_001, 10_002}
    assert table_numbers([{"_id": ids[0]}, {"a": 1}]) == set()
    assert table_numbers([{"_id": "no id"}]) == set()
    (column,) = build_columns([{"owner": each} for each in ids[::2]])
    assert column.id_tables == {10_001}
    assert column.type == "id"


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.binary() | st.integers(-(2**63), 2**63 - 1).map(Int64),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.sampled_from(["x", "y"]), values), max_size=6))
def test_every_value_finds_a_place(rows: list[dict[str, Value]]) -> None:
    for name, column in columns_of(*rows).items():
        cells = column.values()
        assert len(cells) == len(rows)
        for row, cell in zip(rows, cells, strict=True):
            assert (cell is None) == (row.get(name) is None)
