"""A user's text to a query module: expression, statements, or a whole module."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.errors import UsageError
from kitcn_repl.explore.inline.arguments import constants
from kitcn_repl.explore.inline.envelope import MEASURING, PLAIN_IMPORT, WRAPPERS
from kitcn_repl.explore.inline.plain import is_plain_expression
from kitcn_repl.explore.inline.source_map import source_map, split_lines, utf16_length
from kitcn_repl.values import JsonValue

if TYPE_CHECKING:
    from tree_sitter import Node

    from kitcn_repl.explore.inline.syntax import Syntax

Form = Literal["expression", "statements", "module"]

# What JavaScript's `trim` removes.
_BLANK = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_STATEMENT_WORD = re.compile(r"(const|let|var|if|for|while|switch|try|throw|return)\b")
_DECLARATION_WORD = re.compile(r"(function|class|async[ \t]+function)\b")
_QUERY_CALL = re.compile(r"\b(?:query|internalQuery)\s*\(")


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A module to run, and how it came about.

    `text` is the user's own, `first_line` the line of the module where it starts (from 1). `split` is the place
    (line of the text from 1, UTF-16 column from 0) where the module goes on in a new line, `returns_nothing` is set for
    statements that neither end in an expression nor hold a `return`.
    """

    text: str
    form: Form
    module: QueryModule
    first_line: int
    split: tuple[int, int] | None = None
    returns_nothing: bool = False
    is_valid: bool = True

    def position(self, module_line: int, module_column: int) -> tuple[int, int] | None:
        """A place in the module to the place in the text, both from 1; None where the module's frame is meant.

        What lies behind the text is taken for its end: that is where a missing bracket is noticed.
        """
        line = module_line - self.first_line + 1
        if line < 1:
            return None
        if self.split is not None:
            split_line, split_column = self.split
            if line == split_line:
                module_column = min(module_column, split_column + 1)
            elif line > split_line:
                line -= 1
        lines = split_lines(self.text.rstrip(_BLANK))
        if line > len(lines):
            return len(lines), utf16_length(lines[-1]) + 1
        return line, min(module_column, utf16_length(lines[line - 1]) + 1)


class _Body(NamedTuple):
    """The text as it goes into the module; `split` is the character where the last expression starts."""

    form: Form
    text: str
    split: int | None = None
    split_end: int = 0
    returns_nothing: bool = False
    is_valid: bool = True


def compile_query(text: str, *, args: Mapping[str, JsonValue] | None = None, measure: bool = True) -> CompiledQuery:
    """Decide the form, erase types, bind arguments, and wrap. Raises UsageError; a text that does not parse goes on
    unchanged, since the server explains it best."""
    if not text.strip(_BLANK):
        raise UsageError("`--inline-query` must not be empty.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError("The inline query is not valid Unicode text.") from None
    arguments = args or {}
    declarations = constants(arguments)
    body = _body(text, arguments)
    is_bare = body.form == "module" and WRAPPERS in body.text
    imports = "" if is_bare else MEASURING if measure else PLAIN_IMPORT
    head, tail = _frame(body.form)
    lead = "".join(f"{part}\n" for part in (imports, declarations, head) if part)
    source = f"{lead}{_split(body)}\n{tail}"
    first_line = lead.count("\n") + 1
    return CompiledQuery(
        text=text,
        form=body.form,
        module=QueryModule(source=source, source_map=_map(text, body, first_line)),
        first_line=first_line,
        split=None if body.split is None else _place(body.text, body.split),
        returns_nothing=body.returns_nothing,
        is_valid=body.is_valid,
    )


def _frame(form: Form) -> tuple[str, str]:
    if form == "module":
        return "", ""
    if form == "statements":
        return "export default query({ handler: async (ctx) => {", "} });\n"
    return "export default query({ handler: async (ctx) => { return (", "); } });\n"


def _split(body: _Body) -> str:
    """The last expression gets its `return (`; a new line and blanks keep its column."""
    if body.split is None:
        return body.text
    _, column = _place(body.text, body.split)
    before, expression, after = (
        body.text[: body.split],
        body.text[body.split : body.split_end],
        body.text[body.split_end :],
    )
    return f"{before}return (\n{' ' * column}{expression}){after}"


def _place(text: str, offset: int) -> tuple[int, int]:
    lines = split_lines(text[:offset])
    return len(lines), utf16_length(lines[-1])


def _map(text: str, body: _Body, first_line: int) -> str:
    lines = split_lines(body.text)
    if body.split is None:
        return source_map(text, [(first_line + index, index + 1, line) for index, line in enumerate(lines)])
    split_line, _ = _place(body.text, body.split)
    cut = len(split_lines(body.text[: body.split])[-1])
    last = lines[split_line - 1]
    generated = [(first_line + index, index + 1, line) for index, line in enumerate(lines[: split_line - 1])]
    generated.append((first_line + split_line - 1, split_line, last[:cut]))
    generated.append((first_line + split_line, split_line, _blanked(last[:cut]) + last[cut:]))
    generated += [
        (first_line + index + 1, index + 1, line) for index, line in enumerate(lines[split_line:], start=split_line)
    ]
    return source_map(text, generated)


def _blanked(text: str) -> str:
    return " " * utf16_length(text)


def _body(text: str, arguments: Mapping[str, JsonValue]) -> _Body:
    trimmed = text.strip(_BLANK)
    may_be_module = "export default" in text and _QUERY_CALL.search(text) is not None
    if not may_be_module and is_plain_expression(trimmed):
        return _Body("expression", _without_end(text))
    from kitcn_repl.explore.inline.syntax import has_grammar, parse

    if not has_grammar():
        return _unparsed(text, trimmed, may_be_module)._replace(is_valid=True)
    if not may_be_module and not _is_statement(trimmed):
        # In parentheses `{a: 1}` is an object and `a\nb` no expression. The break ends a comment.
        syntax = parse(f"({_without_end(text)}\n)")
        if _is_one_expression(syntax):
            return _Body("expression", _erase(syntax, arguments)[1:-2])
    syntax = parse(text)
    statements = syntax.statements()
    is_misread = any(
        node.type == "expression_statement" and _is_misread(syntax, node.children[0]) for node in statements
    )
    if is_misread or not syntax.is_valid:
        return _unparsed(text, trimmed, may_be_module)
    if may_be_module and any(node.type == "export_statement" for node in statements):
        _refuse_clashes(syntax, statements, arguments)
        return _Body("module", _erase(syntax, arguments))
    return _statements(text, syntax, statements, arguments)


def _is_statement(trimmed: str) -> bool:
    """A declaration is an expression in a single line, as for the genuine CLI; in several, a `(` may follow it."""
    if _STATEMENT_WORD.match(trimmed):
        return True
    return "\n" in trimmed and _DECLARATION_WORD.match(trimmed) is not None


def _is_one_expression(syntax: Syntax) -> bool:
    if not syntax.is_valid:
        return False
    statements = syntax.statements()
    if len(statements) != 1 or statements[0].type != "expression_statement":
        return False
    inner = statements[0].named_child(0)
    if inner is None or inner.type != "parenthesized_expression" or inner.end_byte != len(syntax.source):
        return False
    held = next((child for child in inner.named_children if child.type != "comment"), None)
    return inner.start_byte == 0 and held is not None and not _is_misread(syntax, held)


def _is_misread(syntax: Syntax, expression: Node) -> bool:
    """The grammar takes `{ a }` and a bracket in the next line for an object that is called; it is two statements."""
    if syntax.source[expression.start_byte : expression.start_byte + 1] != b"{":
        return False
    return expression.type not in ("object", "as_expression", "satisfies_expression", "member_expression")


def _statements(text: str, syntax: Syntax, statements: list[Node], arguments: Mapping[str, JsonValue]) -> _Body:
    _refuse_clashes(syntax, statements, arguments)
    erased = _erase(syntax, arguments)
    last = statements[-1] if statements else None
    expression = last.named_child(0) if last is not None and last.type == "expression_statement" else None
    if expression is None or expression.type in ("internal_module", "module"):
        return _Body("statements", erased, returns_nothing=not _returns(syntax))
    start, end = syntax.character(expression.start_byte), syntax.character(expression.end_byte)
    if len(statements) == 1:
        return _Body("expression", _without_semicolons(syntax, erased))
    return _Body("statements", erased, split=start, split_end=end)


def _without_semicolons(syntax: Syntax, text: str) -> str:
    """One expression statement to an expression; its comments stay."""
    characters = list(text)
    for node in syntax.root.children:
        for mark in (node, *node.children):
            if mark.type == ";":
                characters[syntax.character(mark.start_byte)] = " "
    return "".join(characters)


def _erase(syntax: Syntax, arguments: Mapping[str, JsonValue]) -> str:
    from kitcn_repl.explore.inline.erase import erase_types

    return erase_types(syntax, frozenset(arguments) | {"ctx"})


def _returns(syntax: Syntax) -> bool:
    """Whether the statements themselves return, not only a function in them."""
    stack = [syntax.root]
    while stack:
        node = stack.pop()
        if node.type == "return_statement":
            return True
        if "function" not in node.type and node.type not in ("method_definition", "class_body"):
            stack.extend(node.children)
    return False


def _refuse_clashes(syntax: Syntax, statements: list[Node], arguments: Mapping[str, JsonValue]) -> None:
    if not arguments:
        return
    from kitcn_repl.explore.inline.names import declared_at_top

    for name, node in declared_at_top(syntax, statements):
        if name in arguments:
            raise UsageError(
                f"Line {node.start_point.row + 1}: the query declares {json.dumps(name)}, which is also an argument.",
                hint="Rename one of them.",
            )


def _unparsed(text: str, trimmed: str, may_be_module: bool) -> _Body:
    """What the genuine CLI would send: it looks at the first word and for line breaks only."""
    if may_be_module:
        return _Body("module", text, is_valid=False)
    if "\n" in trimmed or _STATEMENT_WORD.match(trimmed):
        return _Body("statements", text, is_valid=False)
    return _Body("expression", _without_end(text), is_valid=False)


def _without_end(text: str) -> str:
    end = len(text.rstrip(_BLANK))
    return f"{text[: end - 1]} {text[end:]}" if text[end - 1] == ";" else text
