"""The order of slots within each column, so that few lines cross."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from kitcn_repl.render.graph.model import Check, always
from kitcn_repl.render.graph.strands import End, Sides, Slot, Strand, Weave, sides

_SWEEPS = 32
_MOST_SWITCHED = 260
"""Slots up to which neighbours are also switched one by one, which takes longer than it helps beyond."""


def order(woven: Weave, check: Check = always) -> None:
    """Sorts the columns of `woven` in place."""
    _start(woven)
    beside = sides(woven)
    best, fewest = [list(column) for column in woven.columns], _crossings(woven)
    for sweep in range(_SWEEPS):
        check()
        if fewest == 0 and sweep > 0:
            break
        positions = _positions(woven)
        for column in woven.columns if sweep % 2 == 0 else reversed(woven.columns):
            _by_centres(column, beside[sweep % 2], beside[1 - sweep % 2], positions)
            positions.update((slot, at) for at, slot in enumerate(column))
        if (found := _crossings(woven)) < fewest or (sweep == 0 and found == fewest):
            best, fewest = [list(column) for column in woven.columns], found
    woven.columns[:] = best
    if fewest and sum(map(len, woven.columns)) <= _MOST_SWITCHED:
        check()
        _switch(woven, beside, fewest)


def _start(woven: Weave) -> None:
    """Along the strands, from one slot to all that hang on it, before the next."""
    follows: dict[Slot, list[Slot]] = {}
    for channel in woven.channels:
        for strand in channel:
            for left, right in strand.pairs():
                follows.setdefault(left.slot, []).append(right.slot)
    seen: dict[Slot, int] = {}
    for column in woven.columns:
        for slot in column:
            waiting = [slot]
            while waiting:
                now = waiting.pop()
                if now not in seen:
                    seen[now] = len(seen)
                    waiting += reversed(follows.get(now, ()))
    for column in woven.columns:
        column.sort(key=seen.__getitem__)


def _positions(woven: Weave) -> dict[Slot, int]:
    return {slot: at for column in woven.columns for at, slot in enumerate(column)}


def _by_centres(column: list[Slot], side: Sides, other: Sides, positions: Mapping[Slot, int]) -> None:
    def centre(slot: Slot) -> float:
        joined = side.get(slot)
        if not joined:
            return positions[slot]
        return sum(positions[end.slot] + end.row / 100 for _, end in joined) / len(joined)

    centres = {slot: centre(slot) for slot in column}
    column.sort(key=centres.__getitem__)
    ordered: list[Slot] = []
    for _, same in groupby(column, key=centres.__getitem__):
        # Of those that hang on one place, what goes on to the other side is in the middle: the line stays straight.
        some = list(same)
        ends = [slot for slot in some if slot not in other]
        half = len(ends) // 2
        ordered += [*ends[:half], *(slot for slot in some if slot in other), *ends[half:]]
    column[:] = ordered


def _crossings(woven: Weave) -> int:
    positions = _positions(woven)
    return sum(_in_channel(channel, positions) for channel in woven.channels)


def _in_channel(strands: Iterable[Strand], positions: Mapping[Slot, int]) -> int:
    pairs = sorted(
        ((positions[left.slot], left.row), (positions[right.slot], right.row))
        for strand in strands
        for left, right in strand.pairs()
    )
    found = 0
    behind: list[tuple[int, int]] = []
    for _, right in pairs:
        found += len(behind) - bisect_right(behind, right)
        insort(behind, right)
    return found


def _switch(woven: Weave, beside: tuple[Sides, Sides], fewest: int) -> None:
    """Switch neighbours as long as that helps."""
    for _ in range(12):
        before = fewest
        positions = _positions(woven)
        for column in woven.columns:
            for at in range(len(column) - 1):
                gain = sum(_gain(column[at], column[at + 1], side, positions) for side in beside)
                if gain > 0:
                    column[at], column[at + 1] = column[at + 1], column[at]
                    positions[column[at]], positions[column[at + 1]] = at, at + 1
                    fewest -= gain
        if fewest == before:
            return


def _gain(upper: Slot, lower: Slot, side: Sides, positions: Mapping[Slot, int]) -> int:
    """How many crossings fewer there are with `lower` above `upper`."""
    first = _ends(side.get(upper, ()), positions)
    second = _ends(side.get(lower, ()), positions)
    return sum((one > other) - (one < other) for one in first for other in second)


def _ends(joined: Sequence[tuple[int, End]], positions: Mapping[Slot, int]) -> list[tuple[int, int]]:
    return [(positions[end.slot], end.row) for _, end in joined]
