"""Running functions of the source, and their relatives that look like declarations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kitcn_repl.schema.source.builtins.records import note
from kitcn_repl.schema.source.keys import property_name
from kitcn_repl.schema.source.patterns import bind
from kitcn_repl.schema.source.scope import Closure, Scope
from kitcn_repl.schema.source.syntax import children, has_token
from kitcn_repl.schema.source.values import UNDEFINED, Array, Record, Undefined, Unknown, Value
from kitcn_repl.values.javascript import number_text

if TYPE_CHECKING:
    from tree_sitter import Node

    from kitcn_repl.schema.source.interpreter import Interpreter

_GENERATORS = ("generator_function", "generator_function_declaration")


def run_function(run: Interpreter, function: Closure, arguments: Sequence[Value]) -> Value:
    """What a function returns for these arguments."""
    node = function.node
    body = node.child_by_field_name("body")
    if body is None or node.type in _GENERATORS or has_token(node, "async") or has_token(node, "*"):
        return Unknown("what this function returns is not known", function.place)
    scope = Scope(function.scope.module, function.scope)
    named = node.child_by_field_name("name")
    if node.type == "function_expression" and named is not None:
        scope.names[scope.module.source.text(named)] = function
    _bind_parameters(run, node, arguments, scope)
    if body.type != "statement_block":
        return run.evaluate(body, scope)
    uncertain, maybe_returned = run.uncertain, run.maybe_returned
    run.maybe_returned = None
    try:
        signal = run.execute(body, scope)
        if run.maybe_returned is not None:
            return run.maybe_returned
    finally:
        run.uncertain, run.maybe_returned = uncertain, maybe_returned
    if signal is None:
        return UNDEFINED
    if signal.kind == "throw":
        return Unknown("this function throws", function.place)
    return signal.value


def _bind_parameters(run: Interpreter, node: Node, arguments: Sequence[Value], scope: Scope) -> None:
    names = scope.names.__setitem__
    single = node.child_by_field_name("parameter")
    if single is not None:
        names(scope.module.source.text(single), arguments[0] if arguments else UNDEFINED)
        return
    parameters = node.child_by_field_name("parameters")
    at = 0
    for parameter in [] if parameters is None else children(parameters):
        pattern = parameter.child_by_field_name("pattern")
        if pattern is None or pattern.type == "this":
            continue
        if pattern.type == "rest_pattern":
            bind(run, children(pattern)[0], Array(list(arguments[at:])), scope, names)
            return
        value = arguments[at] if at < len(arguments) else UNDEFINED
        default = parameter.child_by_field_name("value")
        if isinstance(value, Undefined) and default is not None:
            value = run.evaluate(default, scope)
        bind(run, pattern, value, scope, names)
        at += 1


def enumeration(run: Interpreter, node: Node, scope: Scope) -> Record:
    """The object that an `enum` is."""
    record = Record()
    body = node.child_by_field_name("body")
    inner = Scope(scope.module, scope)
    following: float | None = 0.0
    for member in [] if body is None else children(body):
        key = member.child_by_field_name("name") if member.type == "enum_assignment" else member
        written = member.child_by_field_name("value") if member.type == "enum_assignment" else None
        place = scope.module.source.place(member)
        name = "" if key is None else property_name(run, key, scope)
        if isinstance(name, Unknown):
            note(record.unknown, name)
            continue
        value: Value = following if following is not None else Unknown("this member has no known number", place)
        if written is not None:
            value = run.evaluate(written, inner)
        following = value + 1 if isinstance(value, float) else None
        inner.names[name] = value
        run.set_member(record, name, value, place)
        if isinstance(value, float):
            run.set_member(record, number_text(value), name, place)
    return record
