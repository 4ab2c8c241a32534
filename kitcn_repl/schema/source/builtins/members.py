"""The properties that values have by their kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.builtins.arrays import ARRAY_METHODS
from kitcn_repl.schema.source.builtins.intrinsic import Intrinsic, argument
from kitcn_repl.schema.source.builtins.strings import TEXT_METHODS, number_method
from kitcn_repl.schema.source.operators import to_key, to_text
from kitcn_repl.schema.source.scope import Closure
from kitcn_repl.schema.source.values import UNDEFINED, Array, Record, Unknown, Value

if TYPE_CHECKING:
    from kitcn_repl.schema.source.interpreter import Interpreter


def intrinsic_member(value: Value, name: str, place: Place) -> Value:
    """A property of an array, string, number, function, or of every object."""
    if isinstance(value, Array):
        return _array_member(value, name)
    if isinstance(value, str):
        return _text_member(value, name)
    if isinstance(value, Closure):
        return _function_member(value, name, place)
    if isinstance(value, Record):
        return (
            Intrinsic(lambda run, arguments, place: _has_own(value, arguments))
            if name == "hasOwnProperty"
            else UNDEFINED
        )
    if isinstance(value, float | int):
        method = number_method(value, name)
        text = to_text(value) or ""
        if method is not None:
            return Intrinsic(lambda run, arguments, place: method(run, text, arguments, place))
        return UNDEFINED if isinstance(value, bool) else Unknown(f"“{name}” of a number is not read", place)
    return UNDEFINED


def _array_member(array: Array, name: str) -> Value:
    method = ARRAY_METHODS.get(name)
    if method is not None:
        return Intrinsic(
            lambda run, arguments, place: (
                run.charge(len(array.items) // 8, place) or method(run, array, arguments, place)
            )
        )
    if name == "length":
        return array.unknown[0] if array.unknown else float(len(array.items))
    if name.isdecimal():
        if array.unknown:
            return array.unknown[0]
        return array.items[int(name)] if len(name) < 10 and int(name) < len(array.items) else UNDEFINED
    return UNDEFINED


def _text_member(text: str, name: str) -> Value:
    method = TEXT_METHODS.get(name)
    if method is not None:
        return Intrinsic(
            lambda run, arguments, place: run.charge(len(text) // 64, place) or method(run, text, arguments, place)
        )
    if name == "length":
        return float(len(text))
    return text[int(name)] if name.isdecimal() and len(name) < 10 and int(name) < len(text) else UNDEFINED


def _function_member(function: Closure, name: str, place: Place) -> Value:
    def call(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
        return run.apply(function, list(arguments[1:]), place)

    def apply(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
        given = argument(arguments, 1)
        return run.apply(function, list(given.items) if isinstance(given, Array) else [], place)

    def bind(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
        bound = list(arguments[1:])
        return Intrinsic(lambda run, given, place: run.apply(function, [*bound, *given], place))

    known = {"call": call, "apply": apply, "bind": bind}
    return Intrinsic(known[name]) if name in known else Unknown(f"“{name}” of a function is not read", place)


def _has_own(record: Record, arguments: Sequence[Value]) -> Value:
    key = to_key(argument(arguments, 0))
    if key is not None and (key in record.entries or not record.unknown):
        return key in record.entries
    return record.unknown[0] if record.unknown else False
