"""Recognize, without a parser, texts that are certainly one plain JavaScript expression.

Most one-line queries are, and the parser costs more than the rest of compiling. A `False` only means "look properly".
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""[ \t]*(?:
        (?P<name>[A-Za-z_$][A-Za-z0-9_$]*)
      | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?n?(?![A-Za-z0-9_$.]))
      | (?P<string>"[^"\\\n\r]*"|'[^'\\\n\r]*')
      | (?P<punctuation>=>|\?\.(?![0-9])|\?\?|===|!==|==|!=|>=|<=|&&|\|\||\.\.\.|[()\[\]{},.:!<>+\-*%=;])
    )""",
    re.VERBOSE,
)

# Names that are no operands, or whose meaning depends on grammar that this check does not know.
_KEYWORDS = """
    as asserts break case catch class const continue debugger declare default delete do else enum export extends
    finally for function if implements import in infer instanceof interface is keyof let module namespace new of
    return satisfies static super switch throw try type using var void while with yield
"""
_WORDS = frozenset(_KEYWORDS.split())
_PREFIXES = frozenset({"async", "await", "typeof"})
_CLOSES = {")": "(", "]": "[", "}": "{"}


def is_plain_expression(text: str) -> bool:
    """Whether `text`, without blanks around it, is one line of JavaScript that holds no types and no statements."""
    if not text.isascii() or text.startswith("{"):
        return False
    brackets: list[str] = []
    position, size = 0, len(text)
    previous, is_operand = "", False  # the token before, and whether an operand ended with it
    angles: set[str] = set()
    while position < size:
        match = _TOKEN.match(text, position)
        if match is None:
            return False
        position = match.end()
        kind, value = match.lastgroup, match[match.lastgroup or 0]
        if kind == "punctuation":
            if not _punctuation_fits(value, previous, is_operand, brackets, angles, position == size):
                return False
            is_operand = value in _CLOSES
        else:
            follows_dot = previous in (".", "?.")
            if is_operand or (kind == "name" and value in _WORDS and not follows_dot):
                return False
            is_operand = not (kind == "name" and value in _PREFIXES and not follows_dot)
        previous = value if kind == "punctuation" else "operand"
    return not brackets and len(angles) < 2 and (is_operand or previous == ";")


def _punctuation_fits(
    value: str, previous: str, is_operand: bool, brackets: list[str], angles: set[str], is_last: bool
) -> bool:
    if value in "([{":
        brackets.append(value)
        return value != "{" or not is_operand
    if value in _CLOSES:
        return bool(brackets) and brackets.pop() == _CLOSES[value]
    if value == ":":
        return bool(brackets) and brackets[-1] == "{" and previous in ("operand", "]")
    if value == "!":
        return not is_operand
    if value in "<>":
        angles.add(value)
    return value != ";" or (is_last and not brackets and is_operand)
