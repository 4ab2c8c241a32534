"""A table of kitcn's ORM as the model has it."""

from __future__ import annotations

from kitcn_repl.schema.model import Field, ForeignKey, RowSecurity, Table
from kitcn_repl.schema.source.values import Unknown
from kitcn_repl.schema.source.vocabulary.convex_table import resolved_foreign_keys
from kitcn_repl.schema.source.vocabulary.names import TableNames
from kitcn_repl.schema.source.vocabulary.table import KitcnTable, TableColumn, TableForeignKey


def assembled(table: KitcnTable, key: str, names: TableNames) -> Table:
    """The table that is registered under `key`."""
    foreign_keys = tuple(
        found for found in (_foreign_key(each, table, names) for each in resolved_foreign_keys(table)) if found
    )
    targets = {each.columns[0]: each for each in foreign_keys if len(each.columns) == 1}
    unique = {each.fields[0] for each in table.unique if len(each.fields) == 1}
    return Table(
        name=key,
        fields={
            column.name: _field(column, targets.get(column.name), column.name in unique)
            for column in table.columns.values()
        },
        declared_name=table.declared_name,
        indexes=tuple(table.indexes),
        unique=tuple(table.unique),
        aggregate_indexes=tuple(table.aggregate_indexes),
        rank_indexes=tuple(table.rank_indexes),
        foreign_keys=foreign_keys,
        checks=tuple(table.checks),
        rls=RowSecurity(table.has_rls or bool(table.policies), tuple(table.policies)),
        deletion=table.deletion,
        deletion_delay=table.deletion_delay,
        discriminator=table.discriminator,
        open=table.is_open,
        open_indexes=table.has_open_indexes,
        origins=("source",),
        place=table.place,
    )


def _field(column: TableColumn, key: ForeignKey | None, is_unique: bool) -> Field:
    builder = column.builder
    target = None
    if key is not None:
        target = key.target if key.target_columns == ("_id",) else f"{key.target}.{key.target_columns[0]}"
    return Field(
        name=column.name,
        validator=column.validator.json if column.validator.is_known else None,
        optional=column.validator.optional,
        kind=builder.kind if builder is not None else None,
        not_null=builder.not_null if builder is not None else column.not_null,
        default=builder.default if builder is not None else None,
        on_update=builder.on_update if builder is not None else False,
        unique=is_unique,
        values=builder.values if builder is not None else (),
        mode=builder.mode if builder is not None else None,
        references=target,
        cases=column.cases,
        has_gaps=column.validator.is_open or column.validator.has_gaps,
        origins=("source",),
        place=column.place,
    )


def _foreign_key(key: TableForeignKey, table: KitcnTable, names: TableNames) -> ForeignKey | None:
    if isinstance(key.target, str):
        target: str | None = names.of_name(key.target)
    else:
        target = names.of_table(key.target, key.target.declared_name)
    if target is None:
        what = f"the foreign key of {table.label}.{key.columns[0]}"
        table.evaluator.report(what, Unknown("the name of the table that it refers to is not known", key.place))
        return None
    return ForeignKey(key.columns, target, key.target_columns, key.name, key.on_delete, key.on_update, key.place)
