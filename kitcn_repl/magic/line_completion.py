"""Commands, flags, deployments and tables on a magic's line: the command line's own, and what magics have besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kitcn_repl.cli.completing import complete_arguments, complete_flags, complete_value, selectors
from kitcn_repl.cli.main import kitcn
from kitcn_repl.explore.completion import Suggestion
from kitcn_repl.explore.completion.suggestion import Candidate
from kitcn_repl.explore.spelling.quoting import cell_word
from kitcn_repl.magic.cell_options import cell_command
from kitcn_repl.magic.completion import Found, known_words

if TYPE_CHECKING:
    from kitcn_repl.magic.magics import KitcnMagics

_OWN = (Candidate("use", "keyword", "Another deployment."), Candidate("tables", "keyword", "The tables."))


def complete_line(magics: KitcnMagics, head: str, *, in_cell: bool) -> Found:
    """`head` is the line from the magic's name to the cursor."""
    words = head.split()
    typed = "" if head[-1:].isspace() else words.pop()
    offered = _for_cell(words) if in_cell else _for_line(magics, words, typed)
    start = len(head) - len(typed)
    chosen = {each.text: each for each in offered if each.text.startswith(typed) and each.text != typed}
    return Found([Suggestion(each.text, start, len(head), each.kind, each.detail) for each in chosen.values()], typed)


def _for_cell(words: list[str]) -> Iterator[Candidate]:
    yield from complete_value(cell_command, words) or complete_flags(cell_command, words)


def _for_line(magics: KitcnMagics, words: list[str], typed: str) -> Iterator[Candidate]:
    if words[:1] == ["use"]:
        yield from complete_value(kitcn, words) or (*selectors(), *complete_flags(kitcn, words))
        return
    # Asking for names opens the deployment, which nobody needs who types a command.
    known = known_words(magics) if words and not typed.startswith("-") else None
    if all(word.startswith("-") for word in words):
        yield from _OWN
    yield from complete_arguments(words, typed, without_quotes(known.tables) if known is not None else ())


def without_quotes(names: Iterable[str]) -> list[str]:
    """Those that can be typed as they are; unquoted, a name in braces is an expression of Python."""
    return [name for name in names if cell_word(name) == name]
