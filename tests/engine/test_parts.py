"""Parts of the engine by themselves: index ranges, cursors, source maps, validators."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.deployment.errors import RequestRejectedError
from kitcn_repl.offline.catalog import Catalog
from kitcn_repl.offline.engine.cursors import (
    CursorError,
    Position,
    WrongQueryError,
    decode_cursor,
    encode_cursor,
    fingerprint,
)
from kitcn_repl.offline.engine.report import binary_size, map_frames
from kitcn_repl.offline.engine.source_map import SourceMap
from kitcn_repl.offline.engine.validators import describe, validate
from kitcn_repl.offline.ranges import KeyRange, RangeExpression, RangeOp, key_range, parse_range
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.order import UNDEFINED, Undefined, encode_key, index_key
from tests.engine.world import dataset, int64, note_id

FIELDS = ("a", "b", "_creationTime")

scalars: st.SearchStrategy[JsonValue] = st.one_of(
    st.none(), st.booleans(), st.floats(allow_nan=False), st.text(max_size=3), st.integers(-300, 300).map(int64)
)
values = st.one_of(scalars, st.lists(scalars, max_size=2))
maybe_missing: st.SearchStrategy[JsonValue | Undefined] = st.one_of(st.just(UNDEFINED), values)

_HOLDS = {
    "Eq": lambda x, y: x == y, "Gt": lambda x, y: x > y, "Gte": lambda x, y: x >= y,
    "Lt": lambda x, y: x < y, "Lte": lambda x, y: x <= y,
}  # fmt: skip


def expression(op: RangeOp, field: str, value: JsonValue | Undefined) -> RangeExpression:
    return RangeExpression(op, field, {"$undefined": None} if isinstance(value, Undefined) else value)


@given(
    rows=st.lists(st.tuples(maybe_missing, maybe_missing, st.floats(0, 9)), max_size=20),
    equal=st.lists(maybe_missing, max_size=2),
    lower=st.none() | st.tuples(st.sampled_from(["Gt", "Gte"]), maybe_missing),
    upper=st.none() | st.tuples(st.sampled_from(["Lt", "Lte"]), maybe_missing),
)
def test_a_range_covers_exactly_the_rows_that_satisfy_it(
    rows: list[tuple[JsonValue | Undefined, JsonValue | Undefined, float]],
    equal: list[JsonValue | Undefined],
    lower: tuple[RangeOp, JsonValue | Undefined] | None,
    upper: tuple[RangeOp, JsonValue | Undefined] | None,
) -> None:
    expressions = [expression("Eq", field, value) for field, value in zip(FIELDS, equal, strict=False)]
    expressions += [expression(bound[0], FIELDS[len(equal)], bound[1]) for bound in (lower, upper) if bound is not None]
    keys = key_range("t.by_a_b", FIELDS, expressions)
    for row in rows:
        key = index_key(row, note_id(1))
        covered = keys.lower <= key and (keys.upper is None or key < keys.upper)
        by_field = dict(zip(FIELDS, row, strict=True))
        assert covered == all(_HOLDS[e.op](encode_key(by_field[e.field]), e.key) for e in expressions)


def test_walking_on() -> None:
    keys = KeyRange(b"b", b"y")
    assert keys.after(b"m", descending=False) == KeyRange(b"m\0", b"y")
    assert keys.after(b"m", descending=True) == KeyRange(b"b", b"m")
    assert keys.after(b"a", descending=False) == keys and keys.after(b"z", descending=True) == keys
    assert keys.until(b"m", descending=False) == KeyRange(b"b", b"m\0")
    assert keys.until(b"m", descending=True) == KeyRange(b"m", b"y")
    assert KeyRange().until(b"m", descending=False) == KeyRange(b"", b"m\0")


def test_equalities_may_come_in_any_order() -> None:
    one, two = expression("Eq", "a", 1.0), expression("Eq", "b", "x")
    assert key_range("t.i", FIELDS, [one, two]) == key_range("t.i", FIELDS, [two, one])


@pytest.mark.parametrize(
    "broken", [None, {}, [1], [{"type": "In", "fieldPath": "a"}], [{"type": "Eq", "fieldPath": 1}]]
)
def test_malformed_ranges(broken: JsonValue) -> None:
    with pytest.raises(ValueError, match="range"):
        parse_range(broken)


def test_catalog_names_what_is_wrong() -> None:
    catalog = Catalog(dataset())
    assert catalog.index("", "notes", "by_tag").fields == ("tag", "_creationTime")
    assert catalog.index("", "notes", "by_tag_rank").stored == ("tag", "rank", "_creationTime")
    assert catalog.index("", "notes", "by_id").stored == ()
    assert catalog.index("", "notes", "by_creation_time").label == "notes.by_creation_time"
    assert catalog.table("", "nowhere") is None
    assert catalog.table_by_number("", 1) is None
    for name in ("", "1a", "a-b", "___", "x" * 65, "a b", "a\n"):
        with pytest.raises(RequestRejectedError, match="Invalid argument `query` for `queryStream`"):
            catalog.table("", name)
    found = {(index.name, index.kind, index.fields, index.staged) for index in catalog.indexes("")}
    assert ("by_tag_rank", "database", ("tag", "rank"), False) in found
    assert ("staged", "database", ("rank",), True) in found
    assert ("search_tag", "search", ("tag",), False) in found
    assert ("by_vector", "vector", ("v",), False) in found
    assert catalog.indexes("widgets") == []


def test_cursors() -> None:
    query, other = fingerprint("a", ["b"]), fingerprint("a", ["c"])
    for position in (Position(b"\x10abc\x00"), Position(b""), Position(None)):
        assert decode_cursor(encode_cursor(position, query), query) == position
        with pytest.raises(WrongQueryError):
            decode_cursor(encode_cursor(position, query), other)
    for text in ("", "0", "zz", "ab" * 20, encode_cursor(Position(None), query).upper()):
        with pytest.raises(CursorError, match="Failed to parse cursor"):
            decode_cursor(text, query)


@given(st.binary(max_size=40) | st.none(), st.integers(0, 200), st.integers(1, 255))
def test_a_changed_cursor_is_noticed(key: bytes | None, place: int, change: int) -> None:
    query = fingerprint("q")
    data = bytearray.fromhex(encode_cursor(Position(key), query))
    data[place % len(data)] ^= change
    with pytest.raises(CursorError):
        decode_cursor(data.hex(), query)


def test_source_maps() -> None:
    # Line 1: column 0 -> a:1:1, column 4 -> a:1:9; line 3: column 2 -> b:2:1.
    found = SourceMap.parse({"sources": ["a", "b"], "mappings": "AAAA,IAAQ;;ECCR"})
    assert found.original(1, 1) == ("a", 1, 1)
    assert found.original(1, 4) == ("a", 1, 1)
    assert found.original(1, 5) == ("a", 1, 9)
    assert found.original(3, 3) == ("b", 2, 1)
    assert found.original(2, 1) is None and found.original(3, 1) is None and found.original(9, 1) is None
    broken: list[JsonValue] = [None, {}, {"sources": []}, {"sources": [], "mappings": "ä"}]
    for document in broken:
        with pytest.raises(ValueError, match="map"):
            SourceMap.parse(document)


def test_frames_of_other_files_are_dropped() -> None:
    source_map = '{"sources": ["mine.js"], "mappings": "AAAA"}'
    frames = ["async Object.handler (q.js:1:1)", "q.js:1:1", "f (ext:deno/x.js:1:1)", "g (q.js:7:1)"]
    stack = "\n".join(["Error: x", *(f"    at {frame}" for frame in frames)])
    assert map_frames(stack, "q.js", source_map) == ["    at handler (mine.js:1:1)", "    at <anonymous> (mine.js:1:1)"]


@pytest.mark.parametrize(
    ("size", "text"), [(5, "5 B"), (1024, "1 KiB"), (16 * 1024**2, "16 MiB"), (18_000_002, "17.17 MiB")]
)
def test_sizes(size: int, text: str) -> None:
    assert binary_size(size) == text


def field(validator: JsonObject, optional: bool = False) -> JsonObject:
    return {"fieldType": validator, "optional": optional}


VALIDATOR: JsonObject = {
    "type": "object",
    "value": {
        "name": field({"type": "string"}),
        "age": field({"type": "union", "value": [{"type": "number"}, {"type": "bigint"}, {"type": "null"}]}, True),
        "tags": field({"type": "array", "value": {"type": "literal", "value": "x"}}, True),
        "note": field({"type": "id", "tableName": "notes"}, True),
        "map": field(
            {"type": "record", "keys": {"type": "string"}, "values": field({"type": "boolean"})}, True
        ),
        "data": field({"type": "bytes"}, True),
        "any": field({"type": "any"}, True),
    },
}  # fmt: skip

TABLES = {10001: "notes", 10002: "empty"}


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        ({"name": "a"}, None),
        ({"name": "a", "age": int64(5), "tags": ["x", "x"], "note": note_id(1), "map": {"k": True}, "any": [{}]}, None),
        ({"name": "a", "data": {"$bytes": ""}, "age": {"$float": "AAAAAAAA+H8="}}, None),
        ({}, "Object is missing the required field `name`."),
        ({"name": 1.0}, "Value does not match validator.\nPath: .name\nValue: 1\nValidator: v.string()"),
        ({"name": "a", "more": 1.0}, "Object contains extra field `more` that is not in the validator."),
        ({"name": "a", "age": "x"}, "Validator: v.union(v.float64(), v.int64(), v.null())"),
        ({"name": "a", "tags": ["x", "y"]}, 'Path: .tags[1]\nValue: "y"\nValidator: v.literal("x")'),
        ({"name": "a", "tags": "x"}, 'Validator: v.array(v.literal("x"))'),
        ({"name": "a", "note": "nonsense"}, 'Validator: v.id("notes")'),
        ({"name": "a", "note": note_id(1, 10002)}, "from table `empty`, which does not match the table name"),
        ({"name": "a", "map": {"k": 1.0}}, "Path: .map.k"),
        ({"name": "a", "map": {"$integer": "AAAAAAAAAAA="}}, "Validator: v.record(v.string(), v.boolean())"),
        ({"name": "a", "data": "x"}, "Validator: v.bytes()"),
    ],
)
def test_arguments_against_a_validator(args: JsonObject, problem: str | None) -> None:
    found = validate(VALIDATOR, args, TABLES)
    assert (found is None) if problem is None else (found is not None and problem in found), found


def test_validators_as_text() -> None:
    assert describe(VALIDATOR).startswith("v.object({name: v.string(), age: v.optional(v.union(")
    assert validate(None, {"x": 1.0}, {}) is None
    assert validate({"type": "any"}, {"x": 1.0}, {}) is None
