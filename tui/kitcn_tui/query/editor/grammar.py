"""Colours by the TypeScript grammar. An edit is parsed incrementally, and only lines that are shown are asked for."""

from __future__ import annotations

from functools import cache
from typing import cast

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree
from tree_sitter_typescript import language_typescript

from kitcn_tui.query.editor.highlighter import Kind, Span

# In this order they lie over each other.
_QUERY = """
(property_identifier) @property
(shorthand_property_identifier) @property
(arrow_function parameter: (identifier) @parameter)
(required_parameter pattern: (identifier) @parameter)
(call_expression function: (identifier) @function)
(function_declaration name: (identifier) @function)
(variable_declarator name: (identifier) @function value: [(arrow_function) (function_expression)])
(call_expression function: (member_expression property: (property_identifier) @method))
((identifier) @builtin (#eq? @builtin "ctx"))
(type_identifier) @type
(predefined_type) @type
[(true) (false) (null) (undefined)] @constant
(number) @number
(string) @string
(regex) @string
(template_string "`" @string)
(string_fragment) @string
(escape_sequence) @constant
(comment) @comment
["." "," ";" ":" "(" ")" "[" "]" "{" "}" "${"] @punctuation
["-" "+" "*" "**" "/" "%" "<" "<=" "<<" "=" "==" "===" "!" "!=" "!==" "=>" ">" ">=" ">>" ">>>" "~" "^" "&" "|" "&&" "||"
 "??" "?." "..." "+=" "-=" "*=" "/=" "??=" "||=" "&&=" "++" "--" "?"] @operator
["as" "async" "await" "break" "case" "catch" "class" "const" "continue" "debugger" "default" "delete" "do" "else"
 "export" "extends" "finally" "for" "from" "function" "if" "import" "in" "instanceof" "interface" "let" "new" "of"
 "return" "satisfies" "switch" "throw" "try" "type" "typeof" "var" "void" "while" "yield"] @keyword
[(this) (super)] @keyword
"""


@cache
def _language() -> Language:
    return Language(language_typescript())


@cache
def _query() -> Query:
    return Query(_language(), _QUERY)


class Grammar:
    """Syntax by tree-sitter."""

    follows_edits = True

    def __init__(self) -> None:
        self._parser = Parser(_language())
        self._query = _query()
        self._source = b""
        self._lines = [""]
        self._tree = self._parser.parse(b"")

    def update(self, text: str) -> None:
        source = text.encode("utf-8", "replace")
        if source == self._source:
            return
        _tell_edit(self._tree, self._source, source)
        self._tree = self._parser.parse(source, self._tree)
        self._source = source
        self._lines = text.split("\n")

    def spans(self, first: int, last: int) -> dict[int, list[Span]]:
        cursor = QueryCursor(self._query)
        cursor.set_point_range((max(first, 0), 0), (last, 0))
        found: dict[int, list[Span]] = {}
        for _, captures in cursor.matches(self._tree.root_node):
            for kind, nodes in captures.items():
                for node in nodes:
                    self._add(found, node, cast(Kind, kind), first, last)
        for spans in found.values():
            spans.sort(key=lambda span: _RANK[span.kind])
        return found

    def _add(self, found: dict[int, list[Span]], node: Node, kind: Kind, first: int, last: int) -> None:
        (top, left), (bottom, right) = node.start_point, node.end_point
        if top == bottom and first <= top < min(last, len(self._lines)):
            found.setdefault(top, []).append(Span(self._column(top, left), self._column(top, right), kind))
            return
        for line in range(max(top, first), min(bottom, last - 1) + 1):
            if line >= len(self._lines):
                break
            start = self._column(line, left) if line == top else 0
            end = self._column(line, right) if line == bottom else None
            found.setdefault(line, []).append(Span(start, end, kind))

    def _column(self, line: int, offset: int) -> int:
        text = self._lines[line]
        if text.isascii():
            return offset
        return len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore"))


_RANK: dict[Kind, int] = {
    "punctuation": 0, "operator": 0, "property": 1, "parameter": 1, "type": 1, "builtin": 2, "function": 3, "method": 3,
    "keyword": 4, "number": 4, "string": 4, "constant": 5, "comment": 6,
}  # fmt: skip


def _tell_edit(tree: Tree, old: bytes, new: bytes) -> None:
    """What lies between the common beginning and the common end of both is the edit."""
    shorter = min(len(old), len(new))
    start = _common(old, new, shorter)
    end = _common_end(old, new, shorter - start)
    old_end, new_end = len(old) - end, len(new) - end
    tree.edit(
        start_byte=start,
        old_end_byte=old_end,
        new_end_byte=new_end,
        start_point=_point(old, start),
        old_end_point=_point(old, old_end),
        new_end_point=_point(new, new_end),
    )


def _common(old: bytes, new: bytes, most: int) -> int:
    """How many first bytes are equal; halving, since comparing slices is fast and a loop over bytes is not."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(old: bytes, new: bytes, most: int) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if old[len(old) - middle : len(old) - low] == new[len(new) - middle : len(new) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _point(source: bytes, offset: int) -> tuple[int, int]:
    return source.count(b"\n", 0, offset), offset - (source.rfind(b"\n", 0, offset) + 1)
