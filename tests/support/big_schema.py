"""A kitcn schema of any length, as a large app has it."""

from __future__ import annotations

_TABLE = """
export const {name}Table = convexTable(
  "{name}",
  {{
    ...timestamps,
    name: text().notNull(),
    slug: text().notNull().unique(),
    status: textEnum(["draft", "active", "archived"] as const).notNull().default("draft"),
    score: integer().notNull().default(0),
    meta: json<Record<string, unknown>>(),
    tags: arrayOf(text().notNull()),
    ownerId: id("user")
      .notNull()
      .references(() => userTable.id, {{ onDelete: "cascade" }}),
    parentId: text().references((): AnyColumn => {name}Table.id, {{ onDelete: "set null" }}),
    previousId: text().references(() => {previous}Table.id),
  }},
  ({name}Table) => [
    index("by_owner").on({name}Table.ownerId, {name}Table.status),
    index("by_parent").on({name}Table.parentId),
    uniqueIndex("by_owner_name").on({name}Table.ownerId, {name}Table.name),
    searchIndex("search_name").on({name}Table.name).filter({name}Table.ownerId),
  ],
);
"""
_RELATIONS = """  {name}: {{
    owner: r.one.user({{ from: r.{name}.ownerId, to: r.user.id, alias: "{name}_owner" }}),
    parent: r.one.{name}({{ from: r.{name}.parentId, to: r.{name}.id, alias: "{name}_tree" }}),
    children: r.many.{name}({{ from: r.{name}.id, to: r.{name}.parentId, alias: "{name}_tree" }}),
    previous: r.one.{previous}({{ from: r.{name}.previousId, to: r.{previous}.id, alias: "{name}_previous" }}),
  }},
"""
_HEAD = """import {
  type AnyColumn, arrayOf, convexTable, defineSchema, id, index, integer, json, searchIndex, text, textEnum, timestamp,
  uniqueIndex,
} from "kitcn/orm";

const timestamps = {
  createdAt: timestamp().notNull().defaultNow(),
  updatedAt: timestamp().notNull().$onUpdate(() => new Date()),
};

export const userTable = convexTable("user", { name: text().notNull(), email: text().notNull().unique() });
"""


def big_schema(lines: int) -> str:
    """About as many lines; every table has three foreign keys, four indexes and four relations."""
    each = _TABLE.count("\n") + _RELATIONS.count("\n") + 2
    names = [f"thing{at}" for at in range(max(1, (lines - _HEAD.count("\n")) // each))]
    pairs = list(zip(names, ["user", *names], strict=False))
    tables = "".join(_TABLE.format(name=name, previous=previous) for name, previous in pairs)
    registered = "".join(f"  {name}: {name}Table,\n" for name in ["user", *names])
    owned = "".join(
        f'    {name}s: r.many.{name}({{ from: r.user.id, to: r.{name}.ownerId, alias: "{name}_owner" }}),\n'
        for name in names
    )
    relations = "".join(_RELATIONS.format(name=name, previous=previous) for name, previous in pairs)
    return (
        f"{_HEAD}{tables}\nexport const tables = {{\n{registered}}};\n\n"
        f"export default defineSchema(tables).relations((r) => ({{\n  user: {{\n{owned}  }},\n{relations}}}));\n"
    )
