"""The one type that fits all values of a column, nested ones too; found by a single look at every value."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from kitcn_repl.explore.crpc_dates import date_in
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.codec import decode
from kitcn_repl.values.forms import bytes_of, float64, float_of, integer_of
from kitcn_repl.values.javascript import stringify
from kitcn_repl.values.undefined import UNDEFINED, Undefined

Kind = Literal[
    "null", "boolean", "float64", "int64", "string", "bytes", "timestamp", "date", "array", "object", "mixed"
]
Cell: TypeAlias = "JsonValue | Undefined"

MOST_FIELDS: Final = 256
"""An object with more different fields is a record of things, and no structure."""
LATEST: Final = 8.64e15
"""Milliseconds: JavaScript has no times beyond."""

_BY_TYPE: Final[Mapping[type, Kind]] = {
    bool: "boolean",
    int: "float64",
    float: "float64",
    str: "string",
    list: "array",
}
_BY_FORM: Final[Mapping[str, Kind]] = {"$integer": "int64", "$float": "float64", "$bytes": "bytes"}


@dataclass(frozen=True, slots=True)
class Shape:
    """`mixed` values have no type in common; `null` ones are nothing but null or missing. `items` and `fields` tell of
    the inside of arrays and objects. `seen` are the kinds that occur, commonest first."""

    kind: Kind
    items: Shape | None = None
    fields: Mapping[str, Shape] = field(default_factory=dict)
    seen: tuple[Kind, ...] = ()


def shape_of(cells: Sequence[Cell]) -> Shape:
    """The shape of all cells, null and missing ones aside."""
    types = set(map(type, cells)) - {type(None), Undefined}
    if not types:
        return Shape("null")
    seen = _kinds(cells) if dict in types else tuple(dict.fromkeys(_BY_TYPE[each] for each in _ordered(types)))
    if len(seen) > 1:
        return Shape("mixed", seen=seen)
    if seen == ("array",):
        return Shape("array", shape_of([item for cell in cells if isinstance(cell, list) for item in cell]), seen=seen)
    if seen == ("object",):
        return _object_shape(cells)
    return Shape(seen[0], seen=seen)


def _ordered(types: set[type]) -> list[type]:
    return [each for each in _BY_TYPE if each in types]


def _kinds(cells: Iterable[Cell]) -> tuple[Kind, ...]:
    counts: dict[Kind, int] = {}
    for cell in cells:
        if cell is not None and cell is not UNDEFINED:
            kind = _BY_TYPE.get(type(cell)) or _object_kind(cell)  # type: ignore[arg-type]
            counts[kind] = counts.get(kind, 0) + 1
    return tuple(sorted(counts, key=lambda kind: -counts[kind]))


def _object_kind(value: JsonObject) -> Kind:
    if len(value) == 1:
        return _BY_FORM.get(next(iter(value)), "object")
    return "timestamp" if "__crpc" in value and date_in(value) is not None else "object"


def _object_shape(cells: Iterable[Cell]) -> Shape:
    inside: dict[str, list[Cell]] = {}
    for cell in cells:
        if isinstance(cell, dict):
            for name, value in cell.items():
                inside.setdefault(name, []).append(value)
            if len(inside) > MOST_FIELDS:
                return Shape("mixed", seen=("object",))
    if not inside:
        return Shape("mixed", seen=("object",))
    return Shape("object", fields={name: shape_of(values) for name, values in inside.items()}, seen=("object",))


def converter(shape: Shape) -> Callable[[Any], Any]:
    """From an encoded value of this shape, null among them, to the Python value for a column of it.

    Times are microseconds since 1970, dates days since 1970; mixed values are JSON text, in Convex's encoded form.
    """
    if shape.kind == "array":
        assert shape.items is not None
        item = converter(shape.items)
        return lambda value: None if value is None else [item(each) for each in value]
    if shape.kind == "object":
        fields = [(name, converter(inner)) for name, inner in shape.fields.items()]
        return lambda value: None if value is None else {name: convert(value.get(name)) for name, convert in fields}
    return _SCALARS[shape.kind]


def python_value(value: JsonValue) -> Any:
    """What a cell holds that may be anything: `decode`, and the text itself of what that does not know."""
    try:
        return decode(value)
    except ValueError:
        return stringify(value)


def number_of(value: Any) -> float | None:
    if type(value) is float or value is None:
        return value
    return float_of(value["$float"]) if isinstance(value, dict) else float64(value)


def microseconds(value: Any) -> int | None:
    """Of a time as kitcn stores it (milliseconds) or sends it; None for null."""
    if value is None:
        return None
    milliseconds: float = value["v"] if isinstance(value, dict) else value
    whole = int(milliseconds)
    return whole * 1000 + round((milliseconds - whole) * 1000)  # in one go, floats would lose the last digits


def is_time(value: Cell) -> bool:
    """Whether a number can be a time."""
    return isinstance(value, int | float) and math.isfinite(value) and abs(value) <= LATEST


def days(value: str | None) -> int | None:
    """Since 1970, of `YYYY-MM-DD`. Raises ValueError."""
    if value is None:
        return None
    from datetime import date

    return date.fromisoformat(value).toordinal() - 719_163


_SCALARS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "null": lambda value: None,
    "boolean": lambda value: value,
    "string": lambda value: value,
    "float64": number_of,
    "int64": lambda value: None if value is None else integer_of(value["$integer"]),
    "bytes": lambda value: None if value is None else bytes_of(value["$bytes"]),
    "timestamp": microseconds,
    "date": days,
    "mixed": lambda value: None if value is None else stringify(value),
}
