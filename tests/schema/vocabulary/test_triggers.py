"""Triggers: the matrix of events, and what their texts write."""

from __future__ import annotations

import pytest

from kitcn_repl.schema.model import Place, Trigger
from tests.schema.vocabulary.reading import FIRST_LINE, messages, read_kitcn

SCHEMA = """
export const userTable = convexTable('user', {{ name: text() }});
export const post = convexTable('post', {{ title: text() }});
export default defineSchema({{ user: userTable, post }}).relations(() => ({{}})).triggers({triggers});
"""


def triggers(text: str) -> tuple[Trigger, ...]:
    schema = read_kitcn(SCHEMA.format(triggers=f"{{ user: {text} }}"))
    assert messages(schema) == []
    assert schema.tables["post"].triggers == ()
    return schema.tables["user"].triggers


def test_events() -> None:
    found = triggers(
        """{
          create: { before: async (data) => ({ data }), after: async () => {} },
          update: { after() {} },
          delete: { before: function () {} },
          change: async (change, ctx) => {},
        }"""
    )
    assert [trigger.event for trigger in found] == [
        "create.before",
        "create.after",
        "update.after",
        "delete.before",
        "change",
    ]
    lines = [trigger.place.line for trigger in found if trigger.place is not None]
    assert lines == [FIRST_LINE + at for at in (4, 4, 5, 6, 7)]


@pytest.mark.parametrize(
    ("hook", "writes"),
    [
        ("async (change, ctx) => { await ctx.db.insert('post', {}); }", ("post",)),
        ("async (change, ctx) => { await ctx.orm.insert(post).values({}); }", ("post",)),
        ("async (change, ctx) => { await ctx.orm\n.update(userTable)\n.set({}); }", ("user",)),
        ("async (change, ctx) => { await ctx.orm.delete(tables.post); }", ("post",)),
        ("async (change, ctx) => { await ctx.orm.withoutTriggers().insert(post); }", ("post",)),
        ("async (change, ctx) => { await ctx.innerDb.patch('user', change.id, {}); }", ("user",)),
        ("async (change, ctx) => { await ctx.db.patch(change.id, {}); }", ("user",)),
        ("async ({ id, newDoc }, ctx) => { await ctx.db.delete(newDoc.otherId); }", ("user",)),
        ("async (change, { db }) => { await db.replace(other.id, {}); }", ()),
        (
            "async (change, ctx) => { await ctx.db.insert('post', {}); await ctx.db.patch(change.id, {}); }",
            ("post", "user"),
        ),
        ("async (change, ctx) => { await ctx.db.query('post').collect(); seen.delete('post'); }", ()),
        ("async () => {}", ()),
        ("async (change, ctx) => { // await ctx.db.insert('post', {});\n /* ctx.orm.delete(post) */ }", ()),
        ("async (change, ctx) => { log(\"ctx.db.insert('post', {})\", `ctx.orm.insert(post)`); }", ()),
        ("async (change, ctx) => { await ctx.db.patch(change.newDoc!.id as Id<'user'>, {}); }", ("user",)),
        ("async (change, ctx) => { await ctx?.db?.patch(change?.newDoc?.id, {}); }", ("user",)),
        ("async (change, ctx) => { await (ctx.orm).insert(post); await getOrm(ctx).delete(post); }", ("post",)),
        ("async change => { await orm.update(`post`); await db.patch(`${change.id}`); }", ("post",)),
        ("async ({ data: { ref } }, ctx) => { await ctx.db.patch(ref); await ctx.db.patch(data.id); }", ("user",)),
        ("async ({ id = post }, ctx) => { await ctx.db.delete('elsewhere', id); }", ()),
        ("async (change, ctx) => { await ctx[change.kind].insert(post); new Map().delete('post'); }", ()),
    ],
)
def test_writes(hook: str, writes: tuple[str, ...]) -> None:
    assert [trigger.writes for trigger in triggers(f"{{ change: {hook} }}")] == [writes]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("{ user: { changed: () => {} } }", "Invalid trigger key 'changed' for 'user'."),
        ("{ user: [] }", "Invalid triggers entry for 'user'. Array-based trigger definitions were removed."),
        ("{ user: () => {} }", "Invalid triggers entry for 'user'. Function-style trigger callbacks were removed."),
        (
            "{ user: 'x' }",
            "Invalid triggers entry for 'user'. Expected an object with create/update/delete/change keys.",
        ),
    ],
)
def test_what_kitcn_refuses(given: str, message: str) -> None:
    schema = read_kitcn(SCHEMA.format(triggers=given))
    assert len(schema.problems) == 1
    assert schema.problems[0].message.startswith(message)
    assert schema.problems[0].place == Place("convex/schema.ts", FIRST_LINE + 3)


def test_triggers_that_cannot_be_known() -> None:
    schema = read_kitcn(
        'import { hooks } from "some-package";'
        + SCHEMA.format(triggers="{ user: hooks, post: { change: hooks.change } }")
    )
    assert messages(schema) == []
    assert schema.tables["user"].triggers == ()
    assert [trigger.event for trigger in schema.tables["post"].triggers] == ["change"]
    assert [each.what for each in schema.dynamic] == ["the triggers of user"]
