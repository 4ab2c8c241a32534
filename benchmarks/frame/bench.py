"""What a benchmark is given to work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchmarks.frame.documents import write_documents
from benchmarks.frame.ours import Ours
from benchmarks.frame.processes import Finished, finish
from benchmarks.frame.rivals import CannotRunError, Rivals
from benchmarks.frame.rows import Side
from benchmarks.frame.turns import Sample, take_turns

T = TypeVar("T")
Pair = tuple[Side, Side | None]


class Bench:
    """`quick` is a smoke run: everything runs, on little data and once, and its figures mean nothing."""

    def __init__(self, folder: Path, ours: Ours, rivals: Rivals, *, quick: bool, turns: int | None = None) -> None:
        self.folder = folder
        self.ours = ours
        self.rivals = rivals
        self.quick = quick
        self.missing: list[str] = []
        self._turns = turns

    def turns(self, usual: int) -> int:
        """How many turns of each contender count."""
        return self._turns or self.much(usual, 1)

    def much(self, usual: T, quick: T) -> T:
        return quick if self.quick else usual

    @property
    def sizes(self) -> tuple[int, ...]:
        """Documents of a table, each size ten times the one before."""
        return (100, 1_000) if self.quick else (10_000, 100_000, 1_000_000)

    def in_turns(self, contenders: Mapping[str, Callable[[], Sample]], usual: int = 9) -> list[Side]:
        """All of them, in turns; `usual` many where nobody asked for another number."""
        return list(take_turns(contenders, self.turns(usual), warm_up=self.much(1, 0)).values())

    def compare(self, contenders: Mapping[str, Callable[[], Sample]], usual: int = 9) -> Pair:
        """Ours, the first, with its rival where that is here."""
        return _pair(self.in_turns(contenders, usual))

    def compare_told(
        self, commands: Mapping[str, tuple[list[str], dict[str, str]]], values: int, usual: int = 9
    ) -> list[Pair]:
        """The same for programs that print several values of themselves: for each value the sides."""
        told: dict[str, list[Finished]] = {name: [] for name in commands}

        def turn(name: str) -> Sample:
            command, variables = commands[name]
            told[name].append(finish(command, variables, self.folder))
            return told[name][-1].sample

        sides = self.in_turns({name: partial(turn, name) for name in commands}, usual)
        return [
            _pair(
                [
                    Side(
                        side.name, tuple(done.told[place] for done in told[side.name][-len(side.values) :]), side.memory
                    )
                    for side in sides
                ]
            )
            for place in range(values)
        ]

    def where_possible(self, what: str, start: Callable[[], T]) -> T | None:
        """What `start` gives; None where a rival is missing, which the run then says."""
        try:
            return start()
        except CannotRunError as error:
            self.missing.append(f"{what}: {error}")
            return None

    def snapshot(self, documents: int) -> Path:
        """A snapshot ZIP of one table `events`; made once in a run."""
        path = self.folder / f"events-{documents}.zip"
        if not path.exists():
            write_documents(path, documents)
        return path


def _pair(sides: list[Side]) -> Pair:
    return sides[0], sides[1] if len(sides) > 1 else None
