"""One statement of a longer text, with what it needs of the others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

    from kitcn_repl.explore.inline.syntax import Syntax

_USES = frozenset({"identifier", "shorthand_property_identifier", "type_identifier"})
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "class"})
_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")


@dataclass(frozen=True, slots=True)
class Statement:
    """`ranges` are the code points `[start:end)` of the declarations it needs and, last, its own.

    `shown` is an expression for what it declares, None for a statement that has a value of its own or none at all.
    """

    ranges: tuple[tuple[int, int], ...]
    shown: str | None = None


def statement_at(text: str, at: int) -> Statement | None:
    """The statement at a code point: the one that holds it, else the one before it, else the first.

    Declarations above it come with it if it uses what they declare. Without the grammar it is the paragraph.
    """
    try:
        from kitcn_repl.explore.inline.syntax import parse

        syntax = parse(text)
    except ImportError:
        return _paragraph(text, at)
    statements = syntax.statements()
    spans = [(syntax.character(node.start_byte), syntax.character(node.end_byte)) for node in statements]
    place = _place(spans, at)
    if place is None:
        return None
    needed = _needed(syntax, statements, place)
    return Statement(tuple(spans[index] for index in [*needed, place]), _shown(syntax, statements[place]))


def _place(spans: list[tuple[int, int]], at: int) -> int | None:
    found = None
    for index, (start, end) in enumerate(spans):
        if start <= at and (found is None or at > spans[found][1]):
            found = index
        if start <= at < end:
            return index
    return 0 if found is None and spans else found


def _needed(syntax: Syntax, statements: list[Node], place: int) -> list[int]:
    """Statements above whose declarations are used, by way of others too, in the order of the text."""
    from kitcn_repl.explore.inline.names import declared_at_top

    names = _used(syntax, statements[place])
    needed: list[int] = []
    for index in range(place - 1, -1, -1):
        declared = {name for name, _ in declared_at_top(syntax, [statements[index]])}
        if declared & names:
            names |= _used(syntax, statements[index])
            needed.append(index)
    return needed[::-1]


def _used(syntax: Syntax, node: Node) -> set[str]:
    from kitcn_repl.explore.inline.syntax import walk

    return {syntax.text(inner) for inner in walk(node) if inner.type in _USES}


def _shown(syntax: Syntax, statement: Node) -> str | None:
    from kitcn_repl.explore.inline.names import pattern_names

    if statement.type not in ("lexical_declaration", "variable_declaration"):
        return None
    declarators = [child for child in statement.named_children if child.type == "variable_declarator"]
    if not declarators:
        return None
    value = declarators[-1].child_by_field_name("value")
    target = declarators[-1].child_by_field_name("name")
    if target is None or (value is not None and value.type in _FUNCTIONS):
        return None
    if target.type == "identifier":
        return syntax.text(target)
    return f"({{ {', '.join(sorted(pattern_names(syntax, target)))} }})"


def _paragraph(text: str, at: int) -> Statement | None:
    spans = [match.span() for match in _PARAGRAPH.finditer(text)]
    place = _place(spans, at)
    return None if place is None else Statement((spans[place],))
