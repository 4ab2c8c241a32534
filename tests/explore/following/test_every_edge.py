"""Whatever way the follower offers, in whatever small database: it leads to the documents that refer, and to no others.

The judge is a plain scan in Python over all pairs of documents.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from random import Random

import pytest

from kitcn_repl.explore.following import Follower, Way
from kitcn_repl.explore.knowledge import know
from kitcn_repl.schema.model import ForeignKey, Relation, Through
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import is_id
from tests.explore.following.test_follower import declaring
from tests.schema.deployments import STRING, Data, array, obj, optional, record, schema, table, union

TABLES = ("user", "post", "tag", "member")
ANY: JsonObject = {"type": "any"}


def random_data(random: Random) -> Data:
    data = Data()
    for name in TABLES:
        data.table(name)
    for name in TABLES:
        for _ in range(random.choice((0, 1, 3, 8, 20))):
            data.add(name, dict(_fields(random, data)))
    return data


def _fields(random: Random, data: Data) -> Iterator[tuple[str, JsonValue]]:
    def reference() -> JsonValue:
        kind = random.randrange(12)
        if kind == 0:
            return None
        if kind == 1:
            return random.choice(("", "text", "x" * 32, "j" + "0" * 31))
        return data.id(random.choice(TABLES) if kind < 4 else "user", random.randrange(10))

    yield "slug", random.choice(("a", "b", "c", None))
    numbers: tuple[JsonValue, ...] = (1.0, 2.0, 3, {"$integer": "AQAAAAAAAAA="}, {"$float": "AAAAAAAAAIA="})
    yield "number", random.choice(numbers)
    for name in ("by", "other"):
        if random.random() < 0.9:
            yield name, reference()
    if random.random() < 0.7:
        yield "list", [reference() for _ in range(random.randrange(4))]
    if random.random() < 0.7:
        yield "deep", {"one": reference(), "rows": [{"id": reference()} for _ in range(random.randrange(3))]}
    if random.random() < 0.5:
        yield "map", {f"{number} x": reference() for number in range(random.randrange(3))}


def random_schema(random: Random) -> JsonObject | None:
    if random.random() < 0.3:
        return None
    text = optional(union(STRING, {"type": "null"}))
    document = obj(
        slug=text,
        number=ANY,
        by=text,
        other=text,
        list=optional(array(ANY)),
        deep=optional(obj(one=ANY, rows=array(obj(id=ANY)))),
        map=optional(record(ANY)),
    )
    possible = (
        ("by",),
        ("other",),
        ("other", "by"),
        ("slug",),
        ("slug", "number"),
        ("deep.one",),
        ("list",),
        ("number", "slug"),
    )
    return schema(
        *(
            table(
                name,
                document,
                {"_".join(each).replace(".", "_"): list(each) for each in possible if random.random() < 0.4},
            )
            for name in TABLES
        )
    )


RELATIONS = (
    Relation("post", "author", "one", "user", ("by",), ("_id",)),
    Relation("user", "posts", "many", "post", ("_id",), ("by",)),
    Relation("user", "tags", "many", "tag", ("_id",), ("_id",), Through("member", ("by",), ("other",))),
    Relation("post", "same", "many", "tag", ("slug",), ("slug",)),
    Relation("tag", "bySlug", "many", "post", ("slug",), ("slug",), Through("member", ("slug",), ("slug",))),
    Relation("post", "open", "many", "member", ("_id",), ("by",), where="{ slug: 'a' }"),
)
KEYS = {
    "tag": ForeignKey(("slug", "number"), "post", ("slug", "number")),
    "member": ForeignKey(("by", "slug"), "user", ("_id", "slug")),
}


def values(value: JsonValue, path: list[str]) -> Iterator[str]:
    """The plain values at a path, in a form to compare."""
    if isinstance(value, list):
        for item in value:
            yield from values(item, path)
    elif isinstance(value, dict) and not any(name.startswith("$") for name in value):
        for name, item in value.items():
            if path and path[0] in (name, "*"):
                yield from values(item, path[1:])
    elif not path and value is not None:
        yield repr(float(value)) if isinstance(value, int) and not isinstance(value, bool) else repr(value)


def meet(one: JsonObject, fields: tuple[str, ...], other: JsonObject, their_fields: tuple[str, ...]) -> bool:
    return all(
        set(values(one, mine.split("."))) & set(values(other, theirs.split(".")))
        for mine, theirs in zip(fields, their_fields, strict=True)
    )


def expected(data: Data, document: JsonObject, way: Way) -> set[str]:
    starts = [(document, way.start_fields)]
    if way.junction is not None:
        rows = [
            row for row in data.rows(way.junction.table) if meet(document, way.start_fields, row, way.junction.entry)
        ]
        starts = [(row, way.junction.exit) for row in rows]
    return {
        str(end["_id"])
        for end in data.rows(way.end)
        if any(meet(start, fields, end, way.end_fields) for start, fields in starts)
        and all(end.get(name) == value for name, value in way.conditions)
    }


@pytest.mark.parametrize("seed", range(24))
def test_ways_lead_to_what_refers_and_to_nothing_else(seed: int) -> None:
    random = Random(seed)
    data = random_data(random)
    declared = random_schema(random)
    has_source = random.random() < 0.7

    async def run() -> None:
        deployment = data.open(declared)
        try:
            knowledge = await know(deployment)
            if has_source:
                knowledge = declaring(knowledge, *RELATIONS, keys=KEYS)
            follower = Follower(deployment, knowledge)
            documents = [row for name in TABLES for row in data.rows(name)]
            found = await follower.related(documents, limit=50)
        finally:
            await deployment.aclose()
        for document, some in zip(documents, found.related, strict=True):
            name = follower.table_of(document)
            assert name is not None
            assert [each.way for each in some] == follower.ways(name)
            for related in some:
                wanted = expected(data, document, related.way)
                assert {str(each["_id"]) for each in related.documents} == wanted, related.way
                assert (related.count.n, related.count.exact, related.notes) == (len(wanted), True, ())
                assert all(is_id(each) for each in related.dangling)
                existing = {str(row["_id"]) for row in data.rows(related.way.end)}
                assert not existing & set(related.dangling)

    asyncio.run(run())
