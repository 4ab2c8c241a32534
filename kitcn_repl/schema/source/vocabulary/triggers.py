"""Triggers (kitcn.md 4.2): which events a table has hooks for, and which tables their texts write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from kitcn_repl.project.code import walk
from kitcn_repl.schema.model import Place, Trigger
from kitcn_repl.schema.source.syntax import children
from kitcn_repl.schema.source.values import Array, Evaluator, Host, Record, Undefined, Unknown, Value
from kitcn_repl.schema.source.vocabulary.hosts import MOST_DEEP, is_given, report_unknown

_OPERATIONS = ("create", "update", "delete")
_PHASES = ("before", "after")
_WRITES = frozenset({"insert", "patch", "replace", "update", "delete"})
# `ctx.db`, `ctx.orm.withoutTriggers()`, `getOrm(ctx)`, `innerDb`, `tx`
_DATABASE = re.compile(r"(?:db|Db|DB|orm|Orm|ORM|tx|Tx|writer|Writer)\Z")
_WRAPPED = frozenset(
    {"parenthesized_expression", "non_null_expression", "as_expression", "satisfies_expression", "await_expression"}
)
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern"})


def hooks(
    triggers: Value, tables: Mapping[str, str], place: Place, evaluator: Evaluator
) -> dict[str, tuple[Trigger, ...]]:
    """The triggers of each table. `tables` are the keys of tables by the names that hooks may call them."""
    given = triggers
    if not isinstance(triggers, Record | Host | Unknown | Undefined | str | float | bool) and triggers is not None:
        given = evaluator.apply(triggers, [], place)
    report_unknown(evaluator, "the triggers", given)
    found: dict[str, tuple[Trigger, ...]] = {}
    for key, entry in given.entries.items() if isinstance(given, Record) else ():
        at = given.places.get(key, place) if isinstance(given, Record) else place
        report_unknown(evaluator, f"the triggers of {key}", entry)
        if isinstance(entry, Record):
            found[key] = tuple(_of_table(key, entry, tables, at, evaluator))
        elif not isinstance(entry, Unknown | Undefined) and entry is not None:
            evaluator.problem(f"Invalid triggers entry for '{key}'. {_mistake(entry)}", at)
    return found


def _mistake(entry: Value) -> str:
    if isinstance(entry, Array):
        return "Array-based trigger definitions were removed. Use { create, update, delete, change } shape."
    if isinstance(entry, Host | str | float | bool):
        return "Expected an object with create/update/delete/change keys."
    return "Function-style trigger callbacks were removed. Use { change: async (change, ctx) => ... } instead."


def _of_table(
    table: str, entry: Record, tables: Mapping[str, str], place: Place, evaluator: Evaluator
) -> Iterator[Trigger]:
    for name, hook in entry.entries.items():
        at = entry.places.get(name, place)
        if name in _OPERATIONS:
            report_unknown(evaluator, f"the triggers of {table}", hook)
            for phase in _PHASES:
                inner = hook.entries.get(phase) if isinstance(hook, Record) else None
                if inner is not None and is_given(inner) and isinstance(hook, Record):
                    yield Trigger(f"{name}.{phase}", _writes(table, inner, tables), hook.places.get(phase, at))
        elif name != "change":
            allowed = "Allowed keys: create, update, delete, change."
            evaluator.problem(f"Invalid trigger key '{name}' for '{table}'. {allowed}", at)
        elif is_given(hook):
            yield Trigger(name, _writes(table, hook, tables), at)


def _writes(table: str, hook: Value, tables: Mapping[str, str]) -> tuple[str, ...]:
    """The tables that the text of a hook writes: `ctx.orm.insert(posts)`, `ctx.db.patch(change.id, ...)`."""
    if isinstance(hook, Record | Array | Host | Unknown | Undefined | str | float | bool) or hook is None:
        return ()
    own = _first_parameter(hook.node)
    found: dict[str, None] = {}
    for node in walk(hook.node):
        written = _written(node)
        if written is None:
            continue
        kind, called = written
        root, _, last = called.rpartition(".")
        key = tables.get(called) or tables.get(called.removesuffix("Table"))
        if key is None and root in ("tables", "schema"):
            key = tables.get(last)
        if key is not None:
            found[key] = None
        elif kind != "string" and called.partition(".")[0] in own:
            found[table] = None
    return tuple(found)


def _written(node: Node) -> tuple[str, str] | None:
    """What a call that writes is given first: `string` or `name`, and its text; None for anything else."""
    callee = node.child_by_field_name("function") if node.type == "call_expression" else None
    arguments = node.child_by_field_name("arguments")
    if callee is None or arguments is None or callee.type != "member_expression":
        return None
    method, owner = callee.child_by_field_name("property"), callee.child_by_field_name("object")
    given = children(arguments)
    if method is None or owner is None or not given or _text(method) not in _WRITES or not _is_database(owner):
        return None
    first = _unwrapped(given[0])
    if first.type == "string" or (first.type == "template_string" and not children(first)[1:]):
        return "string", _text(first)[1:-1]
    name = _dotted(first)
    return None if name is None else ("name", name)


def _is_database(node: Node) -> bool:
    """Whether a name on the way to a method, or a function called on it, is that of a database."""
    for _ in range(MOST_DEEP):
        node = _unwrapped(node)
        callee = node.child_by_field_name("function") if node.type == "call_expression" else None
        named = node if callee is None else _unwrapped(callee)
        name = named.child_by_field_name("property") or named
        if name.type in ("identifier", "property_identifier") and _DATABASE.search(_text(name)) is not None:
            return True
        owner = named.child_by_field_name("object")
        if callee is None or owner is None:
            return False
        node = owner
    return False


def _dotted(node: Node) -> str | None:
    """`a.b.c`, whether or not the dots have question marks; None for what is no name."""
    parts: list[str] = []
    for _ in range(MOST_DEEP):
        node = _unwrapped(node)
        if node.type in ("identifier", "this"):
            return ".".join((_text(node), *reversed(parts)))
        owner, member = node.child_by_field_name("object"), node.child_by_field_name("property")
        if node.type != "member_expression" or owner is None or member is None:
            return None
        parts.append(_text(member))
        node = owner
    return None


def _unwrapped(node: Node) -> Node:
    for _ in range(MOST_DEEP):
        inner = children(node) if node.type in _WRAPPED else []
        if not inner:
            return node
        node = inner[0]
    return node


def _first_parameter(function: Node) -> frozenset[str]:
    """The names that a hook's first parameter gives: the document or the change."""
    only = function.child_by_field_name("parameter")
    if only is not None:
        return frozenset({_text(only)})
    parameters = function.child_by_field_name("parameters")
    given = children(parameters) if parameters is not None else []
    pattern = given[0].child_by_field_name("pattern") if given else None
    return (
        frozenset(_text(node) for node in walk(pattern) if node.type in _NAMES) if pattern is not None else frozenset()
    )


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
