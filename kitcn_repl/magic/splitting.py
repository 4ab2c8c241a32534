"""A magic's line into words. Words keep their own text too: an expression of Python must not lose its quotes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kitcn_repl.errors import UsageError

_BRACKETS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Word:
    """`raw` as it was typed, `text` without the quotes around it or around parts of it."""

    raw: str
    text: str

    @property
    def is_quoted(self) -> bool:
        return self.raw[:1] in ("'", '"') and self.raw != self.text


def split_line(line: str) -> list[Word]:
    """Words stand between blanks; quotes and brackets hold together what is in them. Raises UsageError."""
    return list(_words(line))


def _words(line: str) -> Iterator[Word]:
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        end, text = _word(line, at)
        yield Word(line[at:end], text)
        at = end


def _word(line: str, at: int) -> tuple[int, str]:
    """Where the word that begins at `at` ends, and its text."""
    text: list[str] = []
    closing: list[str] = []
    while at < len(line) and (closing or not line[at].isspace()):
        char = line[at]
        if char in ("'", '"'):
            end, inside = _quoted(line, at)
            text.append(line[at:end] if closing else inside)
            at = end
            continue
        if char in _BRACKETS:
            closing.append(_BRACKETS[char])
        elif closing and char == closing[-1]:
            closing.pop()
        text.append(char)
        at += 1
    if closing:
        raise UsageError(f"A bracket is not closed: {closing[-1]} is missing.")
    return at, "".join(text)


def _quoted(line: str, at: int) -> tuple[int, str]:
    """Where the quotes that begin at `at` end, and what is in them; a backslash keeps a quote or itself."""
    quote = line[at]
    inside: list[str] = []
    at += 1
    while at < len(line):
        if line[at] == "\\" and line[at + 1 : at + 2] in (quote, "\\"):
            inside.append(line[at + 1])
            at += 2
        elif line[at] == quote:
            return at + 1, "".join(inside)
        else:
            inside.append(line[at])
            at += 1
    raise UsageError(f"A quote is not closed: {quote} is missing.")
