"""Our codec against the official Python client's, and each reason why we have our own."""

from __future__ import annotations

import json
import struct
from typing import Any, cast

import convex
import pytest
from convex import values as official
from hypothesis import given

from kitcn_repl.values import UNDEFINED, Int64, JsonValue, Value, decode, encode
from tests.values.strategies import VALUES


def to_official(value: Value) -> Any:
    if isinstance(value, Int64):
        return convex.ConvexInt64(int(value))
    if isinstance(value, list):
        return [to_official(item) for item in value]
    if isinstance(value, dict):
        return {key: to_official(item) for key, item in value.items()}
    return value


@given(VALUES)
def test_same_encoding(value: Value) -> None:
    theirs = official.convex_to_json(to_official(value))
    assert encode(value) == theirs
    assert encode(to_official(value)) == theirs  # their int64 is taken too


@given(VALUES)
def test_same_decoding(value: Value) -> None:
    theirs = official.json_to_convex(cast("Any", encode(value)))
    assert official.convex_to_json(cast("Any", theirs)) == encode(decode(encode(value)))


@pytest.mark.parametrize("value", [5, True, 2**53, (1, 2), bytearray(b"x"), {"a": (0,)}])
def test_same_coercion(value: Any) -> None:
    assert json.dumps(encode(value)) == json.dumps(official.convex_to_json(value))


@pytest.mark.parametrize(
    ("encoded", "ours", "theirs"),
    [
        (5, 5.0, ValueError),
        ({"$undefined": None}, UNDEFINED, ValueError),
        ({"$float": "AAAAAAAA8D8="}, 1.0, ValueError),
    ],
)
def test_the_client_refuses_what_servers_may_send(encoded: JsonValue, ours: Value, theirs: type[Exception]) -> None:
    assert decode(encoded) == ours
    with pytest.raises(theirs):
        official.json_to_convex(cast("Any", encoded))


@pytest.mark.parametrize("encoded", [{"$bytes": "Y*Q=="}, {"$bytes": "YR=="}, {"$bytes": "YQ==YQ=="}])
def test_the_client_takes_sloppy_base64(encoded: JsonValue) -> None:
    official.json_to_convex(cast("Any", encoded))
    with pytest.raises(ValueError, match="invalid base64"):
        decode(encoded)


def test_the_client_leaks_struct_errors() -> None:
    with pytest.raises(struct.error):
        official.json_to_convex({"$integer": "AAAA"})
    with pytest.raises(ValueError, match="expected 8"):
        decode({"$integer": "AAAA"})


def test_the_client_has_no_arithmetic_on_int64() -> None:
    with pytest.raises(TypeError):
        convex.ConvexInt64(1) + 1  # type: ignore[operator]
    assert Int64(1) + 1 == 2
