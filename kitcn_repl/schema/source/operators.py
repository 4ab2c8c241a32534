"""JavaScript's conversions and operators on values; None or Unknown where a value does not tell."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, Final

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.scope import Closure
from kitcn_repl.schema.source.values import UNDEFINED, Array, Host, Record, Undefined, Unknown, Value
from kitcn_repl.values.javascript import number_text

LONGEST_TEXT: Final = 100_000


class BigInt(Host):
    """A bigint literal."""

    def __init__(self, number: int) -> None:
        self.number = number


def is_nullish(value: Value) -> bool:
    return value is None or isinstance(value, Undefined)


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None if it is unknown."""
    if isinstance(value, Unknown):
        return None
    if isinstance(value, float | int):
        return value == value and value != 0
    if isinstance(value, str):
        return value != ""
    if isinstance(value, BigInt):
        return value.number != 0
    return not is_nullish(value)


def to_text(value: Value) -> str | None:
    """`String(value)`; None for what is unknown or no primitive."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return number_text(value)
    if value is None:
        return "null"
    if isinstance(value, Undefined):
        return "undefined"
    if isinstance(value, BigInt):
        return str(value.number)
    return _joined(value, 4) if isinstance(value, Array) else None


def _joined(value: Array, depth: int) -> str | None:
    """An array's text; None for one that nests deeply, perhaps in itself."""
    if value.unknown or len(value.items) > 1000 or not depth:
        return None
    parts = [
        "" if is_nullish(item) else _joined(item, depth - 1) if isinstance(item, Array) else to_text(item)
        for item in value.items
    ]
    return None if None in parts else ",".join(part or "" for part in parts)


def to_key(value: Value) -> str | None:
    """A value as a property's name."""
    return None if isinstance(value, Array) else to_text(value)


def to_number(value: Value) -> float | None:
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float | int):
        return float(value)
    if value is None:
        return 0.0
    if isinstance(value, Undefined):
        return math.nan
    if isinstance(value, str):
        return _number_of_text(value)
    return None


def _number_of_text(text: str) -> float:
    digits = text.strip()
    if not digits:
        return 0.0
    try:
        if digits[:2].lower() in ("0x", "0o", "0b"):
            return float(int(digits, 0))
        if digits.lower().lstrip("+-") in ("infinity", "inf", "nan") or "_" in digits:
            return math.copysign(math.inf, -1 if digits[0] == "-" else 1) if digits.endswith("Infinity") else math.nan
        return float(digits)
    except (ValueError, OverflowError):
        return math.nan


def type_name(value: Value) -> str | None:
    """`typeof value`; None where a library's value does not tell."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, float | int):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, Undefined):
        return "undefined"
    if value is None or isinstance(value, Array | Record):
        return "object"
    if isinstance(value, Closure):
        return "function"
    return "bigint" if isinstance(value, BigInt) else None


def same(left: Value, right: Value) -> bool | None:
    """`left === right`."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if isinstance(left, BigInt) and isinstance(right, BigInt):
        return left.number == right.number
    if isinstance(left, str | float | int) and isinstance(right, str | float | int):
        # In Python, True == 1.
        return isinstance(left, bool) == isinstance(right, bool) and left == right
    return left is right


def _loosely_same(left: Value, right: Value) -> bool | None:
    if is_nullish(left) or is_nullish(right):
        unknown = isinstance(left, Unknown) or isinstance(right, Unknown)
        return None if unknown else is_nullish(left) and is_nullish(right)
    if isinstance(left, Unknown | Host) or isinstance(right, Unknown | Host) or type_name(left) == type_name(right):
        return same(left, right)
    numbers = to_number(left), to_number(right)
    return None if None in numbers else numbers[0] == numbers[1]


def _added(left: Value, right: Value) -> Value:
    if isinstance(left, str) or isinstance(right, str):
        texts = to_text(left), to_text(right)
        if texts[0] is not None and texts[1] is not None and len(texts[0]) + len(texts[1]) <= LONGEST_TEXT:
            return texts[0] + texts[1]
        return UNDEFINED
    numbers = to_number(left), to_number(right)
    return UNDEFINED if numbers[0] is None or numbers[1] is None else numbers[0] + numbers[1]


def _divided(left: float, right: float) -> float:
    if right != 0:
        return left / right
    return math.nan if left == 0 or left != left else math.copysign(math.inf, left) * math.copysign(1, right)


def _remainder(left: float, right: float) -> float:
    return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


def _power(left: float, right: float) -> float:
    try:
        result = left**right
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return result if isinstance(result, float) else math.nan


def _to_int32(number: float) -> int:
    if not math.isfinite(number):
        return 0
    whole = int(number) & 0xFFFFFFFF
    return whole - (1 << 32) if whole >= 1 << 31 else whole


def _bits(apply: Callable[[int, int], int]) -> Callable[[float, float], float]:
    return lambda left, right: float(_to_int32(float(apply(_to_int32(left), _to_int32(right)))))


_ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "%": _remainder,
    "**": _power,
    "|": _bits(operator.or_),
    "&": _bits(operator.and_),
    "^": _bits(operator.xor),
    "<<": _bits(lambda left, right: left << (right & 31)),
    ">>": _bits(lambda left, right: left >> (right & 31)),
    ">>>": lambda left, right: float((_to_int32(left) & 0xFFFFFFFF) >> (_to_int32(right) & 31)),
}
_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def binary(sign: str, left: Value, right: Value, place: Place) -> Value:
    """The value of `left sign right` for every operator that always evaluates both sides."""
    for side in (left, right):
        if isinstance(side, Unknown):
            return side
    if sign in ("===", "!==", "==", "!="):
        equal = same(left, right) if len(sign) == 3 else _loosely_same(left, right)
        return Unknown("this comparison is not known", place) if equal is None else equal == (sign[0] == "=")
    if sign == "+":
        value = _added(left, right)
        return Unknown("this sum is not known", place) if isinstance(value, Undefined) else value
    if sign in _COMPARISONS and isinstance(left, str) and isinstance(right, str):
        return _COMPARISONS[sign](left, right)
    if sign == "in" and isinstance(right, Record) and (key := to_key(left)) is not None:
        if key in right.entries or not right.unknown:
            return key in right.entries
        return right.unknown[0]
    numbers = to_number(left), to_number(right)
    if numbers[0] is None or numbers[1] is None:
        return Unknown(f"the operands of “{sign}” are no numbers", place)
    if sign in _COMPARISONS:
        return _COMPARISONS[sign](numbers[0], numbers[1])
    compute = _ARITHMETIC.get(sign)
    return Unknown(f"“{sign}” is not read", place) if compute is None else compute(numbers[0], numbers[1])


def unary(sign: str, value: Value, place: Place) -> Value:
    if sign == "void":
        return UNDEFINED
    if isinstance(value, Unknown):
        return value
    if sign == "!":
        return not truth(value)
    if sign == "typeof":
        name = type_name(value)
        return Unknown("the type of this value is not known", place) if name is None else name
    if isinstance(value, BigInt) and sign == "-":
        return BigInt(-value.number)
    number = to_number(value)
    if number is None:
        return Unknown(f"the operand of “{sign}” is no number", place)
    return {"-": -number, "+": number, "~": float(~_to_int32(number))}.get(
        sign, Unknown(f"“{sign}” is not read", place)
    )
