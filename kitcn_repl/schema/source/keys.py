"""The names of properties, as object literals and patterns write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitcn_repl.schema.source.builtins.intrinsic import passed_on
from kitcn_repl.schema.source.literals import number, unescape
from kitcn_repl.schema.source.operators import to_key
from kitcn_repl.schema.source.syntax import children
from kitcn_repl.schema.source.values import Unknown
from kitcn_repl.values.javascript import number_text

if TYPE_CHECKING:
    from tree_sitter import Node

    from kitcn_repl.schema.source.interpreter import Interpreter
    from kitcn_repl.schema.source.scope import Scope


def property_name(run: Interpreter, key: Node, scope: Scope) -> str | Unknown:
    """A property's name; Unknown for a computed one that is not known."""
    kind = key.type
    if kind == "property_identifier":
        return scope.module.source.text(key)
    if kind == "string":
        return unescape(scope.module.source.text(key)[1:-1])
    if kind == "number":
        found = number(scope.module.source.text(key))
        return scope.module.source.text(key) if found is None else number_text(found)
    if kind == "computed_property_name":
        inner = children(key)
        return computed_name(run, inner[0], scope) if inner else ""
    return scope.module.source.text(key)


def computed_name(run: Interpreter, node: Node, scope: Scope) -> str | Unknown:
    """What stands in brackets, as a property's name."""
    value = run.evaluate(node, scope)
    name = to_key(value)
    if name is not None:
        return name
    place = scope.module.source.place(node)
    return passed_on(value, place) if isinstance(value, Unknown) else Unknown("this name is not known", place)
