"""The values of string and number literals."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_NAMED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_LINE_ENDS = ("\n", "\r\n", "\r", "\u2028", "\u2029")


def unescape(text: str) -> str:
    """What the inside of a string literal or template stands for."""
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    braced, unit, byte, single = found.groups()
    code = braced or unit or byte
    if code is not None:
        number = int(code, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    return "" if single in _LINE_ENDS else _NAMED.get(single, single)


def number(text: str) -> float | None:
    """The number that a literal stands for; None for a bigint, or for no number."""
    digits = text.replace("_", "").lower()
    try:
        if digits[:2] in ("0x", "0o", "0b"):
            return float(int(digits, 0))
        return float(digits)
    except (ValueError, OverflowError):
        return None


def integer(text: str) -> int | None:
    """The integer that a bigint literal stands for; None for anything else."""
    digits = text.replace("_", "").lower()
    if not digits.endswith("n") or len(digits) > 200:
        return None
    try:
        return int(digits[:-1], 0)
    except ValueError:
        return None
