"""`convex-helpers`, as schemas use it."""

from __future__ import annotations

import pytest

from kitcn_repl.values import JsonObject
from tests.schema.vocabulary.reading import (
    ANY,
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
    union,
)

HELPERS = """
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { omit, pick } from "convex-helpers";
import { Table } from "convex-helpers/server";
import {
  addFieldsToValidator, brandedString, deprecated, doc, literals, nullable, partial, pretend, pretendRequired,
  systemFields, typedV, vRequired, withSystemFields,
} from "convex-helpers/validators";
const fields = { a: v.string(), b: v.optional(v.number()) };
const either = v.union(v.object({ a: v.string() }), v.object({ b: v.number() }));
"""

FIELDS: dict[str, tuple[JsonObject, bool]] = {
    "literals('a', 1, false)": (union(literal("a"), literal(1), literal(False)), False),
    "literals(...(['a', 'b'] as const))": (union(literal("a"), literal("b")), False),
    "nullable(v.string())": (union(NULL, STRING), False),
    "v.object(partial(fields))": (obj(a=(STRING,), b=(NUMBER,)), False),
    "partial(v.object(fields))": (obj(a=(STRING,), b=(NUMBER,)), False),
    "partial(either)": (union(obj(a=(STRING,)), obj(b=(NUMBER,))), False),
    "brandedString('email')": (STRING, False),
    "deprecated": (ANY, True),
    "pretend(v.string())": (ANY, True),
    "pretendRequired(v.string())": (STRING, True),
    "vRequired(v.optional(v.string()))": (STRING, False),
    "v.object(systemFields('users'))": (obj(_id=id_of("users"), _creationTime=NUMBER), False),
    "v.object(withSystemFields('users', { a: v.string() }))": (
        obj(a=STRING, _id=id_of("users"), _creationTime=NUMBER),
        False,
    ),
    "addFieldsToValidator(fields, { c: v.null() })": (obj(a=STRING, b=(NUMBER,), c=NULL), False),
    "addFieldsToValidator(either, { c: v.null() })": (union(obj(a=STRING, c=NULL), obj(b=NUMBER, c=NULL)), False),
    "v.object(pick(fields, ['a']))": (obj(a=STRING), False),
    "v.object(omit(fields, ['a']))": (obj(b=(NUMBER,)), False),
    "Users.doc": (obj(name=STRING, _id=id_of("users"), _creationTime=NUMBER), False),
    "Users._id": (id_of("users"), False),
    "v.object(Users.withoutSystemFields)": (obj(name=STRING), False),
    "v.array(v.object(Users.withSystemFields))": (
        array(obj(name=STRING, _id=id_of("users"), _creationTime=NUMBER)),
        False,
    ),
    "typedV(other).id('users')": (id_of("users"), False),
    "doc(other, 'users')": (obj(name=STRING, _id=id_of("users"), _creationTime=NUMBER), False),
}


@pytest.mark.parametrize("text", FIELDS)
def test_fields(text: str) -> None:
    schema = read(
        HELPERS
        + f"""
        const Users = Table("users", {{ name: v.string() }});
        const other = defineSchema({{ users: Users.table }});
        export default defineSchema({{ t: defineTable({{ x: {text} }}) }});
        """
    )
    assert (messages(schema), schema.dynamic) == ([], ())
    field = fields_of(schema.tables["t"])["x"]
    assert (field.validator, field.optional) == FIELDS[text]


def test_table() -> None:
    schema = read(
        HELPERS
        + """
        const Users = Table("users", { name: v.string() });
        export default defineSchema({ users: Users.table.index("name", ["name"]) });
        """
    )
    assert messages(schema) == []
    assert list(fields_of(schema.tables["users"])) == ["name"]
    assert [index.name for index in schema.tables["users"].indexes] == ["name"]


def test_zod_is_dynamic() -> None:
    schema = read(
        HELPERS
        + """
        import { zodOutputToConvex } from "convex-helpers/server/zod4";
        import { z } from "zod";
        export default defineSchema({ t: defineTable({ x: zodOutputToConvex(z.string()), y: v.string() }) });
        """
    )
    assert messages(schema) == []
    assert {name: field.validator for name, field in fields_of(schema.tables["t"]).items()} == {"x": None, "y": STRING}
    assert ["zodOutputToConvex makes the validator when it runs" in each.why for each in schema.dynamic] == [True]
