"""What a benchmark found out: rows of the table, with every value that they come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Side:
    """One contender: a value for each turn (seconds, unless the row says otherwise), and peak memory in MB (10^6
    bytes) where it was measured."""

    name: str
    values: tuple[float, ...]
    memory: float | None = None

    @property
    def middle(self) -> float:
        return median(self.values)

    @property
    def least(self) -> float:
        return min(self.values)


@dataclass(frozen=True, slots=True)
class Aim:
    """What was wanted, and whether it holds."""

    text: str
    met: bool


@dataclass(frozen=True, slots=True)
class Row:
    """`theirs` is None where nothing does the same job; `note` is printed below the table; the README quotes what
    `is_quoted`."""

    what: str
    ours: Side
    theirs: Side | None = None
    unit: str = "s"
    aims: tuple[Aim, ...] = ()
    note: str = ""
    is_quoted: bool = False

    @property
    def ratio(self) -> float | None:
        """Ours by theirs, of the medians."""
        return None if self.theirs is None else self.ours.middle / self.theirs.middle

    @property
    def spread(self) -> tuple[float, float] | None:
        """The least and the greatest ratio of any one turn, where both had their turns together."""
        if self.theirs is None or len(self.ours.values) != len(self.theirs.values) or len(self.ours.values) < 2:
            return None
        ratios = [ours / theirs for ours, theirs in zip(self.ours.values, self.theirs.values, strict=True)]
        return min(ratios), max(ratios)

    @property
    def memory_ratio(self) -> float | None:
        if self.theirs is None or self.ours.memory is None or self.theirs.memory is None:
            return None
        return self.ours.memory / self.theirs.memory

    def aiming(
        self,
        *,
        ratio: float | None = None,
        memory_ratio: float | None = None,
        milliseconds: float | None = None,
        memory: float | None = None,
    ) -> Row:
        """With aims: each is the most that it may be. `milliseconds` and `memory` (MB) are ours, the median."""
        middle = self.ours.middle * (1 if self.unit == "ms" else 1000)
        wanted = (
            ("ratio", self.ratio, ratio, ""),
            ("memory ratio", self.memory_ratio, memory_ratio, ""),
            ("ours", middle, milliseconds, " ms"),
            ("memory", self.ours.memory, memory, " MB"),
        )
        aims = [
            Aim(f"{name} <= {most:.3g}{unit}", value <= most)
            for name, value, most, unit in wanted
            if value is not None and most is not None
        ]
        return replace(self, aims=(*self.aims, *aims))

    def encoded(self) -> dict[str, Any]:
        """For JSON: with all values."""

        def side(one: Side | None) -> dict[str, Any] | None:
            return (
                None
                if one is None
                else {
                    "name": one.name,
                    "median": one.middle,
                    "least": one.least,
                    "values": one.values,
                    "memoryMB": one.memory,
                }
            )

        return {
            "what": self.what,
            "unit": self.unit,
            "ours": side(self.ours),
            "theirs": side(self.theirs),
            "ratio": self.ratio,
            "spread": self.spread,
            "memoryRatio": self.memory_ratio,
            "aims": [{"aim": aim.text, "met": aim.met} for aim in self.aims],
            "note": self.note,
        }
