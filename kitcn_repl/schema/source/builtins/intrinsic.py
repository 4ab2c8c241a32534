"""Functions of the language itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.values import UNDEFINED, Array, Call, Host, Record, Unknown, Value

if TYPE_CHECKING:
    from kitcn_repl.schema.source.interpreter import Interpreter

Answer = Callable[["Interpreter", Sequence[Value], Place], Value]


class Intrinsic(Host):
    """A function of the language, or an object of such functions. `construct` answers `new`."""

    def __init__(
        self,
        answer: Answer | None = None,
        members: Mapping[str, Value] | None = None,
        construct: Answer | None = None,
        name: str = "",
    ) -> None:
        self._name = name
        self._answer = answer
        self._members = members or {}
        self._construct = construct

    def member(self, name: str, place: Place) -> Value:
        if name in self._members:
            return self._members[name]
        return Unknown(f"“{self._name}.{name}” is not read" if self._name else f"“{name}” is not read", place)

    def call(self, call: Call) -> Value:
        if self._answer is None:
            return Unknown("what is called here is no function", call.place)
        return self._answer(cast("Interpreter", call.evaluator), call.arguments, call.place)

    def construct(self, run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
        if self._construct is None:
            return Unknown("objects of this class are not read", place)
        return self._construct(run, arguments, place)


def argument(arguments: Sequence[Value], at: int) -> Value:
    return arguments[at] if at < len(arguments) else UNDEFINED


def first_unknown(values: Sequence[Value]) -> Unknown | None:
    return next((value for value in values if isinstance(value, Unknown)), None)


def passed_on(unknown: Unknown, place: Place) -> Unknown:
    """An unknown value where it takes part in another one: told there, with where it is from."""
    if unknown.place == place or unknown.why.endswith(")"):
        return Unknown(unknown.why, place)
    return Unknown(f"{unknown.why} ({unknown.place})", place)


def not_told(value: Value, what: str, place: Place) -> Unknown:
    """The reason why a value does not serve: its own, if it has one."""
    if isinstance(value, Unknown):
        return passed_on(value, place)
    if isinstance(value, Array | Record) and value.unknown:
        return passed_on(value.unknown[0], place)
    return Unknown(what, place)
