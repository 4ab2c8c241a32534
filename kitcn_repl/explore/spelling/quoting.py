"""Names from anywhere as words of a command that somebody pastes: whatever they hold, they stay one word."""

from __future__ import annotations

import re
import shlex

_OBEYED = re.compile(r"[\x01-\x09\x0b-\x1f\x7f-\x9f]")
_ESCAPED = re.compile(r"[\x01-\x1f\x7f-\x9f'\\]")
_NOT_ON_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")


def shell_word(text: str) -> str:
    """For a POSIX shell. A terminal acts on control characters as they are pasted, quoted or not: they go as escapes
    (`$'\\033'`). Line feeds are harmless between quotes."""
    text = text.replace("\0", "\\u0000")  # no argument can hold it
    if _OBEYED.search(text) is None:
        return shlex.quote(text)
    return f"$'{_ESCAPED.sub(_octal, text)}'"


def cell_word(text: str) -> str:
    """For the line of a magic, which ends with the line: control characters go as visible text."""
    text = _NOT_ON_A_LINE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _octal(found: re.Match[str]) -> str:
    return "".join(f"\\{byte:03o}" for byte in found[0].encode())
