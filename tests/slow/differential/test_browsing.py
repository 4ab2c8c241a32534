"""A table looked through page by page, from the top and from the end, shows what a plain scan in Python gives, however
the server cuts its pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from kitcn_repl.deployment.models import Page, PageRequest
from kitcn_repl.explore.browsing.ordering import ordering
from kitcn_repl.explore.browsing.table_rows import TableRows
from kitcn_repl.explore.data import plan_reading
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values import JsonObject
from tests.explore.random_tables import RandomTable, random_request, random_table, shown
from tests.support.suites import Cases

PARTS = 4
TABLES = [(50, 45, 50), (5, 50, 900)]
"""How many tables, views of each, and documents at most: more than one page of those that are read ahead, too."""
PAGES = {50: [1, 2, 3, 7, 100], 900: [30, 90, 100, 1000]}
MOST_LOOKS = 2_000


class Cut:
    """A deployment whose pages are at most `most` documents long. It answers in the event loop, without a thread."""

    def __init__(self, offline: Offline, most: int) -> None:
        self._offline = offline
        self._most = most
        self.cursors: set[str] = set()

    async def page(self, request: PageRequest) -> Page:
        page = await self._offline.page(replace(request, limit=min(request.limit, self._most)))
        self.cursors.add(page.cursor)
        return page


@pytest.mark.parametrize("part", range(PARTS))
def test_both_directions(cases: Cases, part: int) -> None:
    asyncio.run(_both_directions(cases))


async def _both_directions(cases: Cases) -> None:
    pages = rows = 0
    views = 0
    for most in [most for count, _, most in TABLES for _ in range(count)]:
        table = random_table(cases.random, most)
        offline = Offline(table.dataset)
        for _ in range(next(each for _, each, size in TABLES if size == most)):
            request = random_request(cases.random, table)
            if most > 50:
                request = replace(request, filters=request.filters[:1])
            planned = (await plan_reading(offline, request)).request
            expected = table.scanned(request.filters, planned.index, request.order)
            for direction in (_downwards, _upwards):
                cut = Cut(offline, cases.random.choice(PAGES[most]))
                found = await direction(_view(table, cut, planned), cases.random)
                if found != expected:
                    pytest.fail(
                        f"--seed {cases.seed}, {direction.__name__}, pages of {cut._most}: {request}\n{shown(table)}\n"
                        f"found {_places(table, found)}, not {_places(table, expected)}"
                    )
                pages += len(cut.cursors)
            rows += len(expected)
            views += 1
        await offline.aclose()
    assert pages > 3 * views
    cases.passed(views, f"views looked through both ways as a plain scan gives them: {rows:,} rows, {pages:,} pages")


def _view(table: RandomTable, cut: Cut, planned: PageRequest) -> TableRows:
    fields = table.indexes[int(planned.index[1:])] if planned.index and planned.index[1:].isdigit() else ()
    return TableRows(cut, planned, ordering(planned.index, fields, descending=planned.order == "desc"))  # type: ignore[arg-type]


async def _downwards(rows: TableRows, random: Random) -> list[JsonObject]:
    """As somebody who scrolls from the top to the last row."""
    shown: list[JsonObject] = []
    for _ in range(MOST_LOOKS):
        height = random.randrange(1, 60)
        await _look(rows, len(shown), height)
        shown += [row.document for row in map(rows.row, range(len(shown), rows.size)) if row is not None]
        if rows.is_complete:
            assert rows.total == len(shown)
            return shown
    raise AssertionError(f"no end after {MOST_LOOKS} looks at {len(shown)} rows")


async def _upwards(rows: TableRows, random: Random) -> list[JsonObject]:
    """As somebody who jumps to the end and scrolls up until the rows meet those that were read from the top."""
    await _look(rows, 0, 1)
    rows.reach_end()
    for _ in range(MOST_LOOKS):
        missing = [position for position in range(rows.size) if rows.row(position) is None]
        if not missing and rows.total == rows.size:
            break
        # Whoever looks at the gap alone has it filled from below, others from above.
        height = random.choice([1, 1, random.randrange(1, 60)])
        last = missing[-1] if missing else rows.size - 1
        await _look(rows, max(0, last - height + 1), height)
    else:
        raise AssertionError(f"no end after {MOST_LOOKS} looks")
    return list(_documents(rows))


async def _look(rows: TableRows, first: int, height: int) -> None:
    rows.look(first, first + height - 1)
    await rows.at_rest()
    while rows.paused:
        rows.read_on()
        await rows.at_rest()
    assert rows.failure is None


def _documents(rows: TableRows) -> Iterator[JsonObject]:
    for position in range(rows.size):
        row = rows.row(position)
        assert row is not None, position
        yield row.document


def _places(table: RandomTable, documents: list[JsonObject]) -> list[int]:
    return [table.documents.index(document) for document in documents]
