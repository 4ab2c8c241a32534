"""Where a text goes wrong, for failures that come without a place: Convex names none for syntax errors."""

from __future__ import annotations

import re

from kitcn_repl.explore.inline.syntax import Syntax, has_grammar, parse, walk

_OPENS = {"(": ")", "[": "]", "{": "}", "${": "}"}
_CLOSES = frozenset(_OPENS.values())
_NAMED = (
    # What the message says, and where in the text that stands.
    (r"(?:ReferenceError: |^)([\w$]+) is not defined", r"(?<![\w$.]){}(?![\w$])"),
    # The second declaration of two.
    (r"Identifier '([\w$]+)' has already been declared", r"(?s)(?<=[\s,]){}(?![\w$])(?!.*(?:const|let|class)\s+{}\b)"),
    (r"Index \w+\.(\w+) not found", r"[\"'`]{}[\"'`]"),
    (r"import path \"([^\"]+)\"", r"[\"']{}[\"']"),
)


def mistake(text: str) -> tuple[int, str | None] | None:
    """The character where the text stops being JavaScript or TypeScript, and what is the matter, if it is clear."""
    if not has_grammar():
        return None
    syntax = parse(text)
    if syntax.is_valid:
        return None
    return _bracket(syntax) or _error(syntax, text)


def _bracket(syntax: Syntax) -> tuple[int, str] | None:
    opened: list[tuple[int, str]] = []
    for node in walk(syntax.root):
        if node.child_count or node.is_named or node.is_missing:
            continue
        if node.type in _OPENS:
            opened.append((syntax.character(node.start_byte), node.type))
        elif node.type in _CLOSES:
            if not opened:
                return syntax.character(node.start_byte), f"This `{node.type}` closes nothing."
            place, bracket = opened.pop()
            if _OPENS[bracket] != node.type:
                return place, f"This `{bracket}` is not closed."
    if opened:
        place, bracket = opened[-1]
        return place, f"This `{bracket}` is not closed."
    return None


def _error(syntax: Syntax, text: str) -> tuple[int, str | None]:
    for node in walk(syntax.root):
        if node.is_missing:
            return syntax.character(node.start_byte), None
        if node.type == "ERROR" and not any(child.type == "ERROR" for child in node.children):
            last = node.children[-1] if node.children else node
            end = syntax.character(last.end_byte)
            if not last.is_named and not text[end:].strip():
                return end, "The query ends in the middle of something."
            return syntax.character(last.start_byte), None
    return 0, None


def named_place(message: str, text: str) -> int | None:
    """The character where stands what the message names: a name, an index, an import."""
    for said, written in _NAMED:
        match = re.search(said, message)
        if match is None:
            continue
        found = list(re.finditer(written.replace("{}", re.escape(match[1])), text))
        if found:
            return found[0].start()
    return None
