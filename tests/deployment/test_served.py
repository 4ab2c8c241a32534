"""`Remote`, over each transport, with a real server: our own, of the demo."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from kitcn_repl.deployment.errors import ServerTooOldError, WrongKeyError
from kitcn_repl.deployment.models import IndexInfo, PageRequest, QueryModule
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from tests.deployment.support import SECRET, MakeRemote, everything_said
from tests.support.served import Served, served

COUNT = QueryModule(
    'import { query } from "convex:/_system/repl/wrappers.js";\n'
    'export default query({ handler: async (ctx) => (await ctx.db.query("project").collect()).length });'
)


@pytest.fixture(scope="module")
def demo() -> Iterator[Served]:
    with served(Offline(demo_dataset())) as server:
        yield server


async def test_everything_that_can_be_read(demo: Served, connect: MakeRemote) -> None:
    remote = connect(demo.url, key=demo.admin_key)
    tables = {table.name: table.count for table in await remote.tables()}
    assert (await remote.run_module(COUNT)).value == tables["project"]
    page = await remote.page(PageRequest("project", limit=3, order="asc"))
    assert len(page.documents) == 3
    assert await remote.get(str(page.documents[0]["_id"])) == page.documents[0]
    assert "project" in (await remote.table_mapping()).values()
    assert await remote.schema() == await demo.offline.schema()
    assert by_name(await remote.indexes()) == by_name(await demo.offline.indexes())
    assert await remote.components() == await demo.offline.components()
    assert await remote.environment_variables() == await demo.offline.environment_variables()
    assert {spec.identifier for spec in await remote.function_spec()} == {
        spec.identifier for spec in await demo.offline.function_spec()
    }
    assert await remote.cloud_url() == demo.url
    assert (await remote.info()).name == "demo"
    assert remote.notices == []


def by_name(indexes: list[IndexInfo]) -> list[IndexInfo]:
    return sorted(indexes, key=lambda index: (index.table, index.name))


async def test_many_at_once(demo: Served, connect: MakeRemote) -> None:
    remote = connect(demo.url, key=demo.admin_key)
    (expected,) = [table.count for table in await remote.tables() if table.name == "project"]
    results = await asyncio.gather(*(remote.run_module(COUNT) for _ in range(6)))
    assert [result.value for result in results] == [expected] * 6


async def test_wrong_key(demo: Served, connect: MakeRemote) -> None:
    remote = connect(demo.url)
    with pytest.raises(WrongKeyError) as caught:
        await remote.run_module(COUNT)
    assert SECRET not in everything_said(caught.value)
    with pytest.raises(WrongKeyError):
        await remote.tables()


async def test_unknown_system_query(demo: Served, connect: MakeRemote) -> None:
    with pytest.raises(ServerTooOldError, match="_system/frontend/fromTheFuture"):
        await connect(demo.url, key=demo.admin_key).system("_system/frontend/fromTheFuture", {})
