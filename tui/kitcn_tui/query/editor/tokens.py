"""Colours by a regular expression, where no grammar is installed."""

from __future__ import annotations

import re
from typing import cast

from kitcn_tui.query.editor.highlighter import Kind, Span

_KEYWORDS = (
    r"as|async|await|break|case|catch|class|const|continue|debugger|default|delete|do|else|export|extends|finally|for|from"
    r"|function|if|import|in|instanceof|interface|let|new|of|return|satisfies|super|switch|this|throw|try|type|typeof|var"
    r"|void|while|yield"
)
_TOKEN = re.compile(
    rf"""
      (?P<comment> //[^\n]* | /\*[\s\S]*?(?:\*/|\Z) )
    | (?P<string> "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'? | `(?:\\[\s\S]|[^`\\])*`? )
    | (?P<number> \b(?:0[xXoObB][\da-fA-F_]+n?|\d[\d_]*n\b|\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?) )
    | (?P<parameter> (?<![\w$.])[A-Za-z_$][\w$]*(?=\s*=>) )
    | (?P<method> (?<=\.)[A-Za-z_$][\w$]*(?=\s*\() )
    | (?P<property> (?<=\.)[A-Za-z_$][\w$]* | [A-Za-z_$][\w$]*(?=\s*:(?!:)) )
    | (?P<builtin> (?<![\w$])ctx(?![\w$]) )
    | (?P<keyword> (?<![\w$])(?:{_KEYWORDS})(?![\w$]) )
    | (?P<constant> (?<![\w$])(?:true|false|null|undefined|NaN|Infinity)(?![\w$]) )
    | (?P<function> (?<![\w$])[A-Za-z_$][\w$]*(?=\() )
    | (?P<name> [A-Za-z_$][\w$]* )
    | (?P<operator> [-+*/%<>=!&|?~^]+|\.\.\. )
    | (?P<punctuation> [.,;:()\[\]{{}}] )
    """,
    re.VERBOSE,
)


class Tokens:
    """Syntax by single tokens: a regular expression counts as a division, and what stands in `${...}` as text."""

    follows_edits = False

    def __init__(self) -> None:
        self._spans: dict[int, list[Span]] = {}

    def update(self, text: str) -> None:
        self._spans = {}
        line, line_start = 0, 0
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup
            if kind is None or kind == "name":
                continue
            start, end = match.span()
            newlines = text.count("\n", line_start, start)
            if newlines:
                line += newlines
                line_start = text.rfind("\n", 0, start) + 1
            parts = match[0].split("\n") if kind in ("comment", "string") else [match[0]]
            for number, part in enumerate(parts):
                left = start - line_start if number == 0 else 0
                self._spans.setdefault(line + number, []).append(Span(left, left + len(part), cast(Kind, kind)))
            if len(parts) > 1:
                line += len(parts) - 1
                line_start = text.rfind("\n", 0, end) + 1

    def spans(self, first: int, last: int) -> dict[int, list[Span]]:
        return {line: self._spans[line] for line in range(first, last) if line in self._spans}
