"""`SNAPSHOT`, in a project's folder: asks the table `events` in each way, from Python. Prints for each the seconds,
those of the first time, which imports and builds what is needed, and this process's peak memory in MB.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from kitcn_repl import connect

PAGE = 100
FRAME = 100_000
ENOUGH = 0.5
"""Seconds."""
ONCE = "filter by scan, none found"
"""Takes long, and those before it have imported what it needs."""


def peak() -> float:
    """MB since it was last asked, so that each way has its own."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    found = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    Path("/proc/self/clear_refs").write_text("5")
    return int(found.split()[1]) * 1024 / 1e6


def seconds(name: str, way: Callable[[], int], *, at_most: int = 1) -> float:
    """The median of several, as far as half a second reaches."""
    times: list[float] = []
    while len(times) < at_most and sum(times) < ENOUGH:
        began = time.perf_counter()
        if way() == 0:
            raise SystemExit(f"{name}: nothing was found")
        times.append(time.perf_counter() - began)
    return median(times)


with connect(f"snapshot:{sys.argv[1]}") as deployment:
    events = deployment.table("events")
    actor = deployment.table("actors").order("asc").first()
    assert actor is not None
    owned = events.where(actorId=actor["_id"])
    ways: dict[str, Callable[[], int]] = {
        "count": lambda: events.count() or 0,
        "first page": lambda: len(events.order("asc").take(PAGE)),
        "last page": lambda: len(events.order("desc").take(PAGE)),
        "page of an index": lambda: len(owned.take(PAGE)),
        "range of an index, ordered": lambda: len(
            events.where("score >= 50").order("desc", index="by_score").take(PAGE)
        ),
        "filter by scan, 100 found": lambda: len(events.where(kind="created").take(PAGE)),
        ONCE: lambda: 1 + len(events.where(kind="nothing").take(PAGE)),
        "inline query, 100 documents": lambda: len(list(deployment.query("ctx.db.query('events').take(100)"))),
        "find with a relation": lambda: len(deployment.find("events", with_={"actorId": True}, limit=PAGE)),
        "to_pandas of 100,000": lambda: len(events.take(FRAME).to_pandas()),
    }
    told = {}
    peak()
    for name, way in ways.items():
        first = seconds(name, way)
        told[name] = (first if name == ONCE else seconds(name, way, at_most=20), first, peak())
print(json.dumps(told))
