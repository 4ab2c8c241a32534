"""A stored document as kitcn's ORM hands it out: `id` and `createdAt`, and dates for times (kitcn.md 1.5, 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kitcn_repl.explore.hydration import iso_time, orm_text
from kitcn_repl.schema.model import Field
from kitcn_repl.values import JsonObject, JsonValue

_NO_FIELDS: Mapping[str, Field] = {}


@dataclass(frozen=True, slots=True)
class OrmValue:
    """`stored` is the encoded value that the ORM reads, of the stored field `path`; `date` is what it makes of it, ISO
    8601, if that is a date. `is_text` tells that the ORM gives this text and not a `Date`."""

    path: str
    stored: JsonValue
    date: str | None = None
    is_text: bool = False


def orm_row(document: JsonObject, fields: Mapping[str, Field] | None) -> dict[str, OrmValue]:
    """The fields of the ORM's row by name, in their stored order.

    `createdAt` is always the time of creation, whatever the document itself holds under that name. A field that the
    document does not have is not there either.
    """
    known = fields or _NO_FIELDS
    row: dict[str, OrmValue] = {}
    for name, value in document.items():
        if name == "_id":
            row["id"] = OrmValue("_id", value)
        elif name == "_creationTime":
            row["createdAt"] = _created(value, known.get("createdAt"))
        elif name != "createdAt" or "_creationTime" not in document:
            row[name] = _value(name, value, known.get(name))
    return row


def orm_json(document: JsonObject, fields: Mapping[str, Field] | None) -> JsonObject:
    """The row as `JSON.stringify` would write it; what JSON has no form for stays encoded as Convex does."""
    row = orm_row(document, fields)
    return {name: value.stored if value.date is None else value.date for name, value in row.items()}


def _created(value: JsonValue, column: Field | None) -> OrmValue:
    # Without a column of that name the ORM gives the number itself.
    if column is None or column.kind != "timestamp" or not isinstance(value, int | float):
        return OrmValue("_creationTime", value)
    return OrmValue("_creationTime", value, iso_time(value), column.mode == "string")


def _value(name: str, value: JsonValue, field: Field | None) -> OrmValue:
    date = orm_text(field, value)
    return OrmValue(name, value, date, date is not None and field is not None and field.mode == "string")
