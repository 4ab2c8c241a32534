"""kitcn's `defineSchema` with its chain, and schema extensions (kitcn.md 2.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from kitcn_repl.schema.model import Place, Relation
from kitcn_repl.schema.source.values import UNDEFINED, Array, Call, Evaluator, Host, Value
from kitcn_repl.schema.source.vocabulary.hosts import Builtin, is_given, property_of, report_unknown, text, unknowns

Dialect = Literal["kitcn", "convex", "ents"]


@dataclass(frozen=True, slots=True, eq=False)
class Extension(Host):
    """`defineSchemaExtension(key, tables)`, or an older plugin. `package` is set if its tables come from a package."""

    key: str
    tables: Value
    place: Place
    relations: Value = UNDEFINED
    triggers: Value = UNDEFINED
    package: str | None = None

    def member(self, name: str, place: Place) -> Value:
        if name == "relations":
            return Builtin(lambda call: replace(self, relations=call.argument(0)))
        if name == "triggers":
            return Builtin(lambda call: replace(self, triggers=call.argument(0)))
        if name == "key":
            return self.key
        return self.tables if name == "tables" else UNDEFINED


@dataclass(frozen=True, slots=True, eq=False)
class SchemaDefinition(Host):
    """What `defineSchema` and the methods of its chain answer.

    `dialect` is that of the `defineSchema`; `extensions` may hold what is unknown.
    """

    dialect: Dialect
    tables: Value
    options: Value
    place: Place
    evaluator: Evaluator
    extensions: tuple[Value, ...] = ()
    relations: Value = UNDEFINED
    triggers: Value = UNDEFINED
    known_relations: tuple[Relation, ...] = ()

    def member(self, name: str, place: Place) -> Value:
        if name == "tables":
            return self.tables
        if self.dialect != "kitcn":
            return UNDEFINED
        step = _STEPS.get(name)
        return Builtin(lambda call: step(self, call)) if step is not None else UNDEFINED


def _extend(schema: SchemaDefinition, call: Call) -> Value:
    if is_given(schema.relations):
        call.evaluator.problem("defineSchema(...).extend() must come before .relations()", call.place)
    return replace(schema, extensions=(*schema.extensions, *call.arguments))


def _relations(schema: SchemaDefinition, call: Call) -> Value:
    if is_given(schema.relations):
        call.evaluator.problem("defineSchema(...).relations() can only be called once", call.place)
        return schema
    return replace(schema, relations=call.argument(0))


def _triggers(schema: SchemaDefinition, call: Call) -> Value:
    return replace(schema, triggers=call.argument(0))


_STEPS: dict[str, Callable[[SchemaDefinition, Call], Value]] = {
    "extend": _extend,
    "relations": _relations,
    "triggers": _triggers,
}


def define_schema(dialect: Dialect) -> Builtin:
    """`defineSchema(tables, options?)` of a library."""

    def answer(call: Call) -> Value:
        options = call.argument(1)
        plugins = property_of(options, "plugins")
        listed = plugins.items if isinstance(plugins, Array) else ()
        extensions = (*listed, *unknowns(plugins))
        return SchemaDefinition(dialect, call.argument(0), options, call.place, call.evaluator, extensions)

    return Builtin(answer)


def _define_extension(call: Call) -> Value:
    key = text(call.argument(0))
    if key is None:
        report_unknown(call.evaluator, "the key of a schema extension", call.argument(0))
    return Extension(key or "", call.argument(1), call.place)


@dataclass(frozen=True, slots=True, eq=False)
class TriggersDefinition(Host):
    """`defineTriggers(relations, triggers)`."""

    triggers: Value


def _define_triggers(call: Call) -> Value:
    return TriggersDefinition(call.argument(1))


SCHEMA: dict[str, Value] = {
    "defineSchema": define_schema("kitcn"),
    "defineSchemaExtension": Builtin(_define_extension),
    "defineTriggers": Builtin(_define_triggers),
}
