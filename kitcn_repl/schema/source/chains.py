"""Calls and properties, which follow one another: `text().notNull().references(...)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kitcn_repl.schema.source.builtins.collections import iterated
from kitcn_repl.schema.source.keys import computed_name
from kitcn_repl.schema.source.operators import is_nullish
from kitcn_repl.schema.source.scope import Texts
from kitcn_repl.schema.source.syntax import children
from kitcn_repl.schema.source.values import UNDEFINED, Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from kitcn_repl.schema.source.interpreter import Interpreter
    from kitcn_repl.schema.source.scan import Import
    from kitcn_repl.schema.source.scope import Scope

_LINKS = {"call_expression": "function", "member_expression": "object", "subscript_expression": "object"}


def chain(run: Interpreter, node: Node, scope: Scope) -> Value:
    """The value of a chain of calls and properties, however long it is."""
    links: list[Node] = []
    base: Node | None = node
    while base is not None:
        field = _LINKS.get(base.type)
        if field is not None:
            links.append(base)
            base = base.child_by_field_name(field)
        elif base.type in ("non_null_expression", "instantiation_expression"):
            base = children(base)[0]
        else:
            break
    if base is None:
        return Unknown("this cannot be read as TypeScript", scope.module.source.place(node))
    if base.type == "import":
        return _dynamic_import(run, links, scope)
    links.reverse()
    # Where the name that is called stands: that of the last property, or of the base.
    named = base
    namespace = _namespace(run, base, links[0], scope)
    if namespace is not None:
        # That export alone, since the others may depend on what asks.
        named = links.pop(0).child_by_field_name("property") or base
        value = run.modules.member_of_namespace(scope.module, namespace, scope.module.source.text(named))
    else:
        value = run.evaluate(base, scope)
    for link in links:
        if is_nullish(value) and _is_optional(link):
            return UNDEFINED
        if link.type == "call_expression":
            value = _call(run, link, value, named, scope)
        else:
            key = link.child_by_field_name("property") or link.child_by_field_name("index")
            named = key or link
            value = _property(run, link, value, named, scope)
    return value


def _property(run: Interpreter, link: Node, value: Value, named: Node, scope: Scope) -> Value:
    source = scope.module.source
    place = source.place(named)
    if link.type == "member_expression":
        return run.member(value, source.text(named), place)
    if isinstance(value, Unknown):
        return value
    name = computed_name(run, named, scope)
    return name if isinstance(name, Unknown) else run.member(value, name, place)


def _call(run: Interpreter, link: Node, function: Value, named: Node, scope: Scope) -> Value:
    place = scope.module.source.place(named)
    if isinstance(function, Unknown):
        return function
    given = link.child_by_field_name("arguments")
    if given is not None and given.type == "template_string":
        return Unknown("tagged templates are not read", place)
    arguments, texts = call_arguments(run, link, scope)
    if function is UNDEFINED:
        return Unknown(f"“{scope.module.source.text(named)[:40]}” is not defined", place)
    return run.invoke(function, arguments, texts, place)


def call_arguments(run: Interpreter, link: Node, scope: Scope) -> tuple[list[Value], Sequence[str]]:
    """The arguments of a call, spread ones laid out; what a spread does not tell is one unknown argument."""
    values: list[Value] = []
    nodes: list[Node] = []
    given = link.child_by_field_name("arguments")
    for child in [] if given is None else given.children:
        if not child.is_named or child.type == "comment":
            continue
        if child.type != "spread_element":
            values.append(run.evaluate(child, scope))
            nodes.append(child)
            continue
        inner = children(child)
        place = scope.module.source.place(child)
        items = iterated(run.evaluate(inner[0], scope), place) if inner else Unknown("there is nothing here", place)
        parts = [items] if isinstance(items, Unknown) else [*items.items, *items.unknown]
        stop = run.too_large(len(values) + len(parts), place)
        values += parts if stop is None else [stop]
        nodes += [child] * (len(values) - len(nodes))
    return values, Texts(scope.module, nodes)


def _is_optional(link: Node) -> bool:
    return any(child.type in ("optional_chain", "?.") for child in link.children)


def _namespace(run: Interpreter, base: Node, link: Node, scope: Scope) -> Import | None:
    """The import behind `ns` of a chain that starts with `ns.name`, where `import * as ns` stands in the file."""
    if base.type != "identifier" or link.type != "member_expression":
        return None
    return run.namespace_import(scope.module.source.text(base), scope)


def _dynamic_import(run: Interpreter, links: list[Node], scope: Scope) -> Value:
    place = scope.module.source.place(links[-1])
    arguments, _ = call_arguments(run, links[-1], scope)
    if len(links) > 1 or not arguments or not isinstance(arguments[0], str):
        return Unknown("this import is not known", place)
    return run.modules.dynamic(scope.module, arguments[0], place)
