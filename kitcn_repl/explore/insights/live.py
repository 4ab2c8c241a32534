"""Insights from a deployment's own log, in the form of those that the management service gives."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import UsageError
from kitcn_repl.explore.insights.collecting import Collector, cancel
from kitcn_repl.explore.insights.entries import Finding
from kitcn_repl.explore.insights.history import History, open_history
from kitcn_repl.explore.insights.instants import text_of
from kitcn_repl.explore.insights.kinds import kind_of, order_of
from kitcn_repl.explore.insights.model import HOUR, WINDOW_HOURS, Insight, Row, Span
from kitcn_repl.explore.insights.rows import insight_of
from kitcn_repl.explore.logs.moments import Moment
from kitcn_repl.values import JsonObject, JsonValue

_AGAIN: Final = 5.0
"""Seconds until a deployment that did not answer is asked once more."""


@dataclass(frozen=True, slots=True)
class Live:
    """What the log told, between `begin` and `end` (milliseconds since 1970); `seen` are its stretches that were seen.

    `has_entries` is False for a log that never held anything, as far as anybody looked.
    """

    insights: list[Insight]
    begin: float
    end: float
    seen: tuple[Span, ...]
    has_entries: bool
    notes: tuple[str, ...] = ()


async def live_insights(deployment: Deployment, history: History, now: float, since: Moment | None = None) -> Live:
    """Those of the last 72 hours, or `since` a moment of these, after a look at what the log holds.

    Raises DeploymentError, sqlite3.Error, and UsageError for a moment that is still to come.

    A log that ended long ago is looked at as of its end, which a note tells.
    """
    collector = Collector(deployment, history)
    await collector.catch_up()
    newest, present = history.newest(), collector.present if collector.present is not None else now
    end = present
    notes: tuple[str, ...] = ()
    if newest > present:
        end = newest
    elif newest and newest < present - WINDOW_HOURS * HOUR:
        end = newest
        notes = (
            f"The newest log entry is of {text_of(newest)[:16].replace('T', ' ')} UTC: the time before it is shown.",
        )
    begin = max(end - WINDOW_HOURS * HOUR, beginning(since, end))
    return Live(list(_insights(history, begin, end)), begin, end, _seen(history, begin, end), newest > 0, notes)


def beginning(since: Moment | None, end: float) -> float:
    """Of the window that ends at `end`, in milliseconds since 1970. Raises UsageError."""
    begin = end - WINDOW_HOURS * HOUR if since is None else since.milliseconds(end)
    if begin >= end:
        raise UsageError("--since must be a moment that has passed.")
    return begin


async def live_history(deployment: Deployment, folder: Path) -> tuple[History, str | None]:
    """The history of this deployment, and why it is not one that lasts, where it should be. Raises DeploymentError.

    What lies in files has a log that comes whole each time.
    """
    info = await deployment.info()
    if info.kind == "offline":
        return History(None), None
    try:
        return open_history(folder, f"{info.name}\n{info.url}"), None
    except (OSError, sqlite3.Error) as error:
        return History(None), f"What is found is not kept for later: {folder} cannot be used ({error})."


@asynccontextmanager
async def remembering(deployment: Deployment, folder: Path) -> AsyncIterator[None]:
    """Keep what the log says while the block runs, so that later there are insights of that time. For whatever runs for
    long; it never fails, and never makes anybody wait."""
    task = asyncio.ensure_future(_remember(deployment, folder))
    try:
        yield
    finally:
        await cancel(task)


async def _remember(deployment: Deployment, folder: Path) -> None:
    while True:
        with suppress(DeploymentError):
            history, _ = await live_history(deployment, folder)
            with closing(history):
                await Collector(deployment, history).follow()
        await asyncio.sleep(_AGAIN)


def _insights(history: History, begin: float, end: float) -> Iterator[Insight]:
    found = []
    for number, key in history.insights():
        hours = history.hours(number, begin, end)
        events = list(history.events(number, key, begin, end))
        # An hour may begin before the window does.
        whole = [hour for hour in hours if hour.start >= begin]
        count = sum(hour.count for hour in whole)
        if len(whole) < len(hours):
            count += sum(event.at < hours[0].start + HOUR for event in events)
        if not count:
            continue
        kind, component, function, table = key
        conflicts = kind_of(kind).is_conflict
        details: JsonObject = {"occCalls": count} if conflicts else {"count": count}
        if conflicts and table:
            details["occTableName"] = table
        details["hourlyCounts"] = [
            {"hour": text_of(hour.start)[:19].replace("T", " "), "count": hour.count} for hour in hours
        ]
        details["recentEvents"] = [_event(event) for event in events]
        found.append(insight_of(Row(kind, function, component or None, details)))
    yield from sorted(found, key=lambda insight: (order_of(insight.kind), -insight.count, insight.name))


def _event(event: Finding) -> JsonValue:
    facts: JsonObject = {"timestamp": text_of(event.at), "id": event.execution_id, "request_id": event.request_id}
    if kind_of(event.kind).is_conflict:
        if event.document is not None:
            facts["occ_document_id"] = event.document
        if event.write_source is not None:
            facts["occ_write_source"] = event.write_source
        return {**facts, "occ_retry_count": event.retries}
    # The log has totals only, which the service gives by table.
    return {
        **facts,
        "calls": [],
        "success": event.success,
        "documents_read": event.documents,
        "bytes_read": event.bytes,
    }


def _seen(history: History, begin: float, end: float) -> tuple[Span, ...]:
    return tuple(span for span in history.spans() if span.end >= begin and span.begin <= end)
