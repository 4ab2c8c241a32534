"""Rows turned into typed columns, once; every table and every kind of data frame is made from these."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any

from kitcn_repl.results.shapes import Cell, Shape, converter, days, is_time, microseconds, shape_of
from kitcn_repl.schema.model import Field
from kitcn_repl.values import JsonObject
from kitcn_repl.values.forms import integer_of
from kitcn_repl.values.ids import IdError, decode_id
from kitcn_repl.values.undefined import UNDEFINED

_SYSTEM_FIELDS = ("_id", "_creationTime")
_TIMES = ("_creationTime",)
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_800_000_000
"""Microseconds: the years 1 to 9999, which Python's own times have."""
_ID_PREFIX = 5
"""So many digits of an id hold the whole number of a table below 2^21."""


@dataclass(frozen=True)
class Column:
    """A column of a result. `cells` are encoded values, UNDEFINED where a document has no such field; `nulls` and
    `missing` count those."""

    name: str
    shape: Shape
    cells: Sequence[Cell] = field(repr=False)
    nulls: int = 0
    missing: int = 0

    @property
    def has_gaps(self) -> bool:
        """Whether some of its cells are null or missing."""
        return bool(self.nulls or self.missing)

    @cached_property
    def id_tables(self) -> frozenset[int]:
        """Numbers of the tables whose ids the column holds; empty if it holds anything else. Of ids that begin alike
        only one is decoded."""
        texts = [cell for cell in self.cells if isinstance(cell, str)]
        if self.shape.kind != "string" or not all(31 <= len(text) <= 37 for text in texts):
            return frozenset()
        return frozenset(_table_numbers(texts))

    @property
    def type(self) -> str:
        """For people: `string`, `int64 | null`, `array<float64>`, `timestamp?` where some have no such field."""
        kinds = [_described(self.shape)] if self.shape.kind != "mixed" else list(self.shape.seen)
        if self.id_tables:
            kinds = ["id"]
        if self.nulls and kinds != ["null"]:
            kinds.append("null")
        return " | ".join(kinds) + ("?" if self.missing else "")

    def values(self) -> list[Any]:
        """The cells as values of the column's shape (`shapes.converter`), None for null and for missing."""
        convert = converter(self.shape)
        if not self.missing:
            return list(map(convert, self.cells))
        return [None if cell is UNDEFINED else convert(cell) for cell in self.cells]


def _described(shape: Shape) -> str:
    if shape.kind == "array" and shape.items is not None and shape.items.kind != "null":
        return f"array<{_described(shape.items)}>"
    return " | ".join(shape.seen) if shape.kind == "mixed" else shape.kind


def build_columns(
    rows: Sequence[JsonObject], fields: Mapping[str, Field] | None = None, times: Collection[str] = ()
) -> tuple[Column, ...]:
    """A column for each field that occurs: `_id` and `_creationTime` first, then as they come.

    `fields` is what is known of the rows' table, `times` names further columns that hold milliseconds since 1970.
    """
    names = dict.fromkeys(chain.from_iterable(rows))
    ordered = [*(name for name in _SYSTEM_FIELDS if name in names), *(n for n in names if n not in _SYSTEM_FIELDS)]
    return tuple(_column(name, rows, (fields or {}).get(name), times) for name in ordered)


def _column(name: str, rows: Sequence[JsonObject], known: Field | None, times: Collection[str]) -> Column:
    cells: list[Cell] = [row.get(name, UNDEFINED) for row in rows]
    nulls = sum(cell is None for cell in cells)
    missing = sum(cell is UNDEFINED for cell in cells)
    shape = shape_of(cells)
    if name in times and shape.kind == "int64":
        numbers: list[Cell] = [integer_of(cell["$integer"]) if isinstance(cell, dict) else cell for cell in cells]
        if _all_times(numbers):
            cells, shape = numbers, Shape("float64", seen=shape.seen)
    is_timestamp = name in _TIMES or name in times or (known is not None and known.kind == "timestamp")
    if shape.kind == "float64" and is_timestamp and _all_times(cells):
        shape = Shape("timestamp", seen=shape.seen)
    elif shape.kind == "string" and known is not None and known.kind == "date" and _all_dates(cells):
        shape = Shape("date", seen=shape.seen)
    return Column(name, shape, cells, nulls, missing)


def for_frame(column: Column) -> Column:
    """The column, with numbers where it has times of years that no library of data frames can show."""
    if column.shape.kind != "timestamp" or all(_is_shown(cell) for cell in column.cells):
        return column
    cells = [cell["v"] if isinstance(cell, dict) else cell for cell in column.cells]
    return replace(column, shape=Shape("float64", seen=column.shape.seen), cells=cells)


def _is_shown(cell: Cell) -> bool:
    time = microseconds(None if cell is UNDEFINED else cell)
    return time is None or _FIRST <= time < _LAST


def _all_times(cells: Sequence[Cell]) -> bool:
    return all(cell is None or cell is UNDEFINED or is_time(cell) for cell in cells)


def _all_dates(cells: Sequence[Cell]) -> bool:
    try:
        for cell in cells:
            if isinstance(cell, str):
                days(cell)
    except ValueError:
        return False
    return True


def table_numbers(rows: Sequence[JsonObject]) -> set[int]:
    """The tables that the rows are documents of; empty where one of them has no id."""
    ids = [row.get("_id") for row in rows]
    texts = [identity for identity in ids if isinstance(identity, str)]
    return _table_numbers(texts) if len(texts) == len(ids) else set()


def _table_numbers(ids: Sequence[str]) -> set[int]:
    starts = {identity[:_ID_PREFIX]: identity for identity in ids}
    try:
        return {decode_id(identity).table_number for identity in starts.values()}
    except IdError:
        return set()
