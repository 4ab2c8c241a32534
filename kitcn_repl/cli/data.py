"""`kitcn data`: tables, and the documents of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, one_of, session_of, whole_number
from kitcn_repl.cli.knowing import source_choice, source_options, source_schema
from kitcn_repl.cli.options import component_option, component_path, format_option, secrets_option, target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.deployment.models import Order, PageRequest
from kitcn_repl.render.quantity import count
from kitcn_repl.values import JsonObject

if TYPE_CHECKING:
    from kitcn_repl.explore.planning import Plan
    from kitcn_repl.explore.sources import SourceChoice
    from kitcn_repl.schema.model import Schema
    from kitcn_repl.targets.target import Target


@dataclass(frozen=True, slots=True)
class _View:
    """How documents are printed."""

    limit: int
    format_: str | None
    show_secrets: bool
    raw: bool
    source: SourceChoice


@click.command(
    cls=HelpOnOurStdout,
    epilog="""
    kitcn data --demo
    kitcn data user --demo --limit 5
    kitcn data session --demo --where 'expiresAt < 2026-03-01' --format jsonl
    kitcn data project --demo --where 'ownerId = js7…' --where 'updatedAt > 0'
    """,
)
@click.argument("table", required=False)
@click.option("--limit", callback=whole_number(1), default="100", metavar="N", help="At most N documents (100).")
@click.option(
    "--order",
    callback=one_of("order", ("asc", "desc")),
    default="desc",
    metavar="asc|desc",
    help="By creation time, or by the fields of --index (desc).",
)
@click.option("--index", metavar="NAME", help="Walk this index instead of creation time.")
@click.option(
    "--where",
    "conditions",
    multiple=True,
    metavar="'FIELD OP VALUE'",
    help="Only documents that match, such as 'age >= 18'; may be repeated. OP is one of = != < <= > >=, VALUE is JSON, "
    "5n for an int64, undefined for a missing field, or a bare word; a date such as 2026-03-01T12:00Z stands for "
    "milliseconds where a field holds numbers. As in Convex every type has its place in the order; a missing field "
    "comes first. Read by an index where one fits, which stderr tells.",
)
@click.option("--raw", is_flag=True, help="Show stored values; by default times of kitcn columns show as dates.")
@source_options
@component_option
@format_option()
@secrets_option
@target_options
@click.pass_context
def data(
    context: click.Context,
    table: str | None,
    limit: int,
    order: Order,
    index: str | None,
    conditions: tuple[str, ...],
    raw: bool,
    source: str | None,
    no_source: bool,
    component: str | None,
    format_: str | None,
    show_secrets: bool,
) -> None:
    """List tables, or the documents of TABLE.

    System tables such as _storage work too. json is always valid JSON; jsonArray and jsonLines print what the genuine
    CLI prints, which is not. csv is exact too: a spreadsheet may take a text that begins with = for a formula.
    """
    session = session_of(context)
    path = component_path(component)
    if table is None:
        if conditions or index is not None:
            raise click.UsageError("--where and --index need a TABLE.")
        session.run(lambda: _tables(session, path, format_))
        return

    from kitcn_repl.explore.conditions import parse_condition

    request = PageRequest(
        table,
        order=order,
        index=index,
        filters=tuple(parse_condition(condition) for condition in conditions),
        component=path,
    )
    view = _View(limit, format_, show_secrets, raw, source_choice(source, no_source))
    session.run(lambda: _documents(session, request, view))


async def _tables(session: Session, component: str, format_: str | None) -> None:
    from kitcn_repl.cli.output import write_rows

    async with session.deployment() as (_target, deployment):
        tables = await deployment.tables(component)
        if not tables:
            session.note(f"There are no tables in {f'component {component}' if component else 'this database'}.")
            if format_ == "json":
                session.data("[]\n")
            return
        rows: list[JsonObject] = [{"name": table.name, "count": table.count} for table in tables]
        if format_ in ("json", "jsonl"):
            import json

            # These are no documents, whose fields come sorted: the name stands first.
            texts = [json.dumps(rows, indent=2)] if format_ == "json" else map(json.dumps, rows)
            session.data("".join(f"{text}\n" for text in texts))
            return
        as_genuine = format_ in (None, "pretty", "jsonArray", "jsonLines")
        if as_genuine and not (session.environment.stdout_is_tty and format_ in (None, "pretty")):
            session.data("".join(sorted(f"{table.name}\n" for table in tables)))
            return
        if session.environment.stdout_is_tty and format_ in (None, "pretty", "table"):
            _draw_tables(session, rows)
            return
        write_rows(session, rows, format_ or "table", columns=("name", "count"))


def _draw_tables(session: Session, rows: list[JsonObject]) -> None:
    from kitcn_repl.render.table import Cell, Column, draw
    from kitcn_repl.render.text import visible

    cells = [
        [
            Cell(visible(str(row["name"]))),
            Cell(count(row["count"]), "number") if isinstance(row["count"], int) else Cell("?", "dim"),
        ]
        for row in rows
    ]
    environment = session.environment
    columns = [Column("table", whole=True), Column("documents", align_right=True)]
    drawing = draw(columns, cells, environment.out_style, environment.width)
    session.drawn("".join(line + "\n" for line in drawing.lines))


async def _documents(session: Session, request: PageRequest, view: _View) -> None:
    from kitcn_repl.explore.data import PlannedReading, plan_reading
    from kitcn_repl.explore.terms import has_dates, stored_terms
    from kitcn_repl.render.rows import STREAMS, as_display_table

    async with session.deployment(view.source, request.component) as (target, deployment):
        source = None
        shows_dates = session.is_for_people(view.format_) and not view.raw
        if shows_dates or has_dates(request.filters):
            source = source_schema(session, view.source, target, request.component)
        terms = await stored_terms(deployment, request, source)
        request = terms.request
        plan = await plan_reading(deployment, request)
        if request.filters:
            for text in terms.read_as:
                session.aside(text)
            session.aside(_planned(session, plan, request, target, view.source, useful=not terms.unknown))
        reading = PlannedReading(deployment, plan, request, view.limit)
        stream = STREAMS.get(view.format_ or "")
        if stream is not None:
            texts = stream()
            async for page in reading.pages():
                session.data("".join(map(texts.row, page)))
            session.data(texts.end())
        else:
            # A table is as wide as its widest cell, and CSV begins with the names of all columns.
            rows = [document async for page in reading.pages() for document in page]
            if view.format_ in (None, "pretty") and not session.environment.stdout_is_tty:
                session.data(as_display_table(rows) if rows else "")
            else:
                _write(session, rows, request.table, view, source)
        if not reading.found:
            matching = " that match" if request.filters else ""
            session.note(f"There are no documents{matching} in this table.")
            for text in (*terms.unknown, *terms.doubts):
                session.advise(text)
        if reading.gave_up:
            session.aside(f"index {plan.index} holds too many to put in order: read by creation time instead")
        if reading.more:
            session.advise(_truncated(request, view.limit))


def _write(session: Session, rows: list[JsonObject], table: str, view: _View, source: Schema | None) -> None:
    from kitcn_repl.cli.output import Documents, write_rows

    known = source.tables.get(table) if source is not None else None
    documents = Documents(table, known.fields if known is not None else None, view.raw)
    write_rows(session, rows, view.format_ or "table", documents=documents, show_secrets=view.show_secrets)


def _planned(
    session: Session, plan: Plan, request: PageRequest, target: Target, choice: SourceChoice, *, useful: bool
) -> str:
    """`index by_status, then role`, or that all documents are looked at and, if `useful`, what would help."""
    if plan.index is not None:
        rest = ", ".join(dict.fromkeys(condition.field for condition in plan.request.filters))
        unused = "" if plan.request.bounds else " for its order alone"
        return f"index {plan.index}{unused}{f', then {rest}' if rest else ''}"
    said = "no index fits; scanning"
    if not plan.missing or not useful or target.kind == "snapshot":
        return said
    from kitcn_repl.explore.following.access import index_line
    from kitcn_repl.explore.sources import uses_kitcn
    from kitcn_repl.schema.model import Schema

    schema = Schema(dialect="kitcn" if uses_kitcn(target, session.environment.cwd, choice) else "convex")
    return f"{said} ({index_line(schema, request.table, plan.missing)} would serve)"


def _truncated(request: PageRequest, limit: int) -> str:
    documents = f"document{'s' if limit > 1 else ''}"
    advice = "Use the --limit option to see more."
    if request.index is not None:
        return f"Showing the first {limit} {documents} by index {request.index}. {advice}"
    which = "most recently" if request.order == "desc" else "oldest"
    return f"Showing the {limit} {which} created {documents}. {advice}"
