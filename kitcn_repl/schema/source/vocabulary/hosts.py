"""What all hosts are made of, and reading of the arguments that they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.values import UNDEFINED, Array, Call, Evaluator, Host, Record, Undefined, Unknown, Value
from kitcn_repl.values import JsonValue


@dataclass(frozen=True, slots=True, eq=False)
class Builtin(Host):
    """A function of a library. `members` are its properties, as `withRLS` of `convexTable`."""

    answer: Callable[[Call], Value]
    members: Mapping[str, Value] = field(default_factory=dict)

    def member(self, name: str, place: Place) -> Value:
        return self.members.get(name, UNDEFINED)

    def call(self, call: Call) -> Value:
        return self.answer(call)


@dataclass(frozen=True, slots=True, eq=False)
class Opaque(Host):
    """A value of a known library whose meaning no schema depends on; only its text is kept."""

    text: str

    def member(self, name: str, place: Place) -> Value:
        return Opaque(f"{self.text}.{name}")

    def call(self, call: Call) -> Value:
        return Opaque(f"{self.text}({', '.join(call.texts)})")


MOST_DEEP: Final = 32
"""How far objects within objects are followed: they may contain themselves."""

ANYTHING = Opaque("…")
"""Stands for the exports of a known package that are not listed one by one."""


def text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def is_given(value: Value) -> bool:
    return not isinstance(value, Undefined)


def is_true(value: Value) -> bool:
    """JavaScript's truth of a known value; what is unknown counts as false."""
    return not isinstance(value, Undefined | Unknown) and value is not None and value not in (False, 0.0, "")


def property_of(value: Value, name: str) -> Value:
    return value.entries.get(name, UNDEFINED) if isinstance(value, Record) else UNDEFINED


def elements(value: Value) -> list[Value]:
    """A value's elements where it is an array, else itself as the only one."""
    return list(value.items) if isinstance(value, Array) else [value]


def unknowns(value: Value) -> Sequence[Unknown]:
    """What stands unknown in the top level of a value."""
    if isinstance(value, Unknown):
        return [value]
    return value.unknown if isinstance(value, Array | Record) else []


def report_unknown(evaluator: Evaluator, what: str, value: Value) -> bool:
    """Tell what of a value is unknown. True if anything is."""
    found = unknowns(value)
    for unknown in found:
        evaluator.report(what, unknown)
    return bool(found)


def texts_of(value: Value) -> Iterator[str]:
    """The strings of an array, others left out."""
    for element in elements(value):
        if isinstance(element, str):
            yield element


def number(value: float) -> int | float:
    """A JavaScript number as JSON writes it."""
    return int(value) if value == value and abs(value) < 2**53 and value == int(value) else value


def constant(value: Value, depth: int = MOST_DEEP) -> tuple[bool, JsonValue]:
    """Whether a value is a constant that JSON can hold, and which."""
    if value is None or isinstance(value, str | bool):
        return True, value
    if isinstance(value, float | int):
        return abs(value) != float("inf") and value == value, number(value)
    if depth == 0:
        return False, None
    if isinstance(value, Array) and not value.unknown:
        items = [constant(item, depth - 1) for item in value.items]
        return all(known for known, _ in items), [item for _, item in items]
    if isinstance(value, Record) and not value.unknown:
        entries = {key: constant(entry, depth - 1) for key, entry in value.entries.items()}
        return all(known for known, _ in entries.values()), {key: item for key, (_, item) in entries.items()}
    return False, None
