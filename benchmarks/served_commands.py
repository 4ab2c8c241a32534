"""Other commands that both have, on a served deployment: `kitcn` against the genuine command line.

Whole processes; where both print the same, that is checked. `logs` is left out: the genuine one follows for ever and
cannot be told to end.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.frame.bench import Bench
from benchmarks.frame.command import alone
from benchmarks.frame.rows import Row
from benchmarks.frame.served import served_demo

COMMANDS: tuple[tuple[tuple[str, ...], bool], ...] = (
    (("data",), True),
    (("data", "project", "--limit", "100", "--format", "jsonLines"), True),
    (("run", "users:list"), True),
    (("function-spec",), True),
    (("env", "list"), True),
    (("--help",), False),
    (("--version",), False),
)
"""Arguments, and whether both print the same."""


def measure(bench: Bench) -> Iterator[Row]:
    with served_demo(bench) as demo:
        for arguments, is_same in COMMANDS:
            yield Row(" ".join(arguments), *demo.compare(*arguments, turns=7, is_same=is_same), is_quoted=True)


if __name__ == "__main__":
    raise SystemExit(alone("served_commands"))
