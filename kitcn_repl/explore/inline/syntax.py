"""The TypeScript grammar, imported only when a text needs it (about 20 ms)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Parser, Tree

# What the grammar does not know or reads as something else, and a name of the same length instead.
_DEEP_NAME = re.compile(
    rb"(?<=[ \t\n\r])(?:as|satisfies)[ \t\n\r]+[\w$\x80-\xff]+(?:[ \t]*\.[ \t]*[\w$\x80-\xff]+){2,}"
)
_DOT = re.compile(rb"[ \t]*\.[ \t]*")
_IMPORTED = re.compile(rb"(?<![\w$.])import[ \t]*\([ \t]*(?:'[^'\"\n\r]*'|\"[^'\"\n\r]*\")[ \t]*\)")
_NO_NAME = re.compile(rb"[^\w\x80-\xff]")

_BRACKET_IN_NEW_LINE = re.compile(rb"[ \t]*[\n\r]\s*\[")


@cache
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_typescript

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_typescript.language_typescript()))


def has_grammar() -> bool:
    """Whether the grammar is installed: not every platform has a wheel of it."""
    try:
        _parser()
    except ImportError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Syntax:
    """A parsed text. Offsets of nodes are bytes of `source`; `characters` turns them into characters."""

    source: bytes
    tree: Tree
    characters: list[int] | None

    @property
    def root(self) -> Node:
        return self.tree.root_node

    @property
    def is_valid(self) -> bool:
        return not self.tree.root_node.has_error and not self._reads_on()

    def _reads_on(self) -> bool:
        """Whether the grammar took `[` in a new line for part of a type, where TypeScript ends the statement."""
        if _BRACKET_IN_NEW_LINE.search(self.source) is None:
            return False
        return any(
            node.type in ("array_type", "lookup_type")
            and _BRACKET_IN_NEW_LINE.match(self.source, node.children[0].end_byte)
            for node in walk(self.root)
        )

    def character(self, offset: int) -> int:
        return offset if self.characters is None else self.characters[offset]

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode()

    def statements(self) -> list[Node]:
        return [child for child in self.root.children if child.type not in ("comment", "empty_statement", ";")]


def parse(text: str) -> Syntax:
    source = text.encode()
    tree = _parser().parse(_spelled_for_grammar(source))
    return Syntax(source, tree, None if text.isascii() else _character_offsets(text, len(source)))


def _spelled_for_grammar(source: bytes) -> bytes:
    """`x as A.B.C` is `(x as A.B).C` to the grammar, and `import("x").T` is no type."""
    source = _DEEP_NAME.sub(lambda name: _DOT.sub(lambda dot: b"_" * len(dot[0]), name[0]), source)
    return _IMPORTED.sub(lambda match: _NO_NAME.sub(b"_", match[0]), source)


def _character_offsets(text: str, size: int) -> list[int]:
    offsets = [0] * (size + 1)
    position = 0
    for index, character in enumerate(text):
        width = len(character.encode())
        offsets[position : position + width] = [index] * width
        position += width
    offsets[size] = len(text)
    return offsets


def walk(root: Node) -> Iterator[Node]:
    """Every node, parents first, in the order of the text. Without recursion: chains of calls nest deeply."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def token(node: Node, *types: str) -> Node | None:
    """The first anonymous child (a keyword or punctuation) of one of these types."""
    return next((child for child in node.children if not child.is_named and child.type in types), None)


def child_of(node: Node, *types: str) -> Node | None:
    return next((child for child in node.children if child.type in types), None)
