"""How the grid holds up in large tables: frames while one jumps and pages, and memory; growth per tenfold.

The application runs in a terminal of its own, opens the table, jumps to the end and back, then page-down is held as a
keyboard repeats it. Frames are those of the application's own timer, from a key to the picture that shows it. What else
the machine does counts too, so the same keys go to an application that shows nothing but a number; and below the table
are the frames without the time for which their thread could have run but had no processor (Linux counts it).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from benchmarks.frame.bench import Bench
from benchmarks.frame.command import alone
from benchmarks.frame.processes import FailedError, finish
from benchmarks.frame.rows import Row, Side
from benchmarks.frame.terminals import PATIENCE, Terminal

COLUMNS, LINES = 120, 36
MOST_MILLISECONDS: Final = 50.0
MOST_MEMORY: Final = 120.0
PAGE_DOWN: Final = b"\x1b[6~"
REPEATS: Final = 30
"""Times a second."""


def measure(bench: Bench) -> Iterator[Row]:
    presses = bench.much(300, 20)
    grids = {f"{size:,} documents": _grid(bench, size, presses) for size in bench.sizes}
    number = _number(bench, presses)
    for (small, smaller), (large, larger) in pairwise(grids.items()):
        row = Row(
            f"99 % of the frames within, {large}",
            _side(large, larger),
            _side(small, smaller),
            unit="ms",
            note=f"{larger['frames']:,} frames, row {larger['row']:,} reached, {larger['held']} rows held;"
            f" median {larger['p50']:.1f} ms, worst {larger['worst']:.1f} ms; without waiting for a processor"
            f" median {larger['own_p50']:.1f} ms, 99 % {larger['own_p99']:.1f} ms",
        )
        yield replace(row, is_quoted=larger is list(grids.values())[-1]).aiming(
            milliseconds=MOST_MILLISECONDS, memory=MOST_MEMORY
        )
    large, larger = list(grids.items())[-1]
    said = f"a number alone: median {number['p50']:.1f} ms, worst {number['worst']:.1f} ms"
    yield Row(
        f"99 % of the frames within, {large}",
        _side(large, larger),
        _side("a number", number),
        unit="ms",
        note=said,
    )


def _side(name: str, told: dict[str, Any]) -> Side:
    return Side(name, (told["p99"],), told["memory"])


def _grid(bench: Bench, size: int, presses: int) -> dict[str, Any]:
    snapshot, cache = bench.snapshot(size), bench.folder / "grid" / str(size)
    variables = bench.ours.environment(with_tree=True)
    # Importing takes memory of its own, and is measured elsewhere.
    finish(bench.ours.inside("open_snapshot", str(snapshot), str(cache)), variables, bench.folder)
    told = bench.folder / "grid.json"
    told.unlink(missing_ok=True)
    command = bench.ours.inside("grid", str(told), str(cache), str(snapshot))
    with Terminal(command, variables, bench.folder, columns=COLUMNS, lines=LINES) as terminal:
        until(told, lambda state: state["there"] and state["rows"] == size, "the first rows")
        terminal.press(b"G")
        until(told, lambda state: state["there"] and state["row"] == size - 1, "the last row")
        terminal.press(b"g")
        until(told, lambda state: state["there"] and state["row"] == 0, "the first row again")
        _hold(terminal, presses)
        return until(told, lambda state: state["there"] and state["row"] > min(100, size // 4), "pages down")


def _number(bench: Bench, presses: int) -> dict[str, Any]:
    told = bench.folder / "number.json"
    command = bench.ours.inside("number", str(told))
    with Terminal(
        command, bench.ours.environment(with_tree=True), bench.folder, columns=COLUMNS, lines=LINES
    ) as terminal:
        until(told, lambda state: "pressed" in state, "the number")
        _hold(terminal, presses)
        return until(told, lambda state: state["pressed"] >= presses, "all keys")


def _hold(terminal: Terminal, presses: int) -> None:
    for _ in range(presses):
        terminal.press(PAGE_DOWN)
        time.sleep(1 / REPEATS)
    time.sleep(0.5)


def until(told: Path, condition: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
    """What the application told of itself, as soon as the condition holds."""
    end = time.monotonic() + PATIENCE
    state: dict[str, Any] = {}
    while time.monotonic() < end:
        if told.exists():
            state = json.loads(told.read_text())
            if condition(state):
                return state
        time.sleep(0.02)
    raise FailedError(f"{what} did not come: {state}")


if __name__ == "__main__":
    raise SystemExit(alone("grid"))
