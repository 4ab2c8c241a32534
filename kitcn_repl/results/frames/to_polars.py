"""A polars frame of columns. pyarrow is not needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kitcn_repl.results.columns import Column
from kitcn_repl.results.frames.library import library, well_formed
from kitcn_repl.results.shapes import Shape

if TYPE_CHECKING:
    import polars


def polars_frame(columns: Sequence[Column]) -> polars.DataFrame:
    pl = library("polars")
    frame: polars.DataFrame = pl.DataFrame({column.name: _series(column, pl) for column in columns})
    return frame


def _series(column: Column, pl: Any) -> Any:
    kind, values = column.shape.kind, column.values()
    if kind == "timestamp":
        return pl.Series(column.name, values, dtype=pl.Int64).cast(pl.Datetime("us", "UTC"))
    if kind == "date":
        return pl.Series(column.name, values, dtype=pl.Int32).cast(pl.Date)
    type_ = _type(column.shape, pl)
    try:
        return pl.Series(column.name, values, dtype=type_)
    except UnicodeEncodeError:
        return pl.Series(column.name, well_formed(values), dtype=type_)


def _type(shape: Shape, pl: Any) -> Any:
    if shape.kind == "array":
        assert shape.items is not None
        return pl.List(_type(shape.items, pl))
    if shape.kind == "object":
        return pl.Struct({name: _type(inner, pl) for name, inner in shape.fields.items()})
    return {
        "null": pl.Null,
        "boolean": pl.Boolean,
        "float64": pl.Float64,
        "int64": pl.Int64,
        "string": pl.String,
        "bytes": pl.Binary,
        "timestamp": pl.Datetime("us", "UTC"),
        "mixed": pl.String,
    }[shape.kind]
