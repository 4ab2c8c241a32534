"""Documents of a snapshot in the current ("uniform") encoding, and of the store (offline-formats.md 1)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NoReturn

from kitcn_repl.values.forms import INT64_MAX, INT64_MIN, NEGATIVE_ZERO, float_of, float_text, integer_text

if TYPE_CHECKING:
    from kitcn_repl.values import JsonObject, JsonValue

# These look at raw text, so they also hit inside strings: that only costs time. A document without a hit, the common
# case, means the same in both encodings (`$bytes` always does). They begin with a letter or sign of their own, which is
# found several times as fast as one of a class; an alternation at the start is the slowest.
_INTEGER_AFTER_COLON, _INTEGER_AFTER_COMMA, _INTEGER_FIRST_IN_LIST = (
    re.compile(rf"{before}[ \t\r\n]*-?[0-9]+[ \t\r\n]*[],}}]") for before in (":", ",", r"\[")
)
_SPECIAL_FORM: Final = re.compile(r'\{[ \t\r\n]*"(?:\$(?!bytes")|\\u0024)')
_NEGATIVE_ZERO: Final = re.compile(r"[:,\[][ \t\r\n]*-0")
# An exponent of three digits, or so many digits that one of two could be too much.
_BEYOND_DOUBLE: Final = re.compile(r"[:,\[][ \t\r\n]*-?(?:[0-9.]+[eE]\+?[0-9]{3}|[0-9]{200})")
_LARGE_EXPONENT, _LARGE_CAPITAL_EXPONENT = (re.compile(rf"{e}(?<=[0-9.]{e})\+?[0-9]{{3,}}[ \t\r\n\],}}]") for e in "eE")
_TEN_DIGITS: Final = re.compile("[0-9]{10}")


def export_to_encoded_text(line: str | bytes) -> str:
    """A document line of an export (an object) as encoded JSON text.

    A line that needs no conversion comes back unchanged and unchecked; else malformed JSON raises ValueError, as do
    bytes that are not UTF-8.
    """
    text = line if isinstance(line, str) else line.decode()
    if (
        _INTEGER_AFTER_COLON.search(text) is None
        and _INTEGER_AFTER_COMMA.search(text) is None
        and _INTEGER_FIRST_IN_LIST.search(text) is None
        and _SPECIAL_FORM.search(text) is None
    ):
        return text
    decoded = json.loads(
        text, parse_int=_export_integer, object_pairs_hook=_export_object, parse_constant=_reject_constant
    )
    return dump_text(decoded)


def encoded_document(text: str) -> JsonObject:
    """A stored document, from its text, as encoded JSON.

    -0, and numbers beyond the largest double, which JSON readers take for infinite, come in their `$float` form, as
    they must be on the wire.
    """
    has_negative_zero = "-0" in text and _NEGATIVE_ZERO.search(text) is not None
    if has_negative_zero or _is_beyond_double(text):
        document: JsonObject = json.loads(text, parse_float=_wire_number, parse_int=_wire_number)
    else:
        document = json.loads(text)
    return document


def _is_beyond_double(text: str) -> bool:
    """Whether a number may be; nearly always told by what is quick to find. Of 200 digits in a row every twentieth
    makes ten."""
    is_possible = (
        _LARGE_EXPONENT.search(text) is not None
        or _LARGE_CAPITAL_EXPONENT.search(text) is not None
        or _TEN_DIGITS.search(text[19::20]) is not None
    )
    return is_possible and _BEYOND_DOUBLE.search(text) is not None


def dump_text(value: JsonValue) -> str:
    """Compact JSON text that is always valid UTF-8: non-ASCII as it is, half surrogate pairs escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text


def _export_integer(token: str) -> JsonValue:
    value = int(token)
    if not INT64_MIN <= value <= INT64_MAX:
        return float(token)
    if value == 0 and token[0] == "-":
        return -0.0  # as the backend's JSON reader has it: int64 has no negative zero
    return {"$integer": integer_text(value)}


def _export_object(pairs: list[tuple[str, JsonValue]]) -> JsonValue:
    document = dict(pairs)
    if pairs and pairs[0][0] == "$float" and len(document) == 1:
        value = float_of(pairs[0][1])
        # The backend never writes an ordinary number so, and JavaScript clients refuse it.
        if value - value == 0 and float_text(value) != NEGATIVE_ZERO:
            return value
    return document


def _wire_number(token: str) -> JsonValue:
    value = float(token)
    if value - value != 0 or (value == 0 and token[0] == "-"):
        return {"$float": float_text(value)}
    return int(token) if token.lstrip("-").isdigit() else value


def _reject_constant(token: str) -> NoReturn:
    raise ValueError(f"{token} is not JSON")
