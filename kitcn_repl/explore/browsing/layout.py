"""Which rows are known, and at which positions they stand.

Pages can only be read one after the other, so what is known of a long table are a few stretches of it: one that begins
at the first row, one that ends at the last, and perhaps one in between. Between two stretches are rows that nobody has
read. Where the number of rows is known, so is the size of such a gap; where it is not, a gap has one position, which
stands for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kitcn_repl.explore.browsing.chain import Chain, Slot
from kitcn_repl.explore.browsing.ordering import Ordering
from kitcn_repl.explore.browsing.rows import Moved, Row


@dataclass(slots=True, eq=False)
class Stretch:
    """Rows that follow one another: `forwards` from the position `anchor` on, `backwards` from the one before it up.

    `exact` tells that the positions are right; else they are as good as the guess where the anchor is.
    """

    anchor: int
    forwards: Chain | None
    backwards: Chain | None
    exact: bool

    @property
    def first(self) -> int:
        return self.anchor - (len(self.backwards) if self.backwards is not None else 0)

    @property
    def end(self) -> int:
        return self.anchor + (len(self.forwards) if self.forwards is not None else 0)

    def row(self, position: int) -> Row | None:
        found = self.locate(position)
        return None if found is None else found[0].row(found[1])

    def locate(self, position: int) -> tuple[Chain, int] | None:
        """The chain that holds the position, and the distance of the row from the chain's beginning."""
        if self.forwards is not None and self.anchor <= position < self.end:
            return self.forwards, position - self.anchor
        if self.backwards is not None and self.first <= position < self.anchor:
            return self.backwards, self.anchor - 1 - position
        return None

    def position(self, chain: Chain, offset: int) -> int:
        """Where the row at an offset of one of the chains stands."""
        return self.anchor + offset if chain is self.forwards else self.anchor - 1 - offset

    def parts(self, first: int, last: int) -> Iterator[tuple[Chain, int, int]]:
        """What of each chain stands at the positions `first` to `last`: its nearest and its farthest offset there."""
        first, last = max(first, self.first), min(last, self.end - 1)
        if self.forwards is not None and last >= max(first, self.anchor):
            yield self.forwards, max(first, self.anchor) - self.anchor, last - self.anchor
        if self.backwards is not None and first <= min(last, self.anchor - 1):
            yield self.backwards, self.anchor - 1 - min(last, self.anchor - 1), self.anchor - 1 - first

    def pages(self) -> Iterator[tuple[Slot, int, int]]:
        """Every page with the position of its topmost row, and the one behind its lowest."""
        if self.forwards is not None:
            for index, slot in enumerate(self.forwards.slots):
                begin, end = self.forwards.span(index)
                yield slot, self.anchor + begin, self.anchor + end
        if self.backwards is not None:
            for index, slot in enumerate(self.backwards.slots):
                begin, end = self.backwards.span(index)
                yield slot, self.anchor - end, self.anchor - begin

    @property
    def opens_up(self) -> bool:
        """Whether there may be rows to read right before the first."""
        return self.backwards is not None and self.backwards.is_open

    @property
    def opens_down(self) -> bool:
        return self.forwards is not None and self.forwards.is_open

    @property
    def top(self) -> bytes | None:
        """Order key of the first row."""
        if self.backwards is not None and self.backwards.edge is not None:
            return self.backwards.edge
        return self.forwards.top if self.forwards is not None else None

    @property
    def bottom(self) -> bytes | None:
        """Order key of the last row."""
        if self.forwards is not None and self.forwards.edge is not None:
            return self.forwards.edge
        return self.backwards.top if self.backwards is not None else None


class Layout:
    """The stretches in the order of their positions. `total` is the number of rows, None while that is not known.

    `fixed` tells that a gap is as long as the rows in it are many: then `total` is known.
    """

    def __init__(self, ordering: Ordering, head: Chain) -> None:
        self.ordering = ordering
        self.stretches = [Stretch(0, head, None, exact=True)]
        self.total: int | None = None
        self.fixed = False
        self._told: dict[Stretch, tuple[int, int, int]] = {}
        """How each stretch stood when moves were last taken."""

    @property
    def head(self) -> Stretch:
        return self.stretches[0]

    @property
    def tail(self) -> Stretch | None:
        """The stretch that ends at the last row, unless it begins at the first one too."""
        last = self.stretches[-1]
        return last if last.forwards is None else None

    @property
    def size(self) -> int:
        last = self.stretches[-1]
        if self.fixed and self.total is not None:
            return max(self.total, last.end)
        return last.end + (1 if last.opens_down else 0)

    @property
    def known(self) -> int:
        """How many rows were read."""
        return sum(stretch.end - stretch.first for stretch in self.stretches)

    def at(self, position: int) -> Stretch | None:
        for stretch in self.stretches:
            if stretch.first <= position < stretch.end:
                return stretch
        return None

    def slot_of(self, key: bytes) -> tuple[Stretch, Chain, Slot] | None:
        """The page that was read where a row with this order key belongs."""
        for stretch in self.stretches:
            for chain in (stretch.forwards, stretch.backwards):
                slot = chain.slot_of(key) if chain is not None else None
                if chain is not None and slot is not None:
                    return stretch, chain, slot
        return None

    def gaps(self) -> Iterator[tuple[int, int, Stretch | None, Stretch | None]]:
        """Positions that nobody has read (first, end), with the stretches above and below."""
        above: Stretch | None = None
        begin = 0
        for stretch in self.stretches:
            if stretch.first > begin:
                yield begin, stretch.first, above, stretch
            above, begin = stretch, stretch.end
        if begin < self.size:
            yield begin, self.size, above, None

    def set_total(self, total: int, *, fixed: bool) -> None:
        """The number of rows is known now. It gives way where more rows are found than it says."""
        self.total = total
        self.fixed = fixed
        if self.head.forwards is not None and self.head.forwards.done:
            self.total = self.head.end
        elif fixed:
            tail = self.tail
            if tail is not None:
                tail.anchor += total - tail.end
        self.settle()

    def add(self, stretch: Stretch) -> None:
        """Between the head and the tail, in the place of what was there before."""
        tail = self.tail
        self.part()
        self.stretches = [self.head, stretch, *([tail] if tail is not None and tail is not self.head else [])]
        self._told[stretch] = _standing(stretch)
        self.settle()

    def part(self) -> None:
        """A stretch is not what it was: none is known to follow on another any more."""
        for stretch in self.stretches:
            for chain in (stretch.forwards, stretch.backwards):
                if chain is not None:
                    chain.part()

    def add_tail(self, chain: Chain) -> Stretch:
        """An end that is still to be read, from the last row backwards."""
        end = self.size
        if not (self.fixed and self.total is not None) and self.stretches[-1].opens_down:
            end = self.stretches[-1].end + 1
        tail = Stretch(end, None, chain, exact=True)
        self.stretches.append(tail)
        self._told[tail] = _standing(tail)
        return tail

    def settle(self) -> None:
        """Bring positions in line with what is known after a page came."""
        self._end_at_the_ends()
        self._meet()
        self._make_room()

    def take_moves(self) -> list[Moved]:
        """Where rows have gone since the last time; who waits for the first rows of a stretch goes along."""
        told, self._told = self._told, {stretch: _standing(stretch) for stretch in self.stretches}
        moves = []
        for stretch, (anchor, _, _) in self._told.items():
            before, first, end = told.get(stretch, self._told[stretch])
            if anchor != before:
                moves.append(Moved(first, end, anchor - before))
        return moves

    def _end_at_the_ends(self) -> None:
        for place, stretch in enumerate(self.stretches):
            if stretch.forwards is not None and stretch.forwards.done:
                # nothing comes after it
                del self.stretches[place + 1 :]
                if not stretch.exact and self.total is not None:
                    stretch.anchor += max(self.total - stretch.end, -stretch.first)
                    stretch.exact = True
                elif stretch.exact:
                    self.total = stretch.end
                break
        for place in range(len(self.stretches) - 1, 0, -1):
            stretch = self.stretches[place]
            if stretch.backwards is not None and stretch.backwards.done:
                # nothing comes before it
                del self.stretches[:place]
                is_tail = stretch.forwards is None
                stretch.anchor -= stretch.first
                stretch.exact = True
                if is_tail:
                    self.total = stretch.end
                break

    def _meet(self) -> None:
        """Where a stretch has read on into the next one, that one's rows stand right behind it."""
        place = 0
        while place + 1 < len(self.stretches):
            above, below = self.stretches[place], self.stretches[place + 1]
            if not self._met(above, below):
                place += 1
                continue
            if below.exact and not above.exact:
                above.anchor += below.first - above.end
                above.exact = True
            else:
                by = above.end - below.first
                for later in self.stretches[place + 1 :]:
                    if later is below or (later.exact and below.exact):
                        later.anchor += by
                below.exact = below.exact or above.exact
            if below is self.stretches[-1] and not below.opens_down and above.exact:
                self.total = below.end
            place += 1

    def _met(self, above: Stretch, below: Stretch) -> bool:
        down = above.forwards
        up = below.backwards
        if (down is not None and down.met) or (up is not None and up.met):
            return True
        if down is not None and down.slots and below.top is not None:
            offset = self._overlap(down, below.top, downwards=True)
            if offset is not None:
                down.meet_at(offset)
                if up is not None and up.is_open:
                    up.meet()
                return True
        if up is not None and up.slots and above.bottom is not None:
            offset = self._overlap(up, above.bottom, downwards=False)
            if offset is not None:
                up.meet_at(offset)
                if down is not None and down.is_open:
                    down.meet()
                return True
        return False

    def _overlap(self, chain: Chain, limit: bytes, *, downwards: bool) -> int | None:
        """Where the last page of a chain reaches the row with the order key `limit`.

        None if it does not, or did before that page: then it was the other one that has read into this.
        """
        rows, edge, top = chain.slots[-1].rows, chain.edge, chain.top
        if rows is None or edge is None or top is None:
            return None
        before = self.ordering.comes_before if downwards else _swapped(self.ordering.comes_before)
        if before(edge, limit):
            return None
        if before(limit, top) if len(chain.slots) == 1 else not before(chain.slots[-2].last, limit):
            return None
        begin, _ = chain.span(len(chain.slots) - 1)
        for place, row in enumerate(rows):
            key = self.ordering.key(row.document)
            if not before(key, limit):
                return begin + place
        return None

    def _make_room(self) -> None:
        """No stretch begins before the one above it ends; where there may be rows in between, there is a gap."""
        end, above = 0, None
        for stretch in self.stretches:
            is_apart = above is not None and above.opens_down and stretch.opens_up
            least = end + is_apart
            wanted = least if not self.fixed or stretch.first < least else stretch.first
            stretch.anchor += wanted - stretch.first
            end, above = stretch.end, stretch
        last = self.stretches[-1]
        if self.total is not None and self.fixed:
            if last.forwards is None:
                self.total = last.end
            else:
                self.total = max(self.total, last.end + last.opens_down)


def _standing(stretch: Stretch) -> tuple[int, int, int]:
    """Anchor, first position and end; of a stretch without rows yet, of the place where its first will be."""
    first, end = stretch.first, stretch.end
    if first == end:
        first, end = (first, end + 1) if stretch.forwards is not None else (first - 1, end)
    return stretch.anchor, first, end


def _swapped(before: Callable[[bytes, bytes], bool]) -> Callable[[bytes, bytes], bool]:
    return lambda one, other: before(other, one)
