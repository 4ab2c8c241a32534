"""`kitcn get ID`."""

from __future__ import annotations

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of
from kitcn_repl.cli.options import component_option, component_path, format_option, secrets_option, target_options
from kitcn_repl.cli.session import Session


@click.command(cls=HelpOnOurStdout)
@click.argument("document_id", metavar="ID")
@component_option
@format_option("How to print; by default laid out on a terminal, JSON on a pipe.")
@secrets_option
@target_options
@click.pass_context
def get(
    context: click.Context, document_id: str, component: str | None, format_: str | None, show_secrets: bool
) -> None:
    """Show one document. Its table is found from the id itself, in the app or, failing that, in a component."""
    from kitcn_repl.values.ids import IdError, decode_id

    session = session_of(context)
    try:
        decode_id(document_id)
    except IdError as error:
        raise click.UsageError(f"{document_id!r} is not a document id: {error}.") from None
    path = None if component is None else component_path(component)
    session.run(lambda: _get(session, document_id, path, format_, show_secrets))


async def _get(
    session: Session, document_id: str, component: str | None, format_: str | None, show_secrets: bool
) -> None:
    from kitcn_repl.cli.output import write_value
    from kitcn_repl.explore.documents import find_document

    async with session.deployment() as (_target, deployment):
        found = await find_document(deployment, document_id, component)
        where = f"{found.table} in component {found.component}" if found.component else found.table
        session.aside(f"table {where}")
        write_value(session, found.document, format_, table=found.table, show_secrets=show_secrets)
