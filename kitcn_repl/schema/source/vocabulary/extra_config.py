"""The extra configuration of a table: indexes, constraints, policies (kitcn.md 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

from kitcn_repl.schema.model import Action, Check, Deletion, Index, Place, Unique
from kitcn_repl.schema.source.values import UNDEFINED, Array, Call, Host, Record, Unknown, Value
from kitcn_repl.schema.source.vocabulary.hosts import (
    Builtin,
    elements,
    is_given,
    property_of,
    report_unknown,
    text,
)
from kitcn_repl.schema.source.vocabulary.table import KitcnTable, TableColumn, TableForeignKey, add_foreign_key


class Extra(Host):
    """An item of a table's extra configuration. `place` is where its builder is called."""

    place: Place

    def apply(self, table: KitcnTable) -> None:
        """Add the item to a table."""
        raise NotImplementedError


def apply(table: KitcnTable, given: Value) -> None:
    """Add what the extra configuration's callback answered: an array, or an object whose keys do not matter."""
    table.has_open_indexes = report_unknown(table.evaluator, f"the indexes of {table.label}", given)
    items = given.items if isinstance(given, Array) else given.entries.values() if isinstance(given, Record) else []
    for item in items:
        if isinstance(item, Extra):
            item.apply(table)
        elif report_unknown(table.evaluator, f"the indexes of {table.label}", item):
            table.has_open_indexes = True
        else:
            table.problem(f"Unsupported extra config value in convexTable('{table.label}').", table.place)


def unique_name(table: KitcnTable, fields: Sequence[str], given: str | None) -> str:
    return given or f"{table.declared_name}_{'_'.join(fields)}_unique"


def action(value: Value) -> Action | None:
    return next((known for known in get_args(Action) if known == value), None)


def columns_of(table: KitcnTable, values: Sequence[Value], what: str, place: Place) -> list[TableColumn] | None:
    """The table's columns that values stand for; None, and told to the user, where one is none."""
    found: list[TableColumn] = []
    for value in values:
        column = table.column(value)
        if column is None:
            if not report_unknown(table.evaluator, f"{what} of {table.label}", value):
                table.problem(f"{what} of '{table.label}' names a column that the table does not have.", place)
            return None
        if column.table is not table:
            other = column.table.label
            table.problem(f"{what} references column from '{other}', but belongs to '{table.label}'.", place)
            return None
        if column.name == "createdAt":
            rule = "'createdAt' is reserved and maps to internal '_creationTime'."
            table.problem(f"{what} cannot use 'createdAt'. {rule}", place)
        found.append(column)
    return found


def fields_of(table: KitcnTable, values: Sequence[Value], what: str, place: Place) -> tuple[str, ...] | None:
    columns = columns_of(table, values, what, place)
    return None if columns is None else tuple(column.name for column in columns)


@dataclass(slots=True, eq=False)
class Unfinished(Extra):
    """A builder whose columns are not given yet: what stands in an extra configuration so is a mistake."""

    what: str
    missing: str
    place: Place
    finish: dict[str, Builtin]

    def member(self, name: str, place: Place) -> Value:
        return self.finish.get(name, UNDEFINED)

    def apply(self, table: KitcnTable) -> None:
        message = f"Invalid {self.what} definition on '{table.label}'. Did you forget to call {self.missing}?"
        table.problem(message, self.place)


@dataclass(slots=True, eq=False)
class DatabaseIndex(Extra):
    name: str
    columns: Sequence[Value]
    is_unique: bool
    place: Place

    def member(self, name: str, place: Place) -> Value:
        return Builtin(self._where) if name == "where" else UNDEFINED

    def _where(self, call: Call) -> Value:
        message = f"Convex does not support partial indexes. Remove .where(...) from index '{self.name}'."
        call.evaluator.problem(message, call.place)
        return self

    def apply(self, table: KitcnTable) -> None:
        fields = fields_of(table, self.columns, f"Index '{self.name}'", self.place)
        if fields is None:
            table.has_open_indexes = True
        else:
            table.indexes.append(Index(self.name, "database", fields, origins=("source",), place=self.place))
            if self.is_unique:
                table.unique.append(Unique(self.name, fields, place=self.place))


@dataclass(slots=True, eq=False)
class UniqueConstraint(Extra):
    name: str | None
    columns: Sequence[Value]
    place: Place
    nulls_not_distinct: bool = False

    def member(self, name: str, place: Place) -> Value:
        return Builtin(self._nulls_not_distinct) if name == "nullsNotDistinct" else UNDEFINED

    def _nulls_not_distinct(self, call: Call) -> Value:
        self.nulls_not_distinct = True
        return self

    def apply(self, table: KitcnTable) -> None:
        fields = fields_of(table, self.columns, "Unique constraint", self.place)
        if fields is None:
            table.has_open_indexes = True
        else:
            name = unique_name(table, fields, self.name)
            table.indexes.append(Index(name, "database", fields, origins=("source",), place=self.place))
            table.unique.append(Unique(name, fields, self.nulls_not_distinct, self.place))


@dataclass(slots=True, eq=False)
class SearchOrVectorIndex(Extra):
    """`searchIndex` or `vectorIndex` with its column."""

    name: str
    column: Value
    is_vector: bool
    place: Place
    filter: Sequence[Value] = ()
    dimensions: Value = UNDEFINED
    staged: bool = False

    def member(self, name: str, place: Place) -> Value:
        answers = {"filter": self._filter, "staged": self._staged}
        if self.is_vector:
            answers["dimensions"] = self._dimensions
        return Builtin(answers[name]) if name in answers else UNDEFINED

    def _filter(self, call: Call) -> Value:
        self.filter = call.arguments
        return self

    def _staged(self, call: Call) -> Value:
        self.staged = True
        return self

    def _dimensions(self, call: Call) -> Value:
        self.dimensions = call.argument(0)
        return self

    def apply(self, table: KitcnTable) -> None:
        what = f"{'Vector' if self.is_vector else 'Search'} index '{self.name}'"
        columns = columns_of(table, [self.column], what, self.place)
        filter_fields = fields_of(table, self.filter, what, self.place)
        if columns is None or filter_fields is None:
            table.has_open_indexes = True
            return
        self._check_type(table, columns[0], what)
        table.indexes.append(
            Index(
                self.name,
                "vector" if self.is_vector else "search",
                (columns[0].name,),
                filter_fields,
                self._checked_dimensions(table, columns[0], what) if self.is_vector else None,
                self.staged,
                origins=("source",),
                place=self.place,
            )
        )

    def _check_type(self, table: KitcnTable, column: TableColumn, what: str) -> None:
        wanted = "ConvexVector" if self.is_vector else "ConvexText"
        if column.column_type not in (wanted, None):
            rule = "requires a vector() column." if self.is_vector else "only supports text() columns."
            table.problem(f"{what} {rule} Field '{column.name}' is type '{column.column_type}'.", self.place)

    def _checked_dimensions(self, table: KitcnTable, column: TableColumn, what: str) -> int | None:
        if report_unknown(table.evaluator, f"the dimensions of {what}", self.dimensions):
            return None
        if not isinstance(self.dimensions, float | int):
            missing = f"{what} is missing dimensions. Call .dimensions(n) before using."
            table.problem(missing, self.place)
            return None
        dimensions = int(self.dimensions)
        declared = column.builder.dimensions if column.builder is not None else None
        if declared is not None and declared != dimensions:
            rule = f"do not match vector column '{column.name}' dimensions ({declared})."
            table.problem(f"{what} dimensions ({dimensions}) {rule}", self.place)
        return dimensions


@dataclass(slots=True, eq=False)
class ForeignKeyConstraint(Extra):
    config: Value
    place: Place
    actions: dict[str, Value] = field(default_factory=dict)

    def member(self, name: str, place: Place) -> Value:
        def set_action(call: Call) -> Value:
            self.actions[name] = call.argument(0)
            return self

        return Builtin(set_action) if name in ("onDelete", "onUpdate") else UNDEFINED

    def apply(self, table: KitcnTable) -> None:
        local = elements(property_of(self.config, "columns"))
        foreign = elements(property_of(self.config, "foreignColumns"))
        if report_unknown(table.evaluator, f"a foreign key of {table.label}", self.config):
            return
        if len(local) != len(foreign) or not local:
            rule = "must specify matching columns and foreignColumns."
            table.problem(f"Foreign key on '{table.label}' {rule}", self.place)
            return
        own = columns_of(table, local, "Foreign key", self.place)
        targets = [table.column(value) for value in foreign]
        if own is None or not _is_one_table(table, targets, foreign, self.place):
            return
        found = [target for target in targets if target is not None]
        actions = {name: property_of(self.config, name) for name in ("onDelete", "onUpdate")} | self.actions
        for value in actions.values():
            report_unknown(table.evaluator, f"a foreign key of {table.label}", value)
        add_foreign_key(
            table,
            TableForeignKey(
                tuple(column.name for column in own),
                found[0].table,
                tuple(target.name for target in found),
                text(property_of(self.config, "name")),
                action(actions["onDelete"]),
                action(actions["onUpdate"]),
                self.place,
            ),
        )


def _is_one_table(
    table: KitcnTable, targets: Sequence[TableColumn | None], given: Sequence[Value], place: Place
) -> bool:
    for target, value in zip(targets, given, strict=True):
        if target is None:
            if not report_unknown(table.evaluator, f"a foreign key of {table.label}", value):
                table.problem(f"Foreign key on '{table.label}' references a column without a table.", place)
            return False
    names = [target.table.label for target in targets if target is not None]
    other = next((name for name in names if name != names[0]), None)
    if other is not None:
        mixed = f"Foreign key on '{table.label}' mixes foreign columns from '{names[0]}' and '{other}'."
        table.problem(mixed, place)
    return other is None


@dataclass(slots=True, eq=False)
class CheckConstraint(Extra):
    name: str
    expression: str
    place: Place

    def apply(self, table: KitcnTable) -> None:
        table.checks.append(Check(self.name, self.expression, self.place))


@dataclass(slots=True, eq=False)
class DeletionMode(Extra):
    mode: Deletion
    delay: float | None
    place: Place

    def apply(self, table: KitcnTable) -> None:
        if table.deletion is not None:
            table.problem(f"Only one deletion(...) config can be defined for '{table.label}'.", self.place)
            return
        table.deletion, table.deletion_delay = self.mode, self.delay


def named(call: Call, what: str) -> str | None:
    """The name that a builder is given; what is unknown is told to the user."""
    name = text(call.argument(0))
    if name is None and is_given(call.argument(0)):
        report_unknown(call.evaluator, f"the name of {what}", call.argument(0))
    return name


def _database_index(is_unique: bool) -> Builtin:
    def answer(call: Call) -> Value:
        name = named(call, "an index")
        if name is None:
            return Unknown("the index's name is not known", call.place)

        def on(then: Call) -> Value:
            return DatabaseIndex(name, then.arguments, is_unique, call.place)

        return Unfinished("index", ".on(...)", call.place, {"on": Builtin(on)})

    return Builtin(answer)


def _unique(call: Call) -> Value:
    name = named(call, "a unique constraint")

    def on(then: Call) -> Value:
        return UniqueConstraint(name, then.arguments, call.place)

    return Unfinished("unique constraint", ".on(...)", call.place, {"on": Builtin(on)})


def _search_or_vector_index(is_vector: bool) -> Builtin:
    def answer(call: Call) -> Value:
        name = named(call, "an index")
        if name is None:
            return Unknown("the index's name is not known", call.place)

        def on(then: Call) -> Value:
            return SearchOrVectorIndex(name, then.argument(0), is_vector, call.place)

        what = "vector index" if is_vector else "search index"
        return Unfinished(what, ".on(...)", call.place, {"on": Builtin(on)})

    return Builtin(answer)


def _foreign_key(call: Call) -> Value:
    return ForeignKeyConstraint(call.argument(0), call.place)


def _check(call: Call) -> Value:
    name = named(call, "a check")
    return CheckConstraint(name or "", call.texts[1] if len(call.texts) > 1 else "", call.place)


def _deletion(call: Call) -> Value:
    mode = next((known for known in get_args(Deletion) if known == call.argument(0)), None)
    if mode is None:
        report_unknown(call.evaluator, "a deletion mode", call.argument(0))
        return Unknown("the deletion mode is not known", call.place)
    delay = property_of(call.argument(1), "delayMs")
    if is_given(delay) and mode != "scheduled":
        call.evaluator.problem("deletion() delayMs is only supported for 'scheduled'.", call.place)
    return DeletionMode(mode, float(delay) if isinstance(delay, float | int) else None, call.place)


CONSTRAINTS: dict[str, Value] = {
    "index": _database_index(is_unique=False),
    "uniqueIndex": _database_index(is_unique=True),
    "unique": Builtin(_unique),
    "searchIndex": _search_or_vector_index(is_vector=False),
    "vectorIndex": _search_or_vector_index(is_vector=True),
    "foreignKey": Builtin(_foreign_key),
    "check": Builtin(_check),
    "deletion": Builtin(_deletion),
}
"""The exports of `kitcn/orm` for a table's extra configuration, those of aggregates and policies aside."""
