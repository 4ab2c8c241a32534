"""Text exactly as JavaScript prints it: `JSON.stringify` of encoded values, and `convex data`'s notation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from json.encoder import encode_basestring as _quoted  # C, leaves non-ASCII as it is
from typing import TYPE_CHECKING, Any, Final

from kitcn_repl.values.forms import base64_of, bytes_of, float64, float_of, float_text, integer_of

if TYPE_CHECKING:
    from kitcn_repl.values import JsonObject, JsonValue

_ARRAY_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}")
_MAX_ARRAY_INDEX: Final = 2**32 - 2
_MAX_SAFE_INTEGER: Final = 2**53
_MAX_INDENT: Final = 10
_CACHED_SHAPES: Final = 512
_SURROGATES: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")

# Per set of keys, in the order of the output: key, and its text with the colon.
_Shape = tuple[tuple[str, str], ...]


def stringify(encoded: JsonValue, indent: int | None = None) -> str:
    """The text of `JSON.stringify(convexToJson(value), null, indent)` in JavaScript, for the value's encoded JSON.

    Keys are sorted as the encoder sorts them, except that JavaScript puts array indexes first, by number. `__proto__`
    is no field to JavaScript's decoder and is left out, as there.
    """
    if indent is None or indent < 1:
        text = _COMPACT.text(encoded, "")
    else:
        text = _Writer(" " * min(indent, _MAX_INDENT), ": ").text(encoded, "\n")
    return _well_formed(text)


def plain_stringify(value: JsonValue) -> str:
    """The text of `JSON.stringify(JSON.parse(text))` for what `text` holds: plain JSON, keys in their own order."""
    return _well_formed(_plain(value))


def display(encoded: JsonValue) -> str:
    """A value in the notation of `convex data`: `123n`, `Bytes("…")`, `{ "key": value }`.

    Keys keep their order (array indexes first). Raises ValueError for a malformed `$` form.
    """
    return _well_formed(_display(encoded))


def number_text(number: float) -> str:
    """`Number.prototype.toString`; ints stand for the float64 nearest to them."""
    if type(number) is int and -_MAX_SAFE_INTEGER <= number <= _MAX_SAFE_INTEGER:
        return str(number)
    value = float64(number)
    if value != value:
        return "NaN"
    if value - value != 0:
        return "Infinity" if value > 0 else "-Infinity"
    return _plain_float(value) or "0"


def _plain(value: JsonValue) -> str:
    if isinstance(value, dict):
        pairs = [f"{_quoted(key)}:{_plain(value[key])}" for key in _array_indexes_first(value)]
        return f"{{{','.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{','.join([_plain(item) for item in value])}]"
    if isinstance(value, float | int) and not isinstance(value, bool):
        text = number_text(value)
        return "null" if text[-1] in "yN" else text
    return _SCALARS[type(value)](value)


def _array_indexes_first(keys: Iterable[str]) -> Iterable[str]:
    indexes = [key for key in keys if _is_array_index(key)]
    if not indexes:
        return keys
    return [*sorted(indexes, key=int), *(key for key in keys if not _is_array_index(key))]


def _is_array_index(key: str) -> bool:
    return key[:1].isdigit() and _ARRAY_INDEX.fullmatch(key) is not None and int(key) <= _MAX_ARRAY_INDEX


class _Writer:
    """`step` is the indentation of one level, empty for compact text. The shapes that it meets are remembered."""

    def __init__(self, step: str, colon: str) -> None:
        self._step = step
        self._colon = colon
        self._shapes: dict[tuple[str, ...], _Shape] = {}

    def text(self, value: JsonValue, newline: str) -> str:
        """`newline` is the line break with the indentation of the value's own line."""
        scalar = _SCALARS.get(type(value))
        if scalar is not None:
            return scalar(value) or self._special_float(value, newline)  # type: ignore[arg-type]
        if type(value) is list:
            return self._array(value, newline)
        return self._object(value, newline)  # type: ignore[arg-type]

    def _array(self, value: list[JsonValue], newline: str) -> str:
        if not value:
            return "[]"
        inner = newline + self._step
        return f"[{inner}{f',{inner}'.join([self.text(item, inner) for item in value])}{newline}]"

    def _object(self, value: JsonObject, newline: str) -> str:
        keys = tuple(value)
        shape = self._shapes.get(keys) or self._new_shape(keys)
        if not shape:
            return "{}"
        inner = newline + self._step
        parts = []
        for key, prefix in shape:
            item = value[key]
            scalar = _SCALARS.get(type(item))
            parts.append(prefix + ((scalar(item) if scalar is not None else "") or self.text(item, inner)))
        return f"{{{inner}{f',{inner}'.join(parts)}{newline}}}"

    def _new_shape(self, keys: tuple[str, ...]) -> _Shape:
        shape = tuple((key, _quoted(key) + self._colon) for key in _in_javascript_order(sorted(keys)))
        if len(self._shapes) < _CACHED_SHAPES:
            self._shapes[keys] = shape
        return shape

    def _special_float(self, value: float, newline: str) -> str:
        return self._object({"$float": float_text(value)}, newline)


_COMPACT: Final = _Writer("", ":")


def _plain_float(value: float) -> str:
    """Text of a float that JSON has; empty for -0, NaN and infinities."""
    text = repr(value)
    if text[-2:] == ".0":
        return text[:-2] if value or text[0] != "-" else ""
    if "e" in text:
        return _rescaled(text)
    return text if "n" not in text else ""


def _rescaled(text: str) -> str:
    """Python's text with an exponent, by JavaScript's rules. Both print the shortest digits that read back."""
    mantissa, _, exponent = text.partition("e")
    sign = "-" if mantissa[0] == "-" else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).rstrip("0")
    point = len(whole) + int(exponent)  # value = 0.digits * 10^point
    if len(digits) <= point <= 21:
        return sign + digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{point - 1:+d}"


def _integer_token(value: int) -> str:
    if -_MAX_SAFE_INTEGER <= value <= _MAX_SAFE_INTEGER:
        return str(value)
    return _plain_float(float64(value))


_SCALARS: Final[dict[type, Callable[[Any], str]]] = {
    str: _quoted,
    float: _plain_float,
    int: _integer_token,
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): lambda _: "null",
}


def _in_javascript_order(keys: Iterable[str]) -> list[str]:
    indexes, others = [], []
    for key in keys:
        if _ARRAY_INDEX.fullmatch(key) and int(key) <= _MAX_ARRAY_INDEX:
            indexes.append(key)
        elif key != "__proto__":
            others.append(key)
    return sorted(indexes, key=int) + others


def _display(value: JsonValue) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, (int, float)):
        return ("true" if value else "false") if isinstance(value, bool) else number_text(value)
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"[{', '.join([_display(item) for item in value])}]"
    if len(value) == 1:
        ((key, inner),) = value.items()
        if key == "$integer":
            return f"{integer_of(inner)}n"
        if key == "$float":
            return number_text(float_of(inner))
        if key == "$bytes":
            return f'Bytes("{base64_of(bytes_of(inner))}")'
    # Keys are not escaped there either.
    pairs = [f'"{key}": {_display(value[key])}' for key in _in_javascript_order(value)]
    return f"{{ {', '.join(pairs)} }}"


def _well_formed(text: str) -> str:
    """Half surrogate pairs escaped, as JavaScript does; two halves that met are joined."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub(_surrogate_text, text)
    return text


def _surrogate_text(found: re.Match[str]) -> str:
    text = found[0]
    if len(text) == 1:
        return f"\\u{ord(text):04x}"
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be")
