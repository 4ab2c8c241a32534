"""All tables of a schema at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kitcn_repl.render.quantity import count, counted
from kitcn_repl.render.sections import Sections
from kitcn_repl.render.style import Style
from kitcn_repl.render.table import Cell, Column
from kitcn_repl.render.text import visible
from kitcn_repl.schema.model import Owner, Schema, Table

_FOLDED: dict[Owner, str] = {"auth": "auth", "plugin": "plugins", "kitcn-internal": "kitcn"}


def draw_overview(schema: Schema, style: Style, width: int | None, *, everything: bool) -> Sections:
    """A row per table; those that are not the application's own are folded into one line per owner."""
    shown = [table for table in schema.tables.values() if everything or table.owner not in _FOLDED]
    sections = Sections(style, width)
    if shown:
        columns = [
            Column("table", whole=True),
            Column("standing", whole=True),
            Column("owner", whole=True),
            Column("documents", align_right=True, whole=True),
            Column("fields", align_right=True, whole=True),
            Column("indexes"),
            Column("kitcn"),
        ]
        sections.rows(columns, [_row(table, _standing(table, schema)) for table in shown], indent="")
    folded = [] if everything else list(_folded(schema.tables.values()))
    if shown and folded:
        sections.lines.append("")
    for label, names in folded:
        sections.lines += _filled(label, names, style, width)
    return sections


def _standing(table: Table, schema: Schema) -> str:
    """Where a table is missing, if both a source and a deployed schema are known."""
    known = {origin for each in schema.tables.values() for origin in each.origins}
    if not {"source", "deployment"} <= known or not table.origins:
        return ""
    if "source" not in table.origins:
        return "not in source" if table.owner == "own" else ""
    return "" if "deployment" in table.origins else "not deployed"


def _row(table: Table, standing: str) -> list[Cell]:
    return [
        Cell(visible(table.name)),
        Cell(standing, "number"),
        Cell("" if table.owner == "own" else table.owner, "dim"),
        Cell("" if table.count is None else count(table.count), "number"),
        Cell("any", "dim") if table.fields is None else Cell(str(len(table.fields)), "number"),
        Cell(visible(", ".join(index.name for index in table.indexes))),
        Cell(visible(", ".join(table_facts(table))), "dim"),
    ]


def table_facts(table: Table) -> Iterator[str]:
    """What kitcn adds to a table, in a few words each."""
    if table.foreign_keys:
        yield counted(len(table.foreign_keys), "foreign key")
    if table.unique:
        yield f"{len(table.unique)} unique"
    if table.aggregate_indexes:
        yield counted(len(table.aggregate_indexes), "aggregate")
    if table.rank_indexes:
        yield counted(len(table.rank_indexes), "rank")
    if table.checks:
        yield counted(len(table.checks), "check")
    if table.rls.enabled or table.rls.policies:
        yield "RLS"
    if table.triggers:
        yield counted(len(table.triggers), "trigger")
    if table.deletion not in (None, "hard"):
        yield f"{table.deletion} deletion"
    if table.discriminator is not None:
        yield counted(len(table.discriminator.cases), "case")
    if table.declared_name not in (None, table.name):
        yield f"declared as {table.declared_name}"


def _folded(tables: Iterable[Table]) -> Iterator[tuple[str, str]]:
    everything = list(tables)
    for owner, label in _FOLDED.items():
        folded = [table for table in everything if table.owner == owner]
        if folded:
            names = ", ".join(visible(table.name) for table in folded)
            counts = [table.count for table in folded if table.count is not None]
            documents = f", {counted(sum(counts), 'document')}" if counts else ""
            yield label, f"{names} ({counted(len(folded), 'table')}{documents})"


def _filled(label: str, text: str, style: Style, width: int | None) -> list[str]:
    """`label  text`, broken between words."""
    import textwrap

    margin = max(map(len, _FOLDED.values())) + 2
    lines = [text]
    if width is not None:
        lines = textwrap.wrap(text, max(20, width - margin), break_long_words=False, break_on_hyphens=False)
    heads = [style.bold(label) + " " * (margin - len(label)), *[" " * margin] * (len(lines) - 1)]
    return [head + style.dim(line) for head, line in zip(heads, lines, strict=True)]
