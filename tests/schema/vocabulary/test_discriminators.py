"""Columns that the cases of a discriminator add."""

from __future__ import annotations

import pytest

from kitcn_repl.schema.model import Discriminator
from tests.schema.vocabulary.reading import (
    NUMBER,
    STRING,
    fields_of,
    id_of,
    messages,
    nullable,
    read_kitcn,
    table_of,
)


def test_cases() -> None:
    table = table_of(
        """
        actorId: id('t').notNull(),
        kind: discriminator({
          as: 'event',
          variants: {
            opened: { size: integer().notNull(), note: text() },
            closed: { note: text(), targetId: id('t').notNull(), when: timestamp().notNull().defaultNow() },
            empty: {},
          },
        }),
        last: text(),
        """,
        "(t) => [index('by_target').on(t.targetId, t.kind)]",
    )
    fields = fields_of(table)
    assert list(fields) == ["actorId", "kind", "last", "size", "note", "targetId", "when"]
    assert {name: (field.validator, field.optional, field.cases) for name, field in fields.items()} == {
        "actorId": (id_of("t"), False, ()),
        "kind": (STRING, False, ()),
        "last": (nullable(STRING), True, ()),
        "size": (nullable(NUMBER), True, ("opened",)),
        "note": (nullable(STRING), True, ("opened", "closed")),
        "targetId": (nullable(id_of("t")), True, ("closed",)),
        "when": (nullable(NUMBER), True, ("closed",)),
    }
    assert fields["kind"].kind == "discriminator"
    assert table.discriminator == Discriminator(
        "kind",
        "event",
        {"opened": ("size", "note"), "closed": ("note", "targetId", "when"), "empty": ()},
        {"opened": ("size",), "closed": ("targetId",), "empty": ()},
    )
    assert [key.columns for key in table.foreign_keys] == [("actorId",), ("targetId",)]
    assert table.indexes[0].fields == ("targetId", "kind")


def test_the_alias_is_details_by_default() -> None:
    table = table_of("kind: discriminator({ variants: { a: { x: text() } } })")
    assert table.discriminator is not None
    assert table.discriminator.alias == "details"


NAME = "discriminator('t.kind')"
REFUSED = {
    "kind: discriminator({ variants: {} })": "discriminator(...).variants must contain at least one case.",
    "kind: discriminator({ variants: { a: { name: text() } } }), name: text()": (
        f"{NAME}.variants.a.name collides with an existing table column."
    ),
    "kind: discriminator({ variants: { a: { x: text() }, b: { x: integer() } } })": (
        f"{NAME} field 'x' has conflicting builder signatures across variants."
    ),
    "kind: discriminator({ variants: { a: { x: text() }, b: { x: text().notNull() } } })": (
        f"{NAME} field 'x' has conflicting builder signatures across variants."
    ),
    "kind: discriminator({ variants: { a: { x: 'text' } } })": f"{NAME}.variants.a.x must be a column builder.",
    "kind: discriminator({ variants: { a: 'x' } })": f"{NAME} variant 'a' must be an object.",
    "kind: discriminator({ as: 'name', variants: { a: { x: text() } } }), name: text()": (
        f"{NAME} alias 'name' collides with an existing column."
    ),
    "kind: discriminator({ variants: { a: {} } }), other: discriminator({ variants: { a: {} } })": (
        "Only one discriminator(...) column is currently supported on 't'."
    ),
}


@pytest.mark.parametrize("columns", REFUSED)
def test_what_kitcn_refuses(columns: str) -> None:
    schema = read_kitcn(f"export default defineSchema({{ t: convexTable('t', {{ {columns} }}) }});")
    assert messages(schema) == [REFUSED[columns]]
    assert "kind" in fields_of(schema.tables["t"])


def test_cases_that_cannot_be_known() -> None:
    schema = read_kitcn(
        """
        import { cases } from "some-package";
        export default defineSchema({ t: convexTable('t', { kind: discriminator({ variants: cases }), a: text() }) });
        """
    )
    assert list(fields_of(schema.tables["t"])) == ["kind", "a"]
    assert schema.tables["t"].open
    assert [each.what for each in schema.dynamic] == ["the cases of discriminator('t.kind')"]
    assert messages(schema) == []
