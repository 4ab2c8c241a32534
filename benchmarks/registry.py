"""The benchmarks, in the order of the table. Each is a module of this package with a function `measure`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Final, Protocol

from benchmarks.frame.bench import Bench
from benchmarks.frame.rows import Row

NAMES: Final = (
    "served_query",
    "served_commands",
    "offline_query",
    "start_up",
    "first_rows",
    "load_extension",
    "completion",
    "read_schema",
    "import_snapshot",
    "growth",
    "grid",
    "live_insights",
)


class Measure(Protocol):
    def __call__(self, bench: Bench) -> Iterator[Row]: ...


def measure_of(name: str) -> Measure:
    """The benchmark's own function; its module is imported only now."""
    measure: Measure = import_module(f"benchmarks.{name}").measure
    return measure
