from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.values import Int64, JsonObject, JsonValue, Value, encode
from kitcn_repl.values.order import UNDEFINED, encode_key, field_at, index_key, prefix_end
from tests.values.second_order import compare, compare_floats, compare_sequences
from tests.values.strategies import CLOSE_VALUES, FIELD_NAMES, INT64S, TEXTS, VALUES

ID = "j57000820c20a1g7104gm2rc1m70ynr8"
ANY = VALUES | CLOSE_VALUES | st.just(UNDEFINED)


def compare_keys(a: bytes, b: bytes) -> int:
    return (a > b) - (a < b)


@given(ANY, ANY)
def test_byte_order_is_value_order(a: Value, b: Value) -> None:
    assert compare_keys(encode_key(encode(a)), encode_key(encode(b))) == compare(a, b)


@given(INT64S, INT64S)
def test_order_of_int64(a: int, b: int) -> None:
    assert compare_keys(encode_key(encode(Int64(a))), encode_key(encode(Int64(b)))) == (a > b) - (a < b)


@given(st.floats(), st.floats())
def test_order_of_float64(a: float, b: float) -> None:
    assert compare_keys(encode_key(encode(a)), encode_key(encode(b))) == compare_floats(a, b)


@given(TEXTS, TEXTS)
def test_order_of_strings(a: str, b: str) -> None:
    assert compare_keys(encode_key(a), encode_key(b)) == compare(a, b)


@given(st.lists(CLOSE_VALUES, min_size=1, max_size=3), st.lists(CLOSE_VALUES, min_size=1, max_size=3))
def test_order_of_index_keys(a: list[Value], b: list[Value]) -> None:
    b = (b * 3)[: len(a)]
    keys = [index_key([encode(value) for value in values], ID) for values in (a, b)]
    assert compare_keys(*keys) == compare_sequences(a, b)


@given(CLOSE_VALUES, CLOSE_VALUES, CLOSE_VALUES)
def test_prefix_end_separates(prefix: Value, bound: Value, value: Value) -> None:
    lower = index_key([encode(prefix)], None)
    key = index_key([encode(prefix), encode(value)], ID)
    assert lower <= key < prefix_end(lower)
    after_bound = prefix_end(lower + encode_key(encode(bound)))
    assert (key > after_bound) == (compare(value, bound) > 0)
    assert (key < lower + encode_key(encode(bound))) == (compare(value, bound) < 0)


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        (UNDEFINED, "01"),
        ({"$undefined": None}, "01"),
        (None, "03"),
        (encode(Int64(0)), "08"),
        (encode(Int64(127)), "09 7f"),
        (encode(Int64(128)), "0a 0080"),
        (encode(Int64(2**31)), "0c 0000000080000000"),
        (encode(Int64(-1)), "07 ff"),
        (encode(Int64(-128)), "07 80"),
        (encode(Int64(-129)), "06 ff7f"),
        (encode(Int64(-(2**63))), "04 8000000000000000"),
        (0.0, "0d 8000000000000000"),
        (-0.0, "0d 7fffffffffffffff"),
        ({"$float": "AAAAAAAAAIA="}, "0d 7fffffffffffffff"),
        (1, "0d bff0000000000000"),
        (1.0, "0d bff0000000000000"),
        (float("nan"), "0d fff8000000000000"),
        ({"$float": "AQAAAAAA8H8="}, "0d fff0000000000001"),
        ({"$float": "AQAAAAAA8P8="}, "0d 000ffffffffffffe"),
        (False, "0e"),
        (True, "0f"),
        ("a\0b", "10 61 00ff 62 00"),
        ("é", "10 c3a9 00"),
        ("\ud800", "10 eda080 00"),
        ({"$bytes": "AP8="}, "11 00ff ff 00"),
        ([None, []], "12 03 12 00 00"),
        ({}, "15 00"),
        ({"": 1, "a": None}, "15 00ff 0d bff0000000000000 6100 03 00"),
        ({"b": True, "a": False}, "15 6100 0e 6200 0f 00"),
        (
            {"$integer": "ewAAAAAAAAA=", "a": None},
            "15" + b"$integer".hex() + "00 10 6577414141414141414141" + "3d00 610003 00",
        ),
    ],
)
def test_bytes(encoded: JsonValue, key: str) -> None:
    assert encode_key(encoded).hex() == key.replace(" ", "")


def test_integers_that_no_float64_holds() -> None:
    keys = [encode_key(json.loads(token)) for token in ["-1" + "0" * 400, "-1e30", "1" + "0" * 30, "1e999", "9" * 400]]
    assert keys == sorted(keys)
    assert keys[3] == keys[4] == encode_key(math.inf)


@pytest.mark.parametrize("encoded", [{"$integer": "AAAA"}, {"$float": 1.0}, {"$bytes": "???"}, [{"$bytes": "AAA"}]])
def test_malformed_forms(encoded: JsonValue) -> None:
    with pytest.raises(ValueError, match=r"base64|expected 8"):
        encode_key(encoded)


def test_index_key_ends_with_the_id() -> None:
    assert index_key([], ID) == b"\x10" + ID.encode() + b"\0"
    assert index_key([1.0], ID) == encode_key(1.0) + index_key([], ID)
    assert index_key([1.0, UNDEFINED], None) == encode_key(1.0) + b"\1"


def test_whole_scale_of_types() -> None:
    scale: list[Value] = [
        UNDEFINED,
        None,
        Int64(5),
        -math.inf,
        5.0,
        math.nan,
        False,
        True,
        "",
        "z",
        b"",
        b"\xff",
        [],
        {},
    ]
    keys = [encode_key(encode(value)) for value in scale]
    assert all(a < b for a, b in pairwise(keys))


def test_field_at() -> None:
    document = cast(
        "dict[str, JsonValue]", {"a": {"b": {"c": 1.0}, "n": {"$integer": "ewAAAAAAAAA="}}, "x": None, "a.b": 2.0}
    )
    assert field_at(document, "a.b.c") == 1.0
    assert field_at(document, "x") is None
    assert field_at(document, "a") == document["a"]
    for missing in ["y", "a.y", "x.y", "a.b.c.d", "a.n.$integer", "a.", ".a"]:
        assert field_at(document, missing) is UNDEFINED


@given(st.dictionaries(FIELD_NAMES.filter(lambda name: "." not in name), CLOSE_VALUES, max_size=3))
def test_field_at_finds_what_is_there(fields: dict[str, Value]) -> None:
    encoded = cast("JsonObject", encode(fields))
    for name in fields:
        assert field_at(encoded, name) == field_at({"outer": encoded}, f"outer.{name}") == encoded[name]


@pytest.mark.parametrize(("bytes_", "positive", "negative"), [(1, 9, 7), (2, 10, 6), (4, 11, 5), (8, 12, 4)])
def test_int64_takes_the_least_width(bytes_: int, positive: int, negative: int) -> None:
    greatest, least = 2 ** (8 * bytes_ - 1) - 1, -(2 ** (8 * bytes_ - 1))
    assert encode_key(encode(Int64(greatest))) == bytes([positive]) + greatest.to_bytes(bytes_, "big")
    assert encode_key(encode(Int64(least))) == bytes([negative]) + least.to_bytes(bytes_, "big", signed=True)
    if bytes_ < 8:
        assert (
            len(encode_key(encode(Int64(greatest + 1)))) == len(encode_key(encode(Int64(least - 1)))) == 2 * bytes_ + 1
        )


def test_undefined() -> None:
    assert not UNDEFINED
    assert repr(UNDEFINED) == "UNDEFINED"
