"""Reading a table to a limit, over the server's pages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kitcn_repl.deployment.models import FieldFilter, PageRequest
from kitcn_repl.explore.data import UnknownTableError, read_rows
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline


@pytest.fixture
async def offline() -> AsyncIterator[Offline]:
    opened = Offline(demo_dataset())
    yield opened
    await opened.aclose()


@pytest.mark.parametrize(("limit", "found", "more"), [(1, 1, True), (59, 59, True), (60, 60, False), (100, 60, False)])
async def test_tells_whether_there_is_more(offline: Offline, limit: int, found: int, more: bool) -> None:
    rows = await read_rows(offline, PageRequest("user"), limit)
    assert (len(rows.documents), rows.more) == (found, more)


async def test_an_unknown_table_gets_a_suggestion(offline: Offline) -> None:
    with pytest.raises(UnknownTableError, match=r"no table 'usr'\. Did you mean 'user'\?"):
        await read_rows(offline, PageRequest("usr"), 10)


async def test_no_match_in_a_known_table_is_no_error(offline: Offline) -> None:
    rows = await read_rows(offline, PageRequest("user", filters=(FieldFilter("name", "eq", "Nobody"),)), 10)
    assert (rows.documents, rows.more) == ([], False)
