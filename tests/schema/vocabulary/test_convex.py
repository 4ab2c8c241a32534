"""Convex's own schemas: `v`, `defineTable`, `defineSchema`."""

from __future__ import annotations

import pytest

from kitcn_repl.schema.model import Index, Place
from kitcn_repl.values import JsonObject
from tests.schema.vocabulary.reading import (
    ANY,
    BOOLEAN,
    BYTES,
    INT64,
    NULL,
    NUMBER,
    STRING,
    array,
    fields_of,
    id_of,
    literal,
    messages,
    obj,
    read,
    record,
    union,
)

CONVEX = 'import { defineSchema, defineTable } from "convex/server";\nimport { v } from "convex/values";\n'
PLACE = Place("convex/schema.ts", 3)

VALIDATORS: dict[str, JsonObject] = {
    "v.string()": STRING,
    "v.number()": NUMBER,
    "v.float64()": NUMBER,
    "v.bigint()": INT64,
    "v.int64()": INT64,
    "v.boolean()": BOOLEAN,
    "v.bytes()": BYTES,
    "v.null()": NULL,
    "v.any()": ANY,
    "v.commitTs()": {"type": "commitTs"},
    "v.id('users')": id_of("users"),
    "v.literal('a')": literal("a"),
    "v.literal(1)": literal(1),
    "v.literal(-1.5)": literal(-1.5),
    "v.literal(true)": literal(True),
    "v.literal(7n)": literal({"$integer": "BwAAAAAAAAA="}),
    "v.literal(-1n)": literal({"$integer": "//////////8="}),
    "v.array(v.id('users'))": array(id_of("users")),
    "v.union()": union(),
    "v.union(v.null(), v.string())": union(NULL, STRING),
    "v.union(...['a', 'b'].map((each) => v.literal(each)))": union(literal("a"), literal("b")),
    "v.union(...['a', 'b'].map(v.literal))": union(literal("a"), literal("b")),
    "v.nullable(v.string())": union(STRING, NULL),
    "v.record(v.id('users'), v.number())": record(NUMBER, id_of("users")),
    "v.object({ a: v.string(), b: v.optional(v.array(v.null())) })": obj(a=STRING, b=(array(NULL),)),
    "v.object({ a: v.string(), b: v.number() }).partial()": obj(a=(STRING,), b=(NUMBER,)),
    "v.object({ a: v.string(), b: v.number() }).pick('b')": obj(b=NUMBER),
    "v.object({ a: v.string(), b: v.number() }).omit('b')": obj(a=STRING),
    "v.object({ a: v.string() }).extend({ b: v.number(), a: v.null() })": obj(a=NULL, b=NUMBER),
    "v.object({ ...v.object({ a: v.string() }).fields, b: v.number() })": obj(a=STRING, b=NUMBER),
    "v.array(v.array(v.string()).element)": array(STRING),
    "v.union(...v.union(v.string(), v.number()).members, v.null())": union(STRING, NUMBER, NULL),
    "v.id(v.id('users').tableName)": id_of("users"),
}


@pytest.mark.parametrize("text", VALIDATORS)
def test_validators(text: str) -> None:
    schema = read(f"{CONVEX}export default defineSchema({{ t: defineTable({{ a: {text}, b: v.optional({text}) }}) }});")
    assert (messages(schema), schema.dynamic) == ([], ())
    fields = fields_of(schema.tables["t"])
    assert [(field.validator, field.optional) for field in fields.values()] == [
        (VALIDATORS[text], False),
        (VALIDATORS[text], True),
    ]


@pytest.mark.parametrize("text", ["v.string().optional()", "v.optional(v.optional(v.string()))"])
def test_optional(text: str) -> None:
    schema = read(f"{CONVEX}export default defineSchema({{ t: defineTable({{ a: {text} }}) }});")
    field = fields_of(schema.tables["t"])["a"]
    assert (field.validator, field.optional) == (STRING, True)


def test_parts_that_only_running_would_tell() -> None:
    schema = read(
        f"""{CONVEX}
        export default defineSchema({{
          t: defineTable({{
            a: v.array(v.id(process.env.X)), b: v.object({{ c: v.string(), ...process.env.X }}), d: v.array(v.any()),
            e: v.string(), ...(process.env.X ? {{ e: v.number(), f: v.null() }} : {{}}),
          }}),
          u: defineTable(v.union(v.object({{ k: v.literal(process.env.X) }}), v.object({{ k: v.null() }}))),
          w: defineTable({{ a: v.literal(NaN) }}),
          x: defineTable({{ a: v.null() }}), ...(process.env.X && {{ x: defineTable({{ a: v.any() }}) }}),
        }});
        """
    )
    fields = fields_of(schema.tables["t"])
    assert {name: (field.validator is not None, field.has_gaps) for name, field in fields.items()} == {
        "a": (True, True),
        "b": (True, True),
        "d": (True, False),
        "e": (False, False),
    }
    assert {name: table.open for name, table in schema.tables.items()} == {"t": True, "u": True, "w": False, "x": True}
    assert fields_of(schema.tables["w"])["a"].validator is None
    assert schema.open
    assert {each.place.line for each in schema.dynamic} == {6, 7, 9, 10, 11}


def test_indexes() -> None:
    schema = read(
        CONVEX
        + """const fields = { a: v.string(), b: v.object({ c: v.string() }), e: v.array(v.number()) };
        export default defineSchema({ t: defineTable(fields)
        .index("one", ["a", "b.c"])
        .index("two", { fields: ["a"], staged: true })
        .index("three", { fields: ["a"] })
        .searchIndex("four", { searchField: "b.c", filterFields: ["a"] })
        .searchIndex("five", { searchField: "a", staged: true })
        .vectorIndex("six", { vectorField: "e", dimensions: 3, filterFields: ["a"] })
        .vectorIndex("seven", { vectorField: "e", dimensions: 4, staged: true }) });
        """
    )
    lines = [4 + at for at in range(1, 8)]
    places = [Place("convex/schema.ts", line) for line in lines]
    assert schema.tables["t"].indexes == (
        Index("one", "database", ("a", "b.c"), origins=("source",), place=places[0]),
        Index("two", "database", ("a",), staged=True, origins=("source",), place=places[1]),
        Index("three", "database", ("a",), origins=("source",), place=places[2]),
        Index("four", "search", ("b.c",), ("a",), origins=("source",), place=places[3]),
        Index("five", "search", ("a",), staged=True, origins=("source",), place=places[4]),
        Index("six", "vector", ("e",), ("a",), 3, origins=("source",), place=places[5]),
        Index("seven", "vector", ("e",), (), 4, True, origins=("source",), place=places[6]),
    )


def test_tables() -> None:
    schema = read(
        CONVEX
        + """
        const common = { createdBy: v.id("users") };
        export default defineSchema({
          users: defineTable({ name: v.string(), ...common }),
          posts: defineTable(v.object({ ...common, tags: v.array(v.string()) })).index("by_creator", ["createdBy"]),
          cases: defineTable(v.union(
            v.object({ kind: v.literal("a"), size: v.number(), by: v.id("users") }),
            v.object({ kind: v.literal("b"), by: v.optional(v.id("users")) }),
          )),
          anything: defineTable(v.any()),
        }, { schemaValidation: false, strictTableNameTypes: false });
        """
    )
    assert messages(schema) == []
    assert (schema.dialect, schema.validates) == ("convex", False)
    assert list(fields_of(schema.tables["users"])) == ["name", "createdBy"]
    assert list(fields_of(schema.tables["posts"])) == ["createdBy", "tags"]
    cases = schema.tables["cases"]
    assert {name: (field.validator, field.optional) for name, field in fields_of(cases).items()} == {
        "kind": (union(literal("a"), literal("b")), False),
        "size": (NUMBER, True),
        "by": (id_of("users"), True),
    }
    assert cases.document == union(
        obj(kind=literal("a"), size=NUMBER, by=id_of("users")), obj(kind=literal("b"), by=(id_of("users"),))
    )
    assert (schema.tables["anything"].fields, schema.tables["anything"].document) == (None, ANY)
    assert not any(table.open or table.declared_name for table in schema.tables.values())


def test_what_cannot_be_known() -> None:
    schema = read(
        CONVEX
        + """
        import { fields, table, field, names } from "some-package";
        export default defineSchema({
          a: defineTable(fields),
          b: defineTable({ x: v.string(), ...fields }).index("y", names).index("x", ["x"]),
          c: table,
          d: defineTable({ x: field, y: v.array(field) }),
          e: defineTable({ x: v.union(v.string(), field) }),
        });
        """
    )
    assert messages(schema) == []
    assert {key: table.open for key, table in schema.tables.items()} == {
        "a": True,
        "b": True,
        "c": True,
        "d": False,
        "e": False,
    }
    assert [index.name for index in schema.tables["b"].indexes] == ["x"]
    fields = fields_of(schema.tables["d"])
    assert [field.validator for field in fields.values()] == [None, array(ANY)]
    assert len(schema.dynamic) == 7


def test_a_method_that_is_not_known_is_reported() -> None:
    schema = read(
        f"{CONVEX}export default defineSchema({{ t: defineTable({{ a: v.string() }}).mystery().index('a', ['a']) }});"
    )
    assert [index.name for index in schema.tables["t"].indexes] == ["a"]
    assert [each.why for each in schema.dynamic] == ["what .mystery() does to a table is not known"]


def test_tables_of_packages() -> None:
    schema = read(
        CONVEX
        + """
        import { authTables } from "@convex-dev/auth/server";
        import { rateLimitTables } from "convex-helpers/server/rateLimit";
        import { migrationsTable } from "convex-helpers/server/migrations";
        export default defineSchema({
          ...authTables, ...rateLimitTables, migrations: migrationsTable,
          users: defineTable({ ...authTables.users.validator.fields, role: v.string() }).index("email", ["email"]),
        });
        """
    )
    assert (messages(schema), schema.dynamic) == ([], ())
    assert [(key, table.owner) for key, table in schema.tables.items()] == [
        ("users", "own"),
        ("authSessions", "auth"),
        ("authAccounts", "auth"),
        ("authRefreshTokens", "auth"),
        ("authVerificationCodes", "auth"),
        ("authVerifiers", "auth"),
        ("authRateLimits", "auth"),
        ("rateLimits", "own"),
        ("migrations", "own"),
    ]
    assert list(fields_of(schema.tables["users"]))[-2:] == ["isAnonymous", "role"]
    assert fields_of(schema.tables["authSessions"])["userId"].validator == id_of("users")
