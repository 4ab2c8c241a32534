"""JSON5, in which people write arguments on a command line: the grammar of spec.json5.org, read as JavaScript would.

Numbers are float64, as in JavaScript; whole ones that are exact come out as int so that they print as they were
written. Infinity, NaN and -0 come out as Python floats. Beyond that grammar, `5n` is an int64 in its encoded form.
"""

from __future__ import annotations

import math
import re

from kitcn_repl.values import JsonValue
from kitcn_repl.values.forms import INT64_MAX, INT64_MIN, integer_text

_SPACE = re.compile(r"(?:[\s\ufeff]|//[^\n\r\u2028\u2029]*|/\*.*?\*/)*", re.DOTALL)
_NUMBER = re.compile(
    r"[+-]?(?:Infinity|NaN|0[xX][0-9a-fA-F]+|(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"(?![\w$.])"
)
_INT64 = re.compile(r"[+-]?(?:0|[1-9][0-9]*)n(?![\w$.])")
_NAME = re.compile(r"(?:[\w$\u200c\u200d]|\\u[0-9a-fA-F]{4})+")
_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_PLAIN = {'"': re.compile(r'[^"\\\n\r]*'), "'": re.compile(r"[^'\\\n\r]*")}
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|0(?![0-9])|\r\n|[^1-9ux])", re.DOTALL)
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}
_LINE_CONTINUATIONS = ("\n", "\r", "\r\n", "\u2028", "\u2029")
_WORDS: dict[str, JsonValue] = {"null": None, "true": True, "false": False}
_DEEPEST = 200


class Json5Error(ValueError):
    """The text is not JSON5; the message ends with the place, `at line 1, column 5`."""


def parse(text: str) -> JsonValue:
    """The one value that `text` holds. Raises Json5Error."""
    return _Reader(text).document()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def document(self) -> JsonValue:
        value = self._value(0)
        self._skip()
        if self._at < len(self._text):
            raise self._error(f"unexpected {self._text[self._at]!r} after the value")
        return value

    def _error(self, what: str, at: int | None = None) -> Json5Error:
        before = self._text[: self._at if at is None else at]
        line = before.count("\n") + 1
        return Json5Error(f"{what} at line {line}, column {len(before) - (before.rfind(chr(10)) + 1) + 1}")

    def _skip(self) -> str:
        """Step over white space and comments; the next character, or "" at the end."""
        match = _SPACE.match(self._text, self._at)
        assert match is not None
        self._at = match.end()
        if self._text.startswith("/*", self._at):
            raise self._error("comment is never closed")
        return self._text[self._at : self._at + 1]

    def _value(self, depth: int) -> JsonValue:
        char = self._skip()
        if depth > _DEEPEST:
            raise self._error("nested too deeply")
        if char == "{":
            return self._object(depth)
        if char == "[":
            return self._array(depth)
        if char in ("'", '"'):
            return self._string(char)
        whole = _INT64.match(self._text, self._at)
        if whole:
            return self._int64(whole)
        number = _NUMBER.match(self._text, self._at)
        if number:
            self._at = number.end()
            return _number(number.group())
        word = _NAME.match(self._text, self._at)
        if word and word.group() in _WORDS:
            self._at = word.end()
            return _WORDS[word.group()]
        if word:
            raise self._error(f"unexpected {word.group()!r}")
        raise self._error(f"unexpected {char!r}" if char else "unexpected end")

    def _int64(self, written: re.Match[str]) -> JsonValue:
        number = int(written.group()[:-1])
        if not INT64_MIN <= number <= INT64_MAX:
            raise self._error(f"{number} does not fit into an int64")
        self._at = written.end()
        return {"$integer": integer_text(number)}

    def _object(self, depth: int) -> JsonValue:
        self._at += 1
        result: dict[str, JsonValue] = {}
        while (char := self._skip()) != "}":
            key = self._string(char) if char and char in "'\"" else self._name()
            if self._skip() != ":":
                raise self._error("expected ':'")
            self._at += 1
            result[key] = self._value(depth + 1)
            self._separator("}")
        self._at += 1
        return result

    def _array(self, depth: int) -> JsonValue:
        self._at += 1
        result: list[JsonValue] = []
        while self._skip() != "]":
            result.append(self._value(depth + 1))
            self._separator("]")
        self._at += 1
        return result

    def _separator(self, closing: str) -> None:
        char = self._skip()
        if char == ",":
            self._at += 1
        elif char != closing:
            raise self._error(f"expected ',' or {closing!r}" if char else f"unexpected end, expected {closing!r}")

    def _name(self) -> str:
        match = _NAME.match(self._text, self._at)
        if match is None or match.group()[0].isdigit():
            char = self._text[self._at : self._at + 1]
            raise self._error(f"expected a key instead of {char!r}" if char else "unexpected end, expected '}'")
        self._at = match.end()
        return _UNICODE_ESCAPE.sub(lambda escape: chr(int(escape.group(1), 16)), match.group())

    def _string(self, quote: str) -> str:
        start = self._at
        self._at += 1
        parts: list[str] = []
        while True:
            plain = _PLAIN[quote].match(self._text, self._at)
            assert plain is not None
            parts.append(plain.group())
            self._at = plain.end()
            char = self._text[self._at : self._at + 1]
            if char == quote:
                self._at += 1
                return _joined_surrogates("".join(parts))
            if char != "\\":
                raise self._error("string is never closed", start)
            escape = _ESCAPE.match(self._text, self._at)
            if escape is None:
                raise self._error("unknown escape in a string")
            self._at = escape.end()
            parts.append(_unescaped(escape.group()[1:]))


def _unescaped(body: str) -> str:
    if body in _LINE_CONTINUATIONS:
        return ""
    if body[0] in "ux" and len(body) > 1:
        return chr(int(body[1:], 16))
    return _SHORT.get(body, body)


def _joined_surrogates(text: str) -> str:
    """Escaped surrogate pairs as the one character they stand for; lone ones stay."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _number(text: str) -> JsonValue:
    sign = -1.0 if text[0] == "-" else 1.0
    digits = text.lstrip("+-")
    if digits == "Infinity":
        return sign * math.inf
    if digits == "NaN":
        return math.nan
    number = sign * (float(int(digits, 16)) if digits[:2] in ("0x", "0X") else float(digits))
    if number.is_integer() and abs(number) < 2**53 and not (number == 0 and sign < 0):
        return int(number)
    return number
