"""The rows of a table, or of what matches in it, read as somebody looks at them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from kitcn_repl.deployment.models import IndexBound, Order, Page, PageRequest
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.browsing.chain import Chain, Slot, row_of
from kitcn_repl.explore.browsing.layout import Layout, Stretch
from kitcn_repl.explore.browsing.needs import PAGE, Begin, Extend, Need, ReadEnd, is_same, near, next_need
from kitcn_repl.explore.browsing.ordering import Ordering
from kitcn_repl.explore.browsing.reading import read_page
from kitcn_repl.explore.browsing.refreshing import compare
from kitcn_repl.explore.browsing.rows import Listener, Row, moved
from kitcn_repl.explore.planning import BY_CREATION_TIME
from kitcn_repl.values import JsonObject

_ROWS_HELD = 1_500
_BYTES_HELD = 16_000_000
_BYTES_OF_A_PAGE = 1_000_000
_FEWEST = 10
_PATIENCE = 20
"""Requests that may find too little in a row before somebody has to say that they want to go on."""


class TableRows:
    """A `RowSource` over `Deployment.page`.

    `total` is the number of rows once it is known; `failure` is why reading stopped, until `retry`. `paused` tells that
    much was read and little found: `read_on` goes on. `requests` counts the pages that were asked for.
    """

    def __init__(self, deployment: Deployment, request: PageRequest, ordering: Ordering) -> None:
        """`request` is planned; its limit and cursor do not matter."""
        self.listener: Listener | None = None
        self.failure: KitcnError | None = None
        self.paused = False
        self.requests = 0
        self._deployment = deployment
        self._request = replace(request, cursor=None)
        self._ordering = ordering
        self._layout = Layout(ordering, Chain(self._request, ordering))
        self._window = (0, -1)
        self._task: asyncio.Task[None] | None = None
        self._reading: Need | None = None
        self._fruitless = 0
        self._bug: Exception | None = None

    @property
    def size(self) -> int:
        return self._layout.size

    @property
    def total(self) -> int | None:
        return self._layout.total

    @property
    def known(self) -> int:
        """How many rows were read, held or not."""
        return self._layout.known

    @property
    def held(self) -> int:
        """How many rows are in memory."""
        return sum(slot.count for _, slot in self._slots() if slot.rows is not None)

    @property
    def is_reading(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def is_complete(self) -> bool:
        """Whether every row was read once."""
        return len(self._layout.stretches) == 1 and not (self._layout.head.opens_down or self._layout.head.opens_up)

    @property
    def can_seek(self) -> bool:
        """Whether the rows come by creation time alone, so that reading can begin at any moment of it."""
        request = self._request
        return (
            request.index in (None, BY_CREATION_TIME)
            and not request.bounds
            and not request.filters
            and not request.table.startswith("_")
        )

    def set_total(self, total: int) -> None:
        """The number of rows, as the deployment counts them."""
        self._layout.set_total(total, fixed=self.can_seek)
        self._tell()
        self._steer()

    def row(self, position: int) -> Row | None:
        if self._bug is not None:
            # a task of nobody's would keep it to itself
            raise self._bug
        stretch = self._layout.at(position)
        return None if stretch is None else stretch.row(position)

    def is_exact(self, position: int) -> bool:
        """Whether the position of what is there is known, and not a guess."""
        stretch = self._layout.at(position)
        return stretch is not None and stretch.exact and (self._layout.total is not None or stretch.backwards is None)

    def from_end(self, position: int) -> int | None:
        """Where no position is known but that from the end: 1 is the last row."""
        stretch = self._layout.at(position)
        if stretch is None or stretch.forwards is not None or self._layout.total is not None:
            return None
        return stretch.end - position

    def position_of(self, key: str) -> int | None:
        for stretch in self._layout.stretches:
            for position in range(stretch.first, stretch.end):
                row = stretch.row(position)
                if row is not None and row.key == key:
                    return position
        return None

    def look(self, first: int, last: int) -> None:
        if (first, last) != self._window:
            self._window = (first, last)
            if not self.paused:
                self._fruitless = 0
        self._steer()

    def reach_end(self) -> None:
        layout = self._layout
        if layout.fixed or layout.tail is not None or not layout.head.opens_down:
            return
        layout.add_tail(self._backwards(self._request))
        self._tell()

    async def seek(self, document: JsonObject) -> int | None:
        """Where the row of a document is, or will be once somebody looks there; None where that cannot be said.

        It wants nothing else to be read meanwhile (`at_rest`). Raises KitcnError.
        """
        layout = self._layout
        moment, key = document.get("_creationTime"), self._ordering.key(document)
        if not self.can_seek or not isinstance(moment, int | float):
            return None
        if layout.slot_of(key) is None and layout.total is not None and layout.tail is None and layout.head.opens_down:
            self._task = asyncio.create_task(self._read_all(ReadEnd()))
            await self.at_rest()
        found = layout.slot_of(key)
        if found is not None:
            return await self._position_in(*found, row_of(document).key)
        ends = self._ends()
        if ends is None or ends[1][0] - ends[0][0] < 2:
            return None
        self._begin(min(max(self._guess_position(moment), ends[0][0] + 1), ends[1][0] - 1), moment)
        self._tell()
        return layout.stretches[1].anchor

    async def _position_in(self, stretch: Stretch, chain: Chain, slot: Slot, key: str) -> int | None:
        """Where a row stands that a page has, which may have to be read again."""
        rows = slot.rows
        if rows is None:
            page = await self._ask(chain.request, slot.cursor, slot.count)
            rows = [row_of(document) for document in page.documents]
        if stretch not in self._layout.stretches or slot not in chain.slots:
            return None
        offset = next((offset for offset, row in enumerate(rows) if row.key == key), None)
        return None if offset is None else stretch.position(chain, chain.span(chain.slots.index(slot))[0] + offset)

    def read_on(self) -> None:
        """Go on although little was found."""
        self.paused = False
        self._fruitless = 0
        self._steer()

    def retry(self) -> None:
        self.failure = None
        self._steer()

    async def at_rest(self) -> None:
        """Wait until what is looked at is there, or cannot be had."""
        while (task := self._task) is not None:
            await asyncio.wait([task])

    def stop(self) -> None:
        """Nobody looks any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._reading = None

    async def refresh(self) -> None:
        """Read again what is looked at, and mark what is new, changed or deleted. Raises KitcnError."""
        first, last = self._window
        parts = [
            (chain, chain.place(begin)[0], chain.place(end)[0] + 1)
            for stretch in self._layout.stretches
            for chain, begin, end in stretch.parts(first, last)
        ]
        if not parts and self._layout.size <= 1 and not self.is_reading:
            parts = []
            self._layout = Layout(self._ordering, Chain(self._request, self._ordering))
            self._steer()
        for chain, begin, upto in parts:
            slots = chain.slots[begin:upto]
            limit = sum(sum(row.mark != "deleted" for row in slot.rows or ()) or slot.count for slot in slots)
            page = await self._ask(chain.request, slots[0].cursor, limit)
            if chain.slots[begin:upto] == slots:
                self._take_again(chain, begin, upto, page)
        self._steer()

    # what to read

    def _need(self) -> Need | None:
        if self.failure is not None or self.paused:
            return None
        need = next_need(self._layout, *self._window, page=self._page_size())
        if isinstance(need, Extend) and need.ahead and self._fruitless:
            return None
        return need

    def _steer(self) -> None:
        """Read what is needed now; what is being read goes on only if that is it."""
        need = self._need()
        if self.is_reading:
            if need is not None and is_same(self._reading, need):
                return
            self.stop()
        if need is not None:
            self._task = asyncio.create_task(self._read_all())

    async def _read_all(self, need: Need | None = None) -> None:
        """Meet this need first, and then all others."""
        try:
            while (need := need or self._need()) is not None:
                self._reading = need
                await self._meet(need)
                self._forget_far()
                self._tell()
                need = None
        except KitcnError as error:
            self.failure = error
        except Exception as error:
            self._bug = error
        self._reading = self._task = None
        self._tell()

    async def _meet(self, need: Need) -> None:
        if isinstance(need, Begin):
            self._begin(need.position, self._guess_time(need.position))
        elif isinstance(need, ReadEnd):
            self._layout.add_tail(self._backwards(self._request))
            chain = self._layout.stretches[-1].backwards
            assert chain is not None
            self._reading = Extend(chain, self._page_size())
            await self._extend(chain, self._page_size())
        elif isinstance(need, Extend):
            await self._extend(need.chain, need.limit)
        else:
            slot = need.chain.slots[need.slot]
            page = await self._ask(need.chain.request, slot.cursor, slot.count)
            if need.slot < len(need.chain.slots) and need.chain.slots[need.slot] is slot:
                self._take_again(need.chain, need.slot, need.slot + 1, page)

    async def _extend(self, chain: Chain, limit: int) -> None:
        page = await self._ask(chain.request, chain.cursor, limit)
        self._fruitless = 0 if len(page.documents) >= limit or page.is_done else self._fruitless + 1
        self.paused = self._fruitless >= _PATIENCE
        chain.append(page.documents, page.cursor, done=page.is_done)
        self._layout.settle()

    async def _ask(self, request: PageRequest, cursor: str | None, limit: int) -> Page:
        self.requests += 1
        return await read_page(self._deployment, replace(request, cursor=cursor, limit=limit))

    def _take_again(self, chain: Chain, begin: int, upto: int, page: Page) -> None:
        before = [row for slot in chain.slots[begin:upto] for row in slot.rows or ()]
        rows, added = compare(before, page, was_held=chain.slots[begin].rows is not None)
        same = chain.replace(begin, upto, rows, page.cursor, done=page.is_done)
        if not same:
            self._layout.part()
            if added and self._layout.total is not None:
                self._layout.set_total(max(0, self._layout.total + added), fixed=self._layout.fixed)
        self._layout.settle()
        self._tell()

    def _page_size(self) -> int:
        """Fewer rows where documents are large."""
        held = [slot for _, slot in self._slots() if slot.rows]
        if not held:
            return PAGE
        mean = sum(slot.size for slot in held) / sum(slot.count for slot in held)
        return int(max(_FEWEST, min(PAGE, _BYTES_OF_A_PAGE / max(mean, 1))))

    # where to begin

    def _begin(self, position: int, moment: float) -> None:
        forwards, backwards = _around(self._request, moment)
        stretch = Stretch(position, Chain(forwards, self._ordering), Chain(backwards, self._flipped()), exact=False)
        self._layout.add(stretch)

    def _backwards(self, request: PageRequest) -> Chain:
        return Chain(replace(request, order=_opposite(request.order)), self._flipped())

    def _flipped(self) -> Ordering:
        return Ordering(self._ordering.fields, not self._ordering.descending)

    def _ends(self) -> tuple[tuple[int, float], tuple[int, float]] | None:
        """The known rows nearest to what nobody has read: their positions and creation times."""
        head, tail = self._layout.head, self._layout.tail
        if head.forwards is None or head.forwards.times is None or tail is None or tail.backwards is None:
            return None
        if tail.backwards.times is None:
            return None
        return (head.end - 1, head.forwards.times[1]), (tail.first, tail.backwards.times[1])

    def _guess_time(self, position: int) -> float:
        ends = self._ends()
        if ends is None:
            return 0.0
        (begin, begin_time), (end, end_time) = ends
        part = (position - begin) / max(1, end - begin)
        return begin_time + (end_time - begin_time) * min(1.0, max(0.0, part))

    def _guess_position(self, moment: float) -> int:
        ends = self._ends()
        if ends is None:
            return 1
        (begin, begin_time), (end, end_time) = ends
        part = (moment - begin_time) / (end_time - begin_time) if end_time != begin_time else 0.0
        return round(begin + (end - begin) * min(1.0, max(0.0, part)))

    # what to keep

    def _slots(self) -> list[tuple[Chain, Slot]]:
        return [
            (chain, slot)
            for stretch in self._layout.stretches
            for chain in (stretch.forwards, stretch.backwards)
            if chain is not None
            for slot in chain.slots
        ]

    def _forget_far(self) -> None:
        first, last = self._window
        middle = (first + last) // 2
        near_first, near_last = near(first, last, self._page_size())
        held: list[tuple[int, Slot, bool]] = []
        for stretch in self._layout.stretches:
            for slot, begin, end in stretch.pages():
                if slot.rows is not None:
                    distance = 0 if begin <= middle < end else min(abs(begin - middle), abs(end - 1 - middle))
                    held.append((distance, slot, begin <= near_last and end > near_first))
        held.sort(key=lambda item: item[0])
        rows = size = 0
        for _, slot, is_near in held:
            rows += slot.count
            size += slot.size
            if not is_near and (rows > _ROWS_HELD or size > _BYTES_HELD):
                slot.rows = None

    def _tell(self) -> None:
        moves = self._layout.take_moves()
        first, last = self._window
        now = moved(first, moves)
        self._window = (now, last + now - first)
        if self.listener is not None:
            self.listener(moves)

    async def aclose(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def _opposite(order: Order) -> Order:
    return "asc" if order == "desc" else "desc"


def _around(request: PageRequest, moment: float) -> tuple[PageRequest, PageRequest]:
    """Everything from a moment of creation time on in the request's order, and what is before it the other way."""
    upto = IndexBound(is_equality=False, upper_op="lte", upper=moment)
    after = IndexBound(is_equality=False, lower_op="gt", lower=moment)
    since = IndexBound(is_equality=False, lower_op="gte", lower=moment)
    before = IndexBound(is_equality=False, upper_op="lt", upper=moment)
    there, back = (upto, after) if request.order == "desc" else (since, before)
    by_time = replace(request, index=BY_CREATION_TIME)
    return replace(by_time, bounds=(there,)), replace(by_time, bounds=(back,), order=_opposite(request.order))
