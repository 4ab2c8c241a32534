"""The schema document that Convex would deploy."""

from __future__ import annotations

from kitcn_repl.schema.convex_json import schema_json
from kitcn_repl.schema.deployed import declared_tables
from kitcn_repl.schema.model import Field, Index, Schema, Table
from kitcn_repl.values import JsonObject
from tests.schema.vocabulary.reading import ANY, STRING, read_kitcn

EMPTY: JsonObject = {
    "indexes": [],
    "stagedDbIndexes": [],
    "searchIndexes": [],
    "stagedSearchIndexes": [],
    "vectorIndexes": [],
    "stagedVectorIndexes": [],
}


def test_indexes() -> None:
    indexes = (
        Index("a", "database", ("x", "y.z")),
        Index("b", "database", ("x",), staged=True),
        Index("c", "search", ("x",), ("y",)),
        Index("d", "search", ("x",), staged=True),
        Index("e", "vector", ("v",), ("x",), 3),
        Index("f", "vector", ("v",), (), 4, staged=True),
    )
    table = Table("t", {"x": Field("x", STRING, False)}, indexes=indexes)
    assert schema_json(Schema({"t": table}, validates=False)) == {
        "tables": [
            {
                "tableName": "t",
                "indexes": [{"indexDescriptor": "a", "fields": ["x", "y.z"]}],
                "stagedDbIndexes": [{"indexDescriptor": "b", "fields": ["x"]}],
                "searchIndexes": [{"indexDescriptor": "c", "searchField": "x", "filterFields": ["y"]}],
                "stagedSearchIndexes": [{"indexDescriptor": "d", "searchField": "x", "filterFields": []}],
                "vectorIndexes": [{"indexDescriptor": "e", "vectorField": "v", "dimensions": 3, "filterFields": ["x"]}],
                "stagedVectorIndexes": [
                    {"indexDescriptor": "f", "vectorField": "v", "dimensions": 4, "filterFields": []}
                ],
                "documentType": {"type": "object", "value": {"x": {"fieldType": STRING, "optional": False}}},
            }
        ],
        "schemaValidation": False,
    }


def test_what_is_not_known_takes_anything() -> None:
    tables = {
        "open": Table("open", {"x": Field("x", STRING, False)}, open=True),
        "anything": Table("anything", None),
        "field": Table("field", {"x": Field("x", None, True)}),
        "union": Table("union", {"x": Field("x", STRING, False)}, document={"type": "union", "value": []}),
    }
    documents = [
        ANY,
        ANY,
        {"type": "object", "value": {"x": {"fieldType": ANY, "optional": True}}},
        {"type": "union", "value": []},
    ]
    assert schema_json(Schema(tables)) == {
        "tables": [
            {"tableName": name, **EMPTY, "documentType": document}
            for name, document in zip(tables, documents, strict=True)
        ],
        "schemaValidation": True,
    }


def test_it_reads_back_as_the_same_tables() -> None:
    schema = read_kitcn(
        """
        const columns = { email: text().notNull().unique(), embedding: vector(3), bio: text() };
        const user = convexTable('user', columns, (t) => [
          searchIndex('bio').on(t.bio).filter(t.email), vectorIndex('near').on(t.embedding).dimensions(3),
        ]);
        const event = convexTable('event', {
          kind: discriminator({ variants: { a: { x: text() }, b: { y: id('user') } } }),
        });
        export default defineSchema({ user, event });
        """
    )
    tables = declared_tables(schema_json(schema))
    assert list(tables) == ["user", "event"]
    for name, table in tables.items():
        source = schema.tables[name]
        assert {key: (field.validator, field.optional) for key, field in (table.fields or {}).items()} == {
            key: (field.validator, field.optional) for key, field in (source.fields or {}).items()
        }
        assert [
            (index.name, index.kind, index.fields, index.filter_fields, index.dimensions) for index in table.indexes
        ] == [(index.name, index.kind, index.fields, index.filter_fields, index.dimensions) for index in source.indexes]
