"""Where the source and the deployment say different things, and what that means.

What either side does not know (a validator that only running the source would tell, a table that is open, a deployment
without schema) differs from nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from kitcn_repl.schema.model import Field, Index, Place, Schema, Table
from kitcn_repl.schema.validators import describe, same
from kitcn_repl.values import JsonObject, JsonValue

Level = Literal["error", "warning", "info"]
Kind = Literal[
    "name",
    "missing-table",
    "extra-table",
    "missing-field",
    "extra-field",
    "validator",
    "optional",
    "missing-index",
    "extra-index",
    "index",
    "staged",
]
LEVELS: tuple[Level, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Difference:
    """`member` is the field or index, None for the table as a whole. `missing` is what the deployment lacks, `extra`
    what the source does. An error breaks queries or writes of this source on this deployment; `place` is in the source.
    """

    level: Level
    kind: Kind
    table: str
    member: str | None
    what: str
    why: str
    fix: str
    place: Place | None = None


def differences(source: Schema, deployed: Schema) -> list[Difference]:
    """All differences, table by table in the source's order, then tables that only the deployment has."""
    judge = _Judge(source, deployed)
    found = [each for table in source.tables.values() for each in judge.table(table)]
    extra = (table for name, table in deployed.tables.items() if name not in source.tables)
    return [*found, *(each for table in extra for each in judge.extra_table(table))]


@dataclass(slots=True)
class _Judge:
    source: Schema
    deployed: Schema
    push: str = field(init=False)
    has_schema: bool = field(init=False)

    def __post_init__(self) -> None:
        self.push = "npx kitcn dev" if self.source.dialect == "kitcn" else "npx convex dev"
        self.has_schema = any("deployment" in table.origins for table in self.deployed.tables.values())

    def table(self, table: Table) -> Iterator[Difference]:
        if table.declared_name is not None and table.declared_name != table.name:
            yield Difference(
                "error",
                "name",
                table.name,
                None,
                f'Table "{table.name}" is declared as convexTable("{table.declared_name}", ...)',
                "kitcn reads from the key under which the table is registered, and writes to the declared name, "
                "which is no table.",
                f'Use one name: convexTable("{table.name}", ...).',
                table.place,
            )
        other = self.deployed.tables.get(table.name)
        if other is None:
            yield self.missing_table(table)
        elif "deployment" in other.origins:
            yield from self.documents(table, other)
            yield from self.indexes(table, other)
        elif self.has_schema:
            yield self.undeclared_table(table, other)

    def missing_table(self, table: Table) -> Difference:
        return Difference(
            "error" if self.has_schema else "info",
            "missing-table",
            table.name,
            None,
            f'Table "{table.name}" is not in the deployment',
            "Queries find no documents, and indexes of the table do not exist."
            if self.has_schema
            else "The deployment has no schema, and no document of this table.",
            self._pushed(),
            table.place,
        )

    def undeclared_table(self, table: Table, other: Table) -> Difference:
        return Difference(
            "error",
            "missing-table",
            table.name,
            None,
            f'Table "{table.name}" is not in the deployed schema{_documents(other, ", though it holds {}")}',
            "Its indexes do not exist there, and its documents are not validated.",
            self._pushed(),
            table.place,
        )

    def extra_table(self, table: Table) -> Iterator[Difference]:
        # tables may stand in what of the source could not be read
        if table.owner in ("kitcn-internal", "plugin") or self.source.open or self.source.problems:
            return
        documents = _documents(table, " ({})")
        if "deployment" not in table.origins and not self.has_schema:
            yield Difference(
                "info",
                "extra-table",
                table.name,
                None,
                f'Table "{table.name}" is not in the source{documents}',
                "The deployment has no schema: these are documents that it holds.",
                f'Declare "{table.name}" in the schema if it is still used.',
            )
            return
        yield Difference(
            "info" if table.count == 0 else "warning",
            "extra-table",
            table.name,
            None,
            f'Table "{table.name}" is not in the source{documents}',
            "The next push removes its validators and indexes; the documents stay."
            if "deployment" in table.origins
            else "No schema declares it; the documents were left behind, or written by hand.",
            f'Declare "{table.name}" in the schema if it is still used, else delete the table in the dashboard.',
        )

    def documents(self, table: Table, other: Table) -> Iterator[Difference]:
        if table.document is not None or other.document is not None:
            ours, theirs = _document(table), _document(other)
            if not table.open and not same(ours, theirs):
                yield self._validator(table, None, ours, theirs, table.place)
            return
        ours_by_name, theirs_by_name = table.fields, other.fields
        if ours_by_name is None or theirs_by_name is None:
            return
        for name, ours_of in ours_by_name.items():
            if name in theirs_by_name:
                yield from self.field(table, ours_of, theirs_by_name[name])
            else:
                yield self.missing_field(table, ours_of)
        if not table.open:
            for name, extra in theirs_by_name.items():
                if name not in ours_by_name:
                    yield self.extra_field(table, extra)

    def missing_field(self, table: Table, ours: Field) -> Difference:
        return Difference(
            "warning" if ours.optional else "error",
            "missing-field",
            table.name,
            ours.name,
            f'Field "{table.name}.{ours.name}" is not in the deployment',
            "Writes with this field are refused there."
            if ours.optional
            else "Documents there do not have it, though the source demands it, and writes with it are refused.",
            self._pushed(),
            ours.place or table.place,
        )

    def extra_field(self, table: Table, theirs: Field) -> Difference:
        return Difference(
            "info" if theirs.optional else "warning",
            "extra-field",
            table.name,
            theirs.name,
            f'Field "{table.name}.{theirs.name}" ({describe(theirs.validator)}) is not in the source',
            "Documents may have it, and the next push fails for those that do."
            if theirs.optional
            else "All documents have it: writes without it are refused now, and the next push fails.",
            f'Declare "{theirs.name}" in the table, or remove it from the documents first.',
            table.place,
        )

    def field(self, table: Table, ours: Field, theirs: Field) -> Iterator[Difference]:
        if ours.validator is None or theirs.validator is None:
            return
        place = ours.place or table.place
        if not ours.has_gaps and not same(ours.validator, theirs.validator):
            yield self._validator(table, ours.name, ours.validator, theirs.validator, place)
        if ours.optional != theirs.optional:
            where = "the deployment" if theirs.optional else "the source"
            yield Difference(
                "warning",
                "optional",
                table.name,
                ours.name,
                f'Field "{table.name}.{ours.name}" is optional in {where} only',
                "Documents may lack it, though the source demands it; then the next push fails."
                if theirs.optional
                else "Writes without it are refused there.",
                f"Fill it in where it is missing, then push: {self.push}." if theirs.optional else self._pushed(),
                place,
            )

    def indexes(self, table: Table, other: Table) -> Iterator[Difference]:
        theirs = {index.name: index for index in other.indexes}
        names = {index.name for index in table.indexes}
        for index in table.indexes:
            if index.name not in theirs:
                yield self.missing_index(table, index)
            else:
                yield from self.index(table, index, theirs[index.name])
        if table.open or table.open_indexes or self.source.problems:
            return
        for name, extra in theirs.items():
            if name not in names:
                yield Difference(
                    "info",
                    "extra-index",
                    table.name,
                    name,
                    f'{_KINDS[extra.kind]} "{table.name}.{name}" ({_listed(extra)}) is not in the source',
                    "It costs writes, and the next push removes it.",
                    f'Declare it in "{table.name}" if something uses it.',
                    table.place,
                )

    def missing_index(self, table: Table, index: Index) -> Difference:
        return Difference(
            "error",
            "missing-index",
            table.name,
            index.name,
            f'{_KINDS[index.kind]} "{table.name}.{index.name}" ({_listed(index)}) is not in the deployment',
            f"Queries that use it fail: Index {table.name}.{index.name} not found.",
            self._pushed(),
            index.place or table.place,
        )

    def index(self, table: Table, ours: Index, theirs: Index) -> Iterator[Difference]:
        place = ours.place or table.place
        if _definition(ours) != _definition(theirs):
            yield Difference(
                "error",
                "index",
                table.name,
                ours.name,
                f'Index "{table.name}.{ours.name}" is on ({_listed(ours)}) in the source, on ({_listed(theirs)}) in the'
                " deployment",
                "Queries that use it fail, or read more than they should.",
                self._pushed(),
                place,
            )
        elif ours.staged != theirs.staged:
            where = "the deployment" if theirs.staged else "the source"
            yield Difference(
                "error" if theirs.staged else "info",
                "staged",
                table.name,
                ours.name,
                f'Index "{table.name}.{ours.name}" is staged in {where} only',
                "Queries cannot use a staged index." if theirs.staged else "The next push takes it out of use.",
                self._pushed(),
                place,
            )

    def _validator(
        self, table: Table, name: str | None, ours: JsonObject | None, theirs: JsonObject | None, place: Place | None
    ) -> Difference:
        subject = f'Field "{table.name}.{name}"' if name is not None else f'A document of "{table.name}"'
        return Difference(
            "warning",
            "validator",
            table.name,
            name,
            f"{subject} is {_short(ours)} in the source, {_short(theirs)} in the deployment",
            "Values that one accepts the other may refuse; the next push fails if a document does not fit.",
            self._pushed(),
            place,
        )

    def _pushed(self) -> str:
        return f"Push the source: {self.push}."


_KINDS = {"database": "Index", "search": "Search index", "vector": "Vector index"}


def _documents(table: Table, text: str) -> str:
    """The text with `1 document` or the like in it, empty where the number is not known."""
    return "" if table.count is None else text.format(f"{table.count:,} document{'' if table.count == 1 else 's'}")


def _document(table: Table) -> JsonObject | None:
    """The whole document's validator, None if parts of it are not known."""
    if table.document is not None or table.open or table.fields is None:
        return table.document
    fields: dict[str, JsonValue] = {}
    for each in table.fields.values():
        if each.validator is None or each.has_gaps:
            return None
        fields[each.name] = {"fieldType": each.validator, "optional": each.optional}
    return {"type": "object", "value": fields}


def _definition(index: Index) -> tuple[object, ...]:
    return index.kind, index.fields, frozenset(index.filter_fields), index.dimensions


def _listed(index: Index) -> str:
    listed = ", ".join(index.fields)
    if index.dimensions is not None:
        listed += f", {index.dimensions} dimensions"
    if index.filter_fields:
        listed += f"; filter: {', '.join(sorted(index.filter_fields))}"
    return listed


def _short(validator: JsonObject | None) -> str:
    text = describe(validator)
    return text if len(text) <= 120 else f"{text[:117]}..."
