"""The schema that a module's exports make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from kitcn_repl.schema.model import Place, Relation, Schema, Table, Trigger
from kitcn_repl.schema.owners import owners
from kitcn_repl.schema.relations import Declaration, resolve
from kitcn_repl.schema.source.values import UNDEFINED, Evaluator, Record, Unknown, Value
from kitcn_repl.schema.source.vocabulary.assemble import assembled
from kitcn_repl.schema.source.vocabulary.convex import ConvexTable
from kitcn_repl.schema.source.vocabulary.hosts import constant, is_given, is_true, property_of, report_unknown
from kitcn_repl.schema.source.vocabulary.names import TableNames
from kitcn_repl.schema.source.vocabulary.relations import RelatedTable, RelationsHelper, declarations
from kitcn_repl.schema.source.vocabulary.schema import Extension, SchemaDefinition, TriggersDefinition
from kitcn_repl.schema.source.vocabulary.table import KitcnTable
from kitcn_repl.schema.source.vocabulary.triggers import hooks

_START = Place("", 1)
"""Of the module itself, whose name only the reader knows."""


def collect(module: Record, evaluator: Evaluator, locked: Mapping[str, str]) -> Schema:
    """The schema of a module's exports, without `dynamic`, `problems` and `files`.

    `locked` says of tables which plugin brought them (`plugin_lock.locked_tables`). A place without a file is in the
    module itself.
    """
    definition, is_open = _definition(module, evaluator)
    collector = _Collector(definition, module, evaluator, is_open)
    collector.add_tables()
    relations = collector.relations()
    tables = collector.models(locked)
    options = definition.options
    defaults = property_of(options, "defaults")
    known_defaults = constant(defaults)[1] if isinstance(defaults, Record) else None
    return Schema(
        tables=tables,
        relations=relations,
        dialect=collector.dialect,
        strict=property_of(options, "strict") is not False,
        defaults=known_defaults if isinstance(known_defaults, dict) else {},
        validates=property_of(options, "schemaValidation") is not False,
        open=collector.is_open,
    )


def _definition(module: Record, evaluator: Evaluator) -> tuple[SchemaDefinition, bool]:
    """The schema that a module exports, as default or otherwise; else what its tables would make. And whether there may
    be more tables than that."""
    default = module.entries.get("default", UNDEFINED)
    for value in (default, *module.entries.values()):
        if isinstance(value, SchemaDefinition):
            return value, False
    place = module.places.get("default", _START)
    is_told = report_unknown(evaluator, "the schema", default if is_given(default) else module)
    for value in (module.entries.get("tables"), default):
        tables = _tables_in(value)
        if tables is not None:
            return SchemaDefinition("convex", tables, UNDEFINED, place, evaluator), is_told
    declared: dict[str, Value] = {
        table.declared_name: table
        for table in module.entries.values()
        if isinstance(table, KitcnTable) and table.declared_name is not None
    }
    if not declared and not is_told:
        evaluator.problem("This file exports no schema: its default export is no defineSchema(...).", place)
    return SchemaDefinition("convex", Record(declared), UNDEFINED, place, evaluator), True


def _tables_in(value: Value) -> Record | None:
    """An object of tables, or of what `defineRelations` makes of them; None if it is none."""
    if not isinstance(value, Record):
        return None
    tables = {key: entry.table if isinstance(entry, RelatedTable) else entry for key, entry in value.entries.items()}
    is_one = any(isinstance(table, KitcnTable | ConvexTable) for table in tables.values())
    return Record(tables, value.places, value.unknown) if is_one else None


@dataclass(slots=True)
class _Collector:
    definition: SchemaDefinition
    module: Record
    evaluator: Evaluator
    is_open: bool
    tables: dict[str, Value] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    extensions: list[Extension] = field(default_factory=list)
    plugins: dict[str, str] = field(default_factory=dict)

    def add_tables(self) -> None:
        self._add(self.definition.tables, self.definition.place, None)
        for value in self.definition.extensions:
            if isinstance(value, Extension):
                self._add_extension(value)
            else:
                self.is_open = True
                place = self.definition.place
                unknown = value if isinstance(value, Unknown) else Unknown("it is no extension that is known", place)
                self.evaluator.report("an extension of the schema", unknown)

    def _add_extension(self, extension: Extension) -> None:
        if any(other.key == extension.key for other in self.extensions):
            message = f"defineSchema received duplicate extension '{extension.key}'."
            self.evaluator.problem(f"{message} Remove duplicate extension registrations.", extension.place)
            return
        self.extensions.append(extension)
        self._add(extension.tables, extension.place, extension)

    def _add(self, tables: Value, place: Place, extension: Extension | None) -> None:
        what = "the tables of the schema" if extension is None else f"the tables of {extension.key}"
        self.is_open = report_unknown(self.evaluator, what, tables) or self.is_open
        if not isinstance(tables, Record):
            return
        for key, table in tables.entries.items():
            if not is_given(table):
                continue
            at = tables.places.get(key, place)
            if extension is not None:
                if key in self.tables and self.tables[key] is not table:
                    message = f"defineSchema cannot inject internal table '{key}' because the name is already in use."
                    self.evaluator.problem(message, at)
                    continue
                self.plugins[key] = extension.package or extension.key
            self.tables[key] = table
            self.places[key] = at

    @property
    def dialect(self) -> Literal["kitcn", "convex", "ents"]:
        """That of `defineSchema`; kitcn's where Convex's is given tables of kitcn."""
        has_kitcn = any(isinstance(table, KitcnTable) for table in self.tables.values())
        return "kitcn" if has_kitcn else self.definition.dialect

    def relations(self) -> tuple[Relation, ...]:
        kitcn = dict(self._related())
        columns = {key: {*table.columns, *table.system} for key, table in kitcn.items()}
        declared = _without_doubles(self._declarations(kitcn), self.evaluator)
        is_old = any(related.is_old for related in self._related_tables())
        found = resolve(columns, declared, self.evaluator.problem, is_old=is_old)
        return (*self.definition.known_relations, *found)

    def _related(self) -> Iterable[tuple[str, KitcnTable]]:
        """The tables that relations can name, those that cannot be read among them."""
        for key, table in self.tables.items():
            if isinstance(table, KitcnTable):
                yield key, table
            elif isinstance(table, Unknown):
                yield key, KitcnTable(key, self.places[key], self.evaluator, is_open=True)

    def _declarations(self, tables: Mapping[str, KitcnTable]) -> Iterable[tuple[str, Declaration]]:
        helper = RelationsHelper(tables, self.is_open, self.evaluator)
        sources = [(f"extension '{each.key}'", each.relations, each.place) for each in self.extensions]
        sources.append(("schema.relations()", self.definition.relations, self.definition.place))
        for source, relations, place in sources:
            if is_given(relations):
                config = self.evaluator.apply(relations, [helper], place)
                report_unknown(self.evaluator, "relations", config)
                for key, value in config.entries.items() if isinstance(config, Record) else ():
                    at = config.places.get(key, place) if isinstance(config, Record) else place
                    for declaration in declarations(key, value, at, self.evaluator):
                        yield source, declaration
        if is_given(self.definition.relations):
            return
        for related in self._related_tables():
            key = related.key
            for declaration in declarations(key, related.relations, related.place, self.evaluator):
                yield "defineRelations()", declaration

    def _related_tables(self) -> list[RelatedTable]:
        """What `defineRelations` answered: the export `relations`, as kitcn has it, else what else is exported."""
        named = _related_in(self.module.entries.get("relations"))
        exports = [named] if named else [_related_in(export) for export in self.module.entries.values()]
        found = {id(related): related for export in exports for related in export}
        return list(found.values())

    def models(self, locked: Mapping[str, str]) -> dict[str, Table]:
        declared = {
            table.declared_name: key
            for key, table in reversed(self.tables.items())
            if isinstance(table, KitcnTable) and table.declared_name is not None
        }
        names = TableNames(self.tables, declared)
        models = {key: self._model(key, table, names) for key, table in self.tables.items()}
        owned = owners({key: list(table.fields or ()) for key, table in models.items()})
        triggers = self._triggers(models)
        for key, table in models.items():
            owner, plugin = owned[key]
            brought_by = self.plugins.get(key) or locked.get(key)
            if brought_by is not None:
                owner, plugin = ("auth" if "auth" in (owner, brought_by) else "plugin"), brought_by
            models[key] = replace(table, owner=owner, plugin=plugin, triggers=triggers.get(key, ()))
        return models

    def _model(self, key: str, table: Value, names: TableNames) -> Table:
        if isinstance(table, KitcnTable):
            return assembled(table, key, names)
        if isinstance(table, ConvexTable):
            return table.model(key)
        place = self.places.get(key, self.definition.place)
        unknown = table if isinstance(table, Unknown) else Unknown("it is no table that can be known", place)
        self.evaluator.report(f"the table {key}", unknown)
        return Table(name=key, fields={}, open=True, origins=("source",), place=place)

    def _triggers(self, models: Mapping[str, Table]) -> dict[str, tuple[Trigger, ...]]:
        sources = [each.triggers for each in self.extensions]
        sources.append(self.definition.triggers)
        sources.extend(
            export.triggers for export in self.module.entries.values() if isinstance(export, TriggersDefinition)
        )
        variables = {name: value for name, value in self.module.entries.items() if isinstance(value, KitcnTable)}
        keys = {id(table): key for key, table in self.tables.items()}
        called = {name: keys[id(table)] for name, table in variables.items() if id(table) in keys}
        called.update({key: key for key in models})
        found: dict[str, tuple[Trigger, ...]] = {}
        for source in sources:
            if is_true(source):
                for key, triggers in hooks(source, called, self.definition.place, self.evaluator).items():
                    found[key] = (*found.get(key, ()), *triggers)
        return found


def _related_in(export: Value) -> list[RelatedTable]:
    entries = export.entries.values() if isinstance(export, Record) else ()
    return [entry for entry in entries if isinstance(entry, RelatedTable)]


def _without_doubles(found: Iterable[tuple[str, Declaration]], evaluator: Evaluator) -> list[Declaration]:
    first: dict[tuple[str, str], tuple[str, Declaration]] = {}
    for source, declaration in found:
        key = (declaration.source, declaration.name)
        if key in first:
            relation = f"defineSchema relation field '{declaration.source}.{declaration.name}'"
            twice = f"is defined more than once ({first[key][0]} and {source})."
            evaluator.problem(f"{relation} {twice}", declaration.place)
        else:
            first[key] = (source, declaration)
    return [declaration for _, declaration in first.values()]
