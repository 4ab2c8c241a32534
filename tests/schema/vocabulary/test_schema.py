"""kitcn's `defineSchema`: registration, the chain, extensions, and older shapes."""

from __future__ import annotations

import pytest

from kitcn_repl.schema.model import Relation
from tests.schema.vocabulary.reading import messages, read, read_kitcn

USER_AND_POST = """
const user = convexTable('user', { name: text().notNull() });
const post = convexTable('post', { title: text(), authorId: id('user').notNull() });
"""


def names(relations: tuple[Relation, ...]) -> list[str]:
    return [f"{relation.source}.{relation.name}" for relation in relations]


def test_tables_come_in_the_order_of_registration_under_their_keys() -> None:
    schema = read_kitcn(
        """
        const a = convexTable('first', { x: text() });
        const b = convexTable('second', { x: text() });
        const shared = { b, c: a };
        export default defineSchema({ ...shared, a, c: b });
        """
    )
    assert [(name, table.declared_name) for name, table in schema.tables.items()] == [
        ("b", "second"),
        ("c", "second"),
        ("a", "first"),
    ]


def test_options() -> None:
    schema = read_kitcn(
        """
        const limit = 50;
        export default defineSchema({}, {
          strict: false, schemaValidation: false, defaults: { defaultLimit: limit, mutationExecutionMode: 'async' },
        });
        """
    )
    assert (schema.strict, schema.validates, schema.defaults, schema.dialect) == (
        False,
        False,
        {"defaultLimit": 50, "mutationExecutionMode": "async"},
        "kitcn",
    )


def test_options_by_default() -> None:
    schema = read_kitcn("export default defineSchema({ t: convexTable('t', { a: text() }) });")
    assert (schema.strict, schema.validates, schema.defaults, schema.relations) == (True, True, {}, ())


def test_the_whole_chain() -> None:
    schema = read_kitcn(
        USER_AND_POST
        + """
        const audit = convexTable('audit', { userId: id('user') });
        const tag = convexTable('tag', { postId: id('post') });
        const auditing = () => defineSchemaExtension('audit', { audit }).relations((r) => ({
          audit: { user: r.one.user({ from: r.audit.userId, to: r.user.id }) },
          user: { audits: r.many.audit() },
        }));
        const tagging = defineSchemaExtension('tags', { tag });
        export default defineSchema({ user, post })
          .extend(auditing())
          .extend(tagging)
          .relations((r) => ({
            post: { author: r.one.user({ from: r.post.authorId, to: r.user.id }), tags: r.many.tag() },
            user: { posts: r.many.post() },
            tag: { post: r.one.post({ from: r.tag.postId, to: r.post.id, optional: false }) },
          }))
          .triggers({ post: { change: async () => {} } });
        """
    )
    assert messages(schema) == []
    assert [(name, table.owner, table.plugin) for name, table in schema.tables.items()] == [
        ("user", "own", None),
        ("post", "own", None),
        ("audit", "plugin", "audit"),
        ("tag", "plugin", "tags"),
    ]
    assert names(schema.relations) == [
        "user.audits",
        "user.posts",
        "post.author",
        "post.tags",
        "audit.user",
        "tag.post",
    ]
    assert [relation.inverse for relation in schema.relations] == ["user", "author", "posts", "post", "audits", "tags"]
    assert [relation.optional for relation in schema.relations] == [True, True, True, True, True, False]
    assert [trigger.event for trigger in schema.tables["post"].triggers] == ["change"]


def test_a_chain_over_several_statements() -> None:
    schema = read_kitcn(
        USER_AND_POST
        + """
        const base = defineSchema({ user, post });
        const related = base.relations((r) => ({
          user: { posts: r.many.post({ from: r.user.id, to: r.post.authorId }) },
        }));
        const schema = related.triggers({ user: { create: { before: (data) => ({ data }) } } });
        export default schema;
        """
    )
    assert names(schema.relations) == ["user.posts"]
    assert [trigger.event for trigger in schema.tables["user"].triggers] == ["create.before"]


@pytest.mark.parametrize(
    ("config", "where"),
    [
        (
            '{ from: r.post.authorId, to: r.user.id, where: { name: "x" , n: { gt: limit } } }',
            '{ name: "x" , n: { gt: limit } }',
        ),
        ("{ from: r.post.authorId, where: only, to: r.user.id }", "only"),
        ("{ ...common(r), where: { name: some.thing } }", "{ name: some.thing }"),
        ("filtered(r)", "{ name: 'x', n: [1, null], 'a-b': true }"),
        ("{ from: r.post.authorId, to: r.user.id }", None),
    ],
)
def test_the_text_of_where(config: str, where: str | None) -> None:
    schema = read_kitcn(
        USER_AND_POST
        + f"""
        import {{ some }} from "some-package";
        const limit = 5;
        const only = {{ name: 'x' }};
        const common = (r) => ({{ from: r.post.authorId, to: r.user.id }});
        const filtered = (r) => ({{ ...common(r), where: {{ name: 'x', n: [1, null], 'a-b': true }} }});
        export default defineSchema({{ user, post }}).relations((r) => ({{
          post: {{ author: r.one.user({config}) }},
        }}));
        """
    )
    assert messages(schema) == []
    assert [relation.where for relation in schema.relations] == [where]


def test_conflicts_of_extensions() -> None:
    schema = read_kitcn(
        USER_AND_POST
        + """
        const other = convexTable('post', { a: text() });
        const one = defineSchemaExtension('one', { post: other }).relations((r) => ({
          post: { author: r.one.user({ from: r.post.authorId, to: r.user.id }) },
        }));
        export default defineSchema({ user, post }).extend(one, defineSchemaExtension('one', {})).relations((r) => ({
          post: { author: r.one.user({ from: r.post.authorId, to: r.user.id }) },
        }));
        """
    )
    assert messages(schema) == [
        "defineSchema cannot inject internal table 'post' because the name is already in use.",
        "defineSchema received duplicate extension 'one'. Remove duplicate extension registrations.",
        "defineSchema relation field 'post.author' is defined more than once (extension 'one' and schema.relations()).",
    ]
    assert names(schema.relations) == ["post.author"]
    assert schema.tables["post"].owner == "own"


@pytest.mark.parametrize("given", ["relations", "{ ...relations }", "[relations][0]"])
def test_relations_that_are_exported_apart(given: str) -> None:
    schema = read_kitcn(
        USER_AND_POST
        + f"""
        export const tables = {{ user, post }};
        const relations = defineRelations(tables, (r) => ({{
          user: {{ posts: r.many.post() }},
          post: {{ author: r.one.user({{ from: r.post.authorId, to: r.user.id }}) }},
        }}));
        export {{ relations }};
        export const again = {given};
        export const triggers = defineTriggers(relations, {{ post: {{ delete: {{ after: async () => {{}} }} }} }});
        export default defineSchema(tables);
        """
    )
    assert messages(schema) == []
    assert names(schema.relations) == ["user.posts", "post.author"]
    assert [trigger.event for trigger in schema.tables["post"].triggers] == ["delete.after"]


def test_the_export_called_relations_counts() -> None:
    schema = read_kitcn(
        USER_AND_POST
        + """
        export const admin = defineRelations({ user, post }, (r) => ({
          post: { author: r.one.user({ from: r.post.title, to: r.user.name }) },
        }));
        export const relations = defineRelations({ user, post }, (r) => ({
          post: { author: r.one.user({ from: r.post.authorId, to: r.user.id }) },
        }));
        export default defineSchema({ user, post });
        """
    )
    assert messages(schema) == []
    assert [relation.from_fields for relation in schema.relations] == [("authorId",)]


def test_relations_with_a_table_that_cannot_be_read() -> None:
    schema = read_kitcn(
        USER_AND_POST
        + """
        import { audit } from "some-package";
        export default defineSchema({ user, audit }).relations((r) => ({
          user: { audits: r.many.audit() },
          audit: { user: r.one.user({ from: r.audit.userId, to: r.user.id }) },
        }));
        """
    )
    assert messages(schema) == []
    assert [(relation.name, relation.from_fields, relation.to_fields) for relation in schema.relations] == [
        ("audits", ("_id",), ("userId",)),
        ("user", ("userId",), ("_id",)),
    ]


def test_relations_in_parts() -> None:
    schema = read_kitcn(
        USER_AND_POST
        + """
        const schema = defineSchema({ user, post });
        const first = defineRelationsPart(schema, (r) => ({
          user: { posts: r.many.post({ from: r.user.id, to: r.post.authorId }) },
        }));
        const second = defineRelationsPart({ user, post }, (r) => ({
          post: { author: r.one.user({ from: r.post.authorId, to: r.user.id }) },
        }));
        export const relations = { ...first, ...second };
        export default schema;
        """
    )
    assert messages(schema) == []
    assert [(relation.name, relation.inverse) for relation in schema.relations] == [
        ("posts", "author"),
        ("author", "posts"),
    ]


@pytest.mark.parametrize(("package", "inverse"), [("kitcn/orm", None), ("better-convex/orm", "post")])
def test_better_convex_pairs_relations_of_an_alias_in_its_own_way(package: str, inverse: str | None) -> None:
    """Until kitcn 0.12 the relation of the same alias was the inverse, wherever it led to."""
    schema = read(
        f"import {{ convexTable, defineRelations, defineSchema, id, text }} from '{package}';"
        + USER_AND_POST
        + """
        const tag = convexTable('tag', { postId: id('post'), userId: id('user') });
        export const tables = { user, post, tag };
        export const relations = defineRelations(tables, (r) => ({
          user: { tags: r.many.tag({ from: r.user.id, to: r.tag.userId, alias: 'x' }) },
          tag: { post: r.one.post({ from: r.tag.postId, to: r.post.id, alias: 'x' }) },
        }));
        export default defineSchema(tables);
        """
    )
    assert messages(schema) == []
    assert schema.relations[0].inverse == inverse


def test_plugins_of_better_convex() -> None:
    schema = read(
        """
        import { convexTable, defineSchema, text } from "better-convex/orm";
        import { ratelimitPlugin } from "better-convex/plugins/ratelimit";
        export default defineSchema({ t: convexTable('t', { a: text() }) }, { plugins: [ratelimitPlugin()] });
        """
    )
    assert (schema.problems, schema.dynamic) == ((), ())
    assert [(name, table.owner) for name, table in schema.tables.items()] == [
        ("t", "own"),
        ("ratelimit_state", "plugin"),
        ("ratelimit_dynamic_limit", "plugin"),
        ("ratelimit_protection_hit", "plugin"),
    ]
    state = schema.tables["ratelimit_state"]
    assert state.plugin == "better-convex/plugins/ratelimit"
    assert [(index.name, index.fields) for index in state.indexes] == [
        ("by_name_key_shard", ("name", "key", "shard")),
        ("by_name_key", ("name", "key")),
    ]
    assert state.fields is not None
    assert [(name, field.optional) for name, field in state.fields.items()] == [
        ("name", False),
        ("key", True),
        ("shard", False),
        ("value", False),
        ("ts", False),
        ("auxValue", True),
        ("auxTs", True),
    ]


@pytest.mark.parametrize(
    "schema",
    [
        "defineSchema({ t }, { plugins: [somePlugin()] })",
        "defineSchema({ t }, { plugins: somePlugins })",
        "defineSchema({ t }).extend(somePlugin())",
        "defineSchema({ t, ...somePlugins.tables })",
    ],
)
def test_unknown_plugins_are_reported(schema: str) -> None:
    found = read_kitcn(
        'import { somePlugin, somePlugins } from "some-package";\n'
        f"const t = convexTable('t', {{ a: text() }});\nexport default {schema};"
    )
    assert list(found.tables) == ["t"]
    assert messages(found) == []
    assert len(found.dynamic) == 1
    assert "some-package" in found.dynamic[0].why


def test_tables_that_cannot_be_read_are_there() -> None:
    schema = read_kitcn(
        """
        import { makeTable, columns, name } from "some-package";
        export default defineSchema({
          a: makeTable(), b: convexTable('b', columns), c: convexTable('c', { x: text(), ...columns }),
          d: convexTable(name, { x: text() }),
        });
        """
    )
    assert {key: (table.open, list(table.fields or ())) for key, table in schema.tables.items()} == {
        "a": (True, []),
        "b": (True, []),
        "c": (True, ["x"]),
        "d": (False, ["x"]),
    }
    assert {each.what for each in schema.dynamic} == {
        "the table a",
        "the columns of b",
        "the columns of c",
        "the name of a table",
    }
    assert schema.tables["d"].declared_name is None


def test_the_unknown_columns_of_an_open_table_can_be_referred_to() -> None:
    schema = read_kitcn(
        """
        import { columns } from "some-package";
        const user = convexTable('user', { ...columns }, (t) => [index('email').on(t.email)]);
        const post = convexTable('post', { userEmail: text().references(() => user.email) });
        export default defineSchema({ user, post }).relations((r) => ({
          post: { author: r.one.user({ from: r.post.userEmail, to: r.user.email }) },
        }));
        """
    )
    assert messages(schema) == []
    assert schema.tables["user"].indexes[0].fields == ("email",)
    assert schema.tables["post"].foreign_keys[0].target_columns == ("email",)
    assert schema.relations[0].to_fields == ("email",)


@pytest.mark.parametrize(
    ("text", "tables", "dialect"),
    [
        ("export const tables = { a: convexTable('x', { n: text() }) };", ["a"], "kitcn"),
        ("export const user = convexTable('people', { n: text() });", ["people"], "kitcn"),
        ("export const schema = defineSchema({ t: convexTable('t', { n: text() }) });", ["t"], "kitcn"),
        ("export default { t: convexTable('t', { n: text() }) };", ["t"], "kitcn"),
        ("export default defineRelations({ t: convexTable('x', { n: text() }) });", ["t"], "kitcn"),
        ("export const one = 1;", [], "convex"),
    ],
)
def test_without_a_default_export(text: str, tables: list[str], dialect: str) -> None:
    schema = read_kitcn(text)
    assert list(schema.tables) == tables
    assert schema.dialect == dialect
    assert bool(schema.problems) == (not tables)


def test_kitcn_tables_in_the_schema_of_convex() -> None:
    schema = read_kitcn(
        """
        import { defineSchema as defineConvexSchema, defineTable } from "convex/server";
        export default defineConvexSchema({
          mine: convexTable('mine', { a: text().notNull() }), raw: defineTable({ mineId: v.id('mine') }),
        });
        """
    )
    assert messages(schema) == []
    assert (list(schema.tables), schema.dialect) == (["mine", "raw"], "kitcn")
