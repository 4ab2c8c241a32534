"""Contenders take turns, so that whatever else the machine does meets all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.frame.rows import Side


@dataclass(frozen=True, slots=True)
class Sample:
    """One turn of one contender: seconds (or another unit), and peak memory in MB."""

    value: float
    memory: float | None = None


def take_turns(contenders: Mapping[str, Callable[[], Sample]], turns: int, *, warm_up: int = 1) -> dict[str, Side]:
    """A, B, A, B ...: `turns` of each that count, after `warm_up` that fill caches and do not."""
    samples: dict[str, list[Sample]] = {name: [] for name in contenders}
    for number in range(warm_up + turns):
        for name, work in contenders.items():
            sample = work()
            if number >= warm_up:
                samples[name].append(sample)
    return {
        name: Side(
            name,
            tuple(sample.value for sample in found),
            max((sample.memory for sample in found if sample.memory is not None), default=None),
        )
        for name, found in samples.items()
    }
