from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.values import JsonValue, Value, decode, encode
from kitcn_repl.values.javascript import display, number_text, stringify
from tests.values.strategies import VALUES


@given(VALUES, st.sampled_from([None, 0, 1, 2, 10]))
def test_reads_back(value: Value, indent: int | None) -> None:
    encoded = encode(value)
    assert encode(decode(json.loads(stringify(encoded, indent)))) == encoded


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_read_back(value: float) -> None:
    assert float(number_text(value)) == value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, "1"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (1e16, "10000000000000000"),
        (1.5e16, "15000000000000000"),
        (123456789012345680000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (-1.2345e21, "-1.2345e+21"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (0.0001, "0.0001"),
        (0.00001, "0.00001"),
        (0.000001234, "0.000001234"),
        (1e-7, "1e-7"),
        (-1.5e-7, "-1.5e-7"),
        (5e-324, "5e-324"),
        (5, "5"),
        (2**53, "9007199254740992"),
        (2**53 + 1, "9007199254740992"),
        (10**21, "1e+21"),
        (10**400, "Infinity"),
        (0.0, "0"),
        (-0.0, "0"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_number_text(number: float, text: str) -> None:
    assert number_text(number) == text


def test_layout() -> None:
    value: JsonValue = {"b": [1.0, {}, []], "a": {"$integer": "ewAAAAAAAAA="}, "10": None, "9": True}
    assert stringify(value) == '{"9":true,"10":null,"a":{"$integer":"ewAAAAAAAAA="},"b":[1,{},[]]}'
    assert stringify(value, 2) == (
        '{\n  "9": true,\n  "10": null,\n  "a": {\n    "$integer": "ewAAAAAAAAA="\n  },\n'
        '  "b": [\n    1,\n    {},\n    []\n  ]\n}'
    )
    assert stringify([1.0], 20) == "[\n          1\n]"


def test_floats_that_json_lacks() -> None:
    form = '{\n    "$float": "AAAAAAAAAIA="\n  }'
    assert stringify([-0.0], 2) == f"[\n  {form}\n]"
    assert stringify({"a": -0.0}, 2) == f'{{\n  "a": {form}\n}}'
    assert stringify(-0.0) == '{"$float":"AAAAAAAAAIA="}'
    assert stringify(float("inf")) == '{"$float":"AAAAAAAA8H8="}'
    assert stringify(float("nan")) == '{"$float":"AAAAAAAA+H8="}'


def test_text() -> None:
    assert stringify('é\x00\x1f\x7f\n"\\/\u2028😀') == '"é\\u0000\\u001f\x7f\\n\\"\\\\/\u2028😀"'
    assert stringify("a\ud800b\udfff") == '"a\\ud800b\\udfff"'
    assert stringify("\ud83d\ude00 \ude00\ud83d") == '"😀 \\ude00\\ud83d"'


def test_array_indexes_come_first() -> None:
    keys = ["b", "10", "9", "01", "4294967294", "4294967295", "-1", "1.5", ""]
    assert list(json.loads(stringify(dict.fromkeys(keys)))) == [
        *["9", "10", "4294967294", "", "-1", "01", "1.5", "4294967295", "b"],
    ]


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        (None, "null"),
        (True, "true"),
        (1.0, "1"),
        (-0.0, "0"),
        ({"$float": "AAAAAAAAAIA="}, "0"),
        ({"$float": "AAAAAAAA+H8="}, "NaN"),
        ({"$integer": "ewAAAAAAAAA="}, "123n"),
        ({"$bytes": "YQ=="}, 'Bytes("YQ==")'),
        ("a\n", '"a\\n"'),
        ([], "[]"),
        ([1.0, "x"], '[1, "x"]'),
        ({}, "{  }"),
        ({"b": 1.0, "a": [None], "1": False}, '{ "1": false, "b": 1, "a": [null] }'),
    ],
)
def test_display(encoded: JsonValue, text: str) -> None:
    assert display(encoded) == text


def test_display_of_malformed_forms() -> None:
    with pytest.raises(ValueError, match="expected 8"):
        display([{"$integer": "AAAA"}])
