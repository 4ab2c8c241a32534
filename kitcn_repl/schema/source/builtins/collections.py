"""`Set` and `Map`, and what `for ... of`, spread and array patterns go through."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.builtins.intrinsic import Intrinsic, argument
from kitcn_repl.schema.source.builtins.records import note
from kitcn_repl.schema.source.values import UNDEFINED, Array, Host, Unknown, Value

if TYPE_CHECKING:
    from kitcn_repl.schema.source.interpreter import Interpreter


def _identity(value: Value) -> Hashable:
    """Equal for values that JavaScript holds for the same."""
    if isinstance(value, str | bool | float | int) or value is None:
        return (type(value).__name__, value)
    return id(value)


class MapValue(Host):
    """A Map. `unknown` are entries that are not known."""

    def __init__(self) -> None:
        self.pairs: dict[Hashable, tuple[Value, Value]] = {}
        self.unknown: list[Unknown] = []

    def elements(self) -> Array:
        return Array([Array([key, value]) for key, value in self.pairs.values()], list(self.unknown))

    def put(self, run: Interpreter, key: Value, value: Value) -> None:
        if run.uncertain is not None:
            note(self.unknown, run.uncertain)
        elif isinstance(key, Unknown):
            note(self.unknown, key)
        else:
            self.pairs[_identity(key)] = (key, value)

    def found(self, key: Value) -> tuple[Value, Value] | Unknown | None:
        if isinstance(key, Unknown):
            return key
        found = self.pairs.get(_identity(key))
        return self.unknown[0] if found is None and self.unknown else found

    def member(self, name: str, place: Place) -> Value:
        if name == "size":
            return self.unknown[0] if self.unknown else float(len(self.pairs))
        answers = {"get": self._get, "has": self._has, "set": self._set, "forEach": self._for_each}
        if name in answers:
            return Intrinsic(answers[name])
        pairs = Array(list(self.elements().items), list(self.unknown))
        if name == "entries":
            return Intrinsic(lambda run, arguments, place: pairs)
        if name in ("keys", "values"):
            at = 0 if name == "keys" else 1
            items = [pair[at] for pair in self.pairs.values()]
            return Intrinsic(lambda run, arguments, place: Array(items, list(self.unknown)))
        return Unknown(f"“{name}” of a Map is not read", place)

    def _get(self, run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
        found = self.found(argument(arguments, 0))
        return found if isinstance(found, Unknown) else UNDEFINED if found is None else found[1]

    def _has(self, run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
        found = self.found(argument(arguments, 0))
        return found if isinstance(found, Unknown) else found is not None

    def _set(self, run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
        self.put(run, argument(arguments, 0), argument(arguments, 1))
        return self

    def _for_each(self, run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
        for key, value in list(self.pairs.values()):
            run.apply(argument(arguments, 0), [value, key, self], place)
        return UNDEFINED


class SetValue(Host):
    """A Set."""

    def __init__(self) -> None:
        self._map = MapValue()

    def elements(self) -> Array:
        return Array([key for key, _ in self._map.pairs.values()], list(self._map.unknown))

    def put(self, run: Interpreter, value: Value) -> None:
        self._map.put(run, value, value)

    def member(self, name: str, place: Place) -> Value:
        if name == "add":
            return Intrinsic(self._add)
        if name in ("values", "keys"):
            return Intrinsic(lambda run, arguments, place: self.elements())
        if name in ("size", "has", "forEach"):
            return self._map.member(name, place)
        return Unknown(f"“{name}” of a Set is not read", place)

    def _add(self, run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
        self.put(run, argument(arguments, 0))
        return self


def new_set(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    made = SetValue()
    source = argument(arguments, 0)
    if source is not None and source is not UNDEFINED:
        items = _charged(run, iterated(source, place), place)
        if isinstance(items, Unknown):
            note(made._map.unknown, items)
        else:
            note(made._map.unknown, *items.unknown)
            for item in items.items:
                made.put(run, item)
    return made


def new_map(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    made = MapValue()
    source = argument(arguments, 0)
    if source is not None and source is not UNDEFINED:
        pairs = _charged(run, iterated(source, place), place)
        if isinstance(pairs, Unknown):
            note(made.unknown, pairs)
        else:
            note(made.unknown, *pairs.unknown)
            for pair in pairs.items:
                if isinstance(pair, Array) and not pair.unknown:
                    made.put(run, argument(pair.items, 0), argument(pair.items, 1))
                else:
                    note(made.unknown, Unknown("this entry of a Map is not known", place))
    return made


def _charged(run: Interpreter, items: Array | Unknown, place: Place) -> Array | Unknown:
    return items if isinstance(items, Unknown) else run.charge(len(items.items), place) or items


def iterated(value: Value, place: Place) -> Array | Unknown:
    """A value's elements. An array answers for itself, and is not to be changed."""
    if isinstance(value, Array):
        return value
    if isinstance(value, str):
        return Array(list(value))
    if isinstance(value, SetValue | MapValue):
        return value.elements()
    if isinstance(value, Unknown):
        return value
    return Unknown("the elements of this value are not known", place)
