"""`discriminator({ variants })` (kitcn.md 2.4): the columns that the cases of a table add."""

from __future__ import annotations

import json

from kitcn_repl.schema.model import Discriminator, Place
from kitcn_repl.schema.source.values import Record, Value
from kitcn_repl.schema.source.vocabulary.columns import Column
from kitcn_repl.schema.source.vocabulary.hosts import report_unknown
from kitcn_repl.schema.source.vocabulary.table import KitcnTable, TableColumn, bind


def expand(table: KitcnTable) -> list[TableColumn]:
    """The columns that a discriminator adds to its table, each with its cases."""
    found = [
        (name, column.builder)
        for name, column in table.columns.items()
        if column.builder is not None and column.builder.kind == "discriminator"
    ]
    if len(found) > 1:
        message = f"Only one discriminator(...) column is currently supported on '{table.label}'."
        table.problem(message, found[1][1].place)
    return _Expansion(table, *found[0]).columns() if found else []


class _Expansion:
    def __init__(self, table: KitcnTable, name: str, column: Column) -> None:
        self._table = table
        self._column = column
        self._field = name
        self._name = f"discriminator('{table.label}.{name}')"
        self._signatures: dict[str, str] = {}
        self._builders: dict[str, tuple[Column | None, Place]] = {}
        self._cases: dict[str, list[str]] = {}
        self._required: dict[str, list[str]] = {}

    def columns(self) -> list[TableColumn]:
        alias = self._column.alias or "details"
        if alias in self._table.columns:
            self._problem(f"{self._name} alias '{alias}' collides with an existing column.")
        self._read_cases(self._column.cases)
        self._table.discriminator = Discriminator(
            self._field,
            alias,
            {case: tuple(names) for case, names in self._cases.items()},
            {case: tuple(names) for case, names in self._required.items()},
        )
        columns = []
        for name, (builder, place) in self._builders.items():
            cases = tuple(case for case, names in self._cases.items() if name in names)
            if builder is None:
                columns.append(TableColumn(self._table, name, place, cases=cases))
            else:
                columns.append(bind(self._table, name, builder, place, cases))
        return columns

    def _read_cases(self, cases: Value) -> None:
        if report_unknown(self._table.evaluator, f"the cases of {self._name}", cases):
            self._table.is_open = True
        if not isinstance(cases, Record) or not cases.entries:
            if not self._table.is_open:
                self._problem("discriminator(...).variants must contain at least one case.")
            return
        for case, columns in cases.entries.items():
            place = cases.places.get(case, self._column.place)
            self._cases[case], self._required[case] = [], []
            if report_unknown(self._table.evaluator, f"the columns of {self._name} in case {case}", columns):
                self._table.is_open = True
            if isinstance(columns, Record):
                for name, builder in columns.entries.items():
                    self._read_column(case, name, builder, columns.places.get(name, place))
            elif not self._table.is_open:
                self._problem(f"{self._name} variant '{case}' must be an object.", place)

    def _read_column(self, case: str, name: str, value: Value, place: Place) -> None:
        where = f"{self._name}.variants.{case}.{name}"
        if name in self._table.columns:
            self._problem(f"{where} collides with an existing table column.", place)
            return
        if not isinstance(value, Column):
            if report_unknown(self._table.evaluator, where, value):
                self._builders.setdefault(name, (None, place))
                self._cases[case].append(name)
            else:
                self._problem(f"{where} must be a column builder.", place)
            return
        is_required = value.not_null and not value.has_default and not value.has_default_function
        signature = json.dumps([value.column_type, value.compiled("").json])
        if value.validator.is_known and self._signatures.setdefault(name, signature) != signature:
            message = f"{self._name} field '{name}' has conflicting builder signatures across variants."
            self._problem(message, place)
        if name not in self._builders:
            value.not_null = False
            self._builders[name] = (value, place)
        self._cases[case].append(name)
        if is_required:
            self._required[case].append(name)

    def _problem(self, message: str, place: Place | None = None) -> None:
        self._table.problem(message, place or self._column.place)
