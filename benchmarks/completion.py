"""How long a completion takes in a database of 60 tables with 12 fields each, against pgcli's completer.

The same question in either language: the table's name, a field of a table, a field of one of two tables. Each turn is
a new process that asks each of them 30 times, and gives the median.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks.frame.bench import Bench
from benchmarks.frame.command import alone
from benchmarks.frame.ours import environment, program
from benchmarks.frame.rows import Row

QUESTIONS: Final = ("a table's name", "a field", "a field in a longer query")


def measure(bench: Bench) -> Iterator[Row]:
    commands = {"kitcn": (bench.ours.inside("completion"), bench.ours.environment())}
    python = bench.where_possible("pgcli's completer", lambda: bench.rivals.program("pgcli", "python"))
    if python is not None:
        commands["pgcli"] = ([python, *program("pgcli_completion")], environment(bench.ours.home))
    for question, sides in zip(QUESTIONS, bench.compare_told(commands, len(QUESTIONS), 5), strict=True):
        yield Row(f"completing {question}", *sides, is_quoted=True)


if __name__ == "__main__":
    raise SystemExit(alone("completion"))
