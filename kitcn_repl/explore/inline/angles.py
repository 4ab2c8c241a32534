"""Type arguments that the grammar takes for comparisons: all before a template, as in f<T>`x`, and some before `(`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from kitcn_repl.explore.inline.syntax import Syntax, parse, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_CANDIDATE: Final = re.compile(rb">\s*[`(]")
_NAME: Final = re.compile(r"[^\W\d][\w$]*")
_OPENS: Final = frozenset({"(", "[", "{", "${"})
_CLOSES: Final = frozenset(")]}")
_ANGLES: Final = frozenset({">", ">>", ">>>"})


class Angles(NamedTuple):
    """Where they begin and end, in bytes, and the names between them."""

    start: int
    end: int
    names: frozenset[str]


def type_arguments_read_as_comparisons(syntax: Syntax) -> Iterator[Angles]:
    """As TypeScript would read them; before a `(` a JavaScript programmer may mean the comparisons."""
    if _CANDIDATE.search(syntax.source) is None:
        return
    leaves = [node for node in walk(syntax.root) if not node.child_count]
    for at, node in enumerate(leaves[:-1]):
        if leaves[at + 1].type in ("`", "(") and node.type in _ANGLES and _is_operator(node):
            opening = _opening(leaves, at)
            if opening is not None and _are_types(syntax.source[opening.start_byte : node.end_byte]):
                is_template = leaves[at + 1].type == "`"
                between = syntax.source[opening.end_byte : node.end_byte].decode()
                yield Angles(
                    opening.start_byte, node.end_byte, frozenset() if is_template else frozenset(_NAME.findall(between))
                )


def _is_operator(node: Node) -> bool:
    return node.parent is not None and node.parent.type == "binary_expression"


def _opening(leaves: Sequence[Node], at: int) -> Node | None:
    """The `<` that belongs to the `>` there."""
    angles = len(leaves[at].type)
    brackets = 0
    for node in reversed(leaves[:at]):
        if node.type in _CLOSES:
            brackets += 1
        elif node.type in _OPENS:
            brackets -= 1
            if brackets < 0:
                return None
        elif brackets == 0 and node.type in _ANGLES:
            angles += len(node.type)
        elif brackets == 0 and node.type == "<":
            angles -= 1
            if angles == 0:
                return node
    return None


def _are_types(angled: bytes) -> bool:
    return parse(f"type X = Y{angled.decode()};").is_valid
