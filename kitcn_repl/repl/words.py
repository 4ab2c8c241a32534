"""A line of a command into words, with the quotes of a shell."""

from __future__ import annotations

import shlex

from kitcn_repl.errors import UsageError


def split_words(text: str) -> list[str]:
    """Raises UsageError for a quote that is not closed."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        raise UsageError("A quote is not closed.") from None


def is_command(text: str) -> bool:
    """Whether a text is a command of the shell: `.tables`. A number such as `.5` and `...x` are JavaScript."""
    stripped = text.strip()
    return stripped[:1] == "." and (len(stripped) == 1 or stripped[1].isalpha() or stripped[1] == "?")
