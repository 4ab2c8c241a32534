"""Private system tables, where the data has them: scheduled jobs, crons and their runs (deployment-api.md 5.3, 5.4)."""

from __future__ import annotations

from collections.abc import Iterator

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.deployment.models import IndexBound, Page, PageRequest
from kitcn_repl.offline.catalog import IndexDefinition
from kitcn_repl.offline.pages import read_page
from kitcn_repl.offline.store import BY_CREATION_TIME, Store
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.export import encoded_document

_BATCH = 256


def scheduled_jobs(store: Store, component: str, function: str | None, size: int, cursor: str | None) -> Page:
    """A page of the jobs that still have to run, the next one first; `function` asks for those of one function."""
    table = store.tables(component).get("_scheduled_jobs")
    if table is None:
        return Page([], cursor or "", is_done=True)
    of_function = () if function is None else (IndexBound(equals=function),)
    fields = ("nextTs",) if function is None else ("udfPath", "nextTs")
    request = PageRequest(
        table.name,
        size,
        "asc",
        index="by_next_ts" if function is None else "by_udf_path_and_next_event_ts",
        bounds=(*of_function, IndexBound(is_equality=False, lower_op="gt", lower=None)),
        cursor=cursor,
        component=component,
    )
    return read_page(store, IndexDefinition(table, str(request.index), (*fields, *BY_CREATION_TIME)), request)


def cron_jobs(store: Store, component: str) -> list[JsonObject]:
    """The rows of `_cron_jobs` with `lastRun` (or None) and `nextRun`. Raises QueryFailedError for one without."""
    next_runs = {str(row.get("cronJobId")): row for row in rows(store, component, "_cron_next_run")}
    last_runs = {str(row.get("name")): row for row in rows(store, component, "_cron_job_logs")}
    return [
        {
            **job,
            "lastRun": last_runs.get(str(job.get("name"))),
            "nextRun": _next_run(job, next_runs.get(str(job.get("_id")))),
        }
        for job in rows(store, component, "_cron_jobs")
    ]


def rows(store: Store, component: str, name: str) -> Iterator[JsonObject]:
    """All documents of a system table, oldest first; none where there is no such table."""
    table = store.tables(component).get(name)
    lower = b""
    while table is not None:
        found = store.rows(table, BY_CREATION_TIME, lower, None, descending=False, limit=_BATCH)
        yield from (encoded_document(row.text) for row in found)
        if len(found) < _BATCH:
            return
        lower = found[-1].key + b"\0"


def _next_run(job: JsonObject, row: JsonObject | None) -> JsonValue:
    if row is not None:
        return row
    if "nextTs" not in job:
        raise QueryFailedError("No next run found for cron job")
    # Until 2025-04 the job itself said when it runs next.
    return {"cronJobId": job.get("_id"), **{name: job.get(name) for name in ("state", "prevTs", "nextTs")}}
