"""The part of insights that was asked for."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Iterable
from dataclasses import replace

from kitcn_repl.explore.insights.model import HOUR, Insight


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
            found.append(replace(insight, hours=hours, events=events, count=count))
    return found


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
