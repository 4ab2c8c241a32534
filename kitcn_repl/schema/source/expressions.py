"""What each kind of expression stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kitcn_repl.schema.source.branches import hide_overridden
from kitcn_repl.schema.source.builtins.collections import iterated
from kitcn_repl.schema.source.builtins.intrinsic import Intrinsic, not_told, passed_on
from kitcn_repl.schema.source.builtins.objects import spread_into
from kitcn_repl.schema.source.builtins.records import note, set_entry
from kitcn_repl.schema.source.builtins.regular import regular
from kitcn_repl.schema.source.chains import call_arguments, chain
from kitcn_repl.schema.source.functions import enumeration
from kitcn_repl.schema.source.keys import property_name
from kitcn_repl.schema.source.literals import integer, number, unescape
from kitcn_repl.schema.source.operators import (
    LONGEST_TEXT,
    BigInt,
    binary,
    is_nullish,
    to_number,
    to_text,
    truth,
    unary,
)
from kitcn_repl.schema.source.patterns import bind, member_name
from kitcn_repl.schema.source.scope import Closure
from kitcn_repl.schema.source.syntax import children
from kitcn_repl.schema.source.values import UNDEFINED, Array, Record, Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from kitcn_repl.schema.source.interpreter import Interpreter
    from kitcn_repl.schema.source.scope import Scope

Handler = Callable[["Interpreter", "Node", "Scope"], Value]


def _unknown(why: str) -> Handler:
    return lambda run, node, scope: Unknown(why, scope.module.source.place(node))


def _constant(value: Value) -> Handler:
    return lambda run, node, scope: value


def _string(run: Interpreter, node: Node, scope: Scope) -> Value:
    return unescape(scope.module.source.text(node)[1:-1])


def _number(run: Interpreter, node: Node, scope: Scope) -> Value:
    text = scope.module.source.text(node)
    found = number(text)
    if found is not None:
        return found
    whole = integer(text)
    return Unknown(f"“{text}” is no number", scope.module.source.place(node)) if whole is None else BigInt(whole)


def _regex(run: Interpreter, node: Node, scope: Scope) -> Value:
    found = regular(scope.module.source.text(node))
    return found or Unknown("this regular expression is not read", scope.module.source.place(node))


def _template(run: Interpreter, node: Node, scope: Scope) -> Value:
    source = scope.module.source
    # The text between substitutions is not a node in every version of the grammar.
    parts: list[str] = []
    at = node.start_byte + 1
    for child in node.children:
        if child.type != "template_substitution":
            continue
        parts.append(unescape(source.data[at : child.start_byte].decode("utf-8", "replace")))
        at = child.end_byte
        inner = children(child)
        value = run.evaluate(inner[0], scope) if inner else UNDEFINED
        text = to_text(value)
        if text is None or sum(map(len, parts)) + len(text) > LONGEST_TEXT:
            return not_told(value, "a part of this text is not known", source.place(child))
        parts.append(text)
    parts.append(unescape(source.data[at : node.end_byte - 1].decode("utf-8", "replace")))
    return "".join(parts)


def _identifier(run: Interpreter, node: Node, scope: Scope) -> Value:
    return run.lookup(scope.module.source.text(node), node, scope)


def _inner(run: Interpreter, node: Node, scope: Scope) -> Value:
    """Of what stands around a value for the sake of types alone: the value."""
    while True:
        inner = children(node)
        if not inner:
            return Unknown("there is nothing here", scope.module.source.place(node))
        node = inner[-1] if node.type == "type_assertion" else inner[0]
        if node.type not in _TRANSPARENT:
            return run.evaluate(node, scope)


def _sequence(run: Interpreter, node: Node, scope: Scope) -> Value:
    value: Value = UNDEFINED
    for child in children(node):
        value = run.evaluate(child, scope)
    return value


def _function(run: Interpreter, node: Node, scope: Scope) -> Value:
    return Closure(node, scope)


def _object(run: Interpreter, node: Node, scope: Scope) -> Value:
    record = Record()
    source = scope.module.source
    for child in node.children:
        kind = child.type
        if kind == "pair":
            key, inner = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and inner is not None:
                _set(record, property_name(run, key, scope), run.evaluate(inner, scope), child, scope)
        elif kind == "shorthand_property_identifier":
            name = source.text(child)
            _set(record, name, run.lookup(name, child, scope), child, scope)
        elif kind == "spread_element":
            inner_nodes = children(child)
            if inner_nodes:
                inner_value = run.evaluate(inner_nodes[0], scope)
                if isinstance(inner_value, Unknown):
                    hide_overridden(run, record, inner_nodes[0], inner_value, scope)
                _spread(run, record, inner_value, child, scope)
        elif kind == "method_definition":
            key = child.child_by_field_name("name")
            is_accessor = any(part.type in ("get", "set") for part in child.children if part != key)
            if key is not None:
                place = source.place(child)
                value: Value = Unknown("accessors are not read", place) if is_accessor else Closure(child, scope)
                _set(record, property_name(run, key, scope), value, child, scope)
        elif kind == "ERROR":
            note(record.unknown, Unknown("this cannot be read as TypeScript", source.place(child)))
    return record


def _set(record: Record, name: str | Unknown, value: Value, node: Node, scope: Scope) -> None:
    if isinstance(name, Unknown):
        note(record.unknown, name)
    else:
        set_entry(record, name, value, scope.module.source.place(node))


def _spread(run: Interpreter, record: Record, value: Value, node: Node, scope: Scope) -> None:
    # Making an object changes nothing that was there before, however uncertain it is that this runs.
    saved, run.uncertain = run.uncertain, None
    spread_into(run, record, value, scope.module.source.place(node))
    run.uncertain = saved


def _array(run: Interpreter, node: Node, scope: Scope) -> Value:
    array = Array()
    for child in node.children:
        if not child.is_named or child.type == "comment":
            continue
        if child.type == "spread_element":
            inner = children(child)
            items = iterated(run.evaluate(inner[0], scope), scope.module.source.place(child)) if inner else Array()
            if isinstance(items, Unknown):
                note(array.unknown, passed_on(items, scope.module.source.place(child)))
                continue
            stop = run.too_large(len(array.items) + len(items.items), scope.module.source.place(child))
            if stop is not None:
                return stop
            array.items += items.items
            note(array.unknown, *items.unknown)
        elif child.type == "ERROR":
            note(array.unknown, Unknown("this cannot be read as TypeScript", scope.module.source.place(child)))
        else:
            array.items.append(run.evaluate(child, scope))
    return array


def _binary(run: Interpreter, node: Node, scope: Scope) -> Value:
    # Along the left, since long sums of texts nest there.
    nodes = [node]
    while True:
        left = nodes[-1].child_by_field_name("left")
        if left is None or left.type != "binary_expression":
            break
        nodes.append(left)
    value = (
        Unknown("there is nothing here", scope.module.source.place(node)) if left is None else run.evaluate(left, scope)
    )
    for current in reversed(nodes):
        value = _applied(run, current, value, scope)
    return value


def _applied(run: Interpreter, node: Node, left: Value, scope: Scope) -> Value:
    sign_node, right = node.child_by_field_name("operator"), node.child_by_field_name("right")
    place = scope.module.source.place(node)
    if sign_node is None or right is None:
        return Unknown("this operator is not read", place)
    sign = sign_node.type
    if sign in ("&&", "||", "??"):
        stops = _decides(sign, left)
        return left if stops is not False else run.evaluate(right, scope)
    return binary(sign, left, run.evaluate(right, scope), place)


def _decides(sign: str, left: Value) -> bool | None:
    """Whether the left of `&&`, `||` or `??` is the whole's value already; None if that is not known."""
    if isinstance(left, Unknown):
        return None
    if sign == "??":
        return not is_nullish(left)
    return bool(truth(left)) == (sign == "||")


def _unary(run: Interpreter, node: Node, scope: Scope) -> Value:
    sign_node, inner = node.child_by_field_name("operator"), node.child_by_field_name("argument")
    place = scope.module.source.place(node)
    if sign_node is None or inner is None:
        return Unknown("this operator is not read", place)
    if sign_node.type == "delete":
        return _deleted(run, inner, scope)
    return unary(sign_node.type, run.evaluate(inner, scope), place)


def _deleted(run: Interpreter, node: Node, scope: Scope) -> Value:
    while node.type in ("non_null_expression", "parenthesized_expression"):
        node = children(node)[0]
    holder = node.child_by_field_name("object")
    if holder is not None:
        target, name = run.evaluate(holder, scope), member_name(run, node, scope)
        if isinstance(target, Record):
            if isinstance(name, Unknown):
                note(target.unknown, name)
            elif run.uncertain is not None and name in target.entries:
                target.entries[name] = run.uncertain
            elif run.uncertain is None:
                target.entries.pop(name, None)
                target.places.pop(name, None)
    return True


def _ternary(run: Interpreter, node: Node, scope: Scope) -> Value:
    while node.type == "ternary_expression":
        condition = node.child_by_field_name("condition")
        said = UNDEFINED if condition is None else run.evaluate(condition, scope)
        if isinstance(said, Unknown):
            return said
        chosen = node.child_by_field_name("consequence" if truth(said) else "alternative")
        if chosen is None:
            return Unknown("there is nothing here", scope.module.source.place(node))
        node = chosen
    return run.evaluate(node, scope)


def _assignment(run: Interpreter, node: Node, scope: Scope) -> Value:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return UNDEFINED
    value = run.evaluate(right, scope)
    bind(run, left, value, scope, lambda name, part: run.assign(name, part, scope))
    return value


def _augmented(run: Interpreter, node: Node, scope: Scope) -> Value:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    sign_node = node.child_by_field_name("operator")
    if left is None or right is None or sign_node is None:
        return UNDEFINED
    sign = sign_node.type[:-1]
    value = run.evaluate(left, scope)
    if sign in ("&&", "||", "??"):
        stops = _decides(sign, value)
        if stops is True:
            return value
        value = run.evaluate(right, scope) if stops is False else value
    else:
        value = binary(sign, value, run.evaluate(right, scope), scope.module.source.place(node))
    bind(run, left, value, scope, lambda name, part: run.assign(name, part, scope))
    return value


def _update(run: Interpreter, node: Node, scope: Scope) -> Value:
    inner, sign = node.child_by_field_name("argument"), node.child_by_field_name("operator")
    if inner is None or sign is None:
        return UNDEFINED
    before = to_number(run.evaluate(inner, scope))
    if before is None:
        after: Value = Unknown("this number is not known", scope.module.source.place(node))
        old = after
    else:
        old = before
        after = before + (1 if sign.type == "++" else -1)
    bind(run, inner, after, scope, lambda name, part: run.assign(name, part, scope))
    return after if sign.start_byte < inner.start_byte else old


def _new(run: Interpreter, node: Node, scope: Scope) -> Value:
    called = node.child_by_field_name("constructor")
    place = scope.module.source.place(node)
    value = UNDEFINED if called is None else run.evaluate(called, scope)
    if isinstance(value, Intrinsic):
        arguments, _ = call_arguments(run, node, scope)
        return value.construct(run, arguments, place)
    return value if isinstance(value, Unknown) else Unknown("objects of this class are not read", place)


def _await(run: Interpreter, node: Node, scope: Scope) -> Value:
    inner = children(node)
    return run.evaluate(inner[0], scope) if inner else UNDEFINED


_TRANSPARENT: Final = frozenset(
    (
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
        "instantiation_expression",
        "expression_statement",
    )
)
EXPRESSIONS: Final[dict[str, Handler]] = {
    "string": _string,
    "number": _number,
    "template_string": _template,
    "true": _constant(True),
    "false": _constant(False),
    "null": _constant(None),
    "undefined": _constant(UNDEFINED),
    "identifier": _identifier,
    "object": _object,
    "array": _array,
    "call_expression": chain,
    "member_expression": chain,
    "subscript_expression": chain,
    "arrow_function": _function,
    "function_expression": _function,
    "generator_function": _function,
    "function_declaration": _function,
    "enum_declaration": enumeration,
    "binary_expression": _binary,
    "unary_expression": _unary,
    "update_expression": _update,
    "ternary_expression": _ternary,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _augmented,
    "sequence_expression": _sequence,
    "new_expression": _new,
    "await_expression": _await,
    "class": _unknown("classes are not read"),
    "regex": _regex,
    "this": _unknown("“this” is not known"),
    "super": _unknown("“super” is not known"),
    **dict.fromkeys(_TRANSPARENT, _inner),
}
