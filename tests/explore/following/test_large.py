"""Large tables: reads stay bounded, counts stay honest. Looks at what the engine says that it read, not at times."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kitcn_repl.deployment.models import FunctionResult, PageRequest, QueryModule
from kitcn_repl.explore.following import Count, Follower
from kitcn_repl.explore.following.questions import COUNTED, SCAN
from kitcn_repl.explore.knowledge import Knowledge, know
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.store.bounds import creation_rank
from kitcn_repl.offline.store.sqlite import StoreWriter
from kitcn_repl.offline.store.writer import Rows
from kitcn_repl.values import JsonObject
from tests.schema.deployments import Data, document_id, id_of, obj, schema, table

ROWS = 1_000_000
USER, EVENT = 10001, 10002
FEW, SOME, MANY, NONE = (document_id(USER, number) for number in range(4))
_AT_ONCE = 10_000


def _owner(number: int) -> str:
    """Of a million events: all but a few are MANY's, 200 all over the table are SOME's, the three oldest FEW's."""
    if number < 3:
        return FEW
    return SOME if number % 5000 == 77 else MANY


def _events() -> Iterator[Rows]:
    for start in range(0, ROWS, _AT_ONCE):
        # with no checksum, which would take most of the time: nobody decodes these
        ids = [f"j{number:031}" for number in range(start, start + _AT_ONCE)]
        times = [1_760_000_000_000.0 + number for number in range(start, start + _AT_ONCE)]
        texts = [
            f'{{"_creationTime":{time},"_id":"{text}","by":"{_owner(number)}"}}'
            for number, (text, time) in enumerate(zip(ids, times, strict=True), start)
        ]
        yield Rows(ids, [creation_rank(time) for time in times], texts, sum(map(len, texts)))


def _dataset(path: Path) -> Dataset:
    writer = StoreWriter(path)
    users = writer.add_table("", "user", USER)
    writer.add_documents(
        users, (f'{{"_creationTime":1.0,"_id":"{each}"}}'.encode() for each in (FEW, SOME, MANY, NONE))
    )
    events = writer.add_table("", "event", EVENT)
    for rows in _events():
        writer.add_rows(events, rows)
    return Dataset("large", writer.finish())


def _follower(dataset: Dataset, indexes: Mapping[str, list[str]]) -> tuple[Offline, Awaitable[Knowledge]]:
    declared = schema(table("user", obj()), table("event", obj(by=id_of("user")), indexes))
    deployment = Offline(replace(dataset, schemas={"": declared}))
    return deployment, know(deployment, sample=False)


@pytest.mark.slow
async def test_a_million_rows(tmp_path: Path) -> None:
    """One test, since the rows take long to write."""
    dataset = _dataset(tmp_path / "store.sqlite3")
    users: list[JsonObject] = [{"_id": each} for each in (FEW, SOME, MANY, NONE)]

    deployment, knowledge = _follower(dataset, {})
    follower = Follower(deployment, await knowledge)
    answer = await follower.related(users, limit=5)
    (cost,) = answer.costs
    assert (cost.documents_read, cost.queries) == (SCAN, 1)
    newest = [_owner(number) for number in range(ROWS - SCAN, ROWS)]
    for user, (related,) in zip(users, answer.related, strict=True):
        assert related.via == "scan of at most 4,096 documents"
        assert related.count == Count(newest.count(str(user["_id"])), False)
        assert related.advice == '.index("by_by", ["by"])'
        assert len(related.documents) == min(5, related.count.n)
        assert all(document["by"] == user["_id"] for document in related.documents)

    event: JsonObject = {"_id": document_id(EVENT, 1), "by": FEW}
    answer = await follower.related([event])
    ((author,),) = answer.related
    assert (author.count, author.via, answer.costs[0].documents_read) == (Count(1, True), "by id", 1)
    await deployment.engine.aclose()

    deployment, knowledge = _follower(dataset, {"by": ["by"]})
    # built when first used, which is not what is looked at here
    await deployment.page(PageRequest("event", 1, index="by"))
    answer = await Follower(deployment, await knowledge).related(users, limit=5)
    await deployment.aclose()
    (cost,) = answer.costs
    assert (cost.documents_read, cost.queries) == (3 + 200 + COUNTED, 4)
    counts = [Count(3, True), Count(200, True), Count(COUNTED, False), Count(0, True)]
    for user, count, (related,) in zip(users, counts, answer.related, strict=True):
        assert (related.via, related.count, related.advice) == ("index by", count, None)
        assert len(related.documents) == min(5, count.n)
        assert all(document["by"] == user["_id"] for document in related.documents)
    assert str(counts[2]) == "at least 1,000"


class Counting(Offline):
    def __init__(self, other: Offline) -> None:
        super().__init__(other.dataset)
        self.modules = 0

    async def run_module(self, module: QueryModule, *, component: str = "") -> FunctionResult:
        self.modules += 1
        return await super().run_module(module, component=component)


async def test_large_documents_end_a_scan_before_the_limit_of_bytes_does() -> None:
    data = Data()
    user = data.add("user")
    for _ in range(40):
        data.add("post", {"by": user, "text": "x" * 900_000})
    deployment = Counting(data.open())
    (related,) = (await Follower(deployment, await know(deployment)).related([data.rows("user")[0]], limit=3)).related[
        0
    ]
    await deployment.aclose()
    assert deployment.modules == 1
    assert not related.count.exact
    assert 3 <= related.count.n < 16
    assert len(related.documents) == 3
    assert related.advice == '.index("by_by", ["by"])'


async def test_large_documents_end_an_index_range_too_and_the_rest_is_asked_again() -> None:
    data = Data()
    for _ in range(30):
        data.add("file", {"text": "x" * 1_000_000})
    for number in range(30):
        data.add("post", {"file": data.id("file", number)})
    deployment = Counting(data.open())
    answer = await Follower(deployment, await know(deployment)).related(data.rows("post"))
    await deployment.aclose()
    assert deployment.modules == len(answer.costs) > 1
    for number, (related,) in enumerate(answer.related):
        assert [each["_id"] for each in related.documents] == [data.id("file", number)]
        assert (related.count, related.notes) == (Count(1, True), ())
    assert all(cost.bytes_read < cost.bytes_limit for cost in answer.costs)


async def test_more_keys_than_one_execution_may_ask_for() -> None:
    data = Data()
    for _ in range(4000):
        data.add("user")
    data.add("list", {"members": [data.id("user", number) for number in range(4000)]})
    for number in range(4000):
        data.add("post", {"by": data.id("user", number)})
    deployment = Counting(data.open())
    follower = Follower(deployment, await know(deployment))
    answer = await follower.related(data.rows("post"))
    assert deployment.modules == 2
    assert all(related.count == Count(1, True) for (related,) in answer.related)
    # Of one document's array a part is followed, and the count says so.
    ((members,),) = (await follower.related(data.rows("list"), limit=10)).related
    await deployment.aclose()
    assert (members.count, len(members.documents)) == (Count(256, False), 10)


async def test_many_tables_without_indexes_share_one_execution() -> None:
    data = Data()
    user = data.add("user")
    for place in range(20):
        for number in range(1000):
            data.add(f"t{place}", {"by": user if number % 10 == 0 else None})
    deployment = Counting(data.open())
    answer = await Follower(deployment, await know(deployment)).related(data.rows("user"), limit=1)
    await deployment.aclose()
    assert deployment.modules == 2
    assert len(answer.related[0]) == 20
    for related in answer.related[0]:
        assert related.count.exact == (related.count.n == 100)
        assert related.count.n >= 50
    assert all(cost.documents_read <= 16_000 for cost in answer.costs)


async def test_what_is_cut_short_by_others_is_asked_again_by_itself() -> None:
    data = Data()
    users = [data.add("user") for _ in range(4)]
    for user in users:
        for _ in range(10):
            data.add("post", {"by": user, "text": "x" * 900_000})
    declared = schema(table("user", obj()), table("post", {"type": "any"}, {"by": ["by"]}))
    deployment = Counting(data.open(declared))
    answer = await Follower(deployment, await know(deployment)).related(data.rows("user"), limit=2)
    await deployment.aclose()
    assert deployment.modules == 4
    assert [related.count for (related,) in answer.related] == [Count(10, True)] * 4
