"""The methods of strings and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.builtins.intrinsic import argument, first_unknown
from kitcn_repl.schema.source.builtins.regular import Regular, divided, replaced
from kitcn_repl.schema.source.operators import LONGEST_TEXT, is_nullish, to_number, to_text
from kitcn_repl.schema.source.scope import Closure
from kitcn_repl.schema.source.values import UNDEFINED, Array, Undefined, Unknown, Value

if TYPE_CHECKING:
    from kitcn_repl.schema.source.interpreter import Interpreter

TextMethod = Callable[["Interpreter", str, Sequence[Value], Place], Value]
_SPACES = " \t\n\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))


def position(value: Value, size: int, default: int) -> int | None:
    """An index that may count from the end, within 0 to `size`; None if it is not known."""
    if isinstance(value, Undefined):
        return default
    number = to_number(value)
    if number is None:
        return None
    if number != number:
        return 0
    whole = int(max(-1e9, min(1e9, number)))
    return min(size, whole) if whole >= 0 else max(0, size + whole)


def _plain(apply: Callable[[str], Value]) -> TextMethod:
    return lambda run, text, arguments, place: apply(text)


def _with_text(apply: Callable[[str, str], Value]) -> TextMethod:
    def method(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
        other = to_text(argument(arguments, 0))
        if other is None or len(arguments) > 1:
            return first_unknown(arguments) or Unknown("this text is not known", place)
        return apply(text, other)

    return method


def _slice(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
    start = position(argument(arguments, 0), len(text), 0)
    end = position(argument(arguments, 1), len(text), len(text))
    if start is None or end is None:
        return first_unknown(arguments) or Unknown("this text is not known", place)
    return text[start:end]


def _substring(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
    bounds = []
    for at, default in ((0, 0.0), (1, float(len(text)))):
        value = argument(arguments, at)
        number = default if isinstance(value, Undefined) else to_number(value)
        if number is None:
            return first_unknown(arguments) or Unknown("this text is not known", place)
        bounds.append(int(min(max(number, 0), len(text))) if number == number else 0)
    return text[min(bounds) : max(bounds)]


def _at(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
    number = to_number(argument(arguments, 0))
    if number is None:
        return first_unknown(arguments) or Unknown("this text is not known", place)
    whole = int(number) if abs(number) < 1e9 else 0 if number != number else len(text)
    return text[whole] if -len(text) <= whole < len(text) else UNDEFINED


def _char_at(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
    number = to_number(argument(arguments, 0)) if arguments else 0.0
    if number is None:
        return first_unknown(arguments) or Unknown("this text is not known", place)
    whole = int(number) if abs(number) < 1e9 else 0 if number != number else len(text)
    return text[whole] if 0 <= whole < len(text) else ""


def _split(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
    separator = argument(arguments, 0)
    if isinstance(separator, Undefined):
        return Array([text])
    if isinstance(separator, Regular) and len(arguments) == 1:
        return divided(text, separator, place)
    if not isinstance(separator, str) or len(arguments) > 1:
        return first_unknown(arguments) or Unknown("how this text is split is not known", place)
    parts = text.split(separator) if separator else list(text)
    return run.too_large(len(parts), place) or Array(list(parts))


def _replace(every: bool) -> TextMethod:
    def method(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
        wanted, by = argument(arguments, 0), argument(arguments, 1)
        if isinstance(wanted, Regular):
            return replaced(run, text, wanted, by, place)
        if isinstance(by, Closure) and isinstance(wanted, str):
            by = run.apply(by, [wanted, float(max(text.find(wanted), 0)), text], place) if wanted in text else ""
        replacement = to_text(by)
        if not isinstance(wanted, str) or replacement is None or "$" in replacement:
            return first_unknown([wanted, by]) or Unknown("what replaces this text is not known", place)
        count = text.count(wanted) if every else 1
        if len(text) + count * len(replacement) > LONGEST_TEXT:
            return Unknown("this text is too long to read", place)
        return text.replace(wanted, replacement, -1 if every else 1)

    return method


def _pad(at_end: bool) -> TextMethod:
    def method(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
        size = to_number(argument(arguments, 0))
        filler = " " if isinstance(argument(arguments, 1), Undefined) else to_text(argument(arguments, 1))
        if size is None or filler is None or not size <= LONGEST_TEXT:
            return first_unknown(arguments) or Unknown("this text is not known", place)
        missing = max(0, int(size) - len(text))
        padding = (filler * (missing // len(filler) + 1))[:missing] if filler else ""
        return text + padding if at_end else padding + text

    return method


def _repeat(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
    count = to_number(argument(arguments, 0))
    if count is None or not count >= 0 or not count * max(1, len(text)) <= LONGEST_TEXT:
        return first_unknown(arguments) or Unknown("this text is too long to read", place)
    return text * int(count)


def _concat(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
    parts = [to_text(value) for value in arguments]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or sum(map(len, known)) + len(text) > LONGEST_TEXT:
        return first_unknown(arguments) or Unknown("this text is not known", place)
    return text + "".join(known)


def _code_at(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
    found = _char_at(run, text, arguments, place)
    return float(ord(found)) if isinstance(found, str) and found else Unknown("this character is not known", place)


TEXT_METHODS: Final[dict[str, TextMethod]] = {
    "toUpperCase": _plain(str.upper),
    "toLowerCase": _plain(str.lower),
    "toLocaleUpperCase": _plain(str.upper),
    "toLocaleLowerCase": _plain(str.lower),
    "trim": _plain(lambda text: text.strip(_SPACES)),
    "trimStart": _plain(lambda text: text.lstrip(_SPACES)),
    "trimEnd": _plain(lambda text: text.rstrip(_SPACES)),
    "toString": _plain(lambda text: text),
    "valueOf": _plain(lambda text: text),
    "startsWith": _with_text(str.startswith),
    "endsWith": _with_text(str.endswith),
    "includes": _with_text(lambda text, other: other in text),
    "indexOf": _with_text(lambda text, other: float(text.find(other))),
    "lastIndexOf": _with_text(lambda text, other: float(text.rfind(other))),
    "localeCompare": lambda run, text, arguments, place: Unknown("the order of a language is not read", place),
    "slice": _slice,
    "substring": _substring,
    "at": _at,
    "charAt": _char_at,
    "charCodeAt": _code_at,
    "split": _split,
    "replace": _replace(every=False),
    "replaceAll": _replace(every=True),
    "padStart": _pad(at_end=False),
    "padEnd": _pad(at_end=True),
    "repeat": _repeat,
    "concat": _concat,
}


def number_method(value: float, name: str) -> TextMethod | None:
    """A method of a number or boolean, in the form of a string's."""
    if name in ("toString", "toLocaleString", "valueOf"):
        return _number_text if name == "toString" else None
    if name == "toFixed":
        return _fixed
    return None


def _number_text(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
    return text if not arguments else Unknown("numbers in other bases are not read", place)


def _fixed(run: Interpreter, text: str, arguments: Sequence[Value], place: Place) -> Value:
    digits, number = argument(arguments, 0), to_number(text)
    count = 0.0 if is_nullish(digits) else to_number(digits)
    if count is None or number is None or not 0 <= count <= 20:
        return Unknown("this text is not known", place)
    return f"{number:.{int(count)}f}"
