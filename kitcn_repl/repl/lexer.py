"""Colours for what is typed: TypeScript, or a command of the shell."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer, PygmentsLexer

from kitcn_repl.repl.words import is_command

_COMMAND = re.compile(r"(?P<before>\s*)(?P<name>\.\S*)(?P<rest>.*)", re.DOTALL)


class ShellLexer(Lexer):
    @cached_property
    def _typescript(self) -> Lexer:
        from pygments.lexers.javascript import TypeScriptLexer  # type: ignore[import-untyped]

        return PygmentsLexer(TypeScriptLexer, sync_from_start=True)

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        if not is_command(document.text) and document.text.strip() != ".":
            return self._typescript.lex_document(document)
        lines = document.lines

        def line(number: int) -> StyleAndTextTuples:
            text = lines[number] if number < len(lines) else ""
            match = _COMMAND.fullmatch(text) if number == 0 else None
            if match is None:
                return [("", text)]
            return [("", match["before"]), ("class:command", match["name"]), ("", match["rest"])]

        return line
