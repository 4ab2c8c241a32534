"""Rules about the schema's source, each on its defect and on what is as it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.explore.doctor.examined import of_schema, places
from tests.support.projects import SCHEMA

TABLES = """import {{ aggregateIndex, convexTable, defineSchema, index, integer, rankIndex, searchIndex, text, timestamp, uniqueIndex }} from 'kitcn/orm';

export const team = convexTable('team', {{ name: text().notNull() }});
export const score = convexTable('{name}', {{
  teamId: text().notNull().references(() => team.id),
  points: integer().notNull(),
  slug: text(),
  createdAt: timestamp().notNull().defaultNow(),
  updatedAt: timestamp().notNull(),
}}, (t) => [
  {indexes}
]);
export const tables = {{ team, score }};
export default defineSchema(tables){chain};
"""  # noqa: E501
WITH_INDEX = "index('teamId').on(t.teamId),"
BOTH_WAYS = """.relations((r) => ({
  score: { team: r.one.team({ from: r.score.teamId, to: r.team.id }) },
  team: { scores: r.many.score({ from: r.team.id, to: r.score.teamId }) },
}))"""


def schema(indexes: str = WITH_INDEX, *, name: str = "score", chain: str = BOTH_WAYS) -> str:
    return TABLES.format(indexes=indexes, name=name, chain=chain)


async def test_a_schema_as_it_should_be(tmp_path: Path) -> None:
    assert await of_schema(tmp_path, schema()) == []


@pytest.mark.parametrize(
    "definition",
    [
        "index('bad').on(t.createdAt),",
        "index('bad').on(t.updatedAt, t.createdAt),",
        "uniqueIndex('bad').on(t.slug, t.createdAt),",
        "searchIndex('bad').on(t.slug).filter(t.createdAt),",
        "aggregateIndex('bad').on(t.teamId).max(t.createdAt),",
        "rankIndex('bad').all().orderBy(t.createdAt),",
    ],
    ids=["index", "second", "unique", "search", "aggregate", "rank"],
)
async def test_created_at_in_an_index(tmp_path: Path, definition: str) -> None:
    found = await of_schema(tmp_path, schema(f"{WITH_INDEX}\n  {definition}"))
    assert [(item.rule, item.level, str(item.place), item.table) for item in found] == [
        ("createdat-in-index", "error", "convex/functions/schema.ts:12", "score")
    ]
    assert "bad" in found[0].what


async def test_key_that_differs_from_the_name(tmp_path: Path) -> None:
    found = await of_schema(tmp_path, schema(name="score_entry"), "key-differs-from-name")
    assert [item.what for item in found] == ["Table score_entry is registered as score."]
    assert places(found) == ["convex/functions/schema.ts:4"]


async def test_wrong_source(tmp_path: Path) -> None:
    found = await of_schema(
        tmp_path, schema(chain=".relations((r) => ({ score: { team: r.one.team({ from: r.score.teamId }) } }))")
    )
    assert {item.rule for item in found} == {"schema-problem"}
    broken = await of_schema(
        tmp_path / "b", schema().replace("convexTable('team', {", "convexTable('team', {{{"), "schema-problem"
    )
    assert broken


async def test_dynamic_source(tmp_path: Path) -> None:
    found = await of_schema(tmp_path, schema("index(process.env.NAME).on(t.slug),\n  " + WITH_INDEX), "schema-dynamic")
    assert {(item.level, str(item.place)) for item in found} == {("info", "convex/functions/schema.ts:11")}


TRIGGERS = """.triggers({{
  score: {{ create: {{ after: async (doc, ctx) => {{
    {body}
  }} }} }},
}})"""


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("await ctx.orm.update(score).set({ points: 1 }).where(eq(score.id, doc.id));", 1),
        ("await ctx.db.patch('score', doc.id, { points: 1 });", 1),
        ("await ctx.orm.insert(team).values({ name: 'x' });", 0),
        ("return await ctx.orm.query.score.findMany({ limit: 1 });", 0),
    ],
    ids=["orm", "db", "other", "reads"],
)
async def test_triggers_that_write_their_own_table(tmp_path: Path, body: str, number: int) -> None:
    text = schema(chain=BOTH_WAYS + TRIGGERS.format(body=body))
    found = await of_schema(tmp_path, text, "trigger-rewrites-own-table")
    assert [item.table for item in found] == ["score"] * number


@pytest.mark.parametrize(
    ("indexes", "number"),
    [
        ("", 1),
        ("index('slug').on(t.slug, t.teamId),", 1),
        (WITH_INDEX, 0),
        ("index('both').on(t.teamId, t.slug),", 0),
        ("uniqueIndex('one').on(t.teamId),", 0),
    ],
    ids=["none", "second", "own", "first", "unique"],
)
async def test_foreign_keys_without_index(tmp_path: Path, indexes: str, number: int) -> None:
    found = await of_schema(tmp_path, schema(indexes))
    assert [(item.rule, item.level, str(item.place)) for item in found] == [
        ("foreign-key-unindexed", "warning", "convex/functions/schema.ts:5")
    ] * number
    assert all('index("teamId").on(t.teamId)' in item.fix for item in found)


async def test_relations_without_index(tmp_path: Path) -> None:
    chain = ".relations((r) => ({ team: { named: r.many.score({ from: r.team.name, to: r.score.slug }) } }))"
    found = await of_schema(tmp_path, schema(chain=chain), "relation-unindexed")
    assert [item.table for item in found] == ["score"]
    assert 'index("slug").on(t.slug)' in found[0].fix
    indexed = schema(f"{WITH_INDEX} index('slug').on(t.slug),", chain=chain)
    assert await of_schema(tmp_path / "b", indexed, "relation-unindexed") == []


async def test_relations_without_inverse(tmp_path: Path) -> None:
    chain = ".relations((r) => ({ score: { team: r.one.team({ from: r.score.teamId, to: r.team.id }) } }))"
    found = await of_schema(tmp_path, schema(chain=chain))
    assert [(item.rule, item.level) for item in found] == [("relation-without-inverse", "info")]
    assert "r.many.score({ from: r.team.id, to: r.score.teamId })" in found[0].fix


async def test_the_scaffolds_schema(tmp_path: Path) -> None:
    assert await of_schema(tmp_path, SCHEMA) == []
