from __future__ import annotations

import json
import math
from collections import UserDict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.values import UNDEFINED, Int64, JsonValue, Value, clean, decode, encode
from tests.values.strategies import VALUES


@given(VALUES)
def test_round_trip(value: Value) -> None:
    encoded = encode(value)
    again = decode(encoded)
    assert repr(again) == repr(value)  # tells -0.0 from 0.0, Int64 from float, and NaN from all else
    assert encode(again) == encoded  # and one NaN from another


@given(VALUES)
def test_encoded_is_json(value: Value) -> None:
    encoded = encode(value)
    assert json.loads(json.dumps(encoded, allow_nan=False)) == encoded


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (Int64(123), {"$integer": "ewAAAAAAAAA="}),
        (Int64(-1), {"$integer": "//////////8="}),
        (math.nan, {"$float": "AAAAAAAA+H8="}),
        (math.inf, {"$float": "AAAAAAAA8H8="}),
        (-0.0, {"$float": "AAAAAAAAAIA="}),
        (b"\xff\xfe\xfd", {"$bytes": "//79"}),
        (UNDEFINED, {"$undefined": None}),
        ({"a": [None, True, "x"]}, {"a": [None, True, "x"]}),
    ],
)
def test_vectors(value: Value, encoded: JsonValue) -> None:
    assert encode(value) == encoded
    assert repr(decode(encoded)) == repr(value)


@pytest.mark.parametrize(
    ("given", "encoded"),
    [
        (5, 5.0),
        (-(2**53), -(2.0**53)),
        (True, True),
        ((1.5, "x"), [1.5, "x"]),
        (range(2), [0.0, 1.0]),
        (UserDict({"a": 1}), {"a": 1.0}),
        (bytearray(b"a"), {"$bytes": "YQ=="}),
        (memoryview(b"a"), {"$bytes": "YQ=="}),
    ],
)
def test_what_is_coerced(given: object, encoded: JsonValue) -> None:
    assert encode(given) == encoded
    assert type(encode(given)) is type(encoded)


def test_numbers_are_always_float64() -> None:
    for token, value in [("5", 5.0), ("5.0", 5.0), ("1" + "0" * 400, math.inf), ("-" + "9" * 400, -math.inf)]:
        decoded = decode(json.loads(token))
        assert type(decoded) is float
        assert decoded == value


def test_a_float_that_needs_no_form_is_taken_in_it() -> None:
    assert decode({"$float": "AAAAAAAA8D8="}) == 1.0


@pytest.mark.parametrize(
    ("encoded", "message"),
    [
        ({"a": [0.0, {"$integer": "AAAA"}]}, "$integer: received 3 bytes, expected 8 (at a[1])"),
        ({"$float": "AAAA"}, "$float: received 3 bytes, expected 8"),
        ({"$float": 1.5}, "$float: expected a base64 string"),
        ([{"$bytes": "??"}], "$bytes: invalid base64"),
        ([{"$bytes": "YR=="}], "$bytes: invalid base64: not canonical (at [0])"),
        ([{"$bytes": "YQ"}], "$bytes: invalid base64"),
        ([{"$bytes": "YQ==\n"}], "$bytes: invalid base64"),
        ([{"$bytes": "é"}], "$bytes: invalid base64"),
        ({"x": {"$set": []}}, "$set is not an encoded Convex value (at x)"),
        ({"x": {"$undefined": 1}}, "$undefined is not an encoded Convex value (at x)"),
        ({"x": {"$commitTs": None}}, "a commit timestamp that is not known yet has no value (at x)"),
        ({"x": {"$integer": "ewAAAAAAAAA=", "y": 1}}, "field name '$integer' starts with $, which is reserved (at x)"),
        ({"é": 1}, "field name 'é' is not printable ASCII"),
        ({"a\n": 1}, "field name 'a\\n' is not printable ASCII"),
        ({"a" * 1025: 1}, "field name of 1025 characters (maximum 1024)"),
        ({"a": {1, 2}}, "set is not JSON (at a)"),
    ],
)
def test_malformed(encoded: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        decode(encoded)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": {"b": [object()]}}, "object is not a Convex type (at a.b[0])"),
        ({1.5: 1}, "object keys must be strings, not float"),
        ({"$a": 1}, "field name '$a' starts with $, which is reserved"),
        ([2**53 + 1], "9007199254740993 is beyond what a float64 holds exactly"),
        ({"a": {1, 2}}, "set is not a Convex type (at a)"),
    ],
)
def test_not_encodable(value: object, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        encode(value)
    assert str(caught.value).startswith(message)


def test_nested_too_deeply() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for convert in (decode, encode, clean):
        with pytest.raises(ValueError, match="nested too deeply"):
            convert(deep)
    while deep:  # taken apart here, since freeing it at once recurses as deep
        deep = deep[0]


def test_int64() -> None:
    assert Int64(5) == 5
    assert (repr(Int64(5)), str(Int64(5)), f"{Int64(5)}") == ("Int64(5)", "5", "5")
    for value in (2**63, -(2**63) - 1):
        with pytest.raises(ValueError, match="does not fit into an int64"):
            Int64(value)


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        (Int64(-7), "-7"),
        (b"a", "YQ=="),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        ({"a": [1.5, None, True, "x"]}, {"a": [1.5, None, True, "x"]}),
        ({"a": [Int64(1)]}, {"a": ["1"]}),
    ],
)
def test_clean(value: Value, cleaned: JsonValue) -> None:
    assert clean(encode(value)) == cleaned


def test_clean_keeps_minus_zero() -> None:
    for encoded in (encode(-0.0), -0.0):
        cleaned = clean(encoded)
        assert isinstance(cleaned, float)
        assert math.copysign(1, cleaned) == -1


def test_clean_names_the_path() -> None:
    with pytest.raises(ValueError, match=r"expected 8 \(at a\[0\]\)"):
        clean({"a": [{"$integer": "AAAA"}]})
    with pytest.raises(ValueError, match=r"undefined is not a value \(at a\)"):
        clean({"a": {"$undefined": None}})


@given(VALUES)
def test_clean_is_json(value: Value) -> None:
    json.dumps(clean(encode(value)), allow_nan=False)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_finite_floats_stay_numbers(value: float) -> None:
    if value != 0:
        assert encode(value) is value
