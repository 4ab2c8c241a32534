"""Stored values as kitcn's ORM hands them out (kitcn.md 1.5, 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kitcn_repl.values import JsonObject, JsonValue

if TYPE_CHECKING:
    from kitcn_repl.schema.model import Field

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCKS_DIFFER_BY = 1000.0
"""Milliseconds. A default is computed before the document gets its time."""


def iso_time(milliseconds: float) -> str | None:
    """`2026-03-02T12:00:00Z`, with milliseconds if there are any; None for what no calendar holds."""
    try:
        moment = _EPOCH + timedelta(milliseconds=int(milliseconds))
    except (OverflowError, ValueError):
        return None
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


def orm_text(field: Field | None, value: JsonValue) -> str | None:
    """The date that the ORM makes of a stored value, as text; None for a value that it leaves as it is."""
    if field is None:
        return None
    if field.kind == "timestamp" and isinstance(value, int | float) and not isinstance(value, bool):
        return iso_time(value)
    if field.kind == "date" and field.mode == "date" and isinstance(value, str):
        return value
    return None


def stored_otherwise(document: JsonObject, fields: Mapping[str, Field]) -> bool:
    """Whether a document holds a `createdAt` that the ORM never shows: it reads `_creationTime` instead."""
    if "createdAt" not in fields or fields["createdAt"].kind is None:
        return False
    stored, created = document.get("createdAt"), document.get("_creationTime")
    if not isinstance(stored, int | float) or not isinstance(created, int | float):
        return False
    return abs(stored - created) >= _CLOCKS_DIFFER_BY
