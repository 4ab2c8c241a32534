"""TypeScript text to syntax trees, with what of a broken file can be read."""

from __future__ import annotations

import re
import warnings
from bisect import bisect_right
from functools import cache
from time import monotonic

import tree_sitter
import tree_sitter_typescript
from tree_sitter import Node, Parser

from kitcn_repl.schema.model import Place, Problem

_PARSE_LIMIT_S = 5.0
_MOST_FAULTS = 20
_STATEMENT_START = re.compile(
    rb"^(?:export|import|const|let|var|async|function|enum|class|abstract|interface|type|declare|namespace)\b",
    re.MULTILINE,
)
_MOST_PIECES = 2_000


class ParseError(Exception):
    """The text is beyond parsing in a reasonable time."""


class Source:
    """A parsed file. `statements` are those of its top level; `faults` are the places that are no TypeScript."""

    __slots__ = ("_lines", "data", "faults", "name", "statements")

    def __init__(self, name: str, data: bytes, roots: list[Node]) -> None:
        self.name = name
        self.data = data
        self._lines: list[int] | None = None
        self.statements = [node for root in roots for node in _statements(root)]
        self.faults = self._faults(roots)

    def text(self, node: Node) -> str:
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def place(self, node: Node) -> Place:
        return Place(self.name, self.line_at(node.start_byte))

    def line_at(self, offset: int) -> int:
        # Nodes know their line too, but five times as slowly.
        if self._lines is None:
            self._lines = [found.end() for found in re.finditer(rb"\n", self.data)]
        return bisect_right(self._lines, offset) + 1

    def _faults(self, roots: list[Node]) -> list[Problem]:
        found: dict[int, Problem] = {}
        stack = [root for root in reversed(roots) if root.has_error]
        while stack and len(found) < _MOST_FAULTS:
            node = stack.pop()
            if node.is_missing:
                message = f"Syntax error: “{node.type}” is missing."
            elif node.is_error:
                message = "Syntax error: this cannot be read as TypeScript."
            else:
                stack.extend(child for child in reversed(node.children) if child.has_error or child.is_missing)
                continue
            # What is missing at the end of a statement is missing where its text ends, not on a later empty line.
            line = self.line_at(len(self.data[: node.start_byte + (not node.is_missing)].rstrip()) - 1)
            found.setdefault(line, Problem(message, Place(self.name, line)))
        return list(found.values())


def parse(name: str, data: bytes, *, tsx: bool = False) -> Source:
    """A file's syntax. What follows a broken statement is read all the same. Raises ParseError."""
    deadline = monotonic() + _PARSE_LIMIT_S
    root = _root(_parser(tsx), data)
    if not root.has_error:
        return Source(name, data, [root])
    if root.is_error:
        return Source(name, data, _pieces(data, [root], tsx, deadline))
    roots: list[Node] = []
    broken: list[Node] = []
    for node in root.children:
        if node.has_error or node.is_missing:
            broken.append(node)
        else:
            roots += _pieces(data, broken, tsx, deadline)
            roots.append(node)
            broken = []
    return Source(name, data, roots + _pieces(data, broken, tsx, deadline))


def children(node: Node) -> list[Node]:
    """The named children of a node, without comments."""
    return [child for child in node.children if child.is_named and child.type != "comment"]


def has_token(node: Node, token: str) -> bool:
    """Whether a keyword or sign stands directly in a node."""
    return any(child.type == token for child in node.children)


def _statements(root: Node) -> list[Node]:
    """The statements of a program, of a piece of one, or of text that makes no sense as a whole."""
    if root.type == "program":
        return [node for child in root.children for node in _statements(child)]
    if root.is_error:
        return [child for child in root.children if child.is_named]
    return [root] if root.is_named and root.type != "comment" else []


def _parser(tsx: bool) -> Parser:
    # One for each text: a parser is not made for several threads.
    with warnings.catch_warnings():
        # The successor of `timeout_micros`, `progress_callback`, crashes the interpreter in 0.25.
        warnings.simplefilter("ignore", DeprecationWarning)
        return Parser(_language(tsx), timeout_micros=int(_PARSE_LIMIT_S * 1e6))


@cache
def _language(tsx: bool) -> tree_sitter.Language:
    grammar = tree_sitter_typescript.language_tsx() if tsx else tree_sitter_typescript.language_typescript()
    return tree_sitter.Language(grammar)


def _root(parser: Parser, data: bytes) -> Node:
    try:
        tree = parser.parse(data)
    except ValueError:
        tree = None
    if tree is None:
        raise ParseError
    return tree.root_node


def _pieces(data: bytes, broken: list[Node], tsx: bool, deadline: float) -> list[Node]:
    """Neighbouring nodes with faults; if statements seem to start in them, each of those parsed alone instead.

    For a fault takes what follows with it: with a bracket open, all the rest of a file is one statement.
    """
    if not broken:
        return []
    first, last = broken[0].start_byte, broken[-1].end_byte
    found = (match.start() for match in _STATEMENT_START.finditer(data, first, last))
    starts = [start for start in found if start != first][:_MOST_PIECES]
    if not starts:
        return broken
    parser = _parser(tsx)
    roots = []
    line = data.count(b"\n", 0, first)
    for start, end in zip([first, *starts], [*starts, last], strict=True):
        lines = data.count(b"\n", start, end)
        column, end_column = (at - data.rfind(b"\n", 0, at) - 1 for at in (start, end))
        parser.included_ranges = [tree_sitter.Range((line, column), (line + lines, end_column), start, end)]
        roots.append(_root(parser, data))
        if monotonic() > deadline:
            return broken
        line += lines
    return roots
