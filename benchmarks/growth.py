"""What a table ten times as large costs: pages, indexes, scans, relations and data frames, from Python on a snapshot.

A page that takes longer in a larger table, or a memory that grows with it, would show here. An index is built when it
is first used, and kept; that is a row of its own. Memory is that of the Python process at each step; the last rows
have all of it, with Deno, which runs the queries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any, Final

from benchmarks.frame.bench import Bench
from benchmarks.frame.command import alone
from benchmarks.frame.documents import write_project
from benchmarks.frame.processes import Finished, finish
from benchmarks.frame.rows import Row, Side
from benchmarks.frame.turns import Sample

FLAT: Final = 2.0
"""Of the time, for ten times the documents, of what should not grow at all."""
FRAME: Final = "to_pandas of 100,000"
GROWING: Final = ("filter by scan, none found", FRAME)
"""Read the whole table, and 100,000 documents or all of it."""
BUILDING: Final = "page of an index"
MEMORY_FLAT: Final = 1.25
"""From the second largest to the largest; what comes before fills caches of a fixed size."""


def measure(bench: Bench) -> Iterator[Row]:
    project = write_project(bench.folder / "project")
    told: dict[str, list[Finished]] = {_name(size): [] for size in bench.sizes}

    def turn(size: int) -> Sample:
        command = bench.ours.inside("growth", str(bench.snapshot(size)))
        variables = bench.ours.environment({"KITCN_CACHE_DIR": str(bench.folder / "growth")})
        told[_name(size)].append(finish(command, variables, project))
        return told[_name(size)][-1].sample

    for size in bench.sizes:
        bench.snapshot(size)
    wholes = bench.in_turns({_name(size): partial(turn, size) for size in bench.sizes}, 2)
    first = {name: done[0].told for name, done in told.items()}
    turns: dict[str, list[dict[str, Any]]] = {
        name: [done.told for done in found[-len(wholes[0].values) :]] for name, found in told.items()
    }
    for way in turns[_name(bench.sizes[0])][0]:
        sides = [
            Side(name, tuple(one[way][0] for one in found), max(one[way][2] for one in found) or None)
            for name, found in turns.items()
        ]
        for smaller, larger in pairwise(sides):
            row = Row(f"{way}, of {larger.name}", larger, smaller)
            is_last = larger is sides[-1]
            yield replace(row, is_quoted=is_last).aiming(
                ratio=None if way in GROWING else FLAT,
                memory_ratio=MEMORY_FLAT if is_last and way != FRAME else None,
            )
    built = [Side(name, (found[BUILDING][1],)) for name, found in first.items()]
    for smaller, larger in pairwise(built):
        yield Row(f"an index when first used, of {larger.name}", larger, smaller)
    for smaller, larger in pairwise(wholes):
        yield Row(f"all of these with Deno and pandas, of {larger.name}", larger, smaller)


def _name(size: int) -> str:
    return f"{size:,} documents"


if __name__ == "__main__":
    raise SystemExit(alone("growth"))
