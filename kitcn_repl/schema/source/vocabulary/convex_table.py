"""`convexTable` (kitcn.md 2): how a table is made of columns and extra configuration."""

from __future__ import annotations

import re

from kitcn_repl.schema.model import Index, Place, Unique
from kitcn_repl.schema.source.values import Call, Record, Unknown, Value
from kitcn_repl.schema.source.vocabulary import discriminators, extra_config
from kitcn_repl.schema.source.vocabulary.columns import Column, Reference
from kitcn_repl.schema.source.vocabulary.hosts import Builtin, is_given, property_of, report_unknown, text
from kitcn_repl.schema.source.vocabulary.table import (
    KitcnTable,
    TableColumn,
    TableForeignKey,
    add_foreign_key,
    bind,
)
from kitcn_repl.schema.source.vocabulary.validators import Validator

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
_RESERVED_TABLES = frozenset({"_storage", "_scheduled_functions"})
_RESERVED_COLUMNS = frozenset({"id", "_id", "_creationTime"})


def convex_table(call: Call) -> KitcnTable:
    """`convexTable(name, columns, extraConfig?)`."""
    name = text(call.argument(0))
    report_unknown(call.evaluator, "the name of a table", call.argument(0))
    table = KitcnTable(name, call.place, call.evaluator)
    _check_name(table)
    _add_columns(table, call.argument(1))
    given = call.argument(2)
    if is_given(given):
        extra_config.apply(table, call.evaluator.apply(given, [table], call.place))
    return table


def _with_rls(call: Call) -> KitcnTable:
    table = convex_table(call)
    table.has_rls = True
    return table


CONVEX_TABLE = Builtin(convex_table, {"withRLS": Builtin(_with_rls)})


def _check_name(table: KitcnTable) -> None:
    name = table.declared_name
    if name in _RESERVED_TABLES:
        table.problem(f"Table name '{name}' is reserved. System tables cannot be redefined.", table.place)
    elif name is not None and _NAME.match(name) is None:
        rule = "Must start with letter, contain only alphanumeric and underscore."
        table.problem(f"Invalid table name '{name}'. {rule}", table.place)


def _add_columns(table: KitcnTable, given: Value) -> None:
    what = f"the columns of {table.label}"
    table.is_open = report_unknown(table.evaluator, what, given)
    if not isinstance(given, Record):
        if not table.is_open:
            table.evaluator.report(
                what, Unknown("they are no object that can be known without running it", table.place)
            )
        table.is_open = True
        return
    for name, value in given.entries.items():
        place = given.places.get(name, table.place)
        if name in _RESERVED_COLUMNS:
            reserved = f"Column name '{name}' is reserved. System fields are managed by Convex ORM."
            table.problem(reserved, place)
        else:
            _add_column(table, name, value, place)
    for column in discriminators.expand(table):
        table.columns[column.name] = column
    for column in table.columns.values():
        if column.builder is not None:
            _constrain(table, column, column.builder)


def _add_column(table: KitcnTable, name: str, value: Value, place: Place) -> None:
    if isinstance(value, Column):
        column = bind(table, name, value, place)
    elif isinstance(value, Validator):
        column = TableColumn(table, name, place, None, value, not_null=not value.optional)
    else:
        if not report_unknown(table.evaluator, f"the column {table.label}.{name}", value):
            table.problem(f"Column '{name}' on '{table.label}' must be a column builder.", place)
        column = TableColumn(table, name, place)
    table.columns[name] = column


def _constrain(table: KitcnTable, column: TableColumn, builder: Column) -> None:
    if builder.is_unique:
        name = extra_config.unique_name(table, (column.name,), builder.unique_name)
        table.indexes.append(Index(name, "database", (column.name,), origins=("source",), place=column.place))
        table.unique.append(Unique(name, (column.name,), builder.nulls_not_distinct, column.place))
    if builder.target is not None and not builder.references:
        key = TableForeignKey((column.name,), builder.target, ("_id",), None, None, None, column.place)
        add_foreign_key(table, key)
    table.deferred.extend((column.name, reference) for reference in builder.references)


def resolved_foreign_keys(table: KitcnTable) -> list[TableForeignKey]:
    """All foreign keys, those of `.references` looked up now."""
    deferred, table.deferred = table.deferred, []
    for name, reference in deferred:
        column = _referred(table, name, reference)
        if column is not None:
            options = reference.options
            key = TableForeignKey(
                (name,),
                column.table,
                (column.name,),
                text(property_of(options, "name")),
                extra_config.action(property_of(options, "onDelete")),
                extra_config.action(property_of(options, "onUpdate")),
                reference.place,
            )
            for value in (options, property_of(options, "onDelete"), property_of(options, "onUpdate")):
                report_unknown(table.evaluator, f"the foreign key of {table.label}.{name}", value)
            add_foreign_key(table, key)
    return table.foreign_keys


def _referred(table: KitcnTable, name: str, reference: Reference) -> TableColumn | None:
    value = table.evaluator.apply(reference.column, [], reference.place)
    column = table.column(value)
    if column is None and not report_unknown(table.evaluator, f"the foreign key of {table.label}.{name}", value):
        missing = f"Foreign key on '{table.label}.{name}' references a column without a table."
        table.problem(f"{missing} Use references(() => targetTable.column).", reference.place)
    return column
