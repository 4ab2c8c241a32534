"""Values in the formats that a request may name."""

from __future__ import annotations

import json

import pytest

from kitcn_repl.offline.server.failures import ApiError
from kitcn_repl.offline.server.formats import formatter
from kitcn_repl.values import JsonObject, JsonValue

INT: JsonObject = {"$integer": "ewAAAAAAAAA="}
MINUS_ONE: JsonObject = {"$integer": "//////////8="}
NAN: JsonObject = {"$float": "AAAAAAAA+H8="}
INFINITY: JsonObject = {"$float": "AAAAAAAA8H8="}
NEGATIVE_ZERO: JsonObject = {"$float": "AAAAAAAAAIA="}
BYTES: JsonObject = {"$bytes": "AQID"}


@pytest.mark.parametrize("name", ["convex_encoded_json", "convex_json"])
def test_encoded_is_left_alone(name: str) -> None:
    value: JsonValue = {"a": [INT, NAN, BYTES]}
    assert formatter(name)(value) == value


@pytest.mark.parametrize("name", ["json", "convex_clean_json"])
def test_clean_is_for_reading(name: str) -> None:
    value: JsonValue = {"a": [INT, NAN, INFINITY, BYTES, None, True, 1.5, "x"], "b": {"c": MINUS_ONE}}
    assert formatter(name)(value) == {
        "a": ["123", "NaN", "Infinity", "AQID", None, True, 1.5, "x"],
        "b": {"c": "-1"},
    }


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        (INT, "123"),
        (MINUS_ONE, "-1"),
        (1, "1.0"),
        (1.5, "1.5"),
        (1e300, "1e+300"),
        (NEGATIVE_ZERO, "-0.0"),
        (NAN, json.dumps(NAN)),
        (INFINITY, json.dumps(INFINITY)),
        (BYTES, json.dumps(BYTES)),
        (True, "true"),
        (None, "null"),
        ("1", '"1"'),
        ({"a": [1, INT]}, '{"a": [1.0, 123]}'),
        ({"$integer": "x", "b": 1}, '{"$integer": "x", "b": 1.0}'),
    ],
)
def test_export_tells_integers_from_floats(encoded: JsonValue, text: str) -> None:
    assert json.dumps(formatter("export_json")(encoded)) == text


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(ApiError, match="Got yaml") as refused:
        formatter("yaml")
    assert (refused.value.status, refused.value.code) == (400, "BadFormat")
