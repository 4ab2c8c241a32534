"""What to read next, so that the rows somebody looks at are there."""

from __future__ import annotations

from dataclasses import dataclass

from kitcn_repl.explore.browsing.chain import Chain
from kitcn_repl.explore.browsing.layout import Layout

PAGE = 100
"""Rows. Small, since whoever decodes a page has to give way to a frame."""
MOST = 400
"""Rows of one request that is to bridge a distance."""
REACH = 1_000
"""Rows. What is further from all that is known is not read up to: reading begins anew in between."""


@dataclass(frozen=True, slots=True, eq=False)
class Extend:
    """Go on reading where the chain ends."""

    chain: Chain
    limit: int
    ahead: bool = False
    """Nobody looks at it yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """Read a page whose rows were forgotten."""

    chain: Chain
    slot: int


@dataclass(frozen=True, slots=True, eq=False)
class ReadEnd:
    """Begin to read from the last row."""


@dataclass(frozen=True, slots=True, eq=False)
class Begin:
    """Begin to read around a position far from all that is known."""

    position: int


Need = Extend | Again | ReadEnd | Begin


def is_same(one: Need | None, other: Need | None) -> bool:
    """Whether the one does what the other is for, so that it need not be given up."""
    if isinstance(one, Extend) and isinstance(other, Extend):
        return one.chain is other.chain
    if isinstance(one, Again) and isinstance(other, Again):
        return one.chain is other.chain and one.slot == other.slot
    return isinstance(one, Begin) and isinstance(other, Begin) and one.position == other.position


def next_need(layout: Layout, first: int, last: int, *, page: int = PAGE) -> Need | None:
    """None if all is there, a page beyond what is looked at included."""
    first, last = max(0, first), min(last, layout.size - 1)
    if last < first:
        return None
    return (
        _forgotten(layout, first, last)
        or _missing(layout, first, last, page)
        or _ahead(layout, first, last, page)
        or _forgotten(layout, *near(first, last, page))
    )


def near(first: int, last: int, page: int) -> tuple[int, int]:
    """What is looked at, and as much around it as is read ahead."""
    return first - page // 2, last + page


def _forgotten(layout: Layout, first: int, last: int) -> Again | None:
    for stretch in layout.stretches:
        for chain, begin, end in stretch.parts(first, last):
            for slot in range(chain.place(begin)[0], chain.place(end)[0] + 1):
                if chain.slots[slot].rows is None:
                    return Again(chain, slot)
    return None


def _missing(layout: Layout, first: int, last: int, page: int) -> Need | None:
    for begin, end, above, below in layout.gaps():
        if begin > last or end <= first:
            continue
        wanted_first, wanted_last = max(begin, first), min(end - 1, last)
        from_above = wanted_last + 1 - begin if above is not None and above.opens_down else None
        from_below: int | None = None
        if below is not None:
            from_below = end - wanted_first if below.opens_up else None
        elif layout.fixed:
            from_below = end - wanted_first
        if not layout.fixed and from_above is not None and from_below is not None:
            # a gap of unknown length: from the side that is looked at
            from_above, from_below = (1, None) if first < begin else (None, 1)
        if from_above is None and from_below is None:
            continue
        if from_below is None or (from_above is not None and from_above <= from_below):
            distance, need_above = from_above or 1, True
        else:
            distance, need_above = from_below, False
        if distance > REACH and layout.fixed:
            return _begin(layout, wanted_first, page)
        limit = min(max(page, distance + page // 2), max(page, MOST))
        if need_above:
            assert above is not None
            assert above.forwards is not None
            return Extend(above.forwards, limit)
        if below is None:
            return ReadEnd()
        assert below.backwards is not None
        return Extend(below.backwards, limit)
    return None


def _begin(layout: Layout, position: int, page: int) -> Need:
    """Where in time a position is can only be guessed from rows on both sides of it."""
    head = layout.head.forwards
    if head is not None and head.is_open and not head:
        return Extend(head, page)
    return Begin(position) if layout.tail is not None else ReadEnd()


def _ahead(layout: Layout, first: int, last: int, page: int) -> Extend | None:
    for stretch in layout.stretches:
        if stretch.end <= first or stretch.first > last:
            continue
        if stretch.opens_down and stretch.end - 1 - last < page:
            assert stretch.forwards is not None
            return Extend(stretch.forwards, page, ahead=True)
        if stretch.opens_up and first - stretch.first < page // 2:
            assert stretch.backwards is not None
            return Extend(stretch.backwards, page, ahead=True)
    return None
