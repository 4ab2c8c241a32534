"""Which column each box of a connected graph stands in: what others refer to stands left of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from kitcn_repl.render.graph.model import Box

_WIDER_THAN_HIGH = 3.0
"""Cells of width for a cell of height: what a terminal has, and a little more height, which one scrolls gladly."""
_LOWEST = 24


def columns(boxes: Sequence[Box], pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Column numbers from 0 by name. `pairs` lead from the one referred to, to the one that refers."""
    below: dict[str, list[str]] = {box.name: [] for box in boxes}
    for first, second in dict.fromkeys(pairs):
        if first != second:
            below[first].append(second)
    order = _without_cycles(below)
    rank = {name: at for at, name in enumerate(order)}
    after = {name: [other for other in below[name] if rank[other] > rank[name]] for name in order}
    for name in order:
        for other in below[name]:
            if rank[other] < rank[name] and name not in after[other]:
                after[other].append(name)
    return _filled(boxes, order, after, _earliest(order, after))


def _without_cycles(below: Mapping[str, Sequence[str]]) -> list[str]:
    """An order in which few pairs lead backwards (Eades, Lin and Smyth): what only refers goes last."""
    outgoing = {name: set(others) for name, others in below.items()}
    incoming: dict[str, set[str]] = {name: set() for name in below}
    for name, others in below.items():
        for other in others:
            incoming[other].add(name)
    left = dict.fromkeys(below)
    first: list[str] = []
    last: list[str] = []

    def take(name: str) -> None:
        del left[name]
        for other in outgoing[name]:
            incoming[other].discard(name)
        for other in incoming[name]:
            outgoing[other].discard(name)

    while left:
        end = next((name for name in left if not outgoing[name]), None)
        if end is not None:
            take(end)
            last.append(end)
            continue
        start = next((name for name in left if not incoming[name]), None)
        if start is None:
            start = max(left, key=lambda name: len(outgoing[name]) - len(incoming[name]))
        take(start)
        first.append(start)
    return first + last[::-1]


def _earliest(order: Sequence[str], after: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """As far left as possible, but what nothing stands left of as near to what refers to it as possible."""
    found = dict.fromkeys(order, 0)
    for name in order:
        for other in after[name]:
            found[other] = max(found[other], found[name] + 1)
    has_before = {other for others in after.values() for other in others}
    for name in order:
        if name not in has_before and after[name]:
            found[name] = min(found[other] for other in after[name]) - 1
    return found


def _filled(
    boxes: Sequence[Box], order: Sequence[str], after: Mapping[str, Sequence[str]], earliest: Mapping[str, int]
) -> dict[str, int]:
    """Columns that are no higher than suits the whole; what has no room in one goes to the next."""
    by_name = {box.name: box for box in boxes}
    area = sum((box.width + 8) * (box.height + 1) for box in boxes)
    room = max(_LOWEST, 1.3 * math.sqrt(area / _WIDER_THAN_HIGH), *(box.height for box in boxes))
    waiting = dict.fromkeys(order, 0)
    for others in after.values():
        for other in others:
            waiting[other] += 1
    depth = _depths(order, after)
    ready = [name for name in order if not waiting[name]]
    found: dict[str, int] = {}
    column = 0
    while len(found) < len(order):
        used = 0.0
        taken: list[str] = []
        for name in sorted((name for name in ready if earliest[name] <= column), key=lambda name: -depth[name]):
            height = by_name[name].height + 1
            if taken and used + height > room:
                continue
            taken.append(name)
            used += height
        for name in taken:
            found[name] = column
            ready.remove(name)
            for other in after[name]:
                waiting[other] -= 1
                if not waiting[other]:
                    ready.append(other)
        column += 1
    used_columns = {number: at for at, number in enumerate(sorted(set(found.values())))}
    return {name: used_columns[number] for name, number in found.items()}


def _depths(order: Sequence[str], after: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many columns must follow."""
    depth = dict.fromkeys(order, 0)
    for name in reversed(order):
        depth[name] = max((depth[other] + 1 for other in after[name]), default=0)
    return depth
