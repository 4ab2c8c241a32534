"""The shape line of older exports: what types the values of a table have (offline-formats.md 2.5).

A shape holds data, literals among them, so no message quotes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

_SCALAR: Final = re.compile(
    "never|null|int64|float64|-inf|inf|-0|NaN|normalfloat64|boolean|field_name|string|bytes|unknown|id<[0-9]{1,10}>"
)
_QUOTED: Final = re.compile('"([^"]*)"')
_DEEPEST: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """`kind` is the keyword; `id` and `literal` stand for all of their sort."""

    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class ArrayShape:
    element: Union


@dataclass(frozen=True, slots=True, eq=False)
class ObjectShape:
    fields: dict[str, Union]


@dataclass(frozen=True, slots=True, eq=False)
class RecordShape:
    values: Union


Shape: TypeAlias = Scalar | ArrayShape | ObjectShape | RecordShape
Union: TypeAlias = tuple[Shape, ...]

UNKNOWN: Final = Scalar("unknown")
_LITERAL: Final = Scalar("literal")
_ID: Final = Scalar("id")


class ShapeTextError(ValueError):
    """The text is no shape; says where, in characters from 0."""


def parse_shape(text: str) -> Union:
    """Raises ShapeTextError."""
    parser = _Parser(text)
    union = parser.union(0)
    if parser.position != len(text):
        raise parser.unexpected()
    return union


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def union(self, depth: int) -> Union:
        if depth > _DEEPEST:
            raise ShapeTextError(f"nested more than {_DEEPEST} levels deep")
        alternatives = [self._shape(depth)]
        while self._take(" | "):
            alternatives.append(self._shape(depth))
        return tuple(alternatives)

    def unexpected(self) -> ShapeTextError:
        return ShapeTextError(f"unexpected text at character {self.position}")

    def _shape(self, depth: int) -> Shape:
        if scalar := _SCALAR.match(self.text, self.position):
            self.position = scalar.end()
            return _ID if scalar[0].startswith("id<") else Scalar(scalar[0])
        if self._take("{"):
            return self._object(depth)
        if self._take("array<"):
            element = self.union(depth + 1)
            self._require(">")
            return ArrayShape(element)
        if self._take("record<"):
            self.union(depth + 1)
            self._require(", ")
            values = self.union(depth + 1)
            self._require(">")
            return RecordShape(values)
        self._quoted()
        return _LITERAL

    def _object(self, depth: int) -> ObjectShape:
        fields: dict[str, Union] = {}
        while not self._take("}"):
            name = self._quoted()
            self._take("?")
            self._require(": ")
            fields[name] = self.union(depth + 1)
            if not self._take(", "):
                self._require("}")
                break
        return ObjectShape(fields)

    def _quoted(self) -> str:
        quoted = _QUOTED.match(self.text, self.position)
        if quoted is None:
            raise self.unexpected()
        self.position = quoted.end()
        return quoted[1]

    def _take(self, token: str) -> bool:
        if not self.text.startswith(token, self.position):
            return False
        self.position += len(token)
        return True

    def _require(self, token: str) -> None:
        if not self._take(token):
            raise self.unexpected()
