"""The forms in which a table and its facts can be copied."""

from __future__ import annotations

from collections.abc import Iterator

from kitcn_repl.explore.inline.arguments import literal
from kitcn_repl.explore.spelling.target import with_flags
from kitcn_repl.render.schema_json import json_text, table_json
from kitcn_repl.schema.model import Field, Index, Place, Table
from kitcn_repl.schema.validators import describe
from kitcn_repl.targets.target import Target
from kitcn_tui.outline.rows import Row
from kitcn_tui.schema.detail import DifferenceRow, FactRow
from kitcn_tui.schema.known import Known
from kitcn_tui.widgets.copy_as import Spelling


def spellings(known: Known, table: Table, row: Row | None, target: Target) -> Iterator[Spelling]:
    """Of the row under the cursor first, then of the table."""
    if isinstance(row, FactRow):
        yield from _of_row(row)
    elif isinstance(row, DifferenceRow):
        each = row.difference
        yield Spelling("difference", lambda: f"{each.what}\n{each.why}\n{each.fix}", each.what)
    yield Spelling("name", lambda: table.name, table.name)
    if table.place is not None:
        yield _place("place in the source", table.place)
    described = table_json(table)
    yield Spelling("table as JSON", lambda: json_text({"name": table.name, **described}))
    command = with_flags("kitcn schema", target, subject=table.name)
    yield Spelling("kitcn command", lambda: command, command)
    query = f"await ctx.db.query({literal(table.name, 'table')}).take(10)"
    yield Spelling("inline query", lambda: query, query)


def _of_row(row: FactRow) -> Iterator[Spelling]:
    member, subject, place = row.member, row.subject, row.place
    if member is not None:
        yield Spelling("name of what is under the cursor", lambda: member, member)
    if isinstance(subject, Field):
        text = describe(subject.validator)
        yield Spelling("type", lambda: text, text)
    elif isinstance(subject, Index):
        text = ", ".join(subject.fields)
        yield Spelling("fields of the index", lambda: text, text)
    if place is not None:
        yield _place(f"place of {member}" if member is not None else "place of what is under the cursor", place)


def _place(name: str, place: Place) -> Spelling:
    return Spelling(name, lambda: str(place), str(place))
