from __future__ import annotations

import pytest
from hypothesis import given

from kitcn_repl.values import Int64, Value, encode
from kitcn_repl.values.size import value_size
from tests.values.strategies import VALUES


def size(value: Value) -> int:
    """deployment-api.md 9.7, on values."""
    match value:
        case None | bool():
            return 1
        case Int64() | float():
            return 9
        case str():
            return len(value.encode()) + 2
        case bytes():
            return len(value) + 2
        case list():
            return 2 + sum(size(item) for item in value)
        case dict():
            return 2 + sum(len(key) + 1 + size(item) for key, item in value.items())
    raise TypeError(value)


@given(VALUES)
def test_size_of_encoded_is_size_of_value(value: Value) -> None:
    assert value_size(encode(value)) == size(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, 1), (b"", 2), (b"a", 3), (b"ab", 4), (b"abc", 5), ("é", 4), ({"ab": Int64(1)}, 14), ([[]], 4)],
)
def test_vectors(value: Value, expected: int) -> None:
    assert value_size(encode(value)) == expected


def test_json_as_decoders_give_it() -> None:
    assert value_size({"a": 5, "b": [True]}) == value_size({"a": 5.0, "b": [False]}) == 2 + 2 + 9 + 2 + 3
    assert value_size("\ud800") == 5
