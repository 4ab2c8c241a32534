"""What a file declares, imports and exports, told from its syntax alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tree_sitter import Node

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.literals import unescape
from kitcn_repl.schema.source.syntax import Source, children, has_token

DEFAULT = "*default*"
"""The name under which a file holds `export default` of an expression; no identifier looks like it."""

_ERASED = frozenset(
    (
        "type_alias_declaration",
        "interface_declaration",
        "ambient_declaration",
        "function_signature",
        "empty_statement",
        "hash_bang_line",
        "comment",
        "debugger_statement",
        "module",
    )
)
_FUNCTIONS = ("function_declaration", "generator_function_declaration")
_CLASSES = ("class_declaration", "abstract_class_declaration")
_FUNCTION_VALUES = ("arrow_function", "function_expression")
_CHANGES = re.compile(
    rb"\b([A-Za-z_$][\w$]*)(?:\.[\w$]+|\[[^\]\n]*\])*\s*(?:(?:[-+*/|&?]{0,2}=)(?![=>])|\.(?:push|unshift|set|add)\()"
    rb"|\bObject\.assign\(\s*([A-Za-z_$][\w$]*)"
)
"""Text that assigns to something or adds to it; the name that it starts with."""
_WORDS = re.compile(r"[A-Za-z_$][\w$]*")
_COMMONJS = re.compile(rb"\bmodule\.exports\b|^exports\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Import:
    """`name` of a file or package; None for its namespace."""

    specifier: str
    name: str | None
    place: Place


@dataclass(slots=True, eq=False)
class Declaration:
    """A declaration of the top level. `at` is its rank among the file's statements."""

    kind: Literal["variable", "function", "enum", "class", "value", "unread"]
    node: Node
    at: int
    names: tuple[str, ...]
    running: bool = False


@dataclass(slots=True, eq=False)
class Effect:
    """A statement of the top level that declares nothing. `words` holds every name that it may touch."""

    node: Node
    at: int
    words: frozenset[str]
    started: bool = False


Local: TypeAlias = str
"""An export of a name that the file itself has."""


@dataclass(slots=True)
class Contents:
    """A file's top level. `order` is its declarations and effects as they stand."""

    names: dict[str, Declaration | Import] = field(default_factory=dict)
    exports: dict[str, Local | Import] = field(default_factory=dict)
    stars: list[Import] = field(default_factory=list)
    sides: list[Import] = field(default_factory=list)
    order: list[Declaration | Effect] = field(default_factory=list)
    commonjs: bool = False
    fills_itself: bool | None = None


def scan(source: Source) -> Contents:
    contents = Contents()
    scanner = _Scanner(source, contents)
    for at, node in enumerate(source.statements):
        scanner.statement(node, at)
    contents.commonjs = not contents.exports and not contents.stars and _COMMONJS.search(source.data) is not None
    return contents


def fills_itself(source: Source, contents: Contents) -> bool:
    """Whether functions of a file change what the file holds, as those that register what they make.

    Then reading one of its names is not enough: all of it has to run.
    """
    if contents.fills_itself is None:
        own = {name.encode() for name, named in contents.names.items() if isinstance(named, Declaration)}
        functions = [item.node for item in contents.order if isinstance(item, Declaration) and _is_function(item)]
        texts = [source.data[node.start_byte : node.end_byte] for node in functions]
        contents.fills_itself = any(found & own for text in texts for found in map(set, _CHANGES.findall(text)))
    return contents.fills_itself


def _is_function(declaration: Declaration) -> bool:
    value = declaration.node.child_by_field_name("value") if declaration.kind == "variable" else None
    return declaration.kind == "function" or (value is not None and value.type in _FUNCTION_VALUES)


def pattern_names(pattern: Node, source: Source) -> Iterable[str]:
    """The names that a parameter or the left of a declaration binds."""
    stack = [pattern]
    while stack:
        node = stack.pop()
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield source.text(node)
        elif node.type in ("object_assignment_pattern", "assignment_pattern"):
            left = node.child_by_field_name("left")
            stack.extend(() if left is None else (left,))
        elif node.type == "pair_pattern":
            value = node.child_by_field_name("value")
            stack.extend(() if value is None else (value,))
        else:
            stack.extend(reversed(children(node)))


class _Scanner:
    def __init__(self, source: Source, contents: Contents) -> None:
        self.source = source
        self.contents = contents

    def statement(self, node: Node, at: int) -> None:
        kind = node.type
        if kind == "import_statement":
            self._import(node, at)
        elif kind == "export_statement":
            self._export(node, at)
        elif kind not in _ERASED and not self._declaration(node, at):
            first = node.child(0) if node.child_count else None
            if kind == "expression_statement" and first is not None and first.type == "string":
                return
            words = frozenset(_WORDS.findall(self.source.text(node)))
            self.contents.order.append(Effect(node, at, words))

    def _declaration(self, node: Node, at: int) -> tuple[str, ...]:
        """The names that a statement declares, which are added to the file's."""
        kind = node.type
        if kind in ("lexical_declaration", "variable_declaration"):
            found: list[str] = []
            for child in children(node):
                pattern = child.child_by_field_name("name")
                if child.type == "variable_declarator" and pattern is not None:
                    names = tuple(pattern_names(pattern, self.source))
                    self._add(Declaration("variable", child, at, names))
                    found += names
            return tuple(found) or ("",)
        if kind in _FUNCTIONS or kind in _CLASSES or kind == "enum_declaration":
            name = node.child_by_field_name("name")
            names = () if name is None else (self.source.text(name),)
            what: Literal["function", "enum", "class"] = (
                "function" if kind in _FUNCTIONS else "enum" if kind == "enum_declaration" else "class"
            )
            self._add(Declaration(what, node, at, names))
            return names or ("",)
        if kind in ("internal_module", "import_alias"):
            return self._unread(node, at)
        if kind == "expression_statement" and (inner := children(node)) and inner[0].type == "internal_module":
            return self._unread(inner[0], at)
        return ()

    def _unread(self, node: Node, at: int) -> tuple[str, ...]:
        name = node.child_by_field_name("name") or next(iter(children(node)), None)
        names = () if name is None else (self.source.text(name),)
        self._add(Declaration("unread", node, at, names))
        return names or ("",)

    def _add(self, declaration: Declaration) -> None:
        for name in declaration.names:
            self.contents.names[name] = declaration
        self.contents.order.append(declaration)

    def _import(self, node: Node, at: int) -> None:
        if has_token(node, "type") or has_token(node, "typeof"):
            return
        place = self.source.place(node)
        clause = next((child for child in node.children if child.type == "import_clause"), None)
        if clause is None:
            if any(child.type == "import_require_clause" for child in node.children):
                self._required(node, at)
            elif (specifier := self._specifier(node)) is not None:
                self.contents.sides.append(Import(specifier, None, place))
            return
        specifier = self._specifier(node)
        if specifier is None:
            return
        for child in children(clause):
            if child.type == "identifier":
                self.contents.names[self.source.text(child)] = Import(specifier, "default", place)
            elif child.type == "namespace_import":
                for name in children(child):
                    self.contents.names[self.source.text(name)] = Import(specifier, None, place)
            elif child.type == "named_imports":
                for item in children(child):
                    self._import_one(item, specifier)

    def _import_one(self, item: Node, specifier: str) -> None:
        name = item.child_by_field_name("name")
        if item.type != "import_specifier" or name is None or has_token(item, "type"):
            return
        alias = item.child_by_field_name("alias") or name
        self.contents.names[self._name(alias)] = Import(specifier, self._name(name), self.source.place(item))

    def _required(self, node: Node, at: int) -> None:
        clause = next(child for child in node.children if child.type == "import_require_clause")
        name = next((child for child in clause.children if child.type == "identifier"), None)
        if name is not None:
            self._add(Declaration("unread", node, at, (self.source.text(name),)))

    def _export(self, node: Node, at: int) -> None:
        if has_token(node, "type"):
            return
        declared = node.child_by_field_name("declaration")
        is_default = has_token(node, "default")
        if declared is not None:
            if declared.type in _ERASED:
                return
            names = self._declaration(declared, at)
            if is_default:
                self.contents.exports["default"] = names[0] if names and names[0] else self._default(declared, at)
            else:
                self.contents.exports.update((name, name) for name in names if name)
            return
        value = node.child_by_field_name("value")
        if value is not None:
            self.contents.exports["default"] = self._default(value, at)
        elif has_token(node, "="):
            self.contents.commonjs = True
            self._add(Declaration("unread", node, at, (DEFAULT,)))
            self.contents.exports["default"] = DEFAULT
        else:
            self._export_names(node)

    def _default(self, node: Node, at: int) -> str:
        self._add(Declaration("value", node, at, (DEFAULT,)))
        return DEFAULT

    def _export_names(self, node: Node) -> None:
        specifier = self._specifier(node)
        place = self.source.place(node)
        for child in node.children:
            if child.type == "*" and specifier is not None:
                self.contents.stars.append(Import(specifier, None, place))
            elif child.type == "namespace_export" and specifier is not None:
                for name in children(child):
                    self.contents.exports[self._name(name)] = Import(specifier, None, place)
            elif child.type == "export_clause":
                for item in children(child):
                    self._export_one(item, specifier)

    def _export_one(self, item: Node, specifier: str | None) -> None:
        name = item.child_by_field_name("name")
        if item.type != "export_specifier" or name is None or has_token(item, "type"):
            return
        alias = item.child_by_field_name("alias") or name
        inner = self._name(name)
        self.contents.exports[self._name(alias)] = (
            inner if specifier is None else Import(specifier, inner, self.source.place(item))
        )

    def _specifier(self, node: Node) -> str | None:
        source = node.child_by_field_name("source")
        return None if source is None or source.type != "string" else unescape(self.source.text(source)[1:-1])

    def _name(self, node: Node) -> str:
        text = self.source.text(node)
        return unescape(text[1:-1]) if node.type == "string" else text
