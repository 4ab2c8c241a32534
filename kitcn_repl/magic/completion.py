"""What is suggested inside `%%kitcn` cells and on `%kitcn` lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.completion import Suggestion, Words, complete
from kitcn_repl.magic.cell_options import parse_cell_options
from kitcn_repl.magic.session import NOTHING_SAID
from kitcn_repl.magic.splitting import split_line
from kitcn_repl.magic.variables import with_expressions
from kitcn_repl.results import Result
from kitcn_repl.results.arguments import encoded_argument

if TYPE_CHECKING:
    from kitcn_repl.magic.magics import KitcnMagics
    from kitcn_repl.targets.target import TargetFlags
    from kitcn_repl.values import JsonValue

_LOOKED_AT = 20

_MAGIC = re.compile(r"^\s*(?:[\w.]+\s*=\s*)?%kitcn(?=\s|$)")
_CELL = re.compile(r"^\s*%%kitcn(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Found:
    """`fragment` is the text before the cursor that each suggestion replaces."""

    suggestions: Sequence[Suggestion]
    fragment: str


def completions(magics: KitcnMagics, text: str, line: int, column: int) -> Found | None:
    """None where the cursor is in Python."""
    lines = text.split("\n")
    first = next((place for place, each in enumerate(lines) if each.strip()), 0)
    in_cell = _CELL.match(lines[first]) is not None
    if in_cell and line > first:
        body = "\n".join(lines[first + 1 :])
        cursor = sum(len(each) + 1 for each in lines[first + 1 : line]) + column
        return _in_query(magics, lines[first], body, cursor)
    head = lines[line][:column]
    match = _CELL.match(head) if in_cell else _MAGIC.match(head)
    if match is None or match.end() == len(head):
        return None
    from kitcn_repl.magic.line_completion import complete_line

    return complete_line(magics, head[match.end() :], in_cell=in_cell)


def _in_query(magics: KitcnMagics, first: str, body: str, cursor: int) -> Found:
    words = _words(magics, first)
    suggestions = [each for each in complete(body, cursor, words) if each.end <= len(body)]
    start = suggestions[0].start if suggestions else cursor
    # IPython replaces one and the same text by every suggestion.
    return Found([each for each in suggestions if each.start == start], body[start:cursor])


def _words(magics: KitcnMagics, first: str) -> Words:
    """What the deployment and the component have that the cell's first line names, as far as it can be read yet."""
    try:
        options = parse_cell_options(with_expressions(split_line(first.strip().removeprefix("%%kitcn")), "--arg"))
    except KitcnError:
        options = ""
    if isinstance(options, str):
        return known_words(magics) or Words()
    known = known_words(magics, options.component, options.flags) or Words()
    return known.including({name: _sample(magics, name) for name in map(_name, options.arguments)})


def known_words(magics: KitcnMagics, component: str = "", flags: TargetFlags = NOTHING_SAID) -> Words | None:
    """None while nothing is known; nobody waits for it."""
    opened = magics.session.opened_already(magics.session.choice(flags))
    return None if opened is None else opened.words(component)


def _name(argument: str) -> str:
    return argument.partition("=")[0].strip()


def _sample(magics: KitcnMagics, name: str) -> JsonValue:
    """What a variable holds, if that is a result or something small; completion has no time for more."""
    value = magics.user.user_ns.get(name)
    if isinstance(value, Result):
        return value.encoded
    if isinstance(value, list | tuple):
        value = list(value[:_LOOKED_AT])
    with suppress(KitcnError):
        return encoded_argument(name, value) if isinstance(value, str | int | float | list | dict) else None
    return None
