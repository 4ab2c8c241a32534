"""Conditions put onto indexes: the documents and their order are those of a plain scan in Python, and what is announced
about the way they are read is true."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from kitcn_repl.deployment.models import IndexInfo, Page, PageRequest
from kitcn_repl.explore.browsing.announcing import announce
from kitcn_repl.explore.browsing.ordering import ordering
from kitcn_repl.explore.browsing.table_view import Prepared, TableView
from kitcn_repl.explore.data import PlannedReading, plan_reading
from kitcn_repl.explore.planning import Plan, plan
from kitcn_repl.explore.terms import Terms
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values import JsonObject
from tests.explore.random_tables import RandomTable, meets, random_request, random_table, shown
from tests.support.suites import Cases

PARTS = 4
TABLES = 125
REQUESTS = 20


class Watched:
    """A deployment whose page requests are kept."""

    def __init__(self, offline: Offline) -> None:
        self.offline = offline
        self.asked: list[PageRequest] = []

    async def page(self, request: PageRequest) -> Page:
        self.asked.append(request)
        return await self.offline.page(request)

    def __getattr__(self, name: str) -> object:
        return getattr(self.offline, name)


@pytest.mark.parametrize("part", range(PARTS))
def test_planned_readings(cases: Cases, part: int) -> None:
    asyncio.run(_planned_readings(cases))


async def _planned_readings(cases: Cases) -> None:
    by_index = some = 0
    for _ in range(TABLES):
        table = random_table(cases.random)
        offline = Offline(table.dataset)
        watched = Watched(offline)
        for _ in range(REQUESTS):
            request = random_request(cases.random, table)
            limit = cases.random.choice([1, 2, 5, 100])
            wrong = await differences(watched, table, request, limit)
            if wrong:
                table, request = await smaller(table, request, limit)
                told = await differences(Watched(Offline(table.dataset)), table, request, limit)
                pytest.fail(f"--seed {cases.seed}: {told or wrong}\n{request}\nlimit {limit}\n{shown(table)}")
            by_index += any(asked.bounds for asked in watched.asked)
            some += 0 < len(table.scanned(request.filters, None, "asc")) < len(table.documents)
        await offline.aclose()
    count = TABLES * REQUESTS
    assert by_index > count / 3
    assert some > count / 4
    cases.passed(count, f"planned readings as a plain scan gives them, {by_index:,} of them by a range of an index")


async def differences(watched: Watched, table: RandomTable, request: PageRequest, limit: int) -> str:
    """What is wrong about a reading or its announcement; empty if nothing is."""
    watched.asked.clear()
    expected = table.scanned(request.filters, request.index, request.order)
    made = await plan_reading(watched, request)  # type: ignore[arg-type]
    reading = PlannedReading(watched, made, request, limit)  # type: ignore[arg-type]
    found = [document async for page in reading.pages() for document in page]
    if found != expected[:limit]:
        return f"found {numbers(table, found)}, not {numbers(table, expected[:limit])}"
    if (reading.found, reading.more) != (len(found), len(expected) > limit):
        return f"says {reading.found}, more: {reading.more}"
    return _untrue(watched, table, request, made)


def _untrue(watched: Watched, table: RandomTable, request: PageRequest, made: Plan) -> str:
    if any((asked.index, asked.bounds) != (made.request.index, made.request.bounds) for asked in watched.asked):
        return f"was not read as planned: {made}"
    infos = [IndexInfo("t", f"i{at}", "database", tuple(fields)) for at, fields in enumerate(table.indexes)]
    said = announce(_prepared(request, made), len(table.documents))
    if said.is_scan:
        if "at most" in said.text and f"at most {len(table.documents):,}" not in said.text:
            return f"{said.text}, of {len(table.documents)}"
        leading = {fields[0] for fields in table.indexes} | {"_id", "_creationTime"}
        walked = {table.fields_of(request.index)[0]} if request.index else leading
        served = [each.field for each in request.filters if each.op != "neq" and each.field in walked]
        if served:
            return f"{said.text}, although an index serves {served}"
    elif made.request.bounds:
        assert made.request.index is not None
        held = table.within(made.request.index, made.request.bounds)
        fit = [row for row in held if all(meets(row, condition) for condition in made.request.filters)]
        right = table.scanned(request.filters, None, "asc")
        if fit != right:
            return f"{said.text}: the range holds {numbers(table, fit)}, not {numbers(table, right)}"
    if made.missing:
        more = [*infos, IndexInfo("t", "more", "database", made.missing)]
        served_by = plan(request, more)
        if served_by.index != "more" or len(served_by.request.bounds) != len(made.missing):
            return f"an index on {made.missing} would not serve"
    return ""


def _prepared(request: PageRequest, made: Plan) -> Prepared:
    view = TableView("t", order=request.order, index=request.index)
    return Prepared(view, made, Terms(request), ordering(made.request.index, (), descending=request.order == "desc"))


async def smaller(table: RandomTable, request: PageRequest, limit: int) -> tuple[RandomTable, PageRequest]:
    """With fewer conditions, indexes and documents, as long as something is wrong."""

    async def fails(one: RandomTable, other: PageRequest) -> bool:
        return bool(await differences(Watched(Offline(one.dataset)), one, other, limit))

    for _ in range(60):
        offered: list[tuple[RandomTable, PageRequest]] = []
        for at in range(len(request.filters)):
            offered.append((table, replace(request, filters=request.filters[:at] + request.filters[at + 1 :])))
        if len(table.indexes) > 1 and request.index in (None, "i0"):
            offered.append((replace(table, indexes=table.indexes[:-1]), request))
        for at in range(len(table.documents)):
            offered.append((replace(table, documents=table.documents[:at] + table.documents[at + 1 :]), request))
        for pair in offered:
            if await fails(*pair):
                table, request = pair
                break
        else:
            break
    return table, request


def numbers(table: RandomTable, documents: list[JsonObject]) -> list[int]:
    return [table.documents.index(document) for document in documents]
