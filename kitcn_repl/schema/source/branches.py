"""What a value may have where only running the program would tell which of some expressions it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitcn_repl.schema.source.syntax import children
from kitcn_repl.schema.source.values import Record, Unknown

if TYPE_CHECKING:
    from tree_sitter import Node

    from kitcn_repl.schema.source.interpreter import Interpreter
    from kitcn_repl.schema.source.scope import Scope

_WRAPPERS = ("parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression")


def hide_overridden(run: Interpreter, record: Record, node: Node, value: Unknown, scope: Scope) -> None:
    """Entries of an object that a spread of an unknown value may replace are unknown too.

    Only those that one of the expressions names, as in `...(flag ? { a: 1 } : {})`; a value of which nothing is known
    counts as adding to the object.
    """
    saved, run.uncertain = run.uncertain, value
    for branch in _branches(node):
        found = run.evaluate(branch, scope)
        for name in found.entries if isinstance(found, Record) else ():
            if name in record.entries:
                record.entries[name] = value
    run.uncertain = saved


def _branches(node: Node) -> list[Node]:
    while node.type in _WRAPPERS and children(node):
        node = children(node)[0]
    if node.type == "ternary_expression":
        parts = [node.child_by_field_name(name) for name in ("consequence", "alternative")]
    elif node.type == "binary_expression":
        parts = [node.child_by_field_name(name) for name in ("left", "right")]
    else:
        return [node] if node.type == "object" else []
    return [branch for part in parts if part is not None for branch in _branches(part)]
