"""Schemas written as text, read as a project's `convex/schema.ts`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from kitcn_repl.schema.model import Field, Schema, Table
from kitcn_repl.schema.source import read_source
from kitcn_repl.values import JsonObject, JsonValue

STRING: JsonObject = {"type": "string"}
NUMBER: JsonObject = {"type": "number"}
BOOLEAN: JsonObject = {"type": "boolean"}
INT64: JsonObject = {"type": "bigint"}
BYTES: JsonObject = {"type": "bytes"}
NULL: JsonObject = {"type": "null"}
ANY: JsonObject = {"type": "any"}

KITCN = """
import {
  aggregateIndex, arrayOf, bigint, boolean, bytes, check, convexTable, custom, date, defineRelations,
  defineRelationsPart, defineSchema, defineSchemaExtension, defineTriggers, deletion, deprecated, discriminator, eq,
  foreignKey, gt, id, index, integer, isNotNull, json, number, objectOf, pretend, pretendRequired, rankIndex, rlsPolicy,
  rlsRole, searchIndex, text, textEnum, timestamp, unionOf, unique, uniqueIndex, vector, vectorIndex,
} from "kitcn/orm";
import { v } from "convex/values";
"""
FIRST_LINE = KITCN.count("\n") + 1
"""Of a text that follows the imports of kitcn."""


def read(text: str, files: Mapping[str, str] | None = None) -> Schema:
    """The schema of a text; `files` are others beside it, by their path in the project."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name, content in {"convex/schema.ts": text, **(files or {})}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return read_source(root / "convex/schema.ts", root=root)


def read_kitcn(text: str, files: Mapping[str, str] | None = None) -> Schema:
    """The schema of a text that follows the imports of kitcn."""
    return read(KITCN + text, files)


def table_of(columns: str, extra: str = "") -> Table:
    """The table of a schema that has one, with these columns and this extra configuration. Nothing may be wrong."""
    arguments = f"'t', {{ {columns} }}{', ' + extra if extra else ''}"
    schema = read_kitcn(f"const t = convexTable({arguments});\nexport default defineSchema({{ t }});")
    assert messages(schema) == []
    assert schema.dynamic == ()
    return schema.tables["t"]


def fields_of(table: Table) -> Mapping[str, Field]:
    assert table.fields is not None
    return table.fields


def field_of(column: str, name: str = "field") -> Field:
    """The field of a table's only column."""
    return fields_of(table_of(f"{name}: {column}"))[name]


def messages(schema: Schema) -> list[str]:
    return [problem.message for problem in schema.problems]


def id_of(table: str) -> JsonObject:
    return {"type": "id", "tableName": table}


def literal(value: JsonValue) -> JsonObject:
    return {"type": "literal", "value": value}


def array(element: JsonObject) -> JsonObject:
    return {"type": "array", "value": element}


def union(*members: JsonObject) -> JsonObject:
    return {"type": "union", "value": list(members)}


def nullable(validator: JsonObject) -> JsonObject:
    return union(NULL, validator)


def obj(**fields: JsonObject | tuple[JsonObject]) -> JsonObject:
    """An object validator; a field in a tuple of one is optional."""
    return {
        "type": "object",
        "value": {
            name: {
                "fieldType": field[0] if isinstance(field, tuple) else field,
                "optional": isinstance(field, tuple),
            }
            for name, field in fields.items()
        },
    }


def record(values: JsonObject, keys: JsonObject = STRING) -> JsonObject:
    return {"type": "record", "keys": keys, "values": {"fieldType": values, "optional": False}}
