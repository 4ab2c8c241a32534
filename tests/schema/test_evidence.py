"""References that only the data tells of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kitcn_repl.deployment.models import Page, PageRequest
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.schema.deployed import read_deployed
from kitcn_repl.schema.evidence import SAMPLE, Found, find_ids
from kitcn_repl.schema.model import Evidence
from kitcn_repl.values import JsonObject, JsonValue
from tests.schema.deployments import STRING, Data, id_of, obj, optional, record, schema, table
from tests.support.served import served

DEMO = [
    Found("account", "accountId", "user", Evidence(45, 66)),
    Found("account", "userId", "user", Evidence(66, 66)),
    Found("project", "ownerId", "user", Evidence(140, 140)),
    Found("session", "impersonatedBy", "user", Evidence(3, 3)),
    Found("session", "userId", "user", Evidence(240, 240)),
]


async def _found(data: Data, schemas: JsonObject | None = None, component: str = "") -> list[Found]:
    deployment = data.open(schemas)
    try:
        return await find_ids(deployment, await read_deployed(deployment, component))
    finally:
        await deployment.aclose()


@pytest.mark.parametrize("has_schema", [True, False])
async def test_the_demos_references_are_found_in_its_data_alone(has_schema: bool) -> None:
    demo = demo_dataset()
    offline = Offline(demo if has_schema else replace(demo, schemas={}))
    assert await find_ids(offline, await read_deployed(offline)) == DEMO
    await offline.aclose()


async def test_a_components_ids_of_the_app_are_not_taken_for_its_own() -> None:
    offline = Offline(demo_dataset())
    assert await find_ids(offline, await read_deployed(offline, "rateLimiter")) == []
    await offline.aclose()


async def test_over_http() -> None:
    with served(demo_dataset()) as server:
        remote = Remote(server.url, server.admin_key)
        assert await find_ids(remote, await read_deployed(remote)) == DEMO
        await remote.aclose()


async def test_ids_in_arrays_objects_and_records() -> None:
    data = Data()
    users = [data.add("user") for _ in range(4)]
    data.add(
        "order",
        {
            "members": list(users),
            "items": [{"by": users[0], "price": 1.0}, {"by": users[1], "note": "x"}],
            "meta": {"owner": users[2], "more": {"deep": [[users[3]]]}},
            "shares": {users[0]: users[1], users[2]: users[3]},
            "self": None,
        },
    )
    assert await _found(data) == [
        Found("order", "items.by", "user", Evidence(2, 2), many=True),
        Found("order", "members", "user", Evidence(4, 4), many=True),
        Found("order", "meta.more.deep", "user", Evidence(1, 1), many=True),
        Found("order", "meta.owner", "user", Evidence(1, 1)),
        Found("order", "shares.*", "user", Evidence(2, 2), many=True),
    ]


async def test_records_are_known_by_their_validator_or_by_many_names() -> None:
    data = Data()
    user = data.add("user")
    for number in range(60):
        data.add("a", {"declared": {"x": user, "y": user}, "seen": {f"k{number}": user}})
    declared = schema(table("a", obj(declared=record(STRING), seen={"type": "any"})), table("user", obj()))
    assert await _found(data, declared) == [
        Found("a", "declared.*", "user", Evidence(120, 120), many=True),
        Found("a", "seen.*", "user", Evidence(60, 60), many=True),
    ]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ("U", True),
        ("UU--", True),  # null and missing ones aside
        ("Ux", False),
        ("UUx", False),
        ("UUUx", True),
        ("UUU" + 12 * "x", True),
        ("UUU" + 13 * "x", False),
        (50 * "x" + "U", False),
        ("xxx", False),
    ],
)
async def test_when_a_field_refers_to_something(values: str, found: bool) -> None:
    data = Data()
    user = data.add("user")
    content: dict[str, JsonValue] = {"U": user, "x": "some text", "-": None}
    for value in values:
        data.add("a", {"field": content[value]})
    expected = Evidence(values.count("U"), len(values) - values.count("-"))
    assert await _found(data) == ([Found("a", "field", "user", expected)] if found else [])


async def test_a_field_that_refers_to_several_tables_is_found_once_for_each() -> None:
    data = Data()
    user, post, stray = data.add("user"), data.add("post"), data.add("stray")
    for number in range(100):
        data.add("comment", {"on": stray if number == 7 else post if number % 3 else user})
    assert await _found(data) == [
        Found("comment", "on", "post", Evidence(65, 100)),
        Found("comment", "on", "user", Evidence(34, 100)),
    ]


async def test_what_looks_like_an_id_and_is_none() -> None:
    data = Data()
    user = data.add("user")
    broken = user[:-1] + ("0" if user[-1] != "0" else "1")
    unknown = Data()
    unknown.table("x", number=20000)
    for value in (broken, unknown.id("x", 1), user.upper(), f"{user} ", f"user:{user}"):
        data.add("a", {"field": value})
    assert await _found(data) == []


async def test_files_are_referred_to_and_kitcns_own_tables_are_not_looked_at() -> None:
    data = Data()
    data.table("_storage", number=540)
    data.add("_storage", {"sha256": "x", "size": 1.0})
    data.add("user", {"picture": data.id("_storage", 0)})
    data.add(
        "aggregate_member",
        {"tableKey": "user", "indexName": "x", "docId": data.id("user", 0)},
    )
    assert await _found(data) == [Found("user", "picture", "_storage", Evidence(1, 1))]


async def test_a_components_numbers_are_its_own() -> None:
    data = Data()
    data.add("user")
    data.table("filler", "part")
    data.add("thread", component="part")
    for _ in range(3):
        data.add("message", {"thread": data.id("thread", 0, "part")}, component="part")
    # In the app, the number of the component's threads is that of posts; there is no such post.
    data.table("post")
    data.add("user", {"threadId": data.id("thread", 0, "part")}, at=9)
    data.add("post", at=5)
    assert data.id("thread", 0, "part")[:4] == data.id("post", 0)[:4]
    assert await _found(data, component="part") == [Found("message", "thread", "thread", Evidence(3, 3))]
    assert await _found(data) == []


class _Counting(Offline):
    def __init__(self, other: Offline) -> None:
        super().__init__(other.dataset)
        self.read: list[tuple[str, int]] = []

    async def page(self, request: PageRequest) -> Page:
        page = await super().page(request)
        self.read.append((request.table, len(page.documents)))
        return page


async def test_of_a_large_table_the_newest_and_the_oldest_are_read() -> None:
    data = Data()
    user = data.add("user")
    old = data.add("old")
    for number in range(1000):
        data.add("log", {"by": old if number < 100 else user, "n": float(number)})
    deployment = _Counting(data.open())
    known = await read_deployed(deployment)
    deployment.read.clear()
    found = await find_ids(deployment, known)
    await deployment.aclose()
    assert sorted(deployment.read) == [("log", SAMPLE), ("log", SAMPLE), ("old", 1), ("user", 1)]
    assert found == [
        Found("log", "by", "old", Evidence(100, 2 * SAMPLE)),
        Found("log", "by", "user", Evidence(200, 2 * SAMPLE)),
    ]


async def test_documents_as_large_as_can_be_are_not_read_by_the_hundred() -> None:
    data = Data()
    user = data.add("user")
    for _ in range(40):
        data.add("log", {"by": user, "text": "x" * 500_000})
    deployment = _Counting(data.open())
    known = await read_deployed(deployment)
    deployment.read.clear()
    (found,) = await find_ids(deployment, known)
    await deployment.aclose()
    assert deployment.read == [("log", 10), ("user", 1)]
    assert found.evidence == Evidence(10, 10)


async def test_declared_ids_are_found_as_well() -> None:
    data = Data()
    user = data.add("user")
    data.add("post", {"by": user})
    declared = schema(table("user", obj()), table("post", obj(by=id_of("user"))))
    assert await _found(data, declared) == [Found("post", "by", "user", Evidence(1, 1))]


async def test_many_declared_names_are_no_record() -> None:
    data = Data()
    user = data.add("user")
    for number in range(40):
        data.add("a", {"one": {f"f{number}": user}})
    fields = {f"f{number}": optional(STRING) for number in range(40)}
    found = await _found(data, schema(table("a", obj(one=obj(**fields))), table("user", obj())))
    assert len(found) == 40
    assert found[0] == Found("a", "one.f0", "user", Evidence(1, 1))
