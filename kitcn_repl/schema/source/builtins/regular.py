"""Regular expressions, as far as they are simple enough to be run without a doubt or a danger."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.builtins.intrinsic import Intrinsic, argument, not_told
from kitcn_repl.schema.source.operators import LONGEST_TEXT, to_text
from kitcn_repl.schema.source.scope import Closure
from kitcn_repl.schema.source.values import UNDEFINED, Array, Host, Unknown, Value

if TYPE_CHECKING:
    from kitcn_repl.schema.source.interpreter import Interpreter

_TOKEN: Final = re.compile(
    r"""(?P<class>\[\^?(?:[^\]\\\[]|\\[dwsDWS\-\].$^/])+\])
      | (?P<escape>\\[dwsDWSb.*+?^$(){}|/\\\-_\[\]])
      | (?P<group>\(\?:|\((?!\?)|\)(?![*+?{]))
      | (?P<many>[*+?]\??)
      | (?P<end>\$)
      | (?P<plain>[A-Za-z0-9_ .^|:,;/@!%&=<>~'"-])""",
    re.VERBOSE,
)
_MOST_REPEATS = 2
_LONGEST_SUBJECT = 1_000
_REFERENCE: Final = re.compile(r"\$(\$|&|[1-9])")


class Regular(Host):
    """A regular expression. It means the same in Python as in JavaScript on the texts that `subject` lets through."""

    def __init__(self, pattern: re.Pattern[str], is_global: bool) -> None:
        self.pattern = pattern
        self.is_global = is_global

    def member(self, name: str, place: Place) -> Value:
        if name == "test" and not self.is_global:
            return Intrinsic(self._test)
        return Unknown(f"“{name}” of a regular expression is not read", place)

    def _test(self, run: Interpreter, arguments: Sequence[Value], place: Place) -> Value:
        text = argument(arguments, 0)
        if not isinstance(text, str) or not is_subject(text):
            return not_told(text, "this text is not known", place)
        return self.pattern.search(text) is not None


def regular(text: str) -> Regular | None:
    """The expression that a literal stands for; None for one that is not simple."""
    body, _, flags = text[1:].rpartition("/")
    translated: list[str] = []
    repeats = at = 0
    while at < len(body):
        token = _TOKEN.match(body, at)
        if token is None:
            return None
        repeats += token.lastgroup == "many"
        # Python's `$` also stands before a last line end.
        translated.append(r"\Z" if token.lastgroup == "end" else token.group())
        at = token.end()
    if repeats > _MOST_REPEATS or not set(flags) <= set("giu"):
        return None
    try:
        pattern = re.compile("".join(translated), re.ASCII | (re.IGNORECASE if "i" in flags else 0))
    except (re.error, OverflowError):
        return None
    return Regular(pattern, "g" in flags)


def is_subject(text: str) -> bool:
    return text.isascii() and len(text) <= _LONGEST_SUBJECT and "\n" not in text and "\r" not in text


def replaced(run: Interpreter, text: str, wanted: Regular, by: Value, place: Place) -> Value:
    """`text.replace(wanted, by)`."""
    unknown: list[Unknown] = []

    def replacement(found: re.Match[str]) -> str:
        if isinstance(by, Closure):
            groups: list[Value] = [UNDEFINED if group is None else group for group in found.groups()]
            said: Value = run.apply(by, [found.group(), *groups, float(found.start()), text], place)
            known = to_text(said)
        else:
            said, known = by, to_text(by)
            if known is not None:
                known = _REFERENCE.sub(lambda reference: _referred(reference.group(1), found), known)
        if known is None:
            unknown.append(not_told(said, "what replaces this text is not known", place))
        return known or ""

    if not is_subject(text):
        return Unknown("this text is not known", place)
    made = wanted.pattern.sub(replacement, text, count=0 if wanted.is_global else 1)
    if len(made) > LONGEST_TEXT:
        return Unknown("this text is too long to read", place)
    return unknown[0] if unknown else made


def _referred(reference: str, found: re.Match[str]) -> str:
    if reference == "$":
        return "$"
    if reference == "&":
        return found.group()
    number = int(reference)
    return found.group(number) or "" if number <= (found.re.groups or 0) else f"${reference}"


def divided(text: str, separator: Regular, place: Place) -> Value:
    """`text.split(separator)`."""
    if not is_subject(text) or separator.pattern.groups or separator.pattern.match(""):
        return Unknown("how this text is split is not known", place)
    return Array(list(separator.pattern.split(text)))
