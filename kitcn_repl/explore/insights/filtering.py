"""The part of insights that was asked for."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Iterable
from dataclasses import replace
from math import inf

from kitcn_repl.explore.insights.instants import instant
from kitcn_repl.explore.insights.model import HOUR, Insight, Row
from kitcn_repl.values import JsonObject, JsonValue


def since(insights: Iterable[Insight], begin: float) -> list[Insight]:
    """What happened from `begin` on, counted anew: by the hours where there are any, else by the events."""
    found = []
    for insight in insights:
        if not insight.hours and not insight.events:
            found.append(insight)  # nobody knows when it was
            continue
        hours = tuple(hour for hour in insight.hours if hour.start + HOUR > begin)
        events = tuple(event for event in insight.events if event.time is not None and event.time >= begin)
        count = sum(hour.count for hour in hours) if insight.hours else len(events)
        if count:
            row = _row_since(insight, begin, count)
            found.append(replace(insight, hours=hours, events=events, count=count, row=row))
    return found


def _row_since(insight: Insight, begin: float, count: int) -> Row:
    """The machine formats repeat the row, so it must not tell of more than the insight does."""
    details: JsonObject = {**insight.row.details}
    for name in ("occCalls", "count"):
        if name in details:
            details[name] = count
    events, hours = details.get("recentEvents"), details.get("hourlyCounts")
    if isinstance(events, list):
        details["recentEvents"] = [event for event in events if (_instant_of(event, "timestamp") or -inf) >= begin]
    if isinstance(hours, list):
        details["hourlyCounts"] = [hour for hour in hours if (_instant_of(hour, "hour") or -inf) + HOUR > begin]
    return replace(insight.row, details=details)


def _instant_of(given: JsonValue, name: str) -> float | None:
    return instant(given.get(name)) if isinstance(given, dict) else None


def of_kinds(insights: Iterable[Insight], kinds: Collection[str]) -> list[Insight]:
    return [insight for insight in insights if insight.kind in kinds]


def of_function(insights: Iterable[Insight], pattern: str) -> list[Insight]:
    """Those whose function holds `pattern`, or matches it if it has wildcards; in any case of letters."""
    wanted = pattern.lower()
    is_wild = any(char in wanted for char in "*?[")

    def fits(insight: Insight) -> bool:
        names = (insight.name.lower(), insight.function.lower())
        return any(fnmatch.fnmatchcase(name, wanted) if is_wild else wanted in name for name in names)

    return [insight for insight in insights if fits(insight)]
