"""A table of kitcn's ORM and its columns."""

from __future__ import annotations

from dataclasses import dataclass, field

from kitcn_repl.schema.model import (
    Action,
    AggregateIndex,
    Check,
    Deletion,
    Discriminator,
    Index,
    Place,
    Policy,
    RankIndex,
    Unique,
)
from kitcn_repl.schema.source.values import UNDEFINED, Evaluator, Host, Unknown, Value
from kitcn_repl.schema.source.vocabulary.columns import Column, Reference
from kitcn_repl.schema.source.vocabulary.validators import UNKNOWN, Validator


@dataclass(slots=True, eq=False)
class TableColumn(Host):
    """A column of one table. `name` is the deployed one; `builder` is None for `id`, `createdAt` and what is unknown.

    `cases` are the discriminator cases that have it.
    """

    table: KitcnTable
    name: str
    place: Place
    builder: Column | None = None
    validator: Validator = UNKNOWN
    column_type: str | None = None
    not_null: bool = False
    cases: tuple[str, ...] = ()

    def member(self, name: str, place: Place) -> Value:
        return self.builder.member(name, place) if self.builder is not None else UNDEFINED


@dataclass(frozen=True, slots=True)
class TableForeignKey:
    """A foreign key whose target is a table, or a table's name as `id('name')` gives it."""

    columns: tuple[str, ...]
    target: KitcnTable | str
    target_columns: tuple[str, ...]
    name: str | None
    on_delete: Action | None
    on_update: Action | None
    place: Place


@dataclass(slots=True, eq=False)
class KitcnTable(Host):
    """A table of kitcn's ORM. `declared_name` is None where it cannot be known; `is_open` if columns are missing,
    `has_open_indexes` if indexes are."""

    declared_name: str | None
    place: Place
    evaluator: Evaluator
    is_open: bool = False
    has_open_indexes: bool = False
    columns: dict[str, TableColumn] = field(default_factory=dict)
    system: dict[str, TableColumn] = field(default_factory=dict)
    indexes: list[Index] = field(default_factory=list)
    unique: list[Unique] = field(default_factory=list)
    aggregate_indexes: list[AggregateIndex] = field(default_factory=list)
    rank_indexes: list[RankIndex] = field(default_factory=list)
    foreign_keys: list[TableForeignKey] = field(default_factory=list)
    deferred: list[tuple[str, Reference]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    has_rls: bool = False
    deletion: Deletion | None = None
    deletion_delay: float | None = None
    discriminator: Discriminator | None = None

    def __post_init__(self) -> None:
        for key, name in (("id", "_id"), ("createdAt", "_creationTime")):
            self.system[key] = TableColumn(self, name, self.place, not_null=True, column_type=f"ConvexSystem:{name}")

    def member(self, name: str, place: Place) -> Value:
        column = self.columns.get(name)
        if column is not None:
            return column
        if name in ("id", "_id"):
            return self.system["id"]
        if name in ("createdAt", "_creationTime"):
            return self.system["createdAt"]
        if name == "tableName":
            return self.declared_name if self.declared_name is not None else Unknown("the table's name", self.place)
        if self.is_open and not name.startswith(("$", "_")):
            return TableColumn(self, name, place)
        return UNDEFINED

    def column(self, value: Value) -> TableColumn | None:
        """The column of this or another table that a value stands for."""
        if isinstance(value, TableColumn):
            return value
        if isinstance(value, Column):
            own = (column for column in self.columns.values() if column.builder is value)
            return next(own, value.bound)
        return None

    @property
    def label(self) -> str:
        return self.declared_name if self.declared_name is not None else f"the table at {self.place}"

    def problem(self, message: str, place: Place) -> None:
        self.evaluator.problem(message, place)


def bind(table: KitcnTable, name: str, builder: Column, place: Place, cases: tuple[str, ...] = ()) -> TableColumn:
    """Make a builder the column of this name."""
    column = TableColumn(
        table, name, place, builder, builder.compiled(name), builder.column_type, builder.not_null, cases
    )
    builder.bound = column
    return column


def add_foreign_key(table: KitcnTable, added: TableForeignKey) -> None:
    """Add a foreign key; it replaces one on the same columns to the same target."""
    table.foreign_keys = [
        key
        for key in table.foreign_keys
        if (key.columns, _target_name(key), key.target_columns)
        != (added.columns, _target_name(added), added.target_columns)
    ]
    table.foreign_keys.append(added)


def _target_name(key: TableForeignKey) -> str | None:
    return key.target if isinstance(key.target, str) else key.target.declared_name
