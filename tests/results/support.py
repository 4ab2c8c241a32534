"""Results for tests, from plain encoded values or from a real deployment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kitcn_repl.connection import Connection, connect
from kitcn_repl.results import Result
from kitcn_repl.values import JsonValue
from kitcn_repl.values.codec import encode


def result_of(value: object) -> Result:
    """Of Python values: int64 as `Int64`, bytes as bytes."""
    return Result(encode(value))


def encoded_rows(value: object) -> list[JsonValue]:
    encoded = encode(value)
    assert isinstance(encoded, list)
    return encoded


@contextmanager
def demo() -> Iterator[Connection]:
    with connect("demo") as connection:
        yield connection
