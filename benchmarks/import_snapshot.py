"""How fast a snapshot ZIP is imported, in how much memory, and how fast it is opened again; growth per tenfold.

Documents of about 330 bytes, in the layout of a real export. Each import is a process of its own with an empty cache,
each opening again one that finds it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from benchmarks.frame.bench import Bench
from benchmarks.frame.command import alone
from benchmarks.frame.processes import finish
from benchmarks.frame.rows import Aim, Row, Side
from benchmarks.frame.turns import Sample

LEAST_RATE: Final = 100_000
"""Documents a second."""
MOST_MEMORY: Final = 200.0
MOST_OF_IMPORT: Final = 1 / 50
"""Opening again, of the time of importing."""


def measure(bench: Bench) -> Iterator[Row]:
    cache = bench.folder / "cache"

    def opening(documents: int, *, anew: bool) -> Callable[[], Sample]:
        snapshot, own = bench.snapshot(documents), cache / str(documents)

        def turn() -> Sample:
            if anew:
                shutil.rmtree(own, ignore_errors=True)
            done = finish(
                bench.ours.inside("open_snapshot", str(snapshot), str(own)), bench.ours.environment(), bench.folder
            )
            seconds, found = done.told
            assert found == documents, found
            return Sample(seconds, done.memory)

        return turn

    def sides(turns: int, *, anew: bool) -> list[Side]:
        return bench.in_turns({f"{size:,} documents": opening(size, anew=anew) for size in bench.sizes}, turns)

    imported, opened = sides(2, anew=True), sides(5, anew=False)
    for smaller, larger in pairwise(imported):
        row = Row(f"import of {larger.name}", larger, smaller)
        if larger is imported[-1]:
            rate = bench.sizes[-1] / larger.middle
            fast = Aim(f"{rate:,.0f} documents/s >= {LEAST_RATE:,}", rate >= LEAST_RATE)
            row = replace(row, aims=(fast,), is_quoted=True).aiming(memory=MOST_MEMORY)
        yield row
    for smaller, larger in pairwise(opened):
        yield Row(f"opening {larger.name} again", larger, smaller)
    again, first = opened[-1], imported[-1]
    importing = Side("importing them", first.values, first.memory)
    yield Row(f"opening {again.name} again", again, importing, is_quoted=True).aiming(ratio=MOST_OF_IMPORT)


if __name__ == "__main__":
    raise SystemExit(alone("import_snapshot"))
