"""Decoding documents of older exports, whose JSON is lossy, by shape and hints (offline-formats.md 2.5)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Final

from kitcn_repl.offline.snapshot.shape_text import UNKNOWN, ArrayShape, ObjectShape, RecordShape, Scalar, Union
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.forms import INT64_MAX, INT64_MIN, bytes_of, float_of, float_text, integer_text

_INTEGER: Final = re.compile("-?[0-9]{1,19}")
_INFINITIES: Final = {"Infinity": math.inf, "-Infinity": -math.inf}
_MOST_DECODERS: Final = 50_000

_READINGS: Final[dict[str, frozenset[str]]] = {
    "int64": frozenset({"int64"}),
    "inf": frozenset({"float64inf"}),
    "-inf": frozenset({"float64inf"}),
    "NaN": frozenset({"nan", "float64inf"}),
    "float64": frozenset({"nan", "float64inf"}),
    "literal": frozenset({"string"}),
    "id": frozenset({"string"}),
    "field_name": frozenset({"string"}),
    "string": frozenset({"string"}),
    "bytes": frozenset({"bytes"}),
    "unknown": frozenset({"string", "float64inf", "nan", "int64", "bytes"}),
}


class Decoder:
    """Turns JSON of an older export into encoded JSON, for the values of one place in a document.

    `faithful` says that without hints nothing changes, here and below: such documents are stored as they are.
    """

    __slots__ = ("_element", "_fields", "_lossy", "_other", "_reading", "faithful")

    _element: Decoder
    _fields: dict[str, Decoder]
    _lossy: list[tuple[str, Decoder]]
    _other: Decoder

    def __init__(self, reading: str | None) -> None:
        self._reading = reading
        self._fields = {}
        self._lossy = []
        self._element = self._other = self
        self.faithful = True

    def decode(self, value: JsonValue, hint: JsonValue = None) -> JsonValue:
        """`hint` is the value's hint tree or None. Raises ValueError for a value that contradicts its type."""
        if hint == "infer":
            hint = None
        if hint is None and self.faithful:
            return value
        if isinstance(value, str):
            return _of_string(value, self._reading, hint)
        if isinstance(value, list):
            hints: list[JsonValue] = [None] * len(value)
            if isinstance(hint, list) and len(hint) == len(value):
                hints = hint
            elif hint is not None:
                raise ValueError("its hint does not fit the array")
            return [self._element.decode(item, inner) for item, inner in zip(value, hints, strict=True)]
        if isinstance(value, dict):
            if hint is None:
                return self._of_object(value)
            if not isinstance(hint, dict):
                raise ValueError("its hint does not fit the object")
            return {
                name: self._fields.get(name, self._other).decode(item, hint.get(name)) for name, item in value.items()
            }
        if hint is not None:
            raise ValueError("its hint is for a string, but the value is none")
        return value

    def _of_object(self, value: JsonObject) -> JsonValue:
        if not self._other.faithful:
            return {name: self._fields.get(name, self._other).decode(item) for name, item in value.items()}
        decoded = value.copy()
        for name, field in self._lossy:
            if name in value:
                decoded[name] = field.decode(value[name])
        return decoded


def decoder_for(shapes: Union) -> Decoder:
    """Raises ValueError for a shape that is too intricate."""
    return _Compiler().compile(shapes)


class _Compiler:
    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], Decoder] = {}

    def compile(self, shapes: Union) -> Decoder:
        unique = {id(shape): shape for shape in shapes}
        identity = tuple(sorted(unique))
        if identity in self._known:
            return self._known[identity]
        if len(self._known) >= _MOST_DECODERS:
            raise ValueError("too intricate")
        decoder = self._known[identity] = Decoder(_only_reading(shapes))
        if all(shape is UNKNOWN for shape in shapes):
            return decoder
        unknown: Union = (
            (UNKNOWN,) if any(isinstance(shape, Scalar) and shape.kind == "unknown" for shape in shapes) else ()
        )
        elements = [shape.element for shape in shapes if isinstance(shape, ArrayShape)]
        records = [shape.values for shape in shapes if isinstance(shape, RecordShape)]
        objects = [shape.fields for shape in shapes if isinstance(shape, ObjectShape)]
        decoder._element = self.compile(_joined(elements) + unknown)
        decoder._other = self.compile(_joined(records) + unknown)
        names = dict.fromkeys(name for fields in objects for name in fields)
        for name in names:
            own = _joined(fields[name] for fields in objects if name in fields)
            decoder._fields[name] = self.compile(own + _joined(records) + unknown)
        decoder._lossy = [(name, field) for name, field in decoder._fields.items() if not field.faithful]
        below = (decoder._element, decoder._other, *decoder._fields.values())
        decoder.faithful = decoder._reading is None and all(inner.faithful for inner in below)
        return decoder


def _joined(unions: Iterable[Union]) -> Union:
    return tuple(shape for union in unions for shape in union)


def _only_reading(shapes: Union) -> str | None:
    """How a string without hint is read; None for a plain string."""
    readings = frozenset[str]().union(
        *(_READINGS.get(shape.kind, frozenset()) for shape in shapes if isinstance(shape, Scalar))
    )
    if len(readings) != 1:
        return None
    (reading,) = readings
    return None if reading == "string" else reading


def _of_string(text: str, reading: str | None, hint: JsonValue) -> JsonValue:
    if isinstance(hint, dict) and len(hint) == 1 and "$float64NaN" in hint:
        bits = hint["$float64NaN"]
        if text != "NaN" or not math.isnan(float_of(bits)):
            raise ValueError("its hint says NaN, but it is something else")
        return {"$float": bits}
    if hint is not None:
        if hint not in ("int64", "float64inf", "bytes"):
            raise ValueError("its hint is not one that exports have")
        reading = str(hint)
    if reading == "int64":
        if _INTEGER.fullmatch(text) is None or not INT64_MIN <= int(text) <= INT64_MAX:
            raise ValueError("a text stands where the schema says int64")
        return {"$integer": integer_text(int(text))}
    if reading == "float64inf":
        if text not in _INFINITIES:
            raise ValueError("a text stands where the schema says an infinite number")
        return {"$float": float_text(_INFINITIES[text])}
    if reading == "bytes":
        bytes_of(text)
        return {"$bytes": text}
    return text
