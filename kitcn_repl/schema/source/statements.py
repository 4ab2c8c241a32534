"""Running statements, where what they decide on is known; where it is not, what they change becomes unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Final, Literal

from kitcn_repl.schema.source.builtins.collections import iterated
from kitcn_repl.schema.source.builtins.objects import properties
from kitcn_repl.schema.source.builtins.records import note
from kitcn_repl.schema.source.functions import enumeration
from kitcn_repl.schema.source.operators import same, truth
from kitcn_repl.schema.source.patterns import bind
from kitcn_repl.schema.source.scan import pattern_names
from kitcn_repl.schema.source.scope import NOT_YET, Closure, Scope
from kitcn_repl.schema.source.syntax import children
from kitcn_repl.schema.source.values import UNDEFINED, Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from kitcn_repl.schema.source.interpreter import Interpreter

_DECLARATIONS = ("lexical_declaration", "variable_declaration")
_FUNCTIONS = ("function_declaration", "generator_function_declaration")


@dataclass(frozen=True, slots=True)
class Signal:
    """How a statement left its block other than by the block's end."""

    kind: Literal["return", "break", "continue", "throw"]
    value: Value = UNDEFINED


Handler = Callable[["Interpreter", "Node", Scope], Signal | None]


def _expression(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    for child in children(node):
        run.evaluate(child, scope)
    return None


def _block(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    return _statements(run, children(node), Scope(scope.module, scope))


def _statements(run: Interpreter, nodes: list[Node], scope: Scope) -> Signal | None:
    _hoist(nodes, scope)
    for node in nodes:
        signal = run.execute(node, scope)
        if signal is not None:
            return signal
    return None


def _hoist(nodes: Iterable[Node], scope: Scope) -> None:
    """Functions are there from the start of their block; what else is declared hides outer names from then on."""
    source = scope.module.source
    for node in nodes:
        if node.type in _FUNCTIONS:
            name = node.child_by_field_name("name")
            if name is not None:
                scope.names[source.text(name)] = Closure(node, scope)
        elif node.type in _DECLARATIONS:
            for declarator in children(node):
                pattern = declarator.child_by_field_name("name")
                if pattern is not None:
                    scope.names.update(dict.fromkeys(pattern_names(pattern, source), NOT_YET))


def _declaration(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    for declarator in children(node):
        pattern, value_node = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
        if pattern is not None:
            value = UNDEFINED if value_node is None else run.evaluate(value_node, scope)
            bind(run, pattern, value, scope, scope.names.__setitem__)
    return None


def _enum(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    name = node.child_by_field_name("name")
    if name is not None:
        scope.names[scope.module.source.text(name)] = enumeration(run, node, scope)
    return None


def _class(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    name = node.child_by_field_name("name")
    if name is not None:
        scope.names[scope.module.source.text(name)] = Unknown("classes are not read", scope.module.source.place(node))
    return None


def _return(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    value: Value = UNDEFINED
    for child in children(node):
        value = run.evaluate(child, scope)
    return Signal("return", value)


def _throw(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    return Signal("throw")


def _break(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    return Signal("break")


def _continue(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    return Signal("continue")


def _if(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    current: Node | None = node
    while current is not None and current.type == "if_statement":
        condition = current.child_by_field_name("condition")
        said = UNDEFINED if condition is None else run.evaluate(condition, scope)
        consequence, alternative = (
            current.child_by_field_name("consequence"),
            current.child_by_field_name("alternative"),
        )
        otherwise = None if alternative is None else children(alternative)[0]
        if isinstance(said, Unknown):
            for branch in (consequence, otherwise):
                if branch is not None:
                    _perhaps(run, branch, scope, said)
            return None
        if truth(said):
            return None if consequence is None else run.execute(consequence, scope)
        current = otherwise
    return None if current is None else run.execute(current, scope)


def _perhaps(run: Interpreter, node: Node, scope: Scope, why: Unknown) -> None:
    """Runs a statement of which it is not known whether it would run."""
    saved = run.uncertain
    run.uncertain = saved or why
    signal = run.execute(node, scope)
    if signal is None or signal.kind == "throw":
        # A program that throws has no schema at all.
        run.uncertain = saved
    elif signal.kind == "return" and run.maybe_returned is None:
        # And so it is not known whether what follows in this function, or loop, would run.
        run.maybe_returned = why


def _loop(run: Interpreter, rounds: Iterable[Callable[[], Scope | None]], body: Node | None) -> Signal | None:
    """Runs the body once for each round, in the scope that the round makes; None ends the loop."""
    uncertain = run.uncertain
    try:
        for begin in rounds:
            inner = begin()
            if inner is None or body is None:
                break
            signal = run.execute(body, inner)
            if run.charge(1, inner.module.source.place(body)) is not None:
                break
            if signal is not None and signal.kind == "break":
                break
            if signal is not None and signal.kind != "continue":
                return signal
    finally:
        if run.maybe_returned is None:
            run.uncertain = uncertain
    return None


def _for_in(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    body, sign = node.child_by_field_name("body"), node.child_by_field_name("operator")
    if left is None or right is None or body is None:
        return None
    value = run.evaluate(right, scope)
    place = scope.module.source.place(right)
    unknown: list[Unknown] = []
    items: list[Value] = []
    if sign is not None and sign.type == "in":
        record = properties(value, place)
        if isinstance(record, Unknown):
            note(unknown, record)
        else:
            items += record.entries
            note(unknown, *record.unknown)
    else:
        elements = iterated(value, place)
        if isinstance(elements, Unknown):
            note(unknown, elements)
        else:
            items += elements.items
            note(unknown, *elements.unknown)
    if (stop := run.charge(len(items), place)) is not None:
        items, unknown = [], [stop]
    declares = node.child_by_field_name("kind") is not None

    def begin(item: Value) -> Scope:
        inner = Scope(scope.module, scope)
        store = inner.names.__setitem__ if declares else lambda name, part: run.assign(name, part, scope)
        bind(run, left, item, inner, store)
        return inner

    signal = _loop(run, [lambda item=item: begin(item) for item in items], body)  # type: ignore[misc]
    if signal is None and unknown:
        _perhaps(run, body, begin(unknown[0]), unknown[0])
    return signal


def _for(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    inner = Scope(scope.module, scope)
    initializer = node.child_by_field_name("initializer")
    if initializer is not None:
        run.execute(initializer, inner)
    return _while_known(run, node, inner)


def _while(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    return _while_known(run, node, Scope(scope.module, scope))


def _while_known(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    """The rounds of a loop with a condition. `scope` holds what its initializer declared."""
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
    increment = node.child_by_field_name("increment")
    unknown: list[Unknown] = []
    current = scope
    is_first = True

    def begin() -> Scope | None:
        nonlocal current, is_first
        if not is_first:
            # Every round has its own variables, which functions made in it keep.
            following = Scope(scope.module, scope.parent)
            following.names.update(current.names)
            current = following
            if increment is not None:
                run.evaluate(increment, current)
        is_first = False
        if condition is None or condition.type in (";", "empty_statement"):
            return current
        inner = children(condition)[0] if condition.type == "expression_statement" else condition
        said = run.evaluate(inner, current)
        if isinstance(said, Unknown):
            note(unknown, said)
            return None
        return current if truth(said) else None

    signal = _loop(run, repeat(begin), body)
    if unknown and body is not None:
        _perhaps(run, body, current, unknown[0])
    return signal


def _do(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    body = node.child_by_field_name("body")
    signal = None if body is None else run.execute(body, scope)
    if signal is not None:
        return None if signal.kind == "break" else signal if signal.kind in ("return", "throw") else None
    return _while_known(run, node, Scope(scope.module, scope))


def _switch(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    value_node, body = node.child_by_field_name("value"), node.child_by_field_name("body")
    if value_node is None or body is None:
        return None
    value = run.evaluate(value_node, scope)
    cases = [child for child in children(body) if child.type in ("switch_case", "switch_default")]
    inner = Scope(scope.module, scope)
    chosen: int | None = None
    for at, case in enumerate(cases):
        wanted = case.child_by_field_name("value")
        if case.type == "switch_default" or wanted is None:
            continue
        equal = same(value, run.evaluate(wanted, inner))
        if equal is None:
            why = (
                value
                if isinstance(value, Unknown)
                else Unknown("this case is not known", scope.module.source.place(case))
            )
            uncertain = run.uncertain
            for other in cases:
                for statement in _case_body(other):
                    _perhaps(run, statement, inner, why)
            if run.maybe_returned is None:
                run.uncertain = uncertain
            return None
        if equal:
            chosen = at
            break
    if chosen is None:
        chosen = next((at for at, case in enumerate(cases) if case.type == "switch_default"), None)
    if chosen is None:
        return None
    signal = _statements(run, [statement for case in cases[chosen:] for statement in _case_body(case)], inner)
    return None if signal is not None and signal.kind == "break" else signal


def _case_body(case: Node) -> list[Node]:
    value = case.child_by_field_name("value")
    return [child for child in children(case) if child != value]


def _try(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    body, handler = node.child_by_field_name("body"), node.child_by_field_name("handler")
    signal = None if body is None else run.execute(body, scope)
    if signal is not None and signal.kind == "throw" and handler is not None:
        inner = Scope(scope.module, scope)
        parameter, caught = handler.child_by_field_name("parameter"), handler.child_by_field_name("body")
        if parameter is not None:
            thrown = Unknown("what is thrown is not known", scope.module.source.place(handler))
            bind(run, parameter, thrown, inner, inner.names.__setitem__)
        signal = None if caught is None else run.execute(caught, inner)
    finalizer = node.child_by_field_name("finalizer")
    last = None if finalizer is None else finalizer.child_by_field_name("body")
    return (None if last is None else run.execute(last, scope)) or signal


def _labeled(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    body = node.child_by_field_name("body")
    return None if body is None else run.execute(body, scope)


def _nothing(run: Interpreter, node: Node, scope: Scope) -> Signal | None:
    return None


STATEMENTS: Final[dict[str, Handler]] = {
    "expression_statement": _expression,
    "statement_block": _block,
    "lexical_declaration": _declaration,
    "variable_declaration": _declaration,
    "enum_declaration": _enum,
    "class_declaration": _class,
    "return_statement": _return,
    "throw_statement": _throw,
    "break_statement": _break,
    "continue_statement": _continue,
    "if_statement": _if,
    "for_in_statement": _for_in,
    "for_statement": _for,
    "while_statement": _while,
    "do_statement": _do,
    "switch_statement": _switch,
    "try_statement": _try,
    "labeled_statement": _labeled,
    **dict.fromkeys(("function_declaration", "empty_statement"), _nothing),
}
