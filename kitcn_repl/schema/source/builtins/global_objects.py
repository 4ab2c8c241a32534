"""The names that every file has without importing them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.builtins.collections import iterated, new_map, new_set
from kitcn_repl.schema.source.builtins.intrinsic import Intrinsic, argument, first_unknown, not_told
from kitcn_repl.schema.source.builtins.objects import OBJECT
from kitcn_repl.schema.source.operators import to_number, to_text, truth
from kitcn_repl.schema.source.values import UNDEFINED, Array, Host, Record, Undefined, Unknown, Value

if TYPE_CHECKING:
    from kitcn_repl.schema.source.interpreter import Interpreter


def _string(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    text = to_text(arguments[0]) if arguments else ""
    return not_told(argument(arguments, 0), "this text is not known", place) if text is None else text


def _number(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    number = to_number(arguments[0]) if arguments else 0.0
    return not_told(argument(arguments, 0), "this number is not known", place) if number is None else number


def _boolean(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    said = truth(argument(arguments, 0))
    return not_told(argument(arguments, 0), "this value is not known", place) if said is None else said


def _array_from(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    source, each = argument(arguments, 0), argument(arguments, 1)
    if isinstance(source, Record) and "length" in source.entries:
        size = to_number(source.entries["length"])
        if size is None or not 0 <= size < math.inf:
            return not_told(source.entries["length"], "this length is not known", place)
        items: Array | Unknown = run.too_large(int(size), place) or Array([UNDEFINED] * int(size))
    else:
        items = iterated(source, place)
    if isinstance(items, Unknown):
        return items
    if (stop := run.charge(len(items.items), place)) is not None:
        return stop
    made = Array(list(items.items), list(items.unknown))
    if not isinstance(each, Undefined):
        made.items = [run.apply(each, [item, float(at)], place) for at, item in enumerate(made.items)]
    return made


def _new_array(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    if len(arguments) == 1 and isinstance(arguments[0], float):
        return _array_from(run, [Record({"length": arguments[0]})], place)
    return Array(list(arguments))


def _array_of(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    return Array(list(arguments))


def _is_array(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
    value = argument(arguments, 0)
    return value if isinstance(value, Unknown) else isinstance(value, Array)


def _of_numbers(compute: Callable[..., float]) -> Intrinsic:
    def answer(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
        numbers = [to_number(value) for value in arguments]
        if None in numbers:
            return first_unknown(arguments) or Unknown("this number is not known", place)
        try:
            return float(compute(*numbers))
        except (ArithmeticError, ValueError, TypeError):
            return Unknown("this number is not known", place)

    return Intrinsic(answer)


def _test_number(test: Callable[[float], bool]) -> Intrinsic:
    def answer(run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
        value = argument(arguments, 0)
        if isinstance(value, Unknown):
            return value
        return isinstance(value, float) and test(value)

    return Intrinsic(answer)


_MATH: Final[Mapping[str, Value]] = {
    "PI": math.pi,
    "E": math.e,
    "floor": _of_numbers(math.floor),
    "ceil": _of_numbers(math.ceil),
    "round": _of_numbers(lambda number: math.floor(number + 0.5)),
    "trunc": _of_numbers(math.trunc),
    "abs": _of_numbers(abs),
    "sqrt": _of_numbers(math.sqrt),
    "sign": _of_numbers(lambda number: math.copysign(1, number) if number else 0.0),
    "pow": _of_numbers(math.pow),
    "log2": _of_numbers(math.log2),
    "log10": _of_numbers(math.log10),
    "max": _of_numbers(lambda *numbers: max(numbers, default=-math.inf)),
    "min": _of_numbers(lambda *numbers: min(numbers, default=math.inf)),
}
_NUMBER: Final[Mapping[str, Value]] = {
    "MAX_SAFE_INTEGER": float(2**53 - 1),
    "MIN_SAFE_INTEGER": float(1 - 2**53),
    "MAX_VALUE": 1.7976931348623157e308,
    "EPSILON": 2.0**-52,
    "POSITIVE_INFINITY": math.inf,
    "NEGATIVE_INFINITY": -math.inf,
    "NaN": math.nan,
    "isInteger": _test_number(lambda number: math.isfinite(number) and number == int(number)),
    "isFinite": _test_number(math.isfinite),
    "isNaN": _test_number(math.isnan),
}


class _Environment(Host):
    """`process.env`."""

    def member(self, name: str, place: Place) -> Value:
        return Unknown(f"it depends on the environment variable {name}", place)


GLOBALS: Final[Mapping[str, Value]] = {
    "undefined": UNDEFINED,
    "NaN": math.nan,
    "Infinity": math.inf,
    "Object": OBJECT,
    "Array": Intrinsic(
        _new_array,
        {"from": Intrinsic(_array_from), "isArray": Intrinsic(_is_array), "of": Intrinsic(_array_of)},
        construct=_new_array,
        name="Array",
    ),
    "String": Intrinsic(_string, name="String"),
    "Number": Intrinsic(_number, _NUMBER, name="Number"),
    "Boolean": Intrinsic(_boolean, name="Boolean"),
    "Math": Intrinsic(None, _MATH, name="Math"),
    "JSON": Intrinsic(name="JSON"),
    "Date": Intrinsic(name="Date"),
    "Set": Intrinsic(None, construct=new_set, name="Set"),
    "Map": Intrinsic(None, construct=new_map, name="Map"),
    "process": Intrinsic(None, {"env": _Environment()}, name="process"),
}
