"""Evaluates the source of a schema, as far as reading tells, within bounds."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from kitcn_repl.schema.model import Dynamic, Place, Problem
from kitcn_repl.schema.source.builtins import GLOBALS, Intrinsic, intrinsic_member, set_entry, set_item
from kitcn_repl.schema.source.builtins.intrinsic import passed_on
from kitcn_repl.schema.source.builtins.records import note
from kitcn_repl.schema.source.expressions import EXPRESSIONS
from kitcn_repl.schema.source.functions import enumeration, run_function
from kitcn_repl.schema.source.patterns import bind
from kitcn_repl.schema.source.scan import Import
from kitcn_repl.schema.source.scope import NOT_YET, Closure, Scope
from kitcn_repl.schema.source.statements import STATEMENTS, Signal
from kitcn_repl.schema.source.values import UNDEFINED, Array, Call, Host, Record, Undefined, Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from kitcn_repl.schema.source.modules import Module, Modules
    from kitcn_repl.schema.source.scan import Declaration

MOST_STEPS: Final = 400_000
STATEMENT_STEPS: Final = 150_000
"""Of a statement of the top level: one that never ends must not keep others from being read."""
MOST_ITEMS: Final = 20_000
_LONG_TEXT: Final = 1_000
_FRAMES_PER_LEVEL: Final = 8
_RESERVED_FRAMES: Final = 120
_MOST_TOLD: Final = 500
_LONGEST_TOLD: Final = 300


class Interpreter:
    """An `Evaluator`. `modules` is set before anything is evaluated.

    `uncertain` is why it is not known whether the statement that runs would run: what it changes becomes unknown.
    """

    def __init__(self) -> None:
        self.modules: Modules
        self.problems: dict[Problem, None] = {}
        self.dynamics: dict[Dynamic, None] = {}
        self.uncertain: Unknown | None = None
        self.maybe_returned: Unknown | None = None
        self._steps = MOST_STEPS
        self._kept_back = 0
        self._spent: Unknown | None = None
        self._depth = _levels()

    # What is told to the user

    def report(self, what: str, unknown: Unknown) -> None:
        if self._spent is not None and unknown.why.startswith(self._spent.why):
            return  # that nothing further was read is told once
        if len(self.dynamics) < _MOST_TOLD:
            self.dynamics[Dynamic(_line(what), _line(unknown.why), unknown.place)] = None

    def problem(self, message: str, place: Place) -> None:
        if len(self.problems) < _MOST_TOLD:
            self.problems[Problem(_line(message), place)] = None

    # Bounds

    def charge(self, steps: int, place: Place) -> Unknown | None:
        """Takes steps from those that are left; Unknown once there are none."""
        self._steps -= steps
        return None if self._steps >= 0 else self._out_of_bounds(place)

    def too_large(self, size: int, place: Place) -> Unknown | None:
        """Unknown if a value of this many items is beyond us; else its steps are charged."""
        if size > MOST_ITEMS:
            return Unknown(f"there are {size} items, too many to read", place)
        return self.charge(size, place)

    # Evaluation

    def evaluate(self, node: Node, scope: Scope) -> Value:
        """The value of an expression."""
        handler = EXPRESSIONS.get(node.type)
        if handler is None:
            return Unknown(
                f"“{_shortened(scope.module.source.text(node))}” is not read", scope.module.source.place(node)
            )
        self._steps -= 1
        if self._depth <= 0 or self._steps < 0:
            return self._out_of_bounds(scope.module.source.place(node))
        self._depth -= 1
        try:
            value = handler(self, node, scope)
        finally:
            self._depth += 1
        if isinstance(value, str) and len(value) > _LONG_TEXT:
            self._steps -= len(value) // 64
        return value

    def execute(self, node: Node, scope: Scope) -> Signal | None:
        """Runs a statement; what it returns is how it left its block, None for by its end."""
        handler = STATEMENTS.get(node.type)
        if handler is None:
            return None
        self._steps -= 1
        if self._depth <= 0 or self._steps < 0:
            # What would have come from here on is not known.
            self.uncertain = self.maybe_returned = self._out_of_bounds(scope.module.source.place(node))
            return None
        self._depth -= 1
        try:
            return handler(self, node, scope)
        finally:
            self._depth += 1

    def enter(self, place: Place) -> Unknown | None:
        """One level deeper, to be left again with `leave`; Unknown if there is none."""
        if self._depth <= 0:
            return self._out_of_bounds(place)
        self._depth -= 1
        return None

    def leave(self) -> None:
        self._depth += 1

    def _out_of_bounds(self, place: Place) -> Unknown:
        if self._spent is not None:
            return self._spent
        why = "this takes too long to read" if self._steps < 0 else "this is nested too deeply"
        unknown = Unknown(why, place)
        is_spent = self._steps < 0 and self._kept_back <= 0
        self.report("all from here on" if is_spent else "a part of the file", unknown)
        self._spent = unknown if is_spent else None
        return unknown

    def apply(self, function: Value, arguments: Sequence[Value], place: Place) -> Value:
        return self.invoke(function, arguments, (), place)

    def invoke(self, function: Value, arguments: Sequence[Value], texts: Sequence[str], place: Place) -> Value:
        """A call, with the source texts of its arguments."""
        if isinstance(function, Unknown):
            return function
        if (stop := self.charge(1, place)) is not None:
            return stop
        if self._depth <= 0:
            return self._out_of_bounds(place)
        self._depth -= 1
        try:
            if isinstance(function, Closure):
                answer = run_function(self, function, arguments)
                return passed_on(answer, place) if isinstance(answer, Unknown) else answer
            if isinstance(function, Host):
                # What a library does with a call that may never happen cannot be undone.
                if self.uncertain is not None and not isinstance(function, Intrinsic):
                    return self.uncertain
                return function.call(Call(arguments, texts, place, self))
        finally:
            self._depth += 1
        return Unknown("what is called here is no function", place)

    # Names

    def lookup(self, name: str, node: Node, scope: Scope) -> Value:
        holder = scope.holder(name)
        if holder is not None:
            value = holder.names[name]
            if value is NOT_YET:
                return Unknown(f"“{name}” is used before its declaration", scope.module.source.place(node))
            return passed_on(value, scope.module.source.place(node)) if isinstance(value, Unknown) else value
        module = scope.module
        if module.has(name):
            value = self.modules.read(module, name)
            return passed_on(value, module.source.place(node)) if isinstance(value, Unknown) else value
        if name in GLOBALS:
            return GLOBALS[name]
        return Unknown(f"“{name}” is not known here", scope.module.source.place(node))

    def namespace_import(self, name: str, scope: Scope) -> Import | None:
        """The `import * as name` that a name stands for."""
        if scope.holder(name) is not None or name in scope.module.values:
            return None
        found = scope.module.contents.names.get(name)
        return found if isinstance(found, Import) and found.name is None else None

    def assign(self, name: str, value: Value, scope: Scope) -> None:
        if self.uncertain is not None:
            value = self.uncertain
        holder = scope.holder(name)
        if holder is not None:
            holder.names[name] = value
        elif scope.module.has(name):
            self.modules.read(scope.module, name)
            scope.module.values[name] = value

    # The top level of files

    @contextmanager
    def at_statement(self, module: Module, at: int) -> Iterator[None]:
        """While a statement of a file's top level runs, whoever asked for it."""
        saved = module.position, self.uncertain, self.maybe_returned
        module.position, self.uncertain, self.maybe_returned = at, None, None
        left, allowed = self._steps, min(self._steps, STATEMENT_STEPS)
        self._steps = allowed
        kept_back = left - allowed
        self._kept_back += kept_back
        try:
            yield
        finally:
            self._kept_back -= kept_back
            module.position, self.uncertain, self.maybe_returned = saved
            self._steps = left - (allowed - self._steps)

    def declare(self, declaration: Declaration, module: Module) -> None:
        """Gives the names of a declaration their values."""
        node, scope, values = declaration.node, module.scope, module.values
        place = module.source.place(node)
        if declaration.kind == "variable":
            value_node = node.child_by_field_name("value")
            pattern = node.child_by_field_name("name")
            value = UNDEFINED if value_node is None else self.evaluate(value_node, scope)
            if pattern is not None:
                bind(self, pattern, value, scope, values.__setitem__)
            return
        if declaration.kind == "function":
            value = Closure(node, scope)
        elif declaration.kind == "enum":
            value = enumeration(self, node, scope)
        elif declaration.kind == "value":
            value = self.evaluate(node, scope)
        elif declaration.kind == "class":
            value = Unknown("classes are not read", place)
        else:
            value = Unknown("this kind of module is not read", place)
        for name in declaration.names:
            values[name] = value

    def run_statement(self, node: Node, module: Module) -> None:
        self.execute(node, module.scope)

    # Properties

    def member(self, value: Value, name: str, place: Place) -> Value:
        if isinstance(value, Host):
            return value.member(name, place)
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Record):
            if name in value.entries:
                return value.entries[name]
            if value.unknown:
                return value.unknown[0]
            return intrinsic_member(value, name, place)
        if value is None or isinstance(value, Undefined):
            return Unknown(f"“{name}” of {'null' if value is None else 'undefined'}", place)
        return intrinsic_member(value, name, place)

    def set_member(self, target: Value, name: str | Unknown, value: Value, place: Place) -> None:
        """`target[name] = value`."""
        if self.uncertain is not None:
            value = self.uncertain
        if isinstance(target, Record):
            if isinstance(name, Unknown):
                note(target.unknown, name)
            elif self.uncertain is not None and name not in target.entries:
                note(target.unknown, self.uncertain)
            else:
                set_entry(target, name, value, place)
        elif isinstance(target, Array):
            set_item(target, name, value, place)

    def add(self, target: Array, items: Sequence[Value]) -> None:
        """`target.push(...items)`."""
        if self.uncertain is not None:
            note(target.unknown, self.uncertain)
        else:
            target.items.extend(items)


def _levels() -> int:
    """How deeply evaluation may nest, so that Python's own limit is not met from wherever we are called."""
    frames = 0
    frame = sys._getframe()
    while frame.f_back is not None:
        frames += 1
        frame = frame.f_back
    return max(10, (sys.getrecursionlimit() - frames - _RESERVED_FRAMES) // _FRAMES_PER_LEVEL)


def _shortened(text: str) -> str:
    return _line(text, 40)


def _line(text: str, longest: int = _LONGEST_TOLD) -> str:
    """One line, whatever names stand in the source."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
