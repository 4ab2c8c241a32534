"""Between two columns every strand goes up or down on a track of its own, without running along another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from kitcn_repl.render.graph.strands import Strand


@dataclass(slots=True)
class Bend:
    """Where a strand goes up or down: on one track; on two, changing over in a row; or not at all (None).

    Tracks are numbered from the left.
    """

    first: int | None = None
    crossover: int | None = None
    second: int | None = None


@dataclass(slots=True, eq=False)
class _Trunk:
    """A stretch on one track, and the rows of the ends that it joins on either side. `middle` is a crossover."""

    bend: Bend
    left: frozenset[int]
    right: frozenset[int]
    middle: int | None = None
    track: int = -1
    low: int = field(init=False)
    high: int = field(init=False)

    def __post_init__(self) -> None:
        rows = self.left | self.right | (frozenset() if self.middle is None else {self.middle})
        self.low, self.high = min(rows), max(rows)


def bends(strands: Sequence[Strand]) -> tuple[list[Bend], int]:
    """A bend for each strand, and how many tracks there are."""
    found = [Bend() for _ in strands]
    trunks = []
    taken: set[int] = set()
    for strand, bend in zip(strands, found, strict=True):
        left, right = frozenset(strand.left_rows), frozenset(strand.right_rows)
        taken |= left | right
        if len(left | right) > 1:
            trunks.append(_Trunk(bend, left, right))
    tracks = 0
    placed: list[_Trunk] = []
    for trunk in _in_order(trunks, taken):
        trunk.track = 1 + max((other.track for other in placed if _meet(other, trunk)), default=-1)
        tracks = max(tracks, trunk.track + 1)
        placed.append(trunk)
        if trunk.bend.first is None:
            trunk.bend.first = trunk.track
        else:
            trunk.bend.second = trunk.track
    return found, tracks


def _meet(one: _Trunk, other: _Trunk) -> bool:
    """Whether they would touch on one track."""
    return one.low <= other.high + 1 and other.low <= one.high + 1


def _in_order(trunks: Sequence[_Trunk], taken: set[int]) -> Iterable[_Trunk]:
    """From left to right: first what must be, then what crosses least. What must be both is divided."""
    waiting = list(trunks)
    gains = {one: {other: _gain(one, other) for other in trunks if other is not one} for one in trunks}
    gained = {one: sum(some.values()) for one, some in gains.items()}
    held = {one: sum(_must(other, one) for other in trunks if other is not one) for one in trunks}
    while waiting:
        rest = None
        free = [trunk for trunk in waiting if not held[trunk]]
        if free:
            leaving = next_one = max(free, key=gained.__getitem__)
        else:
            # In a circle of those that must be left of each other, all have ends on both sides.
            leaving = min((trunk for trunk in waiting if trunk.left and trunk.right), key=held.__getitem__)
            next_one, rest = _divided(leaving, taken)
        yield next_one
        at = waiting.index(leaving)
        del waiting[at]
        for other in waiting:
            gained[other] -= gains.get(other, {}).get(leaving, 0)
            held[other] -= _must(leaving, other)
        if rest is not None:
            gained[rest] = 0
            held[rest] = sum(_must(other, rest) for other in waiting)
            waiting.insert(at, rest)


def _gain(one: _Trunk, other: _Trunk) -> int:
    """How many crossings fewer there are with `one` left of `other`."""
    return _crossings(other, one) - _crossings(one, other)


def _must(one: _Trunk, other: _Trunk) -> bool:
    """Whether `one` has to be left of `other`, since they would run along each other in a row."""
    return not one.left.isdisjoint(other.right)


def _crossings(one: _Trunk, other: _Trunk) -> int:
    """How many there are with `one` left of `other`."""
    return sum(one.low <= row <= one.high for row in other.left) + sum(
        other.low <= row <= other.high for row in one.right
    )


def _divided(trunk: _Trunk, taken: set[int]) -> tuple[_Trunk, _Trunk]:
    """Two trunks that meet in the nearest row that nothing ends in, which is then taken."""
    middle = (trunk.low + trunk.high) // 2
    row = next(row for step in count() for row in (middle - step, middle + step) if row not in taken)
    taken.add(row)
    trunk.bend.crossover = row
    return _Trunk(trunk.bend, trunk.left, frozenset(), row), _Trunk(trunk.bend, frozenset(), trunk.right, row)
