"""Runs one kind of hostile case after another, and says how to repeat the one that failed.

python -m tests.fuzz snapshot 81985529216486895     # that case again, with its input written to a file
"""

from __future__ import annotations

import gc
import shutil
import signal
import traceback
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType
from typing import Generic, TypeVar

CaseT = TypeVar("CaseT")

_PATIENCE = 60.0
"""Seconds that one case may take; only ever spent on one that hangs."""


@dataclass(frozen=True)
class Family(Generic[CaseT]):
    """`make` draws a case from random numbers. `check` raises for whatever must not happen, and says in a word what
    did happen. `written` is the input as one would keep it in a file. `allowance` is how many bytes of memory an input
    of so many bytes may need."""

    name: str
    make: Callable[[Random], CaseT]
    check: Callable[[CaseT, Path], str]
    written: Callable[[CaseT], bytes]
    allowance: Callable[[int], int]
    measured_every: int = 64
    """Tracing memory costs a multiple of the time, so not every case is traced."""


def run(family: Family[CaseT], random: Random, count: int, folder: Path) -> Counter[str]:
    """Check `count` cases, each in an empty folder of its own; how many came to what end."""
    ends: Counter[str] = Counter()
    for number in range(count):
        seed = random.getrandbits(48)
        ends[once(family, seed, folder / "case", is_measured=number % family.measured_every == 0)] += 1
    return ends


def once(family: Family[CaseT], seed: int, folder: Path, *, is_measured: bool = True) -> str:
    """One case. Raises AssertionError that says how to repeat it."""
    case = family.make(Random(f"{family.name} {seed}"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with hang_noticed():
            if not is_measured:
                return family.check(case, folder)
            with memory_bounded(family.allowance(len(family.written(case)))):
                return family.check(case, folder)
    except Exception as error:
        shown = family.written(case)
        raise AssertionError(
            f"{type(error).__name__}: {error}\n"
            f"repeat: python -m tests.fuzz {family.name} {seed}\n"
            f"input ({len(shown)} bytes): {shown[:500]!r}\n"
            f"{''.join(traceback.format_exception(error)[-6:])}"
        ) from None


@contextmanager
def hang_noticed() -> Iterator[None]:
    """TimeoutError in the main thread after much more time than any case takes."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"no end within {_PATIENCE:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def memory_bounded(most: int) -> Iterator[None]:
    """The most that is in use at once, in bytes, beside what was before."""
    gc.collect()
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= most, f"{peak:,} bytes were in use at once, {most:,} are allowed"
