"""Names that a text declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitcn_repl.explore.inline.syntax import Syntax, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node


def declared_names(syntax: Syntax) -> frozenset[str]:
    """Names that the text itself declares as values, at any depth."""
    names: set[str] = set()
    for node in walk(syntax.root):
        if node.type in ("variable_declarator", "function_declaration"):
            target = node.child_by_field_name("name")
        elif node.type in ("required_parameter", "optional_parameter"):
            target = node.child_by_field_name("pattern")
        elif node.type == "arrow_function":
            target = node.child_by_field_name("parameter")
        else:
            continue
        if target is not None:
            names |= pattern_names(syntax, target)
    return frozenset(names)


def pattern_names(syntax: Syntax, pattern: Node) -> set[str]:
    """Names bound by a binding pattern such as `{ a, b: [c] }`."""
    return {
        syntax.text(node)
        for node in walk(pattern)
        if node.type in ("identifier", "shorthand_property_identifier_pattern", "type_identifier")
    }


def declared_at_top(syntax: Syntax, statements: list[Node]) -> Iterator[tuple[str, Node]]:
    """Names that statements declare in their own scope, with the node that does."""
    for statement in statements:
        node = statement.child_by_field_name("declaration") or statement
        if node.type in ("lexical_declaration", "variable_declaration"):
            for declarator in node.named_children:
                target = declarator.child_by_field_name("name")
                for name in sorted(pattern_names(syntax, target)) if target is not None else ():
                    yield name, declarator
        elif node.type in ("function_declaration", "generator_function_declaration", "class_declaration"):
            target = node.child_by_field_name("name")
            if target is not None:
                yield syntax.text(target), node
