"""A pandas frame of columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kitcn_repl.results.columns import Column
from kitcn_repl.results.frames.library import library, well_formed
from kitcn_repl.results.shapes import python_value
from kitcn_repl.values.undefined import UNDEFINED

if TYPE_CHECKING:
    import pandas


def pandas_frame(columns: Sequence[Column], length: int) -> pandas.DataFrame:
    """`length` rows. Gaps make a column nullable (`Int64`, `Float64`, `boolean`), so that NaN stays a number."""
    pd = library("pandas")
    frame: pandas.DataFrame = pd.DataFrame(
        {column.name: _array(column, pd) for column in columns}, index=pd.RangeIndex(length)
    )
    return frame


def _array(column: Column, pd: Any) -> Any:
    import numpy as np

    kind = column.shape.kind
    if kind in ("array", "object", "mixed", "null"):
        cells = [None if cell is UNDEFINED else python_value(cell) for cell in column.cells]
        return pd.Series(cells, dtype=object)
    values = column.values()
    if kind == "bytes":
        return pd.Series(values, dtype=object)
    if kind == "string":
        try:
            return pd.array(values, dtype="string")
        except UnicodeEncodeError:
            return pd.array(well_formed(values), dtype="string")
    if kind in ("timestamp", "date"):
        return _times(values, kind, np, pd)
    plain, nullable = {
        "boolean": (np.bool_, pd.arrays.BooleanArray),
        "float64": (np.float64, pd.arrays.FloatingArray),
        "int64": (np.int64, pd.arrays.IntegerArray),
    }[kind]
    if not column.has_gaps:
        return np.array(values, dtype=plain)
    filled: Any = np.array([0 if value is None else value for value in values], dtype=plain)
    return nullable(filled, _gaps(values, np))


def _gaps(values: list[Any], np: Any) -> Any:
    return np.fromiter((value is None for value in values), dtype=bool, count=len(values))


def _times(values: list[Any], kind: str, np: Any, pd: Any) -> Any:
    unit = "us" if kind == "timestamp" else "D"
    filled = np.array([0 if value is None else value for value in values], dtype=np.int64)
    moments = filled.astype(f"datetime64[{unit}]")
    moments[_gaps(values, np)] = np.datetime64("NaT", unit)
    if kind == "date":
        return pd.Series(moments.astype("datetime64[s]"))
    return pd.Series(moments).dt.tz_localize("UTC")
