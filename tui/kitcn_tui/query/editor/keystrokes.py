"""What a key does to the text around the cursor: indenting, closing brackets, commenting. Pure functions of lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

INDENT = "  "
PAIRS = {"(": ")", "[": "]", "{": "}"}
QUOTES = "\"'`"
_CLOSERS = frozenset(PAIRS.values())
_MAY_FOLLOW = frozenset(")]},;: \t")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`(?:\\.|[^`\\])*`|//.*')


class Typed(NamedTuple):
    """Insert a text in place of the next `over` characters; the cursor then stands `cursor` characters into it."""

    insert: str
    cursor: int
    over: int = 0


def entered(before: str, after: str) -> Typed:
    """Enter between two parts of a line: the new line is indented, and a bracket that is closed right here opens up."""
    indent = before[: len(before) - len(before.lstrip())]
    opened = before.rstrip()[-1:]
    if opened not in PAIRS or opened == "":
        return _all(f"\n{indent}")
    inner = f"\n{indent}{INDENT}"
    if after.lstrip()[:1] == PAIRS[opened]:
        return Typed(f"{inner}\n{indent}", len(inner), len(after) - len(after.lstrip()))
    return _all(inner)


def typed(character: str, before: str, after: str) -> Typed | None:
    """A character between two parts of a line; None where it is simply inserted."""
    following = after[:1]
    if character in _CLOSERS:
        return Typed(character, 1, 1) if following == character and _is_surplus(before, after, character) else None
    if character in QUOTES:
        if following == character:
            return Typed(character, 1, 1)
        may_open = not following or following in _MAY_FOLLOW
        if in_text(before) or not may_open or re.match(r"[\w$\"'`\\]", before[-1:] or " "):
            return None
        return Typed(character * 2, 1)
    if character in PAIRS and not in_text(before) and (not following or following in _MAY_FOLLOW):
        return Typed(character + PAIRS[character], 1)
    return None


def surrounded(character: str, selected: str) -> str | None:
    """A selection with a bracket or quote typed over it."""
    if character in PAIRS:
        return f"{character}{selected}{PAIRS[character]}"
    return f"{character}{selected}{character}" if character in QUOTES else None


def is_empty_pair(before: str, after: str) -> bool:
    """Whether backspace should take both: `(|)`."""
    opened, closed = before[-1:], after[:1]
    return bool(opened and closed) and (PAIRS.get(opened) == closed or (opened in QUOTES and opened == closed))


def in_text(before: str) -> bool:
    """Whether the end of this part of a line is inside of a string or a comment."""
    rest = _STRING.sub(lambda match: "//" if match[0].startswith("//") else "", before)
    return "//" in rest or any(quote in rest for quote in QUOTES)


def commented(lines: Sequence[str]) -> list[str]:
    """The lines as comments, or no longer as comments if all of them are."""
    filled = [line for line in lines if line.strip()]
    if filled and all(line.lstrip().startswith("//") for line in filled):
        return [re.sub(r"^(\s*)// ?", r"\1", line) for line in lines]
    margin = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    return [f"{line[:margin]}// {line[margin:]}" if line.strip() or not filled else line for line in lines]


def indented(lines: Sequence[str]) -> list[str]:
    return [INDENT + line if line.strip() else line for line in lines]


def dedented(lines: Sequence[str]) -> list[str]:
    return [re.sub(rf"^(?:\t| {{1,{len(INDENT)}}})", "", line) for line in lines]


def _is_surplus(before: str, after: str, closer: str) -> bool:
    """Whether the closer that follows closes what is open here: then typing it again means to step over it."""
    opener = next(opening for opening, closing in PAIRS.items() if closing == closer)
    line = before + after
    return line.count(closer) >= line.count(opener)


def _all(text: str) -> Typed:
    return Typed(text, len(text))
