"""convex-ents: the fields, indexes and tables that the library generates, and its edges in both directions."""

from __future__ import annotations

import pytest

from kitcn_repl.schema.model import Relation, Schema
from tests.schema.vocabulary.reading import NUMBER, STRING, array, fields_of, id_of, literal, messages, obj, read, union

ENTS = """
import { defineEnt, defineEntFromTable, defineEntsFromTables, defineEntSchema, getEntDefinitions } from "convex-ents";
import { defineTable } from "convex/server";
import { v } from "convex/values";
"""


def ents(text: str) -> Schema:
    schema = read(f"{ENTS}const schema = defineEntSchema({{ {text} }});\nexport default schema;\n")
    assert schema.dialect == "ents"
    assert schema.dynamic == ()
    return schema


def edge(relation: Relation) -> str:
    """`users.posts: many posts (_id -> userId) = user`."""
    through = relation.through
    by = f" via {through.table}({through.from_fields[0]}, {through.to_fields[0]})" if through else ""
    ends = f"{','.join(relation.from_fields)} -> {','.join(relation.to_fields)}"
    name = f"{relation.source}.{relation.name}"
    return f"{name}: {relation.cardinality} {relation.target} ({ends}){by} = {relation.inverse}"


def edges(schema: Schema) -> list[str]:
    assert messages(schema) == []
    return [edge(relation) for relation in schema.relations]


def indexes(schema: Schema, table: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(index.name, index.fields) for index in schema.tables[table].indexes]


def test_fields() -> None:
    schema = ents(
        """
        t: defineEnt({ a: v.string() })
          .field("b", v.optional(v.number()), { index: true })
          .field("c", v.string(), { unique: true })
          .field("d", v.number(), { default: 0 })
          .deletion("scheduled", { delayMs: 1000 })
          .index("ab", ["a", "b"])
          .searchIndex("s", { searchField: "a", filterFields: ["c"] }),
        u: defineEnt(v.union(v.object({ k: v.literal("x") }), v.object({ n: v.number() }))).field("e", v.string()),
        """
    )
    assert messages(schema) == []
    table = schema.tables["t"]
    assert {name: (field.validator, field.optional) for name, field in fields_of(table).items()} == {
        "a": (STRING, False),
        "b": (NUMBER, True),
        "c": (STRING, False),
        "d": (NUMBER, True),
        "deletionTime": (NUMBER, True),
    }
    fields = fields_of(table)
    assert (fields["c"].unique, fields["d"].default) == (True, "0")
    assert (table.deletion, table.deletion_delay) == ("scheduled", 1000.0)
    assert indexes(schema, "t") == [("b", ("b",)), ("c", ("c",)), ("ab", ("a", "b")), ("s", ("a",))]
    assert [(rule.name, rule.fields) for rule in table.unique] == [("c", ("c",))]
    assert schema.tables["u"].document == union(obj(k=literal("x"), e=STRING), obj(n=NUMBER, e=STRING))


def test_one_to_many() -> None:
    schema = ents(
        """
        users: defineEnt({}).edges("posts", { ref: "userId" }).edges("drafts", { to: "posts", ref: "editorId" }),
        posts: defineEnt({ tags: v.array(v.string()) }).edge("user")
          .edge("editor", { to: "users", field: "editorId", optional: true }),
        """
    )
    assert edges(schema) == [
        "users.posts: many posts (_id -> userId) = user",
        "users.drafts: many posts (_id -> editorId) = editor",
        "posts.user: one users (userId -> _id) = posts",
        "posts.editor: one users (editorId -> _id) = drafts",
    ]
    assert {name: (field.validator, field.optional) for name, field in fields_of(schema.tables["posts"]).items()} == {
        "tags": (array(STRING), False),
        "userId": (id_of("users"), False),
        "editorId": (id_of("users"), True),
    }
    assert indexes(schema, "posts") == [("userId", ("userId",)), ("editorId", ("editorId",))]
    assert [relation.optional for relation in schema.relations] == [True, True, False, True]


def test_one_to_one() -> None:
    schema = ents(
        """
        users: defineEnt({}).edge("profile", { ref: true }).edge("secret", { ref: "ownerId" }),
        profiles: defineEnt({}).edge("user"),
        secrets: defineEnt({}).edge("user", { field: "ownerId" }),
        """
    )
    assert edges(schema) == [
        "users.profile: one profiles (_id -> userId) = user",
        "users.secret: one secrets (_id -> ownerId) = user",
        "profiles.user: one users (userId -> _id) = profile",
        "secrets.user: one users (ownerId -> _id) = secret",
    ]


def test_many_to_many() -> None:
    schema = ents(
        """
        messages: defineEnt({}).edges("tags").edges("labels", { to: "tags", table: "labelling", field: "m" }),
        tags: defineEnt({}).edges("messages").edges("labelled", { to: "messages", table: "labelling", field: "l" }),
        """
    )
    assert edges(schema) == [
        "messages.tags: many tags (_id -> _id) via messages_to_tags(messagesId, tagsId) = messages",
        "messages.labels: many tags (_id -> _id) via labelling(m, l) = labelled",
        "tags.messages: many messages (_id -> _id) via messages_to_tags(tagsId, messagesId) = tags",
        "tags.labelled: many messages (_id -> _id) via labelling(l, m) = labels",
    ]
    assert list(schema.tables) == ["messages", "tags", "messages_to_tags", "labelling"]
    assert {name: field.validator for name, field in fields_of(schema.tables["messages_to_tags"]).items()} == {
        "messagesId": id_of("messages"),
        "tagsId": id_of("tags"),
    }
    assert indexes(schema, "messages_to_tags") == [
        ("messagesId", ("messagesId",)),
        ("tagsId", ("tagsId",)),
        ("messagesId_tagsId", ("messagesId", "tagsId")),
        ("tagsId_messagesId", ("tagsId", "messagesId")),
    ]


def test_edges_to_the_own_table() -> None:
    schema = ents(
        """
        users: defineEnt({})
          .edges("followers", { to: "users", inverse: "followees" })
          .edges("friends", { to: "users" })
          .edges("peers", { to: "users", table: "peering", field: "one", inverseField: "two" }),
        """
    )
    table = "users_followees_to_followers"
    assert edges(schema) == [
        f"users.followers: many users (_id -> _id) via {table}(followeesId, followersId) = followees",
        f"users.followees: many users (_id -> _id) via {table}(followersId, followeesId) = followers",
        "users.friends: many users (_id -> _id) via users_friends(aId, bId) = friends",
        "users.peers: many users (_id -> _id) via peering(one, two) = peers",
    ]
    assert indexes(schema, "users_friends") == [("aId", ("aId",)), ("bId", ("bId",)), ("aId_bId", ("aId", "bId"))]


def test_system_tables() -> None:
    schema = ents('shots: defineEnt({}).edge("file", { to: "_storage", deletion: "hard" })')
    assert edges(schema) == ["shots.file: one _storage (fileId -> _id) = None"]


def test_tables_of_convex() -> None:
    schema = ents(
        """
        a: defineEntFromTable(defineTable({ x: v.string() }).index("x", ["x"])).field("y", v.number()),
        ...defineEntsFromTables({ b: defineTable({ z: v.string() }) }),
        """
    )
    assert {key: list(fields_of(table)) for key, table in schema.tables.items()} == {"a": ["x", "y"], "b": ["z"]}
    assert indexes(schema, "a") == [("x", ("x",))]


REFUSED = {
    'a: defineEnt({}).edge("user")': 'Edge "user" in table "a" points to an undefined table "users"',
    'a: defineEnt({}).edges("bs", { ref: true }), bs: defineEnt({})': (
        'Missing inverse edge in table "bs" for edge "bs" in table "a"'
    ),
    'a: defineEnt({}).field("x", v.string()).field("x", v.string())': 'Duplicate field "x"',
    'a: defineEnt({}).edges("x", { to: "a" }).edge("x", { to: "a" })': 'Duplicate edge "x"',
    'users: defineEnt({}).edges("posts", { ref: true }), posts: defineEnt({}).edge("a", { to: "users" })'
    '.edge("b", { to: "users" })': (
        'Edge "posts" in table "users" has too many potential inverse edges in table "posts": "a", "b"'
    ),
    'a: defineEnt({ deletionTime: v.number() }).deletion("soft")': (
        'Cannot enable "soft" deletion because "deletionTime" field was already defined.'
    ),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_the_library_refuses(text: str) -> None:
    schema = ents(text)
    assert messages(schema)[0] == REFUSED[text]
    assert "a" in schema.tables or "users" in schema.tables
