"""`kitcn get ID`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of, whole_number
from kitcn_repl.cli.knowing import source_choice, source_options
from kitcn_repl.cli.options import component_option, component_path, format_option, secrets_option, target_options
from kitcn_repl.cli.session import Session

if TYPE_CHECKING:
    from kitcn_repl.explore.sources import SourceChoice


@dataclass(frozen=True, slots=True)
class _View:
    """How the document is printed."""

    format_: str | None
    show_secrets: bool
    raw: bool
    source: SourceChoice


@click.command(
    cls=HelpOnOurStdout,
    epilog="""
    kitcn get js7… --demo
    kitcn get js7… --demo --related --limit 3
    """,
)
@click.argument("document_id", metavar="ID")
@click.option("--related", is_flag=True, help="Also the documents that it refers to and that refer to it.")
@click.option(
    "--limit",
    callback=whole_number(1),
    default="5",
    metavar="N",
    help="With --related: at most N documents of each relation (5).",
)
@click.option("--raw", is_flag=True, help="Show stored values; by default times of kitcn columns show as dates.")
@source_options
@component_option
@format_option("How to print; by default laid out on a terminal, JSON on a pipe.")
@secrets_option
@target_options
@click.pass_context
def get(
    context: click.Context,
    document_id: str,
    related: bool,
    limit: int,
    raw: bool,
    source: str | None,
    no_source: bool,
    component: str | None,
    format_: str | None,
    show_secrets: bool,
) -> None:
    """Show one document. Its table is found from the id itself, in the app or, failing that, in a component."""
    from kitcn_repl.values.ids import IdError, decode_id

    session = session_of(context)
    try:
        decode_id(document_id)
    except IdError as error:
        raise click.UsageError(f"{document_id!r} is not a document id: {error}.") from None
    path = None if component is None else component_path(component)
    view = _View(format_, show_secrets, raw, source_choice(source, no_source))
    if related:
        session.run(lambda: _get_related(session, document_id, path, limit, view))
    else:
        session.run(lambda: _get(session, document_id, path, view))


async def _get(session: Session, document_id: str, component: str | None, view: _View) -> None:
    from kitcn_repl.cli.knowing import source_schema
    from kitcn_repl.cli.output import Documents, write_value
    from kitcn_repl.explore.documents import find_document

    async with session.deployment(view.source, component or "") as (target, deployment):
        found = await find_document(deployment, document_id, component)
        where = f"{found.table} in component {found.component}" if found.component else found.table
        session.aside(f"table {where}")
        source = None
        if session.is_for_people(view.format_) and not view.raw:
            source = source_schema(session, view.source, target, found.component)
        table = source.tables.get(found.table) if source is not None else None
        documents = Documents(found.table, table.fields if table is not None else None, view.raw)
        write_value(session, found.document, view.format_, documents=documents, show_secrets=view.show_secrets)


async def _get_related(session: Session, document_id: str, component: str | None, limit: int, view: _View) -> None:
    """The document as without --related, then the tree around it; machine formats have both in one."""
    from kitcn_repl.cli.output import Documents, write_value
    from kitcn_repl.cli.related import look_around, write_related

    async with session.deployment(view.source, component or "") as (target, deployment):
        around = await look_around(session, target, deployment, view.source, document_id, component, limit)
    if not session.is_for_people(view.format_):
        write_related(session, around, "json" if view.format_ in (None, "pretty") else view.format_)
        return
    table = around.schema.tables.get(around.found.table)
    documents = Documents(around.found.table, table.fields if table is not None else None, view.raw)
    write_value(session, around.found.document, view.format_, documents=documents, show_secrets=view.show_secrets)
    session.drawn("\n")
    write_related(session, around, None)
