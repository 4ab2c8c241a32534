"""How documents with certain values in certain fields are found: by id, by an index, or by looking through a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kitcn_repl.schema.model import Edge, Index, Schema, Table
from kitcn_repl.schema.validators import reaches_into_many

_BY_CREATION_TIME = Index("by_creation_time", "database", ("_creationTime",))


@dataclass(frozen=True, slots=True)
class Access:
    """`prefix` are the places (in the looked up fields) of those that the id or the index answers, in index order.

    `advice` is the line that declares an index for all of the fields, None where one serves or none could.
    """

    kind: Literal["id", "index", "scan"]
    prefix: tuple[int, ...] = ()
    index: str | None = None
    advice: str | None = None


def access(schema: Schema, edge: Edge, table: str, fields: tuple[str, ...]) -> Access:
    """The best way to documents of `table` by `fields`, which `edge` names."""
    if "_id" in fields:
        return Access("id", (fields.index("_id"),))
    known = schema.tables.get(table)
    nested = [field for field in fields if _is_in_many(known, edge, table, field)]
    best: tuple[int, ...] = ()
    chosen: Index | None = None
    for index in (*(_usable(known) if known is not None else ()), _BY_CREATION_TIME):
        prefix = _prefix(index, fields, nested)
        shorter = chosen is not None and len(prefix) == len(best) and len(index.fields) < len(chosen.fields)
        if len(prefix) > len(best) or (prefix and shorter):
            best, chosen = prefix, index
    whole = len(best) == len(fields)
    advice = None if nested or whole or "_creationTime" in fields else index_line(schema, table, fields)
    if chosen is not None:
        return Access("index", best, chosen.name, advice)
    return Access("scan", advice=advice)


def index_line(schema: Schema, table: str, fields: tuple[str, ...]) -> str:
    """What declares an index on these fields, as the schema's source would write it."""
    name = "_".join(field.replace(".", "_") for field in fields)
    taken = {index.name for index in schema.tables[table].indexes} if table in schema.tables else set()
    if schema.dialect != "kitcn":
        name = f"by_{name}"
    while name in taken:
        name += "_2"
    if schema.dialect == "kitcn":
        columns = ", ".join(f"t.{field}" for field in fields)
        return f'index("{name}").on({columns})'
    listed = ", ".join(f'"{field}"' for field in fields)
    return f'.index("{name}", [{listed}])'


def _usable(table: Table) -> list[Index]:
    return [
        index
        for index in table.indexes
        if index.kind == "database"
        and not index.staged
        # a snapshot reports as done those that a source lends it
        and (index.state == "done" or (index.state is None and "deployment" in index.origins))
    ]


def _prefix(index: Index, fields: tuple[str, ...], nested: list[str]) -> tuple[int, ...]:
    prefix: list[int] = []
    for field in index.fields:
        # an index holds an array as a whole, not its items
        if field not in fields or field in nested:
            break
        prefix.append(fields.index(field))
    return tuple(prefix)


def _is_in_many(table: Table | None, edge: Edge, name: str, field: str) -> bool:
    if edge.source == name and edge.through is None and "relation" not in edge.origins and edge.cardinality == "many":
        return True
    first, *rest = field.split(".")
    known = (table.fields or {}).get(first) if table is not None else None
    return "*" in rest or (known is not None and reaches_into_many(known.validator, tuple(rest)))
