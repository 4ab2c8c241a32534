"""An Arrow table of columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kitcn_repl.results.columns import Column
from kitcn_repl.results.frames.library import library, well_formed
from kitcn_repl.results.shapes import Shape

if TYPE_CHECKING:
    import pyarrow


def arrow_table(columns: Sequence[Column], length: int) -> pyarrow.Table:
    pa = library("pyarrow")
    types = [_type(column.shape, pa) for column in columns]
    arrays = [_array(column, type_, pa) for column, type_ in zip(columns, types, strict=True)]
    schema = pa.schema([(column.name, type_) for column, type_ in zip(columns, types, strict=True)])
    table: pyarrow.Table = pa.Table.from_arrays(arrays, schema=schema)
    return table


def _array(column: Column, type_: Any, pa: Any) -> Any:
    values = column.values()
    try:
        return pa.array(values, type=type_, from_pandas=False)
    except UnicodeEncodeError:
        return pa.array(well_formed(values), type=type_)


def _type(shape: Shape, pa: Any) -> Any:
    if shape.kind == "array":
        assert shape.items is not None
        return pa.list_(_type(shape.items, pa))
    if shape.kind == "object":
        return pa.struct([(name, _type(inner, pa)) for name, inner in shape.fields.items()])
    return {
        "null": pa.null(),
        "boolean": pa.bool_(),
        "float64": pa.float64(),
        "int64": pa.int64(),
        "string": pa.string(),
        "bytes": pa.binary(),
        "timestamp": pa.timestamp("us", tz="UTC"),
        "date": pa.date32(),
        "mixed": pa.string(),
    }[shape.kind]
