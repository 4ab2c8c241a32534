"""All states that were asked for, each None where there is no such thing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.deployment.together import ending
from kitcn_repl.explore.state.aggregates import aggregate_states, declared_aggregates
from kitcn_repl.explore.state.emails import email_queue
from kitcn_repl.explore.state.migrations import migration_state
from kitcn_repl.explore.state.model import AggregateStatus, EmailQueue, Migrations, RateLimits, Scheduled
from kitcn_repl.explore.state.ratelimits import rate_limits
from kitcn_repl.explore.state.scheduled import scheduled_jobs
from kitcn_repl.project.layout import Project
from kitcn_repl.schema.model import Schema


@dataclass(frozen=True, slots=True)
class States:
    """`asked` tells whether a deployment was asked."""

    aggregates: tuple[AggregateStatus, ...] | None = None
    migrations: Migrations | None = None
    scheduled: Scheduled | None = None
    rate_limits: RateLimits | None = None
    emails: EmailQueue | None = None
    notes: tuple[str, ...] = ()
    asked: bool = True


async def read_states(
    deployment: Deployment | None,
    project: Project | None,
    source: Path | None,
    views: Sequence[str],
    *,
    limit: int,
    count: bool,
) -> States:
    """`views` are of aggregates, migrations, scheduled, ratelimits, emails; `source` is a schema file."""
    notes: list[str] = []

    async def aggregates() -> tuple[AggregateStatus, ...] | None:
        if "aggregates" not in views:
            return None
        schema = None if source is None else await asyncio.to_thread(_read, source, project)
        if deployment is None:
            return None if schema is None else tuple(declared_aggregates(schema))
        found = await aggregate_states(deployment, schema, count=count)
        if found is not None and schema is None:
            notes.append("No source was looked at, so drift against it is not known; --source PATH reads it.")
        return None if found is None else tuple(found)

    async def migrations() -> Migrations | None:
        return await migration_state(deployment, project) if "migrations" in views else None

    async def scheduled() -> Scheduled | None:
        return await scheduled_jobs(deployment, limit) if deployment and "scheduled" in views else None

    async def limits() -> RateLimits | None:
        return await rate_limits(deployment, limit) if deployment and "ratelimits" in views else None

    async def emails() -> EmailQueue | None:
        return await email_queue(deployment, limit) if deployment and "emails" in views else None

    tasks = (
        asyncio.ensure_future(aggregates()),
        asyncio.ensure_future(migrations()),
        asyncio.ensure_future(scheduled()),
        asyncio.ensure_future(limits()),
        asyncio.ensure_future(emails()),
    )
    async with ending(*tasks):
        found = await asyncio.gather(*tasks)
    if found[1] is not None:
        notes += found[1].notes
    return States(*found, notes=tuple(notes), asked=deployment is not None)


def _read(source: Path, project: Project | None) -> Schema:
    from kitcn_repl.schema.source.reader import read_source

    return read_source(source, root=None if project is None else project.root)
