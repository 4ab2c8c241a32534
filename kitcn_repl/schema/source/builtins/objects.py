"""`Object.entries` and its relatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.builtins.collections import iterated
from kitcn_repl.schema.source.builtins.intrinsic import Intrinsic, argument, not_told, passed_on
from kitcn_repl.schema.source.builtins.records import note
from kitcn_repl.schema.source.operators import is_nullish, to_key
from kitcn_repl.schema.source.scope import Closure
from kitcn_repl.schema.source.values import Array, Host, Record, Unknown, Value

if TYPE_CHECKING:
    from kitcn_repl.schema.source.interpreter import Interpreter


def spread_into(run: Interpreter, target: Record, value: Value, place: Place) -> None:
    """`{...target, ...value}`, as `Object.assign` does it, in place."""
    if is_nullish(value) or isinstance(value, bool | float | int):
        return
    entries = properties(value, place)
    if not isinstance(entries, Unknown):
        entries = run.charge(len(entries.entries), place) or entries
    if isinstance(entries, Unknown):
        note(target.unknown, passed_on(entries, place))
        return
    for name, entry in entries.entries.items():
        run.set_member(target, name, entry, entries.places.get(name, place))
    note(target.unknown, *(passed_on(unknown, place) for unknown in entries.unknown))


def properties(value: Value, place: Place) -> Record | Unknown:
    """The own properties of a value, as a record that is not to be changed."""
    if isinstance(value, Record):
        return value
    if isinstance(value, Array):
        return Record({str(at): item for at, item in enumerate(value.items)}, unknown=list(value.unknown))
    if isinstance(value, str):
        return Record({str(at): item for at, item in enumerate(value)})
    if isinstance(value, Closure):
        return Record()
    if isinstance(value, Unknown):
        return value
    what = "the properties of a library's object" if isinstance(value, Host) else "the properties of this value"
    return Unknown(f"{what} are not known", place)


def _charged(run: Interpreter, arguments: Sequence[Value], place: Place) -> Record | Unknown:
    found = properties(argument(arguments, 0), place)
    return found if isinstance(found, Unknown) else run.charge(len(found.entries), place) or found


def _keys(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    found = _charged(run, arguments, place)
    return found if isinstance(found, Unknown) else Array(list(found.entries), list(found.unknown))


def _values(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    found = _charged(run, arguments, place)
    return found if isinstance(found, Unknown) else Array(list(found.entries.values()), list(found.unknown))


def _entries(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    found = _charged(run, arguments, place)
    if isinstance(found, Unknown):
        return found
    pairs: list[Value] = [Array([name, value]) for name, value in found.entries.items()]
    return Array(pairs, list(found.unknown))


def _from_entries(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    pairs = iterated(argument(arguments, 0), place)
    if isinstance(pairs, Unknown):
        return pairs
    if (stop := run.charge(len(pairs.items), place)) is not None:
        return stop
    record = Record(unknown=list(pairs.unknown))
    for pair in pairs.items:
        if isinstance(pair, Array) and not pair.unknown:
            key = to_key(argument(pair.items, 0))
            if key is not None:
                run.set_member(record, key, argument(pair.items, 1), place)
                continue
            pair = argument(pair.items, 0)
        note(record.unknown, not_told(pair, "this entry is not known", place))
    return record


def _assign(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    target = argument(arguments, 0)
    if isinstance(target, Record):
        for value in arguments[1:]:
            spread_into(run, target, value, place)
    return target


def _itself(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    return argument(arguments, 0)


def _has_own(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    found, key = properties(argument(arguments, 0), place), to_key(argument(arguments, 1))
    if isinstance(found, Unknown):
        return found
    if key is not None and (key in found.entries or not found.unknown):
        return key in found.entries
    return not_told(found, "this name is not known", place)


OBJECT: Final = Intrinsic(
    _itself,
    {
        "keys": Intrinsic(_keys),
        "values": Intrinsic(_values),
        "entries": Intrinsic(_entries),
        "fromEntries": Intrinsic(_from_entries),
        "assign": Intrinsic(_assign),
        "freeze": Intrinsic(_itself),
        "seal": Intrinsic(_itself),
        "preventExtensions": Intrinsic(_itself),
        "hasOwn": Intrinsic(_has_own),
    },
)
