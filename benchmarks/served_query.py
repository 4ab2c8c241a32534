"""An inline query on a served deployment: `kitcn run` against the genuine command line.

Whole processes, from start to end; the genuine one is started with node itself. Their answers must be the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.frame.bench import Bench
from benchmarks.frame.command import alone
from benchmarks.frame.rows import Row
from benchmarks.frame.served import served_demo

QUERIES = ("1 + 1", 'await ctx.db.query("project").take(5)')
TIME_AIM = 1 / 4
MEMORY_AIM = 1 / 3


def measure(bench: Bench) -> Iterator[Row]:
    with served_demo(bench) as demo:
        for query in QUERIES:
            row = Row(f"run --inline-query '{query}'", *demo.compare("run", "--inline-query", query), is_quoted=True)
            yield row.aiming(ratio=TIME_AIM, memory_ratio=MEMORY_AIM)


if __name__ == "__main__":
    raise SystemExit(alone("served_query"))
