"""Loading the magics into IPython, and their first answer, against JupySQL's.

Each turn is a new interpreter that starts an IPython shell. The first row is what `%load_ext` adds to it; the second
loads, opens offline data (the demo; an empty SQLite database), and evaluates `1 + 1` there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from benchmarks.frame.bench import Bench
from benchmarks.frame.command import alone
from benchmarks.frame.ours import environment, program
from benchmarks.frame.rows import Row

BUDGET: Final = 60.0
"""Milliseconds."""
OURS: Final = ("kitcn_repl", "kitcn", "use demo")
THEIRS: Final = ("sql", "sql", "sqlite://")
"""The extension, its magic, and what opens the data. `1 + 1` is JavaScript to one and SQL to the other."""


def measure(bench: Bench) -> Iterator[Row]:
    contenders = {"kitcn": (bench.ours.inside("load_extension", *OURS, "1 + 1"), bench.ours.environment())}
    python = bench.where_possible("JupySQL", lambda: bench.rivals.program("jupysql", "python"))
    if python is not None:
        command = [python, *program("load_extension"), *THEIRS, "select 1 + 1"]
        contenders["JupySQL"] = (command, environment(bench.ours.home))
    (ours, theirs), answering = bench.compare_told(contenders, 2)
    # Memory is known at the end alone.
    loaded = replace(ours, memory=None), None if theirs is None else replace(theirs, memory=None)
    yield Row("%load_ext", *loaded, is_quoted=True).aiming(milliseconds=BUDGET)
    yield Row("%load_ext, and a first answer", *answering, is_quoted=True)


if __name__ == "__main__":
    raise SystemExit(alone("load_extension"))
