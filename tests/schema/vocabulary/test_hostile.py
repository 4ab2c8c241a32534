"""Sources that nobody writes: objects within themselves, validators without end, wrong types everywhere."""

from __future__ import annotations

import pytest

from tests.schema.vocabulary.reading import fields_of, read_kitcn

ENDLESS = """
import { defineTable } from "convex/server";
import { defineEnt } from "convex-ents";
import { partial } from "convex-helpers/validators";
const endless = { a: v.string() };
endless.self = endless;
const list = ["x"];
list.push(list);
let deep = v.string();
let nested = text();
for (let i = 0; i < 100; i++) { deep = v.array(deep); nested = arrayOf(nested); }
"""


@pytest.mark.parametrize(
    "table",
    [
        "convexTable('t', { ok: text(), a: json().default(endless) })",
        "convexTable('t', { ok: text(), a: json().default(list) })",
        "convexTable('t', { ok: text(), a: objectOf(endless) })",
        "convexTable('t', { ok: text(), a: arrayOf(endless), b: unionOf(list, endless) })",
        "convexTable('t', { ok: text(), a: custom(deep), b: nested, c: custom(v.object(endless)) })",
        "convexTable('t', { ok: text(), a: textEnum(list) })",
        "convexTable('t', { ok: text(), a: discriminator({ variants: endless }) })",
        "convexTable('t', { ok: text() }, () => endless)",
        "convexTable('t', { ok: text() }, () => list)",
        "convexTable('t', { ok: text() }, (t) => [rlsPolicy('p', { to: list, using: endless })])",
        "convexTable('t', { ok: text() }, () => [foreignKey({ columns: list, foreignColumns: list })])",
        "convexTable('t', { ok: text() }, () => [foreignKey(endless), foreignKey(list)])",
        "defineTable({ ok: v.string(), a: deep, b: v.object(endless), c: v.union(deep, v.array(deep)) })",
        "defineTable(v.object({ ok: v.string(), ...partial(endless) })).index('x', list).index(list, endless)",
        "defineEnt({ ok: v.string() }).field(list, endless).edge(endless, list).edges(list).deletion(list)",
    ],
)
def test_a_table_is_read_all_the_same(table: str) -> None:
    schema = read_kitcn(f"{ENDLESS}\nexport default defineSchema({{ t: {table} }});")
    assert "ok" in fields_of(schema.tables["t"])


@pytest.mark.parametrize(
    "schema",
    [
        "defineSchema(endless)",
        "defineSchema(list)",
        "defineSchema()",
        "defineSchema({}, endless)",
        "defineSchema({}, { plugins: list, defaults: endless })",
        "defineSchema({}).extend(list, endless, 5, null)",
        "defineSchema({}).extend(defineSchemaExtension(list, endless), defineSchemaExtension())",
        "defineSchema({}).relations(endless)",
        "defineSchema({}).relations(() => endless)",
        "defineSchema({}).relations(() => list)",
        "defineSchema({}).relations((r) => ({ t: { a: r.one, b: r.many.t, c: r.one.t(list), d: r.t.a.b.c } }))",
        "defineSchema({}).triggers(endless)",
        "defineSchema({}).triggers(list)",
        "defineSchema({}).relations(() => ({})).relations(() => ({}))",
        "defineRelations()",
        "defineRelations(list, endless)",
        "defineSchema",
        "convexTable",
        "convexTable()",
        "endless",
        "list",
        "5",
    ],
)
def test_a_schema_that_is_none(schema: str) -> None:
    found = read_kitcn(f"{ENDLESS}\nexport default {schema};")
    assert not any(table.fields for table in found.tables.values())
    assert found.relations == ()


@pytest.mark.parametrize("builder", ["index", "unique", "searchIndex", "vectorIndex", "aggregateIndex", "rankIndex"])
@pytest.mark.parametrize("argument", ["", "5", "null", "endless", "list", "() => 1"])
def test_builders_with_wrong_arguments(builder: str, argument: str) -> None:
    schema = read_kitcn(
        f"{ENDLESS}\nexport default defineSchema({{ t: convexTable('t', {{ a: text() }}, (t) => [\n"
        f"  {builder}({argument}), {builder}('x').on({argument}), {builder}('x').on(t.a, {argument}),\n"
        f"  index('ok').on(t.a),\n]) }});"
    )
    assert schema.tables["t"].indexes[-1].name == "ok"
