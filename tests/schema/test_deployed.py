"""The schema as a deployment reports it, offline and over HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.schema.deployed import declared_tables, read_deployed
from kitcn_repl.schema.model import AggregateIndex, RankIndex
from kitcn_repl.schema.validators import canonical, describe
from kitcn_repl.values import JsonObject
from tests.schema.deployments import NUMBER, STRING, Data, array, id_of, obj, optional, schema, table, union
from tests.support.served import served


@asynccontextmanager
async def opened(kind: str, offline: Offline) -> AsyncIterator[Deployment]:
    if kind == "offline":
        yield offline
        await offline.aclose()
        return
    with served(offline) as server:
        remote = Remote(server.url, server.admin_key)
        yield remote
        await remote.aclose()


@pytest.mark.parametrize("kind", ["offline", "remote"])
async def test_the_demo(kind: str) -> None:
    async with opened(kind, Offline(demo_dataset())) as deployment:
        root = await read_deployed(deployment)
        component = await read_deployed(deployment, "rateLimiter")
    assert {name: table.count for name, table in root.tables.items()} == {
        "account": 66,
        "jwks": 2,
        "project": 140,
        "session": 240,
        "typeZoo": 40,
        "user": 60,
        "verification": 16,
    }
    assert {name for name, table in root.tables.items() if table.owner == "auth"} == {
        "account",
        "jwks",
        "session",
        "user",
        "verification",
    }
    project = root.tables["project"]
    assert [(index.name, index.fields, index.state) for index in project.indexes] == [
        ("ownerId_updatedAt", ("ownerId", "updatedAt"), "done")
    ]
    assert project.origins == ("deployment",)
    zoo = root.tables["typeZoo"]
    assert zoo.fields is not None
    assert describe(zoo.fields["embedding"].validator) == "array<number> | null"
    assert zoo.fields["embedding"].optional
    assert not zoo.fields["kind"].optional
    assert {index.name: (index.kind, index.fields, index.filter_fields, index.dimensions) for index in zoo.indexes} == {
        "by_kind": ("database", ("kind",), (), None),
        "by_value": ("database", ("value",), (), None),
        "search_label": ("search", ("label",), ("kind",), None),
        "by_embedding": ("vector", ("embedding",), ("kind",), 4),
    }
    assert (root.component, root.validates) == ("", True)
    assert component.component == "rateLimiter"
    assert {name: table.count for name, table in component.tables.items()} == {"rateLimits": 12}


@pytest.mark.parametrize("kind", ["offline", "remote"])
async def test_without_a_schema_fields_come_from_documents(kind: str) -> None:
    data = Data()
    for number in range(5):
        extra: JsonObject = {"tags": ["a", 1.0], "big": {"$integer": "AQAAAAAAAAA="}} if number % 2 else {"tags": []}
        data.add("note", {"title": "x", "position": {"x": 1.0, **({"y": None} if number else {})}, **extra})
    data.table("empty")
    async with opened(kind, data.open()) as deployment:
        found = await read_deployed(deployment)
    note = found.tables["note"]
    assert (note.origins, note.count, found.validates) == (("data",), 5, False)
    assert note.fields is not None
    assert {name: (describe(each.validator), each.optional) for name, each in note.fields.items()} == {
        "title": ("string", False),
        "position": ("{x: number, y?: null}", False),
        "tags": ("array<string | number>", False),
        "big": ("bigint", True),
    }
    assert all(each.origins == ("data",) for each in note.fields.values())
    assert found.tables["empty"].fields == {}


async def test_a_table_outside_of_the_schema_is_told_apart() -> None:
    data = Data()
    data.add("kept", {"a": 1.0})
    data.add("left", {"b": 1.0})
    deployment = data.open(schema(table("kept", obj(a=NUMBER)), table("unused", obj(c=NUMBER))))
    found = await read_deployed(deployment)
    await deployment.aclose()
    assert {name: (each.origins, each.count) for name, each in found.tables.items()} == {
        "kept": (("deployment",), 1),
        "left": (("data",), 1),
        "unused": (("deployment",), None),
    }


def test_a_union_of_objects_has_the_fields_of_all() -> None:
    document = union(obj(kind={"type": "literal", "value": "a"}, a=NUMBER), obj(kind={"type": "literal", "value": "b"}))
    (found,) = declared_tables(schema(table("shape", document))).values()
    assert found.document == document
    assert found.fields is not None
    assert {name: (describe(each.validator), each.optional) for name, each in found.fields.items()} == {
        "kind": ('"a" | "b"', False),
        "a": ("number", True),
    }


def test_any_document_has_no_fields() -> None:
    documents: tuple[JsonObject | None, ...] = (None, {"type": "any"})
    for document in documents:
        (found,) = declared_tables(schema(table("loose", document))).values()
        assert (found.fields, found.document) == (None, {"type": "any"})


def test_staged_indexes_and_both_spellings_of_fields() -> None:
    definition = table("t", obj(a=NUMBER, b=STRING), {"by_a": ["a"]})
    definition["stagedDbIndexes"] = [{"indexDescriptor": "by_b", "fields": ["b"]}]
    (found,) = declared_tables(schema(definition)).values()
    assert [(each.name, each.fields, each.staged) for each in found.indexes] == [
        ("by_a", ("a",), False),
        ("by_b", ("b",), True),
    ]


def _state(kind: str, index: str, key: JsonObject, metric: JsonObject) -> JsonObject:
    return {
        "kind": kind,
        "tableKey": "post",
        "indexName": index,
        "keyDefinitionHash": json.dumps(key),
        "metricDefinitionHash": json.dumps(metric),
        "status": "READY",
    }


async def test_internal_tables_and_the_definitions_that_they_keep() -> None:
    data = Data()
    data.add("post", {"author": "x", "likes": 1.0})
    metric: JsonObject = {
        "countFields": [],
        "sumFields": ["likes"],
        "avgFields": [],
        "minFields": [],
        "maxFields": ["likes"],
    }
    data.add(
        "aggregate_state",
        _state("metric", "byAuthor", {"kind": "metric", "fields": ["author"], "orderFields": []}, metric),
    )
    order: JsonObject = {"kind": "rank", "fields": [], "orderFields": [{"field": "likes", "direction": "desc"}]}
    data.add("aggregate_state", _state("rank", "top", order, {"sumField": None}))
    data.add("aggregate_state", {**_state("metric", "broken", {}, {}), "keyDefinitionHash": "{"})
    data.table("migration_run")
    data.add("ratelimitState", {"name": "x"})
    data.add("resend_emails", {"status": "sent"})
    deployment = data.open()
    found = await read_deployed(deployment)
    await deployment.aclose()
    assert {name: (each.owner, each.plugin) for name, each in found.tables.items()} == {
        "aggregate_state": ("kitcn-internal", None),
        "migration_run": ("kitcn-internal", None),
        "post": ("own", None),
        "ratelimitState": ("plugin", "ratelimit"),
        "resend_emails": ("plugin", "resend"),
    }
    assert found.tables["post"].aggregate_indexes == (
        AggregateIndex("byAuthor", ("author",), sum=("likes",), max=("likes",), origins=("data",)),
    )
    assert found.tables["post"].rank_indexes == (RankIndex("top", (), (("likes", "desc"),), origins=("data",)),)


async def test_tables_that_only_sound_like_auth_or_kitcn_are_ones_own() -> None:
    data = Data()
    data.add("user", {"name": "no auth here"})
    data.add("session", {"title": "Keynote"})
    data.add("migration_state", {"bird": "stork"})
    deployment = data.open()
    found = await read_deployed(deployment)
    await deployment.aclose()
    assert {each.owner for each in found.tables.values()} == {"own"}


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (union(STRING, NUMBER), union(NUMBER, STRING), True),
        (union(STRING, union(NUMBER, STRING)), union(NUMBER, STRING), True),
        (union(STRING), STRING, True),
        ({"type": "float64"}, NUMBER, True),
        ({"type": "int64"}, {"type": "bigint"}, True),
        ({"type": "literal", "value": 1}, {"type": "literal", "value": 1.0}, True),
        (
            union({"type": "literal", "value": True}, {"type": "literal", "value": False}),
            {"type": "boolean"},
            True,
        ),
        (union(STRING, {"type": "literal", "value": "a"}), STRING, True),
        (union(STRING, {"type": "any"}), {"type": "any"}, True),
        (obj(a=STRING, b=NUMBER), obj(b=NUMBER, a=STRING), True),
        (obj(a=STRING), obj(a=optional(STRING)), False),
        (id_of("a"), id_of("b"), False),
        (id_of("a"), STRING, False),
        (array(STRING), array(NUMBER), False),
        ({"type": "literal", "value": "1"}, {"type": "literal", "value": 1}, False),
    ],
)
def test_validators_are_compared_by_what_they_accept(one: JsonObject, other: JsonObject, equal: bool) -> None:
    assert (canonical(one) == canonical(other)) is equal
