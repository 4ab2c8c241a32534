"""The schema document that Convex would deploy for a schema (deployment-api.md 8.1)."""

from __future__ import annotations

from collections.abc import Iterable

from kitcn_repl.schema.model import Index, Schema, Table
from kitcn_repl.values import JsonObject, JsonValue

_ANY: JsonObject = {"type": "any"}


def schema_json(schema: Schema) -> JsonObject:
    """`{tables, schemaValidation}`: tables in the schema's order, indexes as they are declared.

    What cannot be known of a field is `any`; a table of which fields are missing takes any document.
    """
    return {
        "tables": [table_json(table) for table in schema.tables.values()],
        "schemaValidation": schema.validates,
    }


def table_json(table: Table) -> JsonObject:
    """One element of the document's `tables`."""
    return {
        "tableName": table.name,
        "indexes": [_database(index) for index in _of(table, "database", staged=False)],
        "stagedDbIndexes": [_database(index) for index in _of(table, "database", staged=True)],
        "searchIndexes": [_search(index) for index in _of(table, "search", staged=False)],
        "stagedSearchIndexes": [_search(index) for index in _of(table, "search", staged=True)],
        "vectorIndexes": [_vector(index) for index in _of(table, "vector", staged=False)],
        "stagedVectorIndexes": [_vector(index) for index in _of(table, "vector", staged=True)],
        "documentType": _document(table),
    }


def _of(table: Table, kind: str, *, staged: bool) -> Iterable[Index]:
    return (index for index in table.indexes if index.kind == kind and index.staged == staged)


def _database(index: Index) -> JsonValue:
    return {"indexDescriptor": index.name, "fields": list(index.fields)}


def _search(index: Index) -> JsonValue:
    return {
        "indexDescriptor": index.name,
        "searchField": index.fields[0],
        "filterFields": list(index.filter_fields),
    }


def _vector(index: Index) -> JsonValue:
    return {
        "indexDescriptor": index.name,
        "vectorField": index.fields[0],
        "dimensions": index.dimensions,
        "filterFields": list(index.filter_fields),
    }


def _document(table: Table) -> JsonObject:
    if table.document is not None:
        return table.document
    if table.fields is None or table.open:
        return _ANY
    fields: JsonObject = {
        name: {"fieldType": field.validator if field.validator is not None else _ANY, "optional": field.optional}
        for name, field in table.fields.items()
    }
    return {"type": "object", "value": fields}
