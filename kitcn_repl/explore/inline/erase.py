"""TypeScript to JavaScript by blanking: what is a type becomes spaces, every other token keeps its line and column.

The few characters that are written instead of blanked (a `;` or a moved parenthesis) keep JavaScript's automatic
semicolons from reading two statements as one after a type between them has gone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.inline.angles import type_arguments_read_as_comparisons
from kitcn_repl.explore.inline.names import declared_names
from kitcn_repl.explore.inline.syntax import Syntax, child_of, token

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

_NOT_NEWLINE = re.compile(r"[^\n\r\u2028\u2029]")
_NEWLINE = re.compile(rb"[\n\r]|\xe2\x80[\xa8\xa9]")
_BLANKS_AND_COMMENTS = re.compile(r"(?:\s|\ufeff|//[^\n\r\u2028\u2029]*|/\*.*?\*/)*", re.DOTALL)

_TYPE_PARTS = frozenset(
    {
        "accessibility_modifier",
        "asserts_annotation",
        "implements_clause",
        "override_modifier",
        "type_annotation",
        "type_parameters",
        "type_predicate_annotation",
    }
)
_TYPE_STATEMENTS = frozenset(
    {"ambient_declaration", "function_signature", "interface_declaration", "type_alias_declaration"}
)
_TYPE_MEMBERS = frozenset({"abstract_method_signature", "index_signature", "method_signature"})
_NAMESPACES = frozenset({"internal_module", "module"})

# What continues the statement before it when it stands at the start of a line.
_CONTINUES_STATEMENT = frozenset("([`+-/*")
_CONTINUES_MEMBER = frozenset("([*")
_NAMES_THAT_MODIFY = frozenset({b"get", b"set", b"static", b"async", b"accessor"})


def erase_types(syntax: Syntax, declared: frozenset[str] = frozenset()) -> str:
    """The text without its types, as long as before.

    `declared` names values from outside the text. Raises UsageError for what needs compiling: enums, namespaces with
    values, parameter properties, decorators. The text must have parsed without errors.
    """
    return _Eraser(syntax, declared).run()


class _Eraser:
    def __init__(self, syntax: Syntax, declared: frozenset[str]) -> None:
        self._syntax = syntax
        self._source = syntax.source
        self._declared = declared
        self._values: frozenset[str] | None = None
        self._blanks: list[tuple[int, int]] = []
        self._puts: list[tuple[int, str]] = []
        # (start, end, characters that would continue what stands before): a `;` is put at start if needed.
        self._hazards: list[tuple[int, int, frozenset[str]]] = []
        self._handlers: dict[str, Callable[[Node], bool]] = {
            "abstract_class_declaration": self._abstract_class,
            "arrow_function": self._arrow_function,
            "as_expression": self._cast,
            "decorator": self._decorator,
            "enum_declaration": self._enum,
            "export_specifier": self._specifier,
            "export_statement": self._export,
            "expression_statement": self._expression_statement,
            "import_alias": self._import_alias,
            "import_require_clause": self._import_alias,
            "import_specifier": self._specifier,
            "import_statement": self._import,
            "internal_module": self._namespace,
            "method_definition": self._member,
            "module": self._namespace,
            "non_null_expression": self._non_null,
            "optional_parameter": self._parameter,
            "public_field_definition": self._member,
            "required_parameter": self._parameter,
            "satisfies_expression": self._cast,
            "type_arguments": self._type_arguments,
            "type_assertion": self._type_assertion,
            "variable_declarator": self._declarator,
        }

    def run(self) -> str:
        stack = [self._syntax.root]
        while stack:
            node = stack.pop()
            if self._visit(node):
                stack.extend(reversed(node.children))
        for start, end, names in type_arguments_read_as_comparisons(self._syntax):
            if not names or names.isdisjoint(self._declared_values()):
                self._blanks.append((start, end))
        return self._apply()

    def _visit(self, node: Node) -> bool:
        """Record what goes; say whether to look inside."""
        kind = node.type
        if not node.is_named:
            return False
        if kind in _TYPE_PARTS:
            self._blank(node)
            return False
        if kind in _TYPE_STATEMENTS:
            self._drop(node, _CONTINUES_STATEMENT)
            return False
        if kind in _TYPE_MEMBERS:
            self._drop(node, _CONTINUES_MEMBER)
            return False
        handler = self._handlers.get(kind)
        return handler(node) if handler else True

    # Recording

    def _blank(self, node: Node) -> None:
        self._blanks.append((node.start_byte, node.end_byte))

    def _drop(self, node: Node, continues: frozenset[str]) -> None:
        self._blank(node)
        self._hazards.append((node.start_byte, node.end_byte, continues))

    def _refuse(self, node: Node, construct: str, advice: str) -> UsageError:
        # Rows of the tree count only \n, as editors do.
        return UsageError(
            f"Line {node.start_point.row + 1}: {construct} cannot be erased; an inline query runs as JavaScript.",
            hint=advice,
        )

    def _has_newline(self, start: int, end: int) -> bool:
        return _NEWLINE.search(self._source, start, end) is not None

    # Statements

    def _import(self, node: Node) -> bool:
        if token(node, "type"):
            self._drop(node, _CONTINUES_STATEMENT)
            return False
        return True

    def _export(self, node: Node) -> bool:
        declaration = node.child_by_field_name("declaration")
        if token(node, "type") or (declaration is not None and self._is_type_only(declaration)):
            self._drop(node, _CONTINUES_STATEMENT)
            return False
        if token(node, "="):
            raise self._refuse(node, "`export =`", "Use `export default`.")
        return True

    def _expression_statement(self, node: Node) -> bool:
        inner = node.named_child(0)
        if inner is not None and inner.type in _NAMESPACES and self._is_type_only(inner):
            self._drop(node, _CONTINUES_STATEMENT)
            return False
        return True

    def _namespace(self, node: Node) -> bool:
        if self._is_type_only(node):
            self._drop(node, _CONTINUES_STATEMENT)
            return False
        raise self._refuse(node, "a namespace that holds values", "Use an object or plain functions.")

    def _is_type_only(self, node: Node) -> bool:
        if node.type in _TYPE_STATEMENTS:
            return True
        if node.type == "export_statement":
            declaration = node.child_by_field_name("declaration")
            return token(node, "type") is not None or (declaration is not None and self._is_type_only(declaration))
        if node.type == "expression_statement":
            inner = node.named_child(0)
            return inner is not None and self._is_type_only(inner)
        if node.type in _NAMESPACES:
            body = node.child_by_field_name("body")
            statements = [] if body is None else body.named_children
            return all(
                child.type in ("comment", "empty_statement") or self._is_type_only(child) for child in statements
            )
        return False

    def _enum(self, node: Node) -> bool:
        raise self._refuse(node, "an enum", "Use an object: `const Name = { A: 0 }`.")

    def _import_alias(self, node: Node) -> bool:
        raise self._refuse(node, "`import x = ...`", "Use `const x = ...`.")

    def _decorator(self, node: Node) -> bool:
        raise self._refuse(node, "a decorator", "Call the function instead.")

    def _specifier(self, node: Node) -> bool:
        if not token(node, "type"):
            return True
        comma = node.next_sibling
        end = comma.end_byte if comma is not None and comma.type == "," else node.end_byte
        self._blanks.append((node.start_byte, end))
        return False

    def _declarator(self, node: Node) -> bool:
        mark = token(node, "!")
        if mark is not None:
            self._blank(mark)
        return True

    # Classes

    def _abstract_class(self, node: Node) -> bool:
        modifier = token(node, "abstract")
        if modifier is not None:
            self._blank(modifier)
        return True

    def _member(self, node: Node) -> bool:
        if node.type == "public_field_definition" and token(node, "declare", "abstract"):
            self._drop(node, _CONTINUES_MEMBER)
            return False
        modifiers = [
            child
            for child in node.children
            if child.type in ("accessibility_modifier", "override_modifier")
            or (child.type == "readonly" and not child.is_named)
        ]
        for child in modifiers:
            self._blanks.append((child.start_byte, child.end_byte))
        if modifiers and modifiers[0].start_byte == node.start_byte:
            self._hazards.append((node.start_byte, modifiers[-1].end_byte, _CONTINUES_MEMBER))
        for child in node.children:
            if not child.is_named and child.type in ("?", "!"):
                self._blank(child)
        self._end_field(node)
        return True

    def _end_field(self, node: Node) -> None:
        """`get: T` would become `get`, a modifier of what follows."""
        annotation = child_of(node, "type_annotation")
        name = node.child_by_field_name("name")
        if annotation is None or name is None or node.type != "public_field_definition":
            return
        follower = node.next_sibling
        if (
            node.child_by_field_name("value") is None
            and name.text in _NAMES_THAT_MODIFY
            and (follower is None or follower.type not in (";", "}"))
        ):
            self._puts.append((annotation.start_byte, ";"))

    # Functions

    def _parameter(self, node: Node) -> bool:
        pattern = node.child_by_field_name("pattern")
        if child_of(node, "accessibility_modifier", "override_modifier") or token(node, "readonly"):
            raise self._refuse(
                node, "a parameter property", "Declare the field and assign it in the constructor's body."
            )
        if pattern is not None and pattern.type == "this":
            comma = node.next_sibling
            end = comma.end_byte if comma is not None and comma.type == "," else node.end_byte
            self._blanks.append((node.start_byte, end))
            return False
        mark = token(node, "?")
        if mark is not None:
            self._blank(mark)
        return True

    def _arrow_function(self, node: Node) -> bool:
        """A newline may stand neither between `async` and `(`, nor between `)` and `=>`: the parenthesis moves."""
        parameters = node.child_by_field_name("parameters")
        generics = node.child_by_field_name("type_parameters")
        returns = node.child_by_field_name("return_type")
        if parameters is None:
            return True
        if generics is not None and self._has_newline(generics.start_byte, parameters.start_byte):
            self._blanks.append((parameters.start_byte, parameters.start_byte + 1))
            self._puts.append((generics.start_byte, "("))
        if returns is not None and self._has_newline(parameters.end_byte, returns.end_byte):
            self._blanks.append((parameters.end_byte - 1, parameters.end_byte))
            self._puts.append((returns.end_byte - 1, ")"))
        return True

    # Expressions

    def _cast(self, node: Node) -> bool:
        keyword = token(node, "as", "satisfies")
        if keyword is not None:
            self._blanks.append((keyword.start_byte, node.end_byte))
            self._hazards.append((keyword.start_byte, node.end_byte, frozenset("([`")))
        return True

    def _non_null(self, node: Node) -> bool:
        self._blank(node.children[-1])
        return True

    def _type_assertion(self, node: Node) -> bool:
        generics = child_of(node, "type_arguments")
        if generics is not None:
            if self._has_newline(generics.start_byte, node.children[1].start_byte):
                raise self._refuse(node, "a type assertion `<T>x` over several lines", "Write `x as T`.")
            self._blank(generics)
        return True

    def _type_arguments(self, node: Node) -> bool:
        if not self._is_comparison(node):
            self._blank(node)
        return False

    def _is_comparison(self, node: Node) -> bool:
        """`f(a < b, c > (d))` is a call with type arguments to TypeScript; to JavaScript it is two comparisons.

        It means what JavaScript says when a name between the angles is a value that the text declares.
        """
        if node.parent is None or node.parent.type != "call_expression":
            return False
        arguments = node.named_children
        if not all(child.type in ("type_identifier", "nested_type_identifier") for child in arguments):
            return False
        return any(self._syntax.text(child).split(".")[0] in self._declared_values() for child in arguments)

    def _declared_values(self) -> frozenset[str]:
        if self._values is None:
            self._values = self._declared | declared_names(self._syntax)
        return self._values

    # Writing

    def _apply(self) -> str:
        text = self._source.decode()
        if not self._blanks:
            return text
        character = self._syntax.character
        pieces: list[str] = []
        position = 0
        for start, end in sorted((character(start), character(end)) for start, end in self._blanks):
            if end <= position:
                continue
            begin = max(start, position)
            pieces.append(text[position:begin])
            pieces.append(_NOT_NEWLINE.sub(" ", text[begin:end]))
            position = end
        pieces.append(text[position:])
        characters = list("".join(pieces))
        for offset, mark in self._puts:
            characters[character(offset)] = mark
        erased = "".join(characters)
        for start, end, continues in self._hazards:
            if _continues(erased, character(end), continues):
                characters[character(start)] = ";"
        return "".join(characters)


def _continues(erased: str, end: int, continues: frozenset[str]) -> bool:
    """Whether what follows would be read as part of what stands before. A `;` too many does no harm there."""
    skipped = _BLANKS_AND_COMMENTS.match(erased, end)
    follower = skipped.end() if skipped else end
    return follower < len(erased) and erased[follower] in continues
