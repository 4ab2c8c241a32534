"""kitcn's column builders: what Convex is told, and what only kitcn knows."""

from __future__ import annotations

import itertools

import pytest

from kitcn_repl.schema.model import Field, ForeignKey, Place
from kitcn_repl.values import JsonObject
from tests.schema.vocabulary.builders import BUILDERS
from tests.schema.vocabulary.reading import (
    ANY,
    FIRST_LINE,
    NUMBER,
    STRING,
    array,
    field_of,
    fields_of,
    messages,
    nullable,
    read,
    read_kitcn,
    table_of,
)


@pytest.mark.parametrize("builder", BUILDERS)
def test_required(builder: str) -> None:
    validator, kind = BUILDERS[builder]
    field = field_of(f"{builder}.notNull()")
    assert (field.validator, field.optional, field.not_null, field.kind) == (validator, False, True, kind)


@pytest.mark.parametrize("builder", BUILDERS)
def test_nullable(builder: str) -> None:
    validator, kind = BUILDERS[builder]
    field = field_of(builder)
    assert (field.validator, field.optional, field.not_null, field.kind) == (nullable(validator), True, False, kind)


def test_what_the_builders_keep() -> None:
    table = table_of(
        "a: textEnum(['x', 'y']), b: timestamp(), c: timestamp({ mode: 'string' }), d: date(), "
        "e: date({ mode: 'date' }), f: text()"
    )
    fields = fields_of(table)
    assert fields["a"].values == ("x", "y")
    assert [fields[name].mode for name in "bcdef"] == ["date", "string", "string", "date", None]
    assert list(fields) == list("abcdef")


MODIFIERS = (".notNull()", ".default('x')", ".unique()", ".$onUpdate(() => 'y')", ".$type<'x' | 'y'>()")


@pytest.mark.parametrize("order", list(itertools.permutations(range(len(MODIFIERS)), 3)))
def test_modifiers_in_any_order(order: tuple[int, ...]) -> None:
    field = field_of("text()" + "".join(MODIFIERS[at] for at in order))
    assert field.not_null == (0 in order)
    assert field.default == ('"x"' if 1 in order else None)
    assert field.unique == (2 in order)
    assert field.on_update == (3 in order)


@pytest.mark.parametrize(
    ("column", "default"),
    [
        ("text().default('a \"b\"')", '"a \\"b\\""'),
        ("integer().default(3)", "3"),
        ("integer().default(-0.5)", "-0.5"),
        ("boolean().default(false)", "false"),
        ("json().default({ a: [1, null] })", '{"a": [1, null]}'),
        ("text().default(process.env.NAME)", "process.env.NAME"),
        ("text().$defaultFn(() => crypto.randomUUID())", "() => crypto.randomUUID()"),
        ("text().$default(makeName)", "makeName"),
        ("timestamp().defaultNow()", "now()"),
        ("date().defaultNow()", "now()"),
        ("text()", None),
    ],
)
def test_defaults(column: str, default: str | None) -> None:
    assert field_of(column).default == default


@pytest.mark.parametrize("modifier", ["$onUpdateFn(() => 1)", "$onUpdate(() => 1)"])
def test_on_update(modifier: str) -> None:
    assert field_of(f"integer().{modifier}").on_update


def test_a_primary_key_is_required() -> None:
    field = field_of("text().primaryKey()")
    assert (field.validator, field.optional, field.not_null) == (STRING, False, True)


@pytest.mark.parametrize(
    ("name", "column", "validator", "optional"),
    [
        ("createdAt", "timestamp().notNull().defaultNow()", NUMBER, True),
        ("createdAt", "timestamp().defaultNow().notNull()", NUMBER, True),
        ("createdAt", "timestamp().notNull().$defaultFn(() => new Date())", NUMBER, True),
        ("createdAt", "timestamp().notNull()", NUMBER, False),
        ("createdAt", "timestamp().notNull().default(1)", NUMBER, False),
        ("createdAt", "timestamp().defaultNow()", nullable(NUMBER), True),
        ("createdAt", "integer().notNull().$defaultFn(() => 1)", NUMBER, False),
        ("updatedAt", "timestamp().notNull().defaultNow()", NUMBER, False),
    ],
)
def test_created_at_may_be_missing_if_it_has_a_default_function(
    name: str, column: str, validator: JsonObject, optional: bool
) -> None:
    field = field_of(column, name)
    assert (field.validator, field.optional) == (validator, optional)


def test_unique_columns() -> None:
    table = table_of(
        "a: text().unique(), b: text().unique('mine'), c: text().unique('nulls', { nulls: 'not distinct' })"
    )
    assert [(rule.name, rule.fields, rule.nulls_not_distinct) for rule in table.unique] == [
        ("t_a_unique", ("a",), False),
        ("mine", ("b",), False),
        ("nulls", ("c",), True),
    ]
    assert [(index.name, index.kind, index.fields) for index in table.indexes] == [
        ("t_a_unique", "database", ("a",)),
        ("mine", "database", ("b",)),
        ("nulls", "database", ("c",)),
    ]


REFERENCES = """
export const user = convexTable('user', { email: text().notNull() });
export const post = convexTable('post', {
  a: text().references(() => user.id),
  b: text().references((): AnyColumn => user.id, { onDelete: 'cascade', onUpdate: 'restrict', name: 'owner' }),
  c: id('user'),
  d: id('user').references(() => user.id, { onDelete: 'set null' }),
  e: text().references(() => user.email),
  f: text().references(() => post.id).references(() => user.id),
  g: text().references(() => later.id, { onDelete: 'no action' }),
  h: text().references(function () { return user.id; }, { onDelete: 'set default' }),
});
export const later = convexTable('later', { postId: id('post').notNull() });
export default defineSchema({ user, post, later });
"""


def test_references() -> None:
    schema = read_kitcn(REFERENCES)
    assert messages(schema) == []
    keys = schema.tables["post"].foreign_keys
    assert [(key.columns, key.target, key.target_columns, key.name, key.on_delete, key.on_update) for key in keys] == [
        (("c",), "user", ("_id",), None, None, None),
        (("a",), "user", ("_id",), None, None, None),
        (("b",), "user", ("_id",), "owner", "cascade", "restrict"),
        (("d",), "user", ("_id",), None, "set null", None),
        (("e",), "user", ("email",), None, None, None),
        (("f",), "post", ("_id",), None, None, None),
        (("f",), "user", ("_id",), None, None, None),
        (("g",), "later", ("_id",), None, "no action", None),
        (("h",), "user", ("_id",), None, "set default", None),
    ]
    fields = fields_of(schema.tables["post"])
    assert [fields[name].references for name in "abcde"] == ["user", "user", "user", "user", "user.email"]
    assert [key.target for key in schema.tables["later"].foreign_keys] == ["post"]


def test_a_foreign_key_goes_to_the_key_that_its_table_is_registered_under() -> None:
    schema = read_kitcn(
        """
        const user = convexTable('users', { name: text() });
        const post = convexTable('posts', {
          a: text().references(() => user.id), b: id('users'), c: id('person'), d: id('x'),
        });
        export default defineSchema({ person: user, article: post });
        """
    )
    assert [key.target for key in schema.tables["article"].foreign_keys] == ["person", "person", "x", "person"]
    assert schema.tables["person"].declared_name == "users"


def test_one_column_object_in_several_tables() -> None:
    schema = read_kitcn(
        """
        const user = convexTable('user', { name: text() });
        const common = {
          createdAt: timestamp().notNull().defaultNow(),
          ownerId: text().notNull().references(() => user.id),
        };
        const a = convexTable('a', { ...common }, (t) => [index('owner').on(t.ownerId)]);
        const b = convexTable('b', { ...common, other: text() }, (t) => [index('owner').on(common.ownerId, t.other)]);
        export default defineSchema({ user, a, b });
        """
    )
    assert messages(schema) == []
    for name, fields in (("a", ("ownerId",)), ("b", ("ownerId", "other"))):
        table = schema.tables[name]
        assert [index.fields for index in table.indexes] == [fields]
        assert [(key.columns, key.target) for key in table.foreign_keys] == [(("ownerId",), "user")]


@pytest.mark.parametrize(
    ("column", "validator", "optional"),
    [
        ("v.string()", STRING, False),
        ("v.optional(v.number())", NUMBER, True),
    ],
)
def test_plain_validators_as_columns(column: str, validator: JsonObject, optional: bool) -> None:
    field = field_of(column)
    assert (field.validator, field.optional, field.kind) == (validator, optional, None)


@pytest.mark.parametrize("package", ["kitcn", "better-convex/orm", "better-convex"])
def test_other_names_of_the_package(package: str) -> None:
    schema = read(
        f"import {{ convexTable, defineSchema, text }} from '{package}';\n"
        "export default defineSchema({ t: convexTable('t', { a: text() }) });"
    )
    assert list(fields_of(schema.tables["t"])) == ["a"]
    assert (schema.dialect, schema.dynamic, schema.problems) == ("kitcn", (), ())


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("deprecated", Field("field", ANY, optional=True)),
        ("pretend(v.string())", Field("field", ANY, optional=True)),
        ("pretendRequired(v.string())", Field("field", STRING, optional=True)),
    ],
)
def test_helpers_of_the_package(column: str, field: Field) -> None:
    found = field_of(column)
    assert (found.validator, found.optional) == (field.validator, field.optional)


def test_what_cannot_be_known_is_reported_and_the_rest_is_there() -> None:
    schema = read_kitcn(
        """
        import { plans, validator } from "some-package";
        const t = convexTable('t', {
          plan: textEnum(plans).notNull(),
          data: custom(validator),
          nested: arrayOf(validator).notNull(),
          target: id(plans.table),
          name: text(),
        });
        export default defineSchema({ t });
        """
    )
    fields = fields_of(schema.tables["t"])
    assert {name: field.validator for name, field in fields.items()} == {
        "plan": None,
        "data": None,
        "nested": array(ANY),
        "target": None,
        "name": nullable(STRING),
    }
    assert [(each.what, each.place.line) for each in schema.dynamic] == [
        ("the values of textEnum()", FIRST_LINE + 3),
        ("the validator of custom()", FIRST_LINE + 4),
        ("the elements of arrayOf()", FIRST_LINE + 5),
        ("the table of id()", FIRST_LINE + 6),
    ]
    assert not schema.tables["t"].open


def test_a_modifier_that_is_not_known_is_reported() -> None:
    schema = read_kitcn(
        "export default defineSchema({ t: convexTable('t', { a: text().notNull().sealed().unique() }) });"
    )
    field = fields_of(schema.tables["t"])["a"]
    assert (field.validator, field.unique) == (STRING, True)
    assert [each.why for each in schema.dynamic] == ["what .sealed() does to a column is not known"]


def test_places() -> None:
    schema = read_kitcn(
        "const t = convexTable('t', {\n  a: text(),\n  b: id('t'),\n});\nexport default defineSchema({ t });"
    )
    fields = fields_of(schema.tables["t"])
    assert schema.tables["t"].place == Place("convex/schema.ts", FIRST_LINE)
    assert [fields[name].place for name in "ab"] == [Place("convex/schema.ts", FIRST_LINE + at) for at in (1, 2)]
    assert schema.tables["t"].foreign_keys == (
        ForeignKey(("b",), "t", ("_id",), place=Place("convex/schema.ts", FIRST_LINE + 2)),
    )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("id: text()", "Column name 'id' is reserved. System fields are managed by Convex ORM."),
        ("_id: text()", "Column name '_id' is reserved. System fields are managed by Convex ORM."),
        (
            "_creationTime: integer()",
            "Column name '_creationTime' is reserved. System fields are managed by Convex ORM.",
        ),
        ("a: 'text'", "Column 'a' on 't' must be a column builder."),
        (
            "a: text().references(() => null)",
            "Foreign key on 't.a' references a column without a table. Use references(() => targetTable.column).",
        ),
    ],
)
def test_what_kitcn_refuses(columns: str, message: str) -> None:
    schema = read_kitcn(
        f"const t = convexTable('t', {{ ok: text(), {columns} }});\nexport default defineSchema({{ t }});"
    )
    assert messages(schema) == [message]
    assert "ok" in fields_of(schema.tables["t"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("_storage", "Table name '_storage' is reserved. System tables cannot be redefined."),
        ("a-b", "Invalid table name 'a-b'. Must start with letter, contain only alphanumeric and underscore."),
        ("1a", "Invalid table name '1a'. Must start with letter, contain only alphanumeric and underscore."),
    ],
)
def test_table_names_that_kitcn_refuses(name: str, message: str) -> None:
    schema = read_kitcn(f"export default defineSchema({{ t: convexTable('{name}', {{ a: text() }}) }});")
    assert messages(schema) == [message]
