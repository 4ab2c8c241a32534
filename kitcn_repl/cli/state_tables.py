"""The views of `kitcn state` as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from kitcn_repl.cli.drawing import draw_cells, heading
from kitcn_repl.cli.session import Session
from kitcn_repl.explore.state.model import AggregateStatus, EmailQueue, Migrations, RateLimits, Scheduled
from kitcn_repl.explore.state.overview import States
from kitcn_repl.render.documents import creation_time
from kitcn_repl.render.quantity import count, counted
from kitcn_repl.render.table import EMPTY, Cell, Column
from kitcn_repl.render.text import visible
from kitcn_repl.values.javascript import number_text

_DRIFT = {"none": "", "unknown": "", "definition": "definition changed", "missing": "", "orphan": "not in source"}


def draw_states(session: Session, states: States, views: Sequence[str]) -> None:
    """One view as its table; several under headings, and at the end what there is nothing of."""
    nothing = []
    for view in views:
        why = nothing_of(states, view)
        if why is not None:
            nothing.append(f"{view}: {why}")
            continue
        if len(views) > 1:
            heading(session, view.capitalize())
        _draw(session, states, view)
    for line in nothing:
        session.note(line, colour="dim")


def nothing_of(states: States, view: str) -> str | None:
    """Why a view has no rows, None if it has some."""
    match view:
        case "aggregates":
            if states.aggregates is None:
                return "this deployment has no kitcn tables" if states.asked else "no schema source"
            return None if states.aggregates else "none declared or built"
        case "migrations":
            found = states.migrations
            return None if found is not None and (found.migrations or found.runs) else "none"
        case "scheduled":
            if states.scheduled is not None:
                return None if states.scheduled.jobs else "none to come, and none ran in the last seven days"
        case "ratelimits":
            if states.rate_limits is not None:
                return None if states.rate_limits.limits or states.rate_limits.dynamic else "not used yet"
        case "emails" if states.emails is not None:
            return None if states.emails.emails else "the queue is empty"
    return "the plugin is not installed" if states.asked else "no deployment was asked"


def _draw(session: Session, states: States, view: str) -> None:
    if view == "aggregates" and states.aggregates is not None:
        _aggregates(session, states.aggregates)
    elif view == "migrations" and states.migrations is not None:
        _migrations(session, states.migrations)
    elif view == "scheduled" and states.scheduled is not None:
        _scheduled(session, states.scheduled)
    elif view == "ratelimits" and states.rate_limits is not None:
        _limits(session, states.rate_limits)
    elif states.emails is not None:
        _emails(session, states.emails)


def _aggregates(session: Session, statuses: Sequence[AggregateStatus]) -> None:
    columns = [
        Column("table", whole=True),
        Column("index", whole=True),
        Column("kind"),
        Column("status", whole=True),
        Column("counted", align_right=True),
        Column("documents", align_right=True),
        Column("drift"),
        Column("definition"),
        Column("updated (UTC)"),
        Column("error"),
    ]
    draw_cells(session, columns, map(_aggregate_cells, statuses))


def _aggregate_cells(status: AggregateStatus) -> list[Cell]:
    counts = status.counts
    drift = [_DRIFT[status.drift]] if _DRIFT[status.drift] else []
    if counts is not None and counts.differ:
        drift.append("counts differ")
    return [
        Cell(visible(status.table)),
        Cell(visible(status.index)),
        Cell(status.kind, "dim"),
        EMPTY if status.status == "unknown" else _status(status.status),
        EMPTY if counts is None or counts.buckets is None else Cell(_bounded(counts.buckets, counts.at_least)),
        EMPTY if counts is None or counts.documents is None else Cell(count(counts.documents)),
        Cell(visible(", ".join(drift)), "number"),
        Cell(visible(status.deployed or status.source or ""), "dim"),
        _time(status.updated_at),
        Cell(visible(status.last_error or ""), "number"),
    ]


def _status(status: str) -> Cell:
    return Cell(visible(status), "plain" if status in ("READY", "completed", "success") else "number")


def _bounded(number: int, at_least: bool) -> str:
    return f"{count(number)}+" if at_least else count(number)


def _migrations(session: Session, found: Migrations) -> None:
    if found.migrations:
        columns = [
            Column("migration", whole=True),
            Column("status", whole=True),
            Column("drift"),
            Column("documents", align_right=True),
            Column("completed (UTC)"),
            Column("description"),
            Column("error"),
        ]
        rows = [
            [
                Cell(visible(item.id)),
                _status("not applied" if item.status == "unknown" else item.status),
                Cell((item.drift or "").replace("_", " "), "number"),
                EMPTY if item.processed is None else Cell(count(item.processed), "number"),
                _time(item.completed_at),
                Cell(visible(item.description or ""), "dim"),
                Cell(visible(item.last_error or ""), "number"),
            ]
            for item in found.migrations
        ]
        draw_cells(session, columns, rows)
    unfinished = [run for run in found.runs if run.status in ("running", "pending", "failed")]
    for run in unfinished:
        at = "" if run.current is None else f" at {run.current + 1} of {len(run.migrations)}"
        error = f": {run.last_error}" if run.last_error else ""
        session.advise(f"Run {run.run_id} ({run.direction}) is {run.status}{at}{error}")


def _scheduled(session: Session, found: Scheduled) -> None:
    columns = [
        Column("function", whole=True),
        Column("state", whole=True),
        Column("scheduled (UTC)", whole=True),
        Column("completed (UTC)"),
        Column("work"),
        Column("error"),
        Column("id"),
    ]
    rows = [
        [
            Cell(visible(job.function)),
            Cell(visible(job.state), "plain" if job.state == "success" else "number"),
            _time(job.scheduled_time),
            _time(job.completed_time),
            Cell(visible(job.work or "")),
            Cell(visible(job.error or ""), "number"),
            Cell(visible(job.id), "dim"),
        ]
        for job in found.jobs
    ]
    draw_cells(session, columns, rows)
    _tell_more(session, len(found.jobs), "job", found.more)


def _limits(session: Session, found: RateLimits) -> None:
    if found.limits:
        columns = [
            Column("name", whole=True),
            Column("key"),
            Column("value", align_right=True),
            Column("shards", align_right=True),
            Column("used (UTC)"),
        ]
        rows = [
            [
                Cell(visible(limit.name)),
                Cell(visible(limit.key or "")),
                Cell(number_text(limit.value), "number"),
                Cell(count(limit.shards), "number"),
                _time(limit.updated_at),
            ]
            for limit in found.limits
        ]
        draw_cells(session, columns, rows)
    if found.dynamic:
        heading(session, "Dynamic limits")
        rows = [
            [
                Cell(visible(limit.prefix)),
                EMPTY if limit.limit is None else Cell(number_text(limit.limit), "number"),
                _time(limit.updated_at),
            ]
            for limit in found.dynamic
        ]
        draw_cells(session, [Column("prefix"), Column("limit", align_right=True), Column("updated (UTC)")], rows)
    _tell_more(session, sum(limit.shards for limit in found.limits), "row", found.more)


def _emails(session: Session, found: EmailQueue) -> None:
    summary = ", ".join(f"{count(number)} {status}" for status, number in found.by_status)
    waiting = "" if found.oldest_waiting is None else f"; the oldest waits since {creation_time(found.oldest_waiting)}"
    session.aside(f"{summary}{waiting}")
    columns = [
        Column("created (UTC)", whole=True),
        Column("status", whole=True),
        Column("to"),
        Column("subject"),
        Column("attempt", align_right=True),
        Column("last event"),
        Column("error"),
        Column("id"),
    ]
    rows = [
        [
            _time(email.created_at),
            Cell(visible(email.status), "number" if email.status in ("failed", "bounced") else "plain"),
            Cell(visible(", ".join(email.to))),
            Cell(visible(email.subject or "")),
            EMPTY if email.attempt is None else Cell(str(email.attempt), "number"),
            Cell(visible(email.last_event or "")),
            Cell(visible(email.error or ""), "number"),
            Cell(visible(email.id), "dim"),
        ]
        for email in found.emails
    ]
    draw_cells(session, columns, rows)
    _tell_more(session, len(found.emails), "message", found.more)


def _tell_more(session: Session, shown: int, noun: str, more: bool) -> None:
    if more:
        session.advise(f"Only the newest {counted(shown, noun)} were looked at; --limit shows more.")


def _time(milliseconds: float | None) -> Cell:
    return EMPTY if milliseconds is None else Cell(creation_time(milliseconds), "dim")
