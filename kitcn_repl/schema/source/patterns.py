"""Destructuring: of parameters, declarations and assignments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kitcn_repl.schema.source.builtins.collections import iterated
from kitcn_repl.schema.source.keys import computed_name, property_name
from kitcn_repl.schema.source.syntax import children
from kitcn_repl.schema.source.values import UNDEFINED, Array, Record, Undefined, Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from kitcn_repl.schema.source.interpreter import Interpreter
    from kitcn_repl.schema.source.scope import Scope

Store = Callable[[str, Value], None]


def bind(run: Interpreter, pattern: Node, value: Value, scope: Scope, store: Store) -> None:
    """Gives the names in a pattern their parts of a value."""
    kind = pattern.type
    if kind in ("identifier", "shorthand_property_identifier_pattern"):
        store(scope.module.source.text(pattern), value)
    elif kind in ("assignment_pattern", "object_assignment_pattern"):
        left, right = pattern.child_by_field_name("left"), pattern.child_by_field_name("right")
        if left is not None:
            if isinstance(value, Undefined) and right is not None:
                value = run.evaluate(right, scope)
            bind(run, left, value, scope, store)
    elif kind in ("object_pattern", "array_pattern") and run.enter(scope.module.source.place(pattern)) is None:
        (_bind_object if kind == "object_pattern" else _bind_array)(run, pattern, value, scope, store)
        run.leave()
    elif kind in ("member_expression", "subscript_expression"):
        assign_member(run, pattern, value, scope)
    elif kind in ("non_null_expression", "parenthesized_expression", "as_expression", "satisfies_expression"):
        bind(run, children(pattern)[0], value, scope, store)


def assign_member(run: Interpreter, target: Node, value: Value, scope: Scope) -> None:
    """`a.b = value`, `a[b] = value`."""
    holder = target.child_by_field_name("object")
    if holder is None:
        return
    name, place = member_name(run, target, scope), scope.module.source.place(target)
    run.set_member(run.evaluate(holder, scope), name, value, place)


def member_name(run: Interpreter, node: Node, scope: Scope) -> str | Unknown:
    """The name after a dot or in brackets; Unknown if it is not known."""
    named = node.child_by_field_name("property")
    if named is not None:
        return scope.module.source.text(named)
    index = node.child_by_field_name("index")
    return "" if index is None else computed_name(run, index, scope)


def _bind_object(run: Interpreter, pattern: Node, value: Value, scope: Scope, store: Store) -> None:
    taken: set[str] = set()
    rest_unknown: Unknown | None = None
    for child in children(pattern):
        if child.type == "rest_pattern":
            bind(run, children(child)[0], rest_unknown or _without(value, taken), scope, store)
            continue
        name: str | Unknown
        if child.type == "pair_pattern":
            key, target = child.child_by_field_name("key"), child.child_by_field_name("value")
            name = "" if key is None else property_name(run, key, scope)
        else:
            target = child
            left = child.child_by_field_name("left") if child.type == "object_assignment_pattern" else child
            name = "" if left is None else scope.module.source.text(left)
        if target is None:
            continue
        if isinstance(name, Unknown):
            rest_unknown = name
            bind(run, target, name, scope, store)
        else:
            taken.add(name)
            bind(run, target, run.member(value, name, scope.module.source.place(child)), scope, store)


def _without(value: Value, taken: set[str]) -> Value:
    if not isinstance(value, Record):
        return value if isinstance(value, Unknown) else Record()
    kept = {name: entry for name, entry in value.entries.items() if name not in taken}
    return Record(kept, {name: value.places[name] for name in kept if name in value.places}, list(value.unknown))


def _bind_array(run: Interpreter, pattern: Node, value: Value, scope: Scope, store: Store) -> None:
    items = iterated(value, scope.module.source.place(pattern))
    at = 0
    for child in pattern.children:
        if child.type == ",":
            at += 1
        elif child.type == "rest_pattern":
            rest = Array(items.items[at:], list(items.unknown)) if isinstance(items, Array) else items
            bind(run, children(child)[0], rest, scope, store)
        elif child.is_named and child.type != "comment":
            part: Value = items
            if isinstance(items, Array):
                known = at < len(items.items)
                part = items.unknown[0] if items.unknown else items.items[at] if known else UNDEFINED
            bind(run, child, part, scope, store)
