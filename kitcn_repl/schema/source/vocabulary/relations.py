"""The `r` of kitcn's relations, and `defineRelations` (kitcn.md 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kitcn_repl.schema.model import Cardinality, Place
from kitcn_repl.schema.relations import ColumnReference, Declaration
from kitcn_repl.schema.source.values import UNDEFINED, Array, Call, Evaluator, Host, Record, Unknown, Value
from kitcn_repl.schema.source.vocabulary.hosts import Builtin, is_given, is_true, property_of, report_unknown, text
from kitcn_repl.schema.source.vocabulary.table import KitcnTable
from kitcn_repl.schema.source.vocabulary.texts import text_of_property


@dataclass(frozen=True, slots=True, eq=False)
class RelationColumn(Host):
    """`r.<table>.<column>`."""

    reference: ColumnReference

    def member(self, name: str, place: Place) -> Value:
        return Builtin(self._through) if name == "through" else UNDEFINED

    def _through(self, call: Call) -> Value:
        junction = call.argument(0)
        if isinstance(junction, RelationColumn):
            mine = self.reference
            return RelationColumn(ColumnReference(mine.table, mine.column, mine.not_null, junction.reference))
        if isinstance(junction, Unknown):
            return junction
        return Unknown("what is given to through() is no column that can be known", call.place)


@dataclass(frozen=True, slots=True, eq=False)
class RelationTable(Host):
    """`r.<table>`."""

    key: str
    table: KitcnTable

    def member(self, name: str, place: Place) -> Value:
        if name == "_id":
            self.table.problem("`_id` is no longer public in relations. Use `id`.", place)
            name = "id"
        column = self.table.system.get(name) or self.table.columns.get(name)
        if column is None:
            return RelationColumn(ColumnReference(self.key, name, False)) if self.table.is_open else UNDEFINED
        not_null = column.builder.not_null if column.builder is not None else column.not_null
        return RelationColumn(ColumnReference(self.key, column.name, not_null))


@dataclass(frozen=True, slots=True, eq=False)
class DeclaredRelation(Host):
    """`r.one.<target>(config)` or `r.many.<target>(config)`."""

    cardinality: Cardinality
    target: str
    config: Value
    config_text: str
    place: Place

    def declaration(self, source: str, name: str, place: Place, evaluator: Evaluator) -> Declaration:
        what = f"the relation {source}.{name}"
        is_known = not report_unknown(evaluator, what, self.config)
        sides: list[tuple[ColumnReference, ...] | None] = []
        for side in ("from", "to"):
            columns, is_side_known = _columns(property_of(self.config, side), what, place, evaluator)
            is_known = is_known and is_side_known
            sides.append(columns)
        alias = property_of(self.config, "alias")
        is_known = not report_unknown(evaluator, what, alias) and is_known
        optional = property_of(self.config, "optional")
        return Declaration(
            source,
            name,
            self.cardinality,
            self.target,
            place,
            sides[0],
            sides[1],
            text(alias),
            optional is not False,
            text_of_property(self.config, self.config_text, "where"),
            is_known,
        )


def _columns(
    value: Value, what: str, place: Place, evaluator: Evaluator
) -> tuple[tuple[ColumnReference, ...] | None, bool]:
    """The columns of `from` or `to`, None where not given, and whether they are known."""
    if isinstance(value, Array):
        if report_unknown(evaluator, what, value):
            return None, False
        items = value.items
    elif isinstance(value, Unknown) or is_true(value):
        items = [value]
    else:
        return None, True
    columns = []
    for item in items:
        if not isinstance(item, RelationColumn):
            if not report_unknown(evaluator, what, item):
                evaluator.problem(f"{what} names a column that does not exist", place)
            return None, False
        columns.append(item.reference)
    return tuple(columns), True


@dataclass(frozen=True, slots=True, eq=False)
class _Cardinality(Host):
    """`r.one` or `r.many`."""

    helper: RelationsHelper
    cardinality: Cardinality

    def member(self, name: str, place: Place) -> Value:
        if name not in self.helper.tables:
            return self.helper.missing(name, place)

        def declare(call: Call) -> Value:
            config_text = call.texts[0] if call.texts else ""
            return DeclaredRelation(self.cardinality, name, call.argument(0), config_text, call.place)

        return Builtin(declare)


@dataclass(frozen=True, slots=True, eq=False)
class RelationsHelper(Host):
    """`r`. `is_open` if there are tables that are not known."""

    tables: Mapping[str, KitcnTable]
    is_open: bool
    evaluator: Evaluator

    def member(self, name: str, place: Place) -> Value:
        if name in self.tables:
            return RelationTable(name, self.tables[name])
        if name == "one":
            return _Cardinality(self, "one")
        if name == "many":
            return _Cardinality(self, "many")
        return self.missing(name, place)

    def missing(self, name: str, place: Place) -> Value:
        if not self.is_open:
            self.evaluator.problem(f"relations refer to table '{name}', which the schema does not have", place)
        return Unknown(f"the table '{name}' is not known", place)


@dataclass(frozen=True, slots=True, eq=False)
class RelatedTable(Host):
    """A table's entry in what `defineRelations` answers; `relations` are as they are written.

    `is_old` tells that better-convex pairs them, which knows no inverse by an alias that is a relation's name.
    """

    key: str
    table: KitcnTable
    relations: Value
    place: Place
    is_old: bool

    def member(self, name: str, place: Place) -> Value:
        if name == "table":
            return self.table
        if name == "name":
            return self.key
        return self.relations if name == "relations" else UNDEFINED


def declarations(key: str, given: Value, place: Place, evaluator: Evaluator) -> list[Declaration]:
    """The relations that are declared for a table."""
    report_unknown(evaluator, f"the relations of {key}", given)
    found = []
    for name, value in given.entries.items() if isinstance(given, Record) else ():
        at = given.places.get(name, place) if isinstance(given, Record) else place
        if isinstance(value, DeclaredRelation):
            found.append(value.declaration(key, name, at, evaluator))
        elif isinstance(value, Unknown):
            evaluator.report(f"the relation {key}.{name}", value)
    return found


def _define_relations(call: Call, *, only_named: bool, is_old: bool) -> Value:
    given = call.argument(0)
    registered = given.member("tables", call.place) if isinstance(given, Host) else property_of(given, "tables")
    record = registered if isinstance(registered, Record) else given
    is_open = report_unknown(call.evaluator, "the tables of the relations", record) or not isinstance(record, Record)
    entries = record.entries if isinstance(record, Record) else {}
    tables = {key: table for key, table in entries.items() if isinstance(table, KitcnTable)}
    config: Value = Record()
    if is_given(call.argument(1)):
        helper = RelationsHelper(tables, is_open, call.evaluator)
        config = call.evaluator.apply(call.argument(1), [helper], call.place)
        report_unknown(call.evaluator, "relations", config)
    elif only_named:
        config = Record(dict.fromkeys(tables, Record()))
    related: dict[str, Value] = {}
    for key, table in tables.items():
        relations = property_of(config, key)
        if is_true(relations) or not only_named or isinstance(relations, Unknown):
            at = config.places.get(key, call.place) if isinstance(config, Record) else call.place
            related[key] = RelatedTable(key, table, relations, at, is_old)
    return Record(related)


def relations(*, is_old: bool) -> dict[str, Value]:
    """The exports that declare relations apart from the schema, of kitcn or of better-convex."""
    return {
        "defineRelations": Builtin(lambda call: _define_relations(call, only_named=False, is_old=is_old)),
        "defineRelationsPart": Builtin(lambda call: _define_relations(call, only_named=True, is_old=is_old)),
    }
