"""Python values on their way into a query."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given

from kitcn_repl.errors import UsageError
from kitcn_repl.results.arguments import encoded_argument, encoded_arguments
from kitcn_repl.values.codec import Int64, Value, encode
from tests.results.support import demo, result_of
from tests.results.test_columns import values

UTC = datetime.UTC
NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=UTC)
NOON_MS = 1772452800000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5),
        (True, True),
        (Int64(5), {"$integer": "BQAAAAAAAAA="}),
        (b"\0", {"$bytes": "AA=="}),
        ((1, "x", None), [1, "x", None]),
        (NOON, NOON_MS),
        (NOON.replace(microsecond=500), NOON_MS + 0.5),
        (NOON.astimezone(datetime.timezone(datetime.timedelta(hours=5))), NOON_MS),
        ({"at": [NOON]}, {"at": [NOON_MS]}),
        (np.int64(7), 7),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.str_("x"), "x"),
        (np.array([1, 2]), [1, 2]),
        (np.array([[1.5, 2.0]]), [[1.5, 2]]),
        (np.datetime64("2026-03-02T12:00"), NOON_MS),
        (np.array(["2026-03-02T12:00", "NaT"], dtype="datetime64[s]"), [NOON_MS, None]),
        (np.datetime64("NaT", "s"), None),
        (pd.Timestamp(NOON), NOON_MS),
        (pd.NaT, None),
        (pd.NA, None),
        (pd.Series([1, None], dtype="Int64"), [1, None]),
        (pd.Series(["a", "b"]), ["a", "b"]),
        (pd.Series([NOON]), [NOON_MS]),
        (pd.Index(["a"]), ["a"]),
        (pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]),
        (pd.Series(["a", None]), ["a", None]),
        (pd.Series(["a", None], dtype=object), ["a", None]),
        (pd.DataFrame({"a": ["x", None], "at": [NOON, pd.NaT]}), [{"a": "x", "at": NOON_MS}, {"a": None, "at": None}]),
        (pl.Series([1, None]), [1, None]),
        (pl.DataFrame({"a": [1], "at": [NOON]}), [{"a": 1, "at": NOON_MS}]),
        (pa.array([1, None]), [1, None]),
        (pa.table({"a": [1]}), [{"a": 1}]),
        (pa.scalar(3), 3),
        (result_of([{"a": Int64(1)}]), [{"a": {"$integer": "AQAAAAAAAAA="}}]),
        (range(3), [0, 1, 2]),
    ],
    ids=range(36),
)
def test_values_that_people_have(value: object, expected: object) -> None:
    assert encoded_argument("x", value) == expected


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (2**53 + 1, "use Int64"),
        (np.int64(2**60), "use Int64"),
        ({1, 2}, "a set has no order; pass a list"),
        (NOON.replace(tzinfo=None), "has no time zone"),
        (pd.Timestamp("2026-03-02"), "has no time zone"),
        (datetime.date(2026, 3, 2), "the text '2026-03-02'"),
        (datetime.timedelta(1), "timedelta"),
        (np.timedelta64(1, "s"), "duration"),
        (pd.Timedelta("1s"), "duration"),
        (pd.Interval(0, 1), "Interval"),
        (1j, "complex"),
        (np.complex128(1j), "complex"),
        (decimal.Decimal(1), "Decimal"),
        (object(), "object"),
        (len, "builtin_function_or_method"),
        ({1: 2}, "keys must be strings"),
        ({"$x": 1}, "$x"),
        ([{"a": {3}}], "a set"),
    ],
    ids=range(18),
)
def test_what_convex_has_no_type_for(value: object, why: str) -> None:
    with pytest.raises(UsageError) as raised:
        encoded_argument("x", value)
    assert raised.value.message.startswith("Argument x: ")
    assert why in raised.value.message


def test_endless_values_are_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(UsageError, match="nested more than"):
        encoded_argument("x", endless)


def test_names_are_strings() -> None:
    with pytest.raises(UsageError, match="Argument names must be strings"):
        encoded_arguments({1: 2})  # type: ignore[dict-item]


@given(values)
def test_convexs_own_values_stay_what_they_are(value: Value) -> None:
    assert repr(encoded_argument("x", value)) == repr(encode(value))


def test_a_query_gets_them() -> None:
    with demo() as deployment:
        back = deployment.query("[frame, at, few]", {"frame": pd.DataFrame({"n": [1]}), "at": NOON, "few": (1, 2)})
    assert back.value == [[{"n": 1.0}], float(NOON_MS), [1.0, 2.0]]
