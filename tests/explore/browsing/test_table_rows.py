"""A table looked through page by page shows what a plain list of its documents would."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kitcn_repl.deployment.errors import UnreachableError
from kitcn_repl.deployment.models import FieldFilter, IndexInfo, Order, Page, PageRequest
from kitcn_repl.explore.browsing.chain import Chain
from kitcn_repl.explore.browsing.layout import Layout
from kitcn_repl.explore.browsing.needs import PAGE
from kitcn_repl.explore.browsing.ordering import Ordering, ordering
from kitcn_repl.explore.browsing.rows import Moved, moved
from kitcn_repl.explore.browsing.table_rows import TableRows
from kitcn_repl.explore.planning import plan
from kitcn_repl.values import JsonObject
from kitcn_repl.values.order import encode_key, field_at
from tests.support.snapshots import USERS, document_id


@dataclass
class ListedTable:
    """Pages of a list of documents; a cursor is the order key of the last document, as a server's is.

    Like a server's it is no stable text. `most` is how many documents it reads for one page.
    """

    documents: list[JsonObject]
    most: int = 10_000
    requests: list[PageRequest] = field(default_factory=list)
    failing: bool = False
    _cursors: dict[str, bytes | None] = field(default_factory=dict)
    _sorted: dict[object, tuple[list[int], list[tuple[bytes, JsonObject]]]] = field(default_factory=dict)

    async def page(self, request: PageRequest) -> Page:
        self.requests.append(request)
        await asyncio.sleep(0)
        if self.failing:
            raise UnreachableError("gone")
        order = ordering(request.index, ("group",), descending=request.order == "desc")
        keyed = self._in_order(order, request)
        if request.cursor:
            begin = self._cursors[request.cursor]
            if begin is None:
                return Page([], request.cursor, is_done=True)
            keyed = [pair for pair in keyed if order.comes_before(begin, pair[0])]
        rows = [row for _, row in keyed]
        found: list[JsonObject] = []
        read = 0
        for row in rows[: self.most]:
            read += 1
            if all(encode_key(field_at(row, c.field)) == encode_key(c.value) for c in request.filters):
                found.append(row)
            if len(found) >= request.limit:
                break
        done = read >= len(rows) and len(found) < request.limit
        cursor = f"cursor {len(self._cursors)}"
        self._cursors[cursor] = None if done else order.key(rows[read - 1])
        return Page(found, cursor, done)

    def _in_order(self, order: Ordering, request: PageRequest) -> list[tuple[bytes, JsonObject]]:
        """All that lies within the bounds; sorted once for as long as the documents are the same."""
        now = [id(document) for document in self.documents]
        key = (order, request.bounds)
        if key not in self._sorted or self._sorted[key][0] != now:
            keyed = [(order.key(document), document) for document in self.documents]
            for bound, name in zip(request.bounds, order.fields, strict=False):
                keyed = [pair for pair in keyed if _within(pair[1], name, bound)]
            keyed.sort(key=lambda pair: pair[0], reverse=order.descending)
            self._sorted[key] = (now, keyed)
        return self._sorted[key][1]


def _within(row: JsonObject, name: str, bound: object) -> bool:
    key = encode_key(field_at(row, name))
    compare = {"gt": key.__gt__, "gte": key.__ge__, "lt": key.__lt__, "lte": key.__le__}
    if bound.is_equality:  # type: ignore[attr-defined]
        return key == encode_key(bound.equals)  # type: ignore[attr-defined]
    lower, upper = bound.lower_op, bound.upper_op  # type: ignore[attr-defined]
    return (lower is None or compare[lower](encode_key(bound.lower))) and (  # type: ignore[attr-defined]
        upper is None or compare[upper](encode_key(bound.upper))  # type: ignore[attr-defined]
    )


def documents(count: int, *, skew: float = 1.0) -> list[JsonObject]:
    """`skew` makes creation times uneven, so that a guess from them is wrong."""
    return [
        {
            "_id": document_id(USERS, index),
            "_creationTime": 1_000.0 + (index / max(1, count)) ** skew * 1e9,
            "group": index % 7,
            "number": index,
        }
        for index in range(count)
    ]


def browse(
    table: ListedTable, *, order: Order = "desc", index: str | None = None, filters: tuple[FieldFilter, ...] = ()
) -> TableRows:
    request = PageRequest("users", order=order, index=index, filters=filters)
    by_group = IndexInfo("users", "by_group", "database", ("group",))
    planned = plan(request, [by_group]).request
    return TableRows(table, planned, ordering(planned.index, ("group",), descending=order == "desc"))  # type: ignore[arg-type]


async def at_rest(rows: TableRows) -> None:
    for _ in range(10_000):
        if not rows.is_reading:
            return
        await asyncio.sleep(0)
    raise AssertionError("it reads for ever")


async def look(rows: TableRows, first: int, height: int = 30) -> list[int | None]:
    """The numbers of the documents at the positions, after they came; a look moves along with its rows."""

    def follow(moves: Sequence[Moved]) -> None:
        nonlocal first
        first = moved(first, moves)

    rows.listener = follow
    rows.look(first, first + height - 1)
    await at_rest(rows)
    shown = [rows.row(position) for position in range(first, min(first + height, rows.size))]
    return [None if row is None else row.document["number"] for row in shown]  # type: ignore[misc]


async def test_reads_the_first_page_and_one_ahead_and_no_more() -> None:
    table = ListedTable(documents(20_000))
    rows = browse(table)
    rows.set_total(20_000)
    assert await look(rows, 0) == list(range(19_999, 19_969, -1))
    assert [request.limit for request in table.requests] == [PAGE, PAGE]
    assert rows.size == 20_000


async def test_jumps_to_the_end_by_reading_from_there() -> None:
    table = ListedTable(documents(20_000))
    rows = browse(table)
    rows.set_total(20_000)
    await look(rows, 0)
    table.requests.clear()
    assert await look(rows, 19_970) == list(range(29, -1, -1))
    assert all(request.order == "asc" for request in table.requests)
    assert len(table.requests) <= 2
    assert rows.is_exact(19_999)


async def test_without_a_total_the_end_is_read_from_the_end_and_the_gap_is_one_row() -> None:
    table = ListedTable(documents(20_000))
    rows = browse(table, index="by_group", order="asc")
    await look(rows, 0)
    assert rows.size == 201
    rows.reach_end()
    await look(rows, rows.size - 1, 1)
    assert rows.size > 201
    position = rows.size - 1
    row = rows.row(position)
    assert row is not None
    assert row.document["group"] == 6
    assert row.document["number"] == max(number for number in range(20_000) if number % 7 == 6)
    assert rows.from_end(position) == 1
    assert rows.row(200) is None
    assert len(table.requests) <= 5


async def test_the_middle_is_reached_by_creation_time_and_is_a_guess() -> None:
    table = ListedTable(documents(20_000, skew=3))
    rows = browse(table)
    rows.set_total(20_000)
    await look(rows, 0)
    table.requests.clear()
    shown = await look(rows, 10_000)
    assert None not in shown
    assert shown == list(range(shown[0] or 0, (shown[0] or 0) - 30, -1))
    assert not rows.is_exact(10_010)
    assert len(table.requests) <= 6
    assert rows.held <= 1_000


@example(count=1128, skew=0.2, order="desc", index=None, off=0, told=True, jumps=[("seek", 1955), ("go", 2059)])
@settings(max_examples=100, deadline=None)
@given(
    count=st.one_of(st.integers(0, 40), st.integers(0, 6_000)),
    skew=st.sampled_from([1.0, 0.2, 5.0]),
    order=st.sampled_from(["asc", "desc"]),
    index=st.sampled_from([None, "by_group"]),
    off=st.integers(-200, 200),
    told=st.booleans(),
    jumps=st.lists(st.tuples(st.sampled_from(["go", "by", "end", "home", "seek"]), st.integers(0, 6_000)), max_size=12),
)
def test_shows_what_a_list_would(
    count: int, skew: float, order: Order, index: str | None, off: int, told: bool, jumps: list[tuple[str, int]]
) -> None:
    """Wherever somebody goes, neighbours on the screen are neighbours in the table, and no position that is said to be
    known is wrong."""

    async def run() -> None:
        table = ListedTable(documents(count, skew=skew))
        rows = browse(table, order=order, index=index)
        by = ordering(rows._request.index, ("group",), descending=order == "desc")
        expected = sorted(table.documents, key=by.key, reverse=by.descending)
        places = {str(row["_id"]): place for place, row in enumerate(expected)}
        if told:
            rows.set_total(max(0, count + off))
        first = 0
        for how, number in [("home", 0), *jumps]:
            if how == "end":
                rows.reach_end()
                first = max(0, rows.size - 30)
            first = {"go": number % max(1, rows.size), "by": first + number % 60, "home": 0}.get(how, first)
            sought = expected[number % count] if how == "seek" and count else None
            position = await rows.seek(sought) if sought is not None else None
            assert position is not None or sought is None or not rows.can_seek or not told
            first = max(0, min(first if position is None else position, rows.size - 1))
            shown = await look(rows, first)
            assert None not in shown or not rows.can_seek or rows.total is None
            assert sought is None or position is None or shown[0] == sought["number"]
            known = [rows.row(place) for place in range(rows.size)]
            for place, (one, other) in enumerate(pairwise(known)):
                if one is not None and other is not None:
                    assert places[other.key] - places[one.key] == 1, place
            if rows.is_complete:
                assert rows.total == rows.size == count
            assert rows.held <= 3_000

        for place in range(rows.size):
            row = rows.row(place)
            if row is not None and place < (rows._layout.head.end) and rows._layout.head.exact:
                assert places[row.key] == place

    asyncio.run(run())


async def test_pages_through_all_of_it_without_a_gap_or_a_double() -> None:
    table = ListedTable(documents(3_000))
    rows = browse(table)
    seen: list[int | None] = []
    first = 0
    while first < rows.size:
        shown = await look(rows, first, 50)
        seen += [number for number in shown if number is not None]
        first += 50
    assert seen == list(range(2_999, -1, -1))
    assert rows.is_complete
    assert rows.held <= 1_700


@pytest.mark.parametrize("last", ["head", "tail"])
def test_rows_read_from_both_ends_meet_once(last: str) -> None:
    """Whichever side reaches the other, neither goes on to read the other's rows, until one of them has changed."""
    table = documents(5)
    down, up = ordering(None, (), descending=False), ordering(None, (), descending=True)
    head, tail = Chain(PageRequest("users", order="asc"), down), Chain(PageRequest("users", order="desc"), up)
    layout = Layout(down, head)
    head.append(table[:2], "head", done=False)
    layout.settle()
    layout.add_tail(tail)
    tail.append([table[4], table[3]], "tail", done=False)
    layout.settle()
    if last == "head":
        head.append(table[2:4], "on", done=False)
    else:
        tail.append([table[2], table[1]], "on", done=False)
    layout.settle()
    assert (layout.total, head.is_open, tail.is_open) == (5, False, False)
    layout.part()
    assert (head.is_open, tail.is_open) == (True, True)
    # The page that reached too far is read again, by the upper one.
    assert (head.cursor, tail.cursor) == (("head", "tail") if last == "head" else (None, "on"))


async def test_rows_that_were_forgotten_come_back() -> None:
    table = ListedTable(documents(20_000))
    rows = browse(table)
    for first in range(0, 10_000, 50):
        await look(rows, first, 50)
    assert rows.row(0) is None
    assert await look(rows, 0, 5) == [19_999, 19_998, 19_997, 19_996, 19_995]


async def test_a_page_that_changed_meanwhile_is_not_glued_to_what_was_behind_it() -> None:
    table = ListedTable(documents(20_000))
    rows = browse(table)
    for first in range(0, 5_000, 50):
        await look(rows, first, 50)
    del table.documents[-50]
    table.documents.append(
        {**table.documents[-1], "_id": document_id(USERS, 30_000), "_creationTime": 2e9, "number": -1}
    )
    assert (await look(rows, 0, 3)) == [-1, 19_999, 19_998]
    shown = [number for first in range(0, 400, 50) for number in await look(rows, first, 50)]
    assert shown == [-1, *(number for number in range(19_999, 19_598, -1) if number != 19_950)][:400]


async def test_what_nobody_looks_at_any_more_is_cancelled() -> None:
    class Slow(ListedTable):
        cancelled = 0

        async def page(self, request: PageRequest) -> Page:
            if request.order == "asc":
                return await super().page(request)
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
            raise AssertionError

    table = Slow(documents(20_000))
    rows = browse(table)
    rows.set_total(20_000)
    rows.look(0, 30)
    await asyncio.sleep(0)
    rows.look(10, 40)  # the same page serves
    await asyncio.sleep(0)
    assert table.cancelled == 0
    rows.look(19_970, 19_999)
    await at_rest(rows)
    assert table.cancelled == 1
    row = rows.row(19_999)
    assert row is not None
    assert row.document["number"] == 0


async def test_a_scan_that_finds_little_stops_and_asks() -> None:
    table = ListedTable(documents(5_000), most=50)
    rows = browse(table, filters=(FieldFilter("number", "eq", 5),), order="asc")
    await look(rows, 0)
    assert rows.paused
    assert rows.row(0) is not None
    asked = len(table.requests)
    assert asked == 20
    await look(rows, 0)
    assert len(table.requests) == asked
    rows.read_on()
    await at_rest(rows)
    assert len(table.requests) == asked + 20


async def test_a_failure_is_kept_until_somebody_tries_again() -> None:
    table = ListedTable(documents(1_000), failing=True)
    rows = browse(table)
    await look(rows, 0)
    assert rows.failure is not None
    table.failing = False
    await look(rows, 0)
    assert rows.row(0) is None
    rows.retry()
    await at_rest(rows)
    assert rows.failure is None
    assert rows.row(0) is not None


async def test_large_documents_come_in_small_pages_and_few_are_held() -> None:
    table = ListedTable([{**document, "text": "x" * 500_000} for document in documents(200)], most=10)
    rows = browse(table)
    rows.set_total(200)
    for first in range(0, 200, 10):
        await look(rows, first, 10)
    assert max(request.limit for request in table.requests[1:]) <= 20
    assert rows.held <= 60


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_a_refresh_marks_new_changed_and_deleted_rows(order: Order) -> None:
    table = ListedTable(documents(500))
    rows = browse(table, order=order)
    rows.set_total(500)
    await look(rows, 0)
    first = 499 if order == "desc" else 0
    at = 3 if order == "desc" else 4
    deleted = table.documents[first - 2 if order == "desc" else 2]
    table.documents.remove(deleted)
    changed = next(row for row in table.documents if row["number"] == (first - at if order == "desc" else at))
    table.documents[table.documents.index(changed)] = {**changed, "group": "other", "extra": 1}
    between = table.documents[-1 if order == "desc" else 0]
    table.documents.append(
        {**between, "_id": document_id(USERS, 9_000), "_creationTime": float(str(between["_creationTime"])) + 1}
    )
    await rows.refresh()
    await at_rest(rows)
    marks = {rows.row(place).mark: rows.row(place) for place in range(30)}  # type: ignore[union-attr]
    assert set(marks) == {None, "new", "changed", "deleted"}
    assert marks["changed"].changed == {"group", "extra"}  # type: ignore[union-attr]
    assert marks["deleted"].document == deleted  # type: ignore[union-attr]
    for _ in range(5):
        await rows.refresh()
        await at_rest(rows)
    assert {rows.row(place).mark for place in range(30)} == {None}  # type: ignore[union-attr]
    assert rows.total == 500
