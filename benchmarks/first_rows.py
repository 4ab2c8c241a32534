"""How soon the terminal application shows rows, against the first frame of other applications of its kind.

Each is started in a pseudo terminal of 140 x 40 characters, as a person would; measured is the time from the start of
the process until the text is written that tells it is there: for `kitcn tui --demo` the first document's own values,
for posting and harlequin their first frame.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.frame.bench import Bench
from benchmarks.frame.command import alone
from benchmarks.frame.ours import environment
from benchmarks.frame.rows import Row
from benchmarks.frame.terminals import Terminal
from benchmarks.frame.turns import Sample
from kitcn_repl.deployment.models import PageRequest
from kitcn_repl.explore.opening import open_target
from kitcn_repl.targets.target import Target

COLUMNS, LINES = 140, 40
AIM: Final = 0.5
RIVALS: Final = {"posting": (b"Collection", b"Response"), "harlequin": (b"Data Catalog", b"Run Query")}
"""What each one's first frame shows."""


def measure(bench: Bench) -> Iterator[Row]:
    home, shown = bench.ours.home, first_rows()
    contenders: dict[str, Callable[[], Sample]] = {
        "kitcn": lambda: until_shown(bench.ours.kitcn("tui", "--demo"), bench.ours.environment(), home, shown)
    }
    for name, texts in RIVALS.items():
        program = bench.where_possible(name, partial(bench.rivals.program, name))
        if program is not None:
            contenders[name] = partial(until_shown, [program], environment(home), home, *texts)
    ours, *others = bench.in_turns(contenders, 7)
    for theirs in others:
        yield Row("kitcn tui: first rows, theirs: first frame", ours, theirs, is_quoted=True).aiming(ratio=AIM)
    if not others:
        yield Row("kitcn tui: first rows", ours)


def until_shown(command: Sequence[str], variables: Mapping[str, str], folder: Path, *shown: bytes) -> Sample:
    with Terminal(command, variables, folder, columns=COLUMNS, lines=LINES) as terminal:
        seconds = terminal.until(*shown)
        return Sample(seconds, terminal.memory())


def first_rows() -> bytes:
    """What the demo's first screen shows of its newest document, and nothing else does."""

    async def newest() -> str:
        deployment = await open_target(Target("demo", "demo", "benchmark"))
        try:
            page = await deployment.page(PageRequest("project", limit=1))
            return str(page.documents[0]["name"])
        finally:
            await deployment.aclose()

    return asyncio.run(newest()).encode()


if __name__ == "__main__":
    raise SystemExit(alone("first_rows"))
