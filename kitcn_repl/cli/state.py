"""`kitcn state`: what kitcn itself keeps in a deployment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, one_of, session_of, whole_number
from kitcn_repl.cli.knowing import source_choice, source_options
from kitcn_repl.cli.options import OWN_FORMATS, format_option, target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.cli.subject import subject

if TYPE_CHECKING:
    from kitcn_repl.explore.sources import SourceChoice
    from kitcn_repl.explore.state.overview import States
    from kitcn_repl.values import JsonObject

VIEWS = ("aggregates", "migrations", "scheduled", "ratelimits", "emails")


def _view(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    return None if value is None else one_of("view", VIEWS)(context, parameter, value)


@click.command(
    cls=HelpOnOurStdout,
    epilog="""
    kitcn state
    kitcn state aggregates --format json
    kitcn state scheduled --limit 20
    """,
)
@click.argument("view", required=False, callback=_view, metavar="[VIEW]")
@click.option("--limit", callback=whole_number(1), default="200", metavar="N", help="At most the N newest rows (200).")
@click.option("--no-count", is_flag=True, help="Do not compare the numbers of aggregates with the documents.")
@source_options
@format_option("How to print; by default tables.", OWN_FORMATS)
@target_options
@click.pass_context
def state(
    context: click.Context,
    view: str | None,
    limit: int,
    no_count: bool,
    source: str | None,
    no_source: bool,
    format_: str | None,
) -> None:
    """Show what kitcn keeps in a deployment besides documents; nothing is changed.

    VIEW is one of aggregates (status, drift against the source, drift of counts), migrations (history, pending,
    drift), scheduled (functions to run and those that ran in the last seven days), ratelimits, and emails (the queue of
    the resend plugin). Without VIEW all that there are.
    """
    session = session_of(context)
    if view is None and format_ not in (None, "table", "json"):
        raise click.UsageError(f"--format {format_} prints rows of one kind; name a VIEW: {', '.join(VIEWS)}.")
    choice = source_choice(source, no_source)
    session.run(lambda: _state(session, view, limit, not no_count, choice, format_ or "table"))


async def _state(
    session: Session, view: str | None, limit: int, count: bool, choice: SourceChoice, format_: str
) -> None:
    from kitcn_repl.explore.state.overview import read_states

    views = VIEWS if view is None else (view,)
    async with subject(session, choice) as looked_at:
        states = await read_states(
            looked_at.deployment, looked_at.project, looked_at.source, views, limit=limit, count=count
        )
    for note in states.notes:
        session.advise(note)
    if format_ == "table":
        from kitcn_repl.cli.state_tables import draw_states

        draw_states(session, states, views)
    else:
        _write(session, states, view, format_)


def _write(session: Session, states: States, view: str | None, format_: str) -> None:
    from kitcn_repl.cli.records import write_records
    from kitcn_repl.cli.state_tables import nothing_of

    if view is None:
        session.data(json.dumps({name: _rows(states, name) for name in VIEWS}, indent=2, ensure_ascii=False) + "\n")
        return
    write_records(session, _rows(states, view) or [], format_)
    why = nothing_of(states, view)
    if why is not None:
        session.note(f"{view}: {why}", colour="dim")


def _rows(states: States, view: str) -> list[JsonObject] | None:
    """Machine rows of a view; None where the deployment has no such thing."""
    from kitcn_repl.cli.records import record

    if view == "aggregates":
        return None if states.aggregates is None else [record(status) for status in states.aggregates]
    if view == "migrations":
        return None if states.migrations is None else [record(migration) for migration in states.migrations.migrations]
    if view == "scheduled":
        return None if states.scheduled is None else [record(job) for job in states.scheduled.jobs]
    if view == "ratelimits":
        return None if states.rate_limits is None else [record(limit) for limit in states.rate_limits.limits]
    return None if states.emails is None else [record(email) for email in states.emails.emails]
