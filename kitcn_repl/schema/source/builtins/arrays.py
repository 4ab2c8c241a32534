"""The methods of arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cmp_to_key
from typing import TYPE_CHECKING, Final

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.builtins.intrinsic import argument, first_unknown, not_told
from kitcn_repl.schema.source.builtins.records import note, noted
from kitcn_repl.schema.source.builtins.strings import position
from kitcn_repl.schema.source.operators import LONGEST_TEXT, is_nullish, same, to_number, to_text, truth
from kitcn_repl.schema.source.values import UNDEFINED, Array, Record, Undefined, Unknown, Value

if TYPE_CHECKING:
    from kitcn_repl.schema.source.interpreter import Interpreter

ArrayMethod = Callable[["Interpreter", Array, Sequence[Value], Place], Value]


def _called(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Iterable[tuple[Value, Value]]:
    """Each element, and what the callback says of it. The element of an unknown one is itself."""
    callback = argument(arguments, 0)
    for at, item in enumerate(list(array.items)):
        yield item, run.apply(callback, [item, float(at), array], place)


def _map(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    return Array([said for _, said in _called(run, array, arguments, place)], list(array.unknown))


def _filter(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    kept = Array(unknown=list(array.unknown))
    for item, said in _called(run, array, arguments, place):
        if isinstance(said, Unknown):
            note(kept.unknown, said)
        elif truth(said):
            kept.items.append(item)
    return kept


def _flat_map(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    made = Array([said for _, said in _called(run, array, arguments, place)], list(array.unknown))
    return _flattened(run, made, 1, place)


def _flattened(run: Interpreter, array: Array, depth: int, place: Place) -> Value:
    made = Array(unknown=list(array.unknown))
    for item in array.items:
        inner = _flattened(run, item, depth - 1, place) if isinstance(item, Array) and depth > 1 else item
        if isinstance(inner, Array) and depth >= 1:
            if (stop := run.too_large(len(made.items) + len(inner.items), place)) is not None:
                return stop
            made.items += inner.items
            note(made.unknown, *inner.unknown)
        elif isinstance(item, Unknown):
            # It may be an array.
            note(made.unknown, item)
        else:
            made.items.append(inner)
    return made


def _flat(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    depth = 1.0 if isinstance(argument(arguments, 0), Undefined) else to_number(argument(arguments, 0))
    if depth is None:
        return not_told(argument(arguments, 0), "this depth is not known", place)
    return _flattened(run, array, int(max(0, min(depth, 8))), place)


def _for_each(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    for _ in _called(run, array, arguments, place):
        pass
    if array.unknown:
        # What the callback changes, it may change for elements that are not known.
        saved = run.uncertain
        run.uncertain = saved or array.unknown[0]
        run.apply(argument(arguments, 0), [array.unknown[0], array.unknown[0], array], place)
        run.uncertain = saved
    return UNDEFINED


def _reduce(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    items = list(array.items)
    if len(arguments) < 2:
        if not items:
            return not_told(array, "there is nothing to reduce", place)
        arguments = [arguments[0] if arguments else UNDEFINED, items[0]]
        skipped = 1
    else:
        skipped = 0
    result = arguments[1]
    for at, item in enumerate(items):
        if at >= skipped:
            result = run.apply(arguments[0], [result, item, float(at), array], place)
    if not array.unknown or isinstance(result, Unknown):
        return result
    if isinstance(result, Record):
        return Record(dict(result.entries), dict(result.places), noted(result.unknown, array.unknown))
    return (
        Array(list(result.items), noted(result.unknown, array.unknown))
        if isinstance(result, Array)
        else array.unknown[0]
    )


def _concat(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    made = Array(list(array.items), list(array.unknown))
    for value in arguments:
        if isinstance(value, Array):
            made.items += value.items
            note(made.unknown, *value.unknown)
        elif isinstance(value, Unknown):
            note(made.unknown, value)
        else:
            made.items.append(value)
    return run.too_large(len(made.items), place) or made


def _slice(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    start = position(argument(arguments, 0), len(array.items), 0)
    end = position(argument(arguments, 1), len(array.items), len(array.items))
    if start is None or end is None:
        return Array(unknown=[not_told(argument(arguments, 0), "this part of an array is not known", place)])
    if array.unknown and arguments:
        return Array(unknown=list(array.unknown))
    return run.charge(end, place) or Array(array.items[start:end], list(array.unknown))


def _search(decided: bool, otherwise: Callable[[Value, int], Value], missing: Value) -> ArrayMethod:
    """`find`, `findIndex`, `some`, `every`: the first element of which the callback says `decided`."""

    def method(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
        for at, (item, said) in enumerate(_called(run, array, arguments, place)):
            if isinstance(said, Unknown):
                return said
            if truth(said) == decided:
                return otherwise(item, at)
        return array.unknown[0] if array.unknown else missing

    return method


def _index_of(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    for at, item in enumerate(array.items):
        equal = same(item, argument(arguments, 0))
        if equal is None:
            return not_told(item, "this comparison is not known", place)
        if equal:
            return float(at)
    return array.unknown[0] if array.unknown else -1.0


def _includes(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    found = _index_of(run, array, arguments, place)
    return found >= 0 if isinstance(found, float) else found


def _join(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    separator = "," if isinstance(argument(arguments, 0), Undefined) else to_text(argument(arguments, 0))
    parts = ["" if is_nullish(item) else to_text(item) for item in array.items]
    known = [part for part in parts if part is not None]
    if array.unknown or separator is None or len(known) < len(parts):
        return first_unknown([*array.items, *arguments]) or not_told(array, "this text is not known", place)
    if sum(map(len, known)) + len(separator) * len(known) > LONGEST_TEXT:
        return Unknown("this text is too long to read", place)
    return separator.join(known)


def _push(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    if (stop := run.too_large(len(array.items) + len(arguments), place)) is not None:
        return stop
    run.add(array, arguments)
    return array.unknown[0] if array.unknown else float(len(array.items))


def _unshift(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    if (stop := run.too_large(len(array.items) + len(arguments), place)) is not None:
        return stop
    before = list(array.items)
    array.items.clear()
    run.add(array, arguments)
    array.items.extend(before)
    return array.unknown[0] if array.unknown else float(len(array.items))


def _take(at: int) -> ArrayMethod:
    """`pop` and `shift`."""

    def method(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
        if run.uncertain is not None:
            note(array.unknown, run.uncertain)
        if array.unknown:
            return array.unknown[0]
        return array.items.pop(at) if array.items else UNDEFINED

    return method


def _at(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    number = to_number(argument(arguments, 0)) if arguments else 0.0
    if number is None or array.unknown:
        return first_unknown(arguments) or not_told(array, "this element is not known", place)
    whole = int(number) if abs(number) < 1e9 else 0
    return array.items[whole] if -len(array.items) <= whole < len(array.items) else UNDEFINED


def _reverse(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    array.items.reverse()
    return array


def _sorted(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    comparator = argument(arguments, 0)
    unknown: list[Unknown] = []

    def compare(left: Value, right: Value) -> int:
        said = run.apply(comparator, [left, right], place)
        number = to_number(said)
        if number is None:
            note(unknown, not_told(said, "this order is not known", place))
        return 0 if not number or number != number else 1 if number > 0 else -1

    if isinstance(comparator, Undefined):
        texts = [to_text(item) for item in array.items]
        if None in texts:
            return not_told(array, "this order is not known", place)
        items = sorted(array.items, key=lambda item: to_text(item) or "")
    else:
        items = sorted(array.items, key=cmp_to_key(compare))
    return Array(list(array.items), noted(array.unknown, unknown)) if unknown else Array(items, list(array.unknown))


def _sort(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    made = _sorted(run, array, arguments, place)
    if isinstance(made, Array) and run.uncertain is None:
        array.items[:] = made.items
        array.unknown[:] = made.unknown
        return array
    return made


def _fill(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    if len(arguments) > 1:
        return Unknown("filling a part of an array is not read", place)
    array.items[:] = [argument(arguments, 0)] * len(array.items)
    return array


def _entries(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    pairs: list[Value] = [Array([float(at), item]) for at, item in enumerate(array.items)]
    return Array(pairs, list(array.unknown))


def _keys(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    return Array([float(at) for at in range(len(array.items))], list(array.unknown))


def _copied(run: Interpreter, array: Array, arguments: Sequence[Value], place: Place) -> Value:
    return Array(list(array.items), list(array.unknown))


ARRAY_METHODS: Final[dict[str, ArrayMethod]] = {
    "map": _map,
    "filter": _filter,
    "flatMap": _flat_map,
    "flat": _flat,
    "forEach": _for_each,
    "reduce": _reduce,
    "concat": _concat,
    "slice": _slice,
    "find": _search(True, lambda item, at: item, UNDEFINED),
    "findIndex": _search(True, lambda item, at: float(at), -1.0),
    "some": _search(True, lambda item, at: True, False),
    "every": _search(False, lambda item, at: False, True),
    "indexOf": _index_of,
    "includes": _includes,
    "join": _join,
    "push": _push,
    "unshift": _unshift,
    "pop": _take(-1),
    "shift": _take(0),
    "at": _at,
    "reverse": _reverse,
    "sort": _sort,
    "toSorted": _sorted,
    "fill": _fill,
    "entries": _entries,
    "keys": _keys,
    "values": _copied,
}
