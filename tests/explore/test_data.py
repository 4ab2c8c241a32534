"""Reading a table to a limit, over the server's pages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kitcn_repl.deployment.errors import RequestRejectedError
from kitcn_repl.deployment.models import FieldFilter, PageRequest
from kitcn_repl.explore.data import UnknownTableError, read_rows
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import encode_id


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
    with pytest.raises(UnknownTableError, match=r'no table "usr"; did you mean "user"\?'):
        await read_rows(offline, PageRequest("usr"), 10)


async def test_an_unknown_index_gets_the_list(offline: Offline) -> None:
    with pytest.raises(RequestRejectedError, match="emial not found") as rejected:
        await read_rows(offline, PageRequest("user", index="emial"), 10)
    assert rejected.value.hint == 'Did you mean "email"? Indexes of "user": email (email).'


async def test_without_a_schema_the_hint_says_why_there_is_no_index() -> None:
    row: JsonObject = {"_id": encode_id(10001, bytes(16)), "_creationTime": 1.0}
    bare = Offline(Dataset("bare", memory_store({"user": [row]})))
    with pytest.raises(RequestRejectedError) as rejected:
        await read_rows(bare, PageRequest("user", index="email"), 10)
    assert "snapshot never holds one" in (rejected.value.hint or "")
    await bare.aclose()


async def test_no_match_in_a_known_table_is_no_error(offline: Offline) -> None:
    rows = await read_rows(offline, PageRequest("user", filters=(FieldFilter("name", "eq", "Nobody"),)), 10)
    assert (rows.documents, rows.more) == ([], False)
