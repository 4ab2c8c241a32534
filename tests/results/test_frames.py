"""Data frames: the right types, nothing lost, each library by itself, in linear time."""

from __future__ import annotations

import datetime
import math
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given

from kitcn_repl.results import Result
from kitcn_repl.values import JsonValue
from kitcn_repl.values.codec import Int64, Value
from tests.results.support import demo, result_of
from tests.results.test_columns import values

ROOT = Path(__file__).parents[2]
UTC = datetime.UTC

ROWS: list[dict[str, Value]] = [
    {
        "_id": "js7awkt07xp69rjkd3jga9h1157wj7ve",
        "_creationTime": 1772452800000.25,
        "big": Int64(2**53 + 1),
        "small": Int64(-5),
        "number": 1.0,
        "maybe": math.nan,
        "flag": True,
        "maybeFlag": None,
        "data": b"\x00\xff",
        "note": "first",
        "tags": ["a", "b"],
        "address": {"city": "Graz", "zip": Int64(8010)},
        "either": 1.0,
        "nothing": None,
    },
    {
        "_id": "js71q5tn698w9nzgm7e55fj08h7wya38",
        "_creationTime": 1772452800001.0,
        "big": Int64(-(2**63)),
        "number": -0.0,
        "maybe": None,
        "flag": False,
        "maybeFlag": False,
        "data": None,
        "tags": [],
        "address": {"city": None},
        "either": "two",
        "nothing": None,
    },
]


def test_pandas() -> None:
    frame = result_of(ROWS).to_pandas()
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "_id": "string",
        "_creationTime": "datetime64[us, UTC]",
        "big": "int64",
        "small": "Int64",
        "number": "float64",
        "maybe": "Float64",
        "flag": "bool",
        "maybeFlag": "boolean",
        "data": "object",
        "note": "string",
        "tags": "object",
        "address": "object",
        "either": "object",
        "nothing": "object",
    }
    assert list(frame["big"]) == [2**53 + 1, -(2**63)]
    assert frame["_creationTime"][0] == pd.Timestamp("2026-03-02 12:00:00.000250Z")
    assert frame["small"][0] == -5
    assert frame["small"][1] is pd.NA
    assert math.isnan(frame["maybe"][0])
    assert frame["maybe"][1] is pd.NA
    assert math.copysign(1, frame["number"][1]) == -1
    assert frame["maybeFlag"][0] is pd.NA
    assert frame["data"][0] == b"\x00\xff"
    assert frame["data"][1] is None
    assert frame["note"][1] is pd.NA
    assert frame["tags"][0] == ["a", "b"]
    assert frame["address"][0] == {"city": "Graz", "zip": Int64(8010)}
    assert list(frame["either"]) == [1.0, "two"]


def test_polars() -> None:
    frame = result_of(ROWS).to_polars()
    assert frame.schema == {
        "_id": pl.String,
        "_creationTime": pl.Datetime("us", "UTC"),
        "big": pl.Int64,
        "small": pl.Int64,
        "number": pl.Float64,
        "maybe": pl.Float64,
        "flag": pl.Boolean,
        "maybeFlag": pl.Boolean,
        "data": pl.Binary,
        "note": pl.String,
        "tags": pl.List(pl.String),
        "address": pl.Struct({"city": pl.String, "zip": pl.Int64}),
        "either": pl.String,
        "nothing": pl.Null,
    }
    assert frame["big"].to_list() == [2**53 + 1, -(2**63)]
    assert frame["maybe"].is_null().to_list() == [False, True]
    assert frame["maybe"].is_nan().to_list() == [True, None]
    assert frame["tags"].to_list() == [["a", "b"], []]
    assert frame["address"].to_list() == [{"city": "Graz", "zip": 8010}, {"city": None, "zip": None}]
    assert frame["either"].to_list() == ["1", '"two"']
    assert frame["_creationTime"][0] == datetime.datetime(2026, 3, 2, 12, 0, 0, 250, tzinfo=UTC)


def test_arrow() -> None:
    table = result_of(ROWS).to_arrow()
    assert table.schema == pa.schema(
        [
            ("_id", pa.string()),
            ("_creationTime", pa.timestamp("us", tz="UTC")),
            ("big", pa.int64()),
            ("small", pa.int64()),
            ("number", pa.float64()),
            ("maybe", pa.float64()),
            ("flag", pa.bool_()),
            ("maybeFlag", pa.bool_()),
            ("data", pa.binary()),
            ("note", pa.string()),
            ("tags", pa.list_(pa.string())),
            ("address", pa.struct([("city", pa.string()), ("zip", pa.int64())])),
            ("either", pa.string()),
            ("nothing", pa.null()),
        ]
    )
    assert table["maybe"].null_count == 1
    assert math.isnan(table["maybe"][0].as_py())
    assert table["address"].to_pylist()[0] == {"city": "Graz", "zip": 8010}


@given(values)
def test_any_value_becomes_any_frame(value: Value) -> None:
    result = result_of([{"x": value, "y": [value, value]}, {"x": value}, {}])
    assert len(result.to_pandas()) == 3
    assert result.to_polars().height == 3
    assert result.to_arrow().num_rows == 3


def test_kitcns_timestamps_are_datetimes() -> None:
    with demo() as deployment:
        sessions = deployment.query('ctx.db.query("session").take(5)')
        expected = [datetime.datetime.fromtimestamp(s["expiresAt"] / 1000, UTC) for s in sessions]
        assert sessions.to_polars()["expiresAt"].to_list() == expected
        assert list(sessions.to_pandas()["expiresAt"].dt.to_pydatetime()) == expected
        assert sessions.to_arrow()["expiresAt"].to_pylist() == expected
        projected = deployment.query('(await ctx.db.query("session").take(2)).map(s => ({at: s.expiresAt}))')
        assert str(projected.to_pandas()["at"].dtype) == "float64"
        assert str(projected.to_pandas(times=["at"])["at"].dtype) == "datetime64[us, UTC]"
        assert str(projected.to_pandas(times="at")["at"].dtype) == "datetime64[us, UTC]"


FIRST, LAST = -62135596800000.0, 253402300799999.0
"""The years 1 to 9999 in milliseconds."""


@pytest.mark.parametrize("time", [FIRST, -1e12, 0.0, LAST], ids=["year 1", "before 1970", "1970", "year 9999"])
def test_times_that_python_has_are_times(time: float) -> None:
    result = result_of([{"_creationTime": time}, {"_creationTime": 1.5}])
    expected = datetime.datetime(1970, 1, 1, tzinfo=UTC) + datetime.timedelta(milliseconds=time)
    assert result.to_polars()["_creationTime"].dt.epoch("us")[0] == int(time) * 1000
    assert result.to_arrow()["_creationTime"].to_pylist()[0] == expected
    assert result.to_pandas()["_creationTime"].dt.to_pydatetime()[0] == expected


@pytest.mark.parametrize("time", [FIRST - 1, LAST + 1, 8.64e15, -8.64e15, 1e16, math.nan])
def test_times_beyond_stay_numbers(time: float) -> None:
    """polars panics where it shows a year beyond 262143, and nobody can make Python's times of them."""
    result = result_of([{"_creationTime": time, "at": time}, {"_creationTime": 1.5, "at": None}])
    pandas, polars, arrow = result.to_pandas(times="at"), result.to_polars(times="at"), result.to_arrow(times="at")
    assert str(pandas["_creationTime"].dtype) == "float64"
    assert polars.schema == {"_creationTime": pl.Float64, "at": pl.Float64}
    assert arrow.schema.types == [pa.float64(), pa.float64()]
    assert [repr(value) for value in polars["at"]] == [repr(time), "None"]
    assert repr(pandas)
    assert repr(polars)
    date: JsonValue = {"__crpc": 1, "t": "$date", "v": time}
    assert repr(Result([{"at": date}] if math.isfinite(time) else []).to_polars())


def test_int64s_are_times_if_that_is_said() -> None:
    result = result_of([{"at": Int64(1772452800000)}, {"at": None}, {}])
    noon = datetime.datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert result.to_polars(times="at")["at"].to_list() == [noon, None, None]
    assert result.to_polars()["at"].to_list() == [1772452800000, None, None]
    assert result_of([{"at": Int64(2**62)}]).to_polars(times="at")["at"].to_list() == [2**62]


def test_a_column_may_have_no_name() -> None:
    result = result_of([{"": 1.0}])
    assert [list(result.to_pandas()), result.to_polars().columns, result.to_arrow().column_names] == [[""]] * 3


def test_the_type_zoo_survives() -> None:
    with demo() as deployment:
        zoo = deployment.query('ctx.db.query("typeZoo").collect()')
        for kind in sorted({document["kind"] for document in zoo}):
            part = Result([row for row in zoo.rows if row["kind"] == kind])
            frames = part.to_pandas(), part.to_polars(), part.to_arrow()
            assert [len(frame) for frame in frames] == [len(part)] * 3
        numbers = Result([row for row in zoo.rows if row["kind"] == "float64"])
        assert [repr(each) for each in numbers.to_polars()["value"]] == [repr(each) for each in numbers["value"]]
        integers = Result([row for row in zoo.rows if row["kind"] == "int64"])
        assert integers.to_pandas()["value"].tolist() == integers["value"]
        assert zoo.to_arrow()["embedding"].type == pa.list_(pa.float64())


def test_empty_and_odd_results() -> None:
    for value in (None, [], 5.0, "x", [1.0, "x", None], {"a": 1.0}, [[1.0], [2.0]]):
        result = result_of(value)
        shapes = [result.to_pandas().shape[0], result.to_polars().height, result.to_arrow().num_rows]
        expected = [len(result)] * 3
        assert shapes == expected or (not len(result) and shapes == [0, 0, 0]), value


def test_half_a_surrogate_pair_is_replaced() -> None:
    result = result_of([{"s": "a\ud800b"}, {"s": None}])
    assert result.to_polars()["s"].to_list() == ["a\ufffdb", None]
    assert result.to_arrow()["s"].to_pylist() == ["a\ufffdb", None]
    assert result.to_pandas()["s"][0] in ("a\ufffdb", "a\ud800b")
    nested = result_of([{"s": ["a\ud800b"]}])
    assert nested.to_polars()["s"].to_list() == [["a\ufffdb"]]
    assert nested.to_arrow()["s"].to_pylist() == [["a\ufffdb"]]


@pytest.mark.parametrize(("method", "alone"), [("pandas", "pandas"), ("polars", "polars"), ("arrow", "pyarrow")])
def test_each_library_is_enough(method: str, alone: str) -> None:
    """And none is imported before it is asked for."""
    others = {"pandas", "polars", "pyarrow"} - {alone}
    program = f"""
import sys
from importlib.abc import MetaPathFinder
from kitcn_repl.results import Result
assert not {{"pandas", "polars", "pyarrow", "numpy", "IPython"}} & set(sys.modules)

class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in {others!r}:
            raise ModuleNotFoundError(name=name)

sys.meta_path.insert(0, Missing())
rows = [{{"_id": "x", "_creationTime": 1.5, "s": "x", "d": None, "o": {{"a": [1, None]}}}}, {{}}]
frame = Result([*rows, {{"n": {{"$integer": "BQAAAAAAAAA="}}, "b": {{"$bytes": ""}}}}]).to_{method}()
assert len(frame) == 3
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == 0, done.stderr


def test_says_what_to_install() -> None:
    program = """
import sys
from kitcn_repl.results import Result
sys.modules["polars"] = None
try:
    Result([]).to_polars()
except Exception as error:
    print(type(error).__name__, error.message, error.hint)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}, check=True
    )
    assert done.stdout == "MissingLibraryError polars is not installed. Install it: pip install polars\n"


def many(count: int) -> Result:
    rows: list[Any] = [
        {
            "_id": "js7awkt07xp69rjkd3jga9h1157wj7ve",
            "_creationTime": 1772452800000.0 + n,
            "name": f"name {n}",
            "size": {"$integer": "BQAAAAAAAAA="},
            "score": n / 7 if n % 3 else None,
            "ok": n % 2 == 0,
            "tags": ["a", "b"],
            "place": {"lat": 47.0, "lng": 15.0},
        }
        for n in range(count)
    ]
    return Result(rows)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["to_pandas", "to_polars", "to_arrow"])
def test_a_hundred_thousand_documents_take_linear_time(method: str) -> None:
    rows = many(100_000)

    def took(count: int) -> float:
        result = Result(list(rows.rows[:count]))
        convert: Callable[[], Any] = getattr(result, method)
        begin = time.process_time()
        assert len(convert()) == count
        return time.process_time() - begin

    took(100)  # imports
    half = min(took(50_000), took(50_000))
    assert took(100_000) < 3.5 * half
