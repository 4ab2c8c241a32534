"""`kitcn functions`: what the backend offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of
from kitcn_repl.cli.function_metrics import METRICS, measured, metric_cells
from kitcn_repl.cli.knowing import source_choice, source_options
from kitcn_repl.cli.options import OWN_FORMATS, component_option, component_path, format_option, target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.cli.subject import subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitcn_repl.explore.logs.moments import Moment
    from kitcn_repl.explore.procedures.model import Cron, Procedure, Procedures
    from kitcn_repl.explore.sources import SourceChoice
    from kitcn_repl.render.table import Cell, Column
    from kitcn_repl.values import JsonObject

_LATELY = "1h"
_ROOMY = 110
"""Columns of a terminal that has room for how functions fared beside what they are."""


@click.command(
    cls=HelpOnOurStdout,
    epilog="""
    kitcn functions --demo
    kitcn functions user
    kitcn functions 'admin:*' --since 10m --format json
    """,
)
@click.argument("pattern", required=False)
@click.option("--all", "everything", is_flag=True, help="Also the functions that kitcn generates.")
@click.option(
    "--since",
    default=_LATELY,
    metavar="TIME",
    show_default=True,
    help="Tell calls, errors, times and cache hits since then: 30m, 1h, or a time. Deployments remember about an hour.",
)
@click.option("--no-metrics", is_flag=True, help="Leave out calls, errors, times and cache hits.")
@source_options
@component_option
@format_option("How to print; by default a table.", OWN_FORMATS)
@target_options
@click.pass_context
def functions(
    context: click.Context,
    pattern: str | None,
    everything: bool,
    since: str,
    no_metrics: bool,
    source: str | None,
    no_source: bool,
    component: str | None,
    format_: str | None,
) -> None:
    """List functions with their arguments, kitcn's meta and how they fared lately; HTTP routes and crons.

    PATTERN is a part of a name, or has wildcards. What is deployed is joined with what the source has: functions that
    only one of them knows are marked. Without a deployment the source is listed, without source the deployment.
    """
    session = session_of(context)
    path = component_path(component)
    choice = source_choice(source, no_source)
    from kitcn_repl.explore.logs.moments import Moment

    moment = None if no_metrics else Moment(since)
    session.run(lambda: _functions(session, pattern, choice, path, format_ or "table", everything, moment))


async def _functions(
    session: Session,
    pattern: str | None,
    choice: SourceChoice,
    component: str,
    format_: str,
    everything: bool,
    since: Moment | None,
) -> None:
    from kitcn_repl.explore.procedures.listing import list_procedures, matching

    async with subject(session, choice) as looked_at:
        found = await list_procedures(looked_at.deployment, looked_at.project, component)
        if pattern is not None:
            found = matching(found, pattern)
        asked = since is not None and looked_at.deployment is not None
        if since is not None and looked_at.deployment is not None and (found.functions or found.routes):
            from kitcn_repl.explore.procedures.metrics import with_metrics

            found = await with_metrics(found, looked_at.deployment, since.milliseconds, component)
    for note in found.notes:
        session.advise(note)
    if format_ == "table":
        _draw(session, found, everything=everything or pattern is not None)
    else:
        from kitcn_repl.cli.records import write_records

        rows = _rows(found, texts=format_ in ("csv", "markdown"), with_metrics=asked)
        write_records(session, rows, format_)
    if not (found.functions or found.routes or found.crons):
        session.note(f"No function matches {pattern!r}." if pattern else "There are no functions.")


def _rows(found: Procedures, *, texts: bool, with_metrics: bool) -> list[JsonObject]:
    """Functions, routes and crons in one list, told apart by `kind`; for formats of texts without what is nested."""
    from kitcn_repl.render.procedures import meta_text, signature

    rows: list[JsonObject] = []
    for procedure in (*found.functions, *found.routes):
        row: JsonObject = {
            "name": procedure.name,
            "kind": procedure.kind,
            "visibility": procedure.visibility,
            "arguments": signature(procedure.args),
            "meta": meta_text(procedure) if texts else dict(procedure.meta),
            "standing": procedure.standing,
            "kitcn": procedure.kitcn,
            "file": None if procedure.place is None else procedure.place.file,
            "line": None if procedure.place is None else procedure.place.line,
        }
        if not texts:
            row |= {"args": procedure.args, "returns": procedure.returns}
        if with_metrics:
            row |= measured(procedure.metrics, flat=texts)
        rows.append(row)
    from kitcn_repl.cli.records import record

    for cron in found.crons:
        facts = record(cron)
        rows.append({"name": facts.pop("name"), "kind": "cron", **facts})
    return rows


def _draw(session: Session, found: Procedures, *, everything: bool) -> None:
    from kitcn_repl.cli.drawing import draw_cells, heading
    from kitcn_repl.render.procedures import is_generated
    from kitcn_repl.render.quantity import counted
    from kitcn_repl.render.table import Column

    shown = [procedure for procedure in found.functions if everything or not is_generated(procedure)]
    environment = session.environment
    together = METRICS if not environment.stdout_is_tty or environment.width >= _ROOMY else ()
    if shown:
        names = ("function", "kind", *together, "kitcn", "arguments", "standing", "where")
        draw_cells(session, [_column(name) for name in names], [_cells(each, together) for each in shown])
    if found.routes:
        heading(session, "HTTP routes")
        titles = ("route", *together, "kitcn", "standing")
        draw_cells(session, [_column(name) for name in titles], [_route_cells(each, together) for each in found.routes])
    called = [each for each in (*shown, *found.routes) if each.metrics is not None and each.metrics.calls]
    if called and not together:
        heading(session, "Calls")
        draw_cells(session, [_column(name) for name in ("function", *METRICS)], map(_called_cells, called))
    if found.crons:
        heading(session, "Crons")
        headings = ("cron", "function", "schedule", "last", "next (UTC)")
        draw_cells(session, [Column(name) for name in headings], map(_cron_cells, found.crons))
    hidden = len(found.functions) - len(shown)
    if hidden:
        session.aside(f"{counted(hidden, 'function')} generated by kitcn not shown; --all shows them.")


def _column(name: str) -> Column:
    from kitcn_repl.render.table import Column

    return Column(name, align_right=name in METRICS, whole=name in ("function", "route", "kind", "standing", *METRICS))


def _cells(procedure: Procedure, metrics: Sequence[str]) -> list[Cell]:
    from kitcn_repl.render.procedures import STANDINGS, meta_text, signature
    from kitcn_repl.render.table import Cell
    from kitcn_repl.render.text import visible

    internal = procedure.visibility == "internal"
    return [
        Cell(visible(procedure.name), "dim" if internal else "plain"),
        Cell(f"internal {procedure.kind}" if internal else procedure.kind, "dim" if internal else "plain"),
        *(metric_cells(procedure.metrics) if metrics else ()),
        Cell(visible(meta_text(procedure))),
        Cell(visible(signature(procedure.args))),
        Cell(STANDINGS[procedure.standing], "number"),
        Cell(visible(str(procedure.place)) if procedure.place is not None else "", "dim"),
    ]


def _called_cells(procedure: Procedure) -> list[Cell]:
    from kitcn_repl.render.table import Cell
    from kitcn_repl.render.text import visible

    return [Cell(visible(procedure.name)), *metric_cells(procedure.metrics)]


def _route_cells(route: Procedure, metrics: Sequence[str]) -> list[Cell]:
    from kitcn_repl.render.procedures import STANDINGS
    from kitcn_repl.render.table import Cell
    from kitcn_repl.render.text import visible

    name = route.meta.get("name")
    return [
        Cell(visible(route.name)),
        *(metric_cells(route.metrics) if metrics else ()),
        Cell(visible(name) if isinstance(name, str) else "", "dim"),
        Cell(STANDINGS[route.standing], "number"),
    ]


def _cron_cells(cron: Cron) -> list[Cell]:
    from kitcn_repl.render.documents import creation_time
    from kitcn_repl.render.table import Cell
    from kitcn_repl.render.text import visible

    return [
        Cell(visible(cron.name)),
        Cell(visible(cron.function)),
        Cell(visible(cron.schedule)),
        Cell(visible(cron.last_status or ""), "number" if cron.last_status == "failed" else "plain"),
        Cell("" if cron.next_run is None else creation_time(cron.next_run), "dim"),
    ]
