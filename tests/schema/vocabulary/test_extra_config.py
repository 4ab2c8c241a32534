"""The extra configuration of kitcn's tables: every form, what comes of it, and what kitcn refuses."""

from __future__ import annotations

import pytest

from kitcn_repl.schema.model import (
    AggregateIndex,
    Check,
    ForeignKey,
    Index,
    Place,
    Policy,
    RankIndex,
    RowSecurity,
    Unique,
)
from tests.schema.vocabulary.reading import FIRST_LINE, messages, read_kitcn, table_of

COLUMNS = (
    "name: text().notNull(), kind: textEnum(['a', 'b']), score: integer(), at: timestamp(), day: date(), "
    "ok: boolean(), big: bigint(), ownerId: id('t'), embedding: vector(3), data: json()"
)
PLACE = Place("convex/schema.ts", FIRST_LINE)
CREATED_AT = "'createdAt' is reserved and maps to internal '_creationTime'."


def index(name: str, *fields: str) -> Index:
    return Index(name, "database", fields, origins=("source",), place=PLACE)


FORMS = {
    "array": "(t) => [index('a').on(t.name), index('b').on(t.kind, t.score)]",
    "object": "(t) => ({ one: index('a').on(t.name), two: index('b').on(t.kind, t.score) })",
    "block": "(t) => { return [index('a').on(t.name), index('b').on(t.kind, t.score)]; }",
    "function": "function (t) { return [index('a').on(t.name), index('b').on(t.kind, t.score)]; }",
    "destructured": "({ name, kind, score }) => [index('a').on(name), index('b').on(kind, score)]",
    "spread": "(t) => [...[index('a').on(t.name)], ...[index('b').on(...[t.kind, t.score])]]",
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(form: str) -> None:
    assert table_of(COLUMNS, FORMS[form]).indexes == (index("a", "name"), index("b", "kind", "score"))


def test_a_parameter_with_the_name_of_another_table() -> None:
    schema = read_kitcn(
        """
        export const user = convexTable('user', { email: text() }, (user) => [index('email').on(user.email)]);
        export const other = convexTable('other', { name: text() }, (user) => [index('name').on(user.name)]);
        export default defineSchema({ user, other });
        """
    )
    assert messages(schema) == []
    assert [table.indexes[0].fields for table in schema.tables.values()] == [("email",), ("name",)]


def test_helpers_that_make_indexes() -> None:
    schema = read_kitcn(
        """
        const byOwner = (t: any) => index('owner').on(t.ownerId);
        const extras = (t: any) => [byOwner(t), uniqueIndex('name').on(t.name)];
        const a = convexTable('a', { ownerId: text(), name: text() }, (t) => [...extras(t)]);
        const b = convexTable('b', { ownerId: text(), name: text() }, extras);
        export default defineSchema({ a, b });
        """
    )
    for table in schema.tables.values():
        assert [each.name for each in table.indexes] == ["owner", "name"]
        assert [each.name for each in table.unique] == ["name"]


def test_unique() -> None:
    table = table_of(
        COLUMNS,
        "(t) => [uniqueIndex('by_name').on(t.name), unique().on(t.kind, t.score), unique('mine').on(t.at), "
        "unique().on(t.day).nullsNotDistinct()]",
    )
    assert table.unique == (
        Unique("by_name", ("name",), place=PLACE),
        Unique("t_kind_score_unique", ("kind", "score"), place=PLACE),
        Unique("mine", ("at",), place=PLACE),
        Unique("t_day_unique", ("day",), nulls_not_distinct=True, place=PLACE),
    )
    assert table.indexes == (
        index("by_name", "name"),
        index("t_kind_score_unique", "kind", "score"),
        index("mine", "at"),
        index("t_day_unique", "day"),
    )


def test_search_and_vector_indexes() -> None:
    table = table_of(
        COLUMNS,
        "(t) => [searchIndex('s').on(t.name), searchIndex('s2').on(t.kind).filter(t.ok, t.score).staged(), "
        "vectorIndex('v').on(t.embedding).dimensions(3).filter(t.kind), vectorIndex('v2').on(t.embedding).staged()"
        ".dimensions(3)]",
    )
    source = {"origins": ("source",), "place": PLACE}
    assert table.indexes == (
        Index("s", "search", ("name",), **source),  # type: ignore[arg-type]
        Index("s2", "search", ("kind",), ("ok", "score"), staged=True, **source),  # type: ignore[arg-type]
        Index("v", "vector", ("embedding",), ("kind",), 3, **source),  # type: ignore[arg-type]
        Index("v2", "vector", ("embedding",), (), 3, staged=True, **source),  # type: ignore[arg-type]
    )


def test_aggregate_indexes() -> None:
    table = table_of(
        COLUMNS,
        "(t) => [aggregateIndex('a').on(t.name, t.kind).count(t.at).sum(t.score, t.at).avg(t.score).min(t.day, t.ok)"
        ".max(t.ownerId), aggregateIndex('b').all().count(t.at, t.at).count(t.score)]",
    )
    assert table.aggregate_indexes == (
        AggregateIndex(
            "a", ("name", "kind"), ("at",), ("score", "at"), ("score",), ("day", "ok"), ("ownerId",), ("source",), PLACE
        ),
        AggregateIndex("b", (), ("at", "score"), origins=("source",), place=PLACE),
    )
    assert table.indexes == ()


def test_rank_indexes() -> None:
    table = table_of(
        COLUMNS,
        "(t) => [rankIndex('a').partitionBy(t.kind, t.name).orderBy({ column: t.score, direction: 'desc' }, t.at)"
        ".orderBy(t.day).sum(t.score), rankIndex('b').all().orderBy(t.score)]",
    )
    assert table.rank_indexes == (
        RankIndex(
            "a", ("kind", "name"), (("score", "desc"), ("at", "asc"), ("day", "asc")), "score", ("source",), PLACE
        ),
        RankIndex("b", (), (("score", "asc"),), None, ("source",), PLACE),
    )


def test_foreign_keys() -> None:
    schema = read_kitcn(
        """
        const user = convexTable('user', { first: text(), last: text() });
        const t = convexTable('t', { a: text(), b: text(), c: id('user') }, (t) => [
          foreignKey({ columns: [t.a, t.b], foreignColumns: [user.first, user.last], name: 'ab', onDelete: 'cascade' }),
          foreignKey({ columns: [t.a], foreignColumns: [user.id] }).onDelete('set null').onUpdate('no action'),
          foreignKey({ columns: [t.a], foreignColumns: [t.id], onUpdate: 'restrict' }),
          foreignKey({ columns: [t.c], foreignColumns: [user.id], name: 'explicit' }),
        ]);
        export default defineSchema({ user, t });
        """
    )
    assert messages(schema) == []
    at = Place("convex/schema.ts", FIRST_LINE + 3)
    assert schema.tables["t"].foreign_keys == (
        ForeignKey(("a", "b"), "user", ("first", "last"), "ab", "cascade", None, at),
        ForeignKey(("a",), "user", ("_id",), None, "set null", "no action", Place(at.file, at.line + 1)),
        ForeignKey(("a",), "t", ("_id",), None, None, "restrict", Place(at.file, at.line + 2)),
        ForeignKey(("c",), "user", ("_id",), "explicit", None, None, Place(at.file, at.line + 3)),
    )


def test_checks() -> None:
    table = table_of(COLUMNS, "(t) => [check('positive', gt(t.score, 0)), check('named', isNotNull(t.name))]")
    assert table.checks == (
        Check("positive", "gt(t.score, 0)", PLACE),
        Check("named", "isNotNull(t.name)", PLACE),
    )


@pytest.mark.parametrize(
    ("call", "mode", "delay"),
    [
        ("deletion('hard')", "hard", None),
        ("deletion('soft')", "soft", None),
        ("deletion('scheduled', { delayMs: 60_000 })", "scheduled", 60000.0),
    ],
)
def test_deletion(call: str, mode: str, delay: float | None) -> None:
    table = table_of(f"{COLUMNS}, deletionTime: integer()", f"() => [{call}]")
    assert (table.deletion, table.deletion_delay) == (mode, delay)


def test_policies() -> None:
    schema = read_kitcn(
        """
        const admin = rlsRole('admin');
        const t = convexTable.withRLS('t', { ownerId: text(), name: text() }, (t) => [
          rlsPolicy('read', { for: 'select', using: (ctx) => eq(t.ownerId, ctx.viewerId) }),
          rlsPolicy('write', {
            as: 'restrictive', for: 'update', to: [admin, 'editor'], using: eq(t.name, 'x'), withCheck: gt(t.name, 'a'),
          }),
          rlsPolicy('all', { to: rlsRole('guest').existing() }),
          rlsPolicy('elsewhere', { to: 'public' }).link(other),
        ]);
        const other = convexTable('other', { a: text() });
        const empty = convexTable.withRLS('empty', { a: text() });
        const open = convexTable('open', { a: text() });
        export default defineSchema({ other, t, empty, open });
        """
    )
    assert messages(schema) == []
    assert schema.tables["t"].rls == RowSecurity(
        True,
        (
            Policy("read", "select", using="(ctx) => eq(t.ownerId, ctx.viewerId)", place=at(4)),
            Policy(
                "write",
                "update",
                "restrictive",
                ("admin", "editor"),
                "eq(t.name, 'x')",
                "gt(t.name, 'a')",
                at(5),
            ),
            Policy("all", to=("guest",), place=at(8)),
        ),
    )
    assert schema.tables["other"].rls == RowSecurity(True, (Policy("elsewhere", to=("public",), place=at(9)),))
    assert schema.tables["empty"].rls == RowSecurity(True)
    assert schema.tables["open"].rls == RowSecurity(False)


def at(line: int) -> Place:
    return Place("convex/schema.ts", FIRST_LINE + line - 1)


REFUSED = {
    "index('a')": "Invalid index definition on 't'. Did you forget to call .on(...)?",
    "uniqueIndex('a')": "Invalid index definition on 't'. Did you forget to call .on(...)?",
    "unique()": "Invalid unique constraint definition on 't'. Did you forget to call .on(...)?",
    "aggregateIndex('a')": "Invalid aggregate index definition on 't'. Did you forget to call .on(...) or .all()?",
    "rankIndex('a')": "Invalid rank index definition on 't'. Did you forget to call .partitionBy(...) or .all()?",
    "searchIndex('a')": "Invalid search index definition on 't'. Did you forget to call .on(...)?",
    "vectorIndex('a')": "Invalid vector index definition on 't'. Did you forget to call .on(...)?",
    "index('a').on(t.name).where(eq(t.name, 'x'))": (
        "Convex does not support partial indexes. Remove .where(...) from index 'a'."
    ),
    "index('a').on(t.createdAt)": f"Index 'a' cannot use 'createdAt'. {CREATED_AT}",
    "unique().on(t.createdAt)": f"Unique constraint cannot use 'createdAt'. {CREATED_AT}",
    "searchIndex('a').on(t.score)": (
        "Search index 'a' only supports text() columns. Field 'score' is type 'ConvexNumber'."
    ),
    "vectorIndex('a').on(t.name).dimensions(3)": (
        "Vector index 'a' requires a vector() column. Field 'name' is type 'ConvexText'."
    ),
    "vectorIndex('a').on(t.embedding)": "Vector index 'a' is missing dimensions. Call .dimensions(n) before using.",
    "vectorIndex('a').on(t.embedding).dimensions(4)": (
        "Vector index 'a' dimensions (4) do not match vector column 'embedding' dimensions (3)."
    ),
    "index('a').on(other.name)": "Index 'a' references column from 'other', but belongs to 't'.",
    "index('a').on(t.missing)": "Index 'a' of 't' names a column that the table does not have.",
    "aggregateIndex('a').all().sum(t.name)": (
        "aggregateIndex 'a' sum() supports integer()/timestamp() columns only. Field 'name' is type 'ConvexText'."
    ),
    "aggregateIndex('a').all().avg(t.day)": (
        "aggregateIndex 'a' avg() supports integer()/timestamp() columns only. Field 'day' is type 'ConvexDate'."
    ),
    "aggregateIndex('a').all().min(t.data)": (
        "aggregateIndex 'a' min() does not support column type 'ConvexCustom' on 'data'."
    ),
    "rankIndex('a').all()": "rankIndex 'a' on 't' must declare at least one orderBy(...) column.",
    "rankIndex('a').all().orderBy(t.name)": (
        "rankIndex 'a' orderBy() supports integer()/timestamp()/date() columns only. Field 'name' is type 'ConvexText'."
    ),
    "aggregateIndex('a').all(), rankIndex('a').all().orderBy(t.score)": "Duplicate aggregate index 'a' on 't'.",
    "foreignKey({ columns: [t.name, t.kind], foreignColumns: [other.id] })": (
        "Foreign key on 't' must specify matching columns and foreignColumns."
    ),
    "foreignKey({ columns: [t.name, t.kind], foreignColumns: [other.id, t.id] })": (
        "Foreign key on 't' mixes foreign columns from 'other' and 't'."
    ),
    "foreignKey({ columns: [other.name], foreignColumns: [other.id] })": (
        "Foreign key references column from 'other', but belongs to 't'."
    ),
    "deletion('hard'), deletion('soft')": "Only one deletion(...) config can be defined for 't'.",
    "deletion('soft', { delayMs: 1 })": "deletion() delayMs is only supported for 'scheduled'.",
    "'by_name'": "Unsupported extra config value in convexTable('t').",
}


@pytest.mark.parametrize("item", REFUSED)
def test_what_kitcn_refuses(item: str) -> None:
    schema = read_kitcn(
        f"""
        const other = convexTable('other', {{ name: text() }});
        const t = convexTable('t', {{ {COLUMNS}, createdAt: timestamp() }}, (t) => [index('ok').on(t.name), {item}]);
        export default defineSchema({{ other, t }});
        """
    )
    assert messages(schema) == [REFUSED[item]]
    assert [problem.place.line for problem in schema.problems] == [FIRST_LINE + 2]
    assert schema.tables["t"].indexes[0].name == "ok"


def test_unknown_items_are_reported() -> None:
    schema = read_kitcn(
        """
        import { audited, name } from "some-package";
        const t = convexTable('t', { a: text() }, (t) => [
          index('ok').on(t.a), audited(t), ...audited.all, index(name).on(t.a),
        ]);
        export default defineSchema({ t });
        """
    )
    assert [each.name for each in schema.tables["t"].indexes] == ["ok"]
    assert {each.what for each in schema.dynamic} == {"the indexes of t", "the name of an index"}
    assert messages(schema) == []
