"""Scheduled functions, kitcn's own background work among them."""

from __future__ import annotations

from kitcn_repl.deployment.models import ROOT_COMPONENT
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.functions import display_path
from kitcn_repl.explore.state.model import Scheduled, ScheduledJob
from kitcn_repl.explore.state.rows import number, state_rows, text
from kitcn_repl.values import JsonObject, JsonValue

_TABLE = "_scheduled_functions"
_OWN_WORK = ("generated/server:scheduledMutationBatch", "generated/server:scheduledDelete")
_UNFINISHED = ("pending", "inProgress")


async def scheduled_jobs(deployment: Deployment, limit: int, component: str = ROOT_COMPONENT) -> Scheduled:
    """The newest jobs: those to come first, by their time, then the others, the latest first."""
    found = await state_rows(deployment, _TABLE, limit, tables=frozenset(), component=component)
    jobs = [] if found is None else [_job(row) for row in found.rows]
    waiting = sorted((job for job in jobs if job.state in _UNFINISHED), key=lambda job: job.scheduled_time or 0)
    finished = sorted(
        (job for job in jobs if job.state not in _UNFINISHED),
        key=lambda job: -(job.completed_time or job.scheduled_time or 0),
    )
    return Scheduled((*waiting, *finished), found is not None and found.more)


def _job(row: JsonObject) -> ScheduledJob:
    state = row.get("state")
    facts = state if isinstance(state, dict) else {}
    function = display_path(text(row, "name"))
    error = facts.get("error")
    return ScheduledJob(
        text(row, "_id"),
        function,
        str(facts.get("kind", "unknown")),
        number(row, "scheduledTime"),
        number(row, "completedTime"),
        error if isinstance(error, str) else None,
        _work(row.get("args")) if function in _OWN_WORK else None,
    )


def _work(args: JsonValue) -> str | None:
    first = args[0] if isinstance(args, list) and args else None
    if not isinstance(first, dict):
        return None
    words = [first.get(name) for name in ("workType", "operation", "table", "tableName")]
    return " ".join(word for word in words if isinstance(word, str)) or None
