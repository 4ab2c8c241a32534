"""What colours a text, by whatever is installed."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

Kind = Literal[
    "builtin", "comment", "constant", "function", "keyword", "method", "number", "operator", "parameter", "property",
    "punctuation", "string", "type",
]  # fmt: skip

KINDS: tuple[Kind, ...] = (
    "builtin", "comment", "constant", "function", "keyword", "method", "number", "operator", "parameter", "property",
    "punctuation", "string", "type",
)  # fmt: skip


class Span(NamedTuple):
    """Code points `[start:end)` of a line; None is its end."""

    start: int
    end: int | None
    kind: Kind


class Highlighter(Protocol):
    """Knows one text at a time. Later spans of a line lie over earlier ones."""

    follows_edits: bool
    """Whether an edit costs little however long the text is."""

    def update(self, text: str) -> None:
        """Take the text as it is now; lines end with `\\n`."""

    def spans(self, first: int, last: int) -> dict[int, list[Span]]:
        """Of the lines from `first` to before `last`, from 0; lines without any are missing."""


_SAFE = (0, 26)
"""tree-sitter from this version on corrupts memory (py-tree-sitter#472)."""


def choose() -> Highlighter:
    """The grammar if it is installed and safe, else a tokenizer of our own."""
    if _grammar_is_safe():
        try:
            from kitcn_tui.query.editor.grammar import Grammar

            return Grammar()
        except (ImportError, OSError, ValueError):  # not installed, or of another ABI
            pass
    from kitcn_tui.query.editor.tokens import Tokens

    return Tokens()


def _grammar_is_safe() -> bool:
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("tree-sitter").split(".")
        return tuple(map(int, found[:2])) < _SAFE
    except (PackageNotFoundError, ValueError):
        return False
