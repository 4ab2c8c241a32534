"""How long the live source of insights takes for log entries, against parsing their JSON alone.

From the text that a server sends to findings in the history file, in pages of 1,000 entries. Each turn is a new
process.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from benchmarks.frame.bench import Bench
from benchmarks.frame.command import alone
from benchmarks.frame.rows import Aim, Row

LEAST_RATE: Final = 20_000
"""Entries a second."""


def measure(bench: Bench) -> Iterator[Row]:
    count = bench.much(20_000, 2_000)
    command = bench.ours.inside("live_insights", str(count)), bench.ours.environment(with_tree=True)
    (ours, _), (parsing, _), (growth, _) = bench.compare_told({"kitcn": command}, 3, 3)
    rate = count / ours.middle
    yield Row(
        f"{count:,} log entries to findings in the history",
        ours,
        replace(parsing, name="json.loads alone"),
        aims=(Aim(f"{rate:,.0f} entries/s >= {LEAST_RATE:,}", rate >= LEAST_RATE),),
        note=f"memory grew by {growth.middle:.1f} MB after the first tenth",
    )


if __name__ == "__main__":
    raise SystemExit(alone("live_insights"))
