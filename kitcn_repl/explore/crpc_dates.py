"""Dates as kitcn's procedures (cRPC) send and take them: `{"__crpc": 1, "t": "$date", "v": milliseconds}`.

People write them as `{"$date": "2026-03-02"}` in arguments; no field of Convex can have that name.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kitcn_repl.values import JsonObject, JsonValue

if TYPE_CHECKING:
    from kitcn_repl.project.layout import Project

WRITTEN = "$date"
_LARGEST = 8.64e15  # milliseconds: JavaScript has no dates beyond
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def encode_dates(value: JsonValue) -> JsonValue:
    """Replaces each `{"$date": ...}` by what goes to a procedure. Raises ValueError for what is no date."""
    if isinstance(value, list):
        return [encode_dates(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {WRITTEN}:
        return wire_date(_milliseconds(value[WRITTEN]))
    return {name: encode_dates(item) for name, item in value.items()}


def wire_date(milliseconds: float) -> JsonObject:
    return {"__crpc": 1, "t": "$date", "v": milliseconds}


def date_in(value: JsonValue) -> float | None:
    """The milliseconds of what a procedure sends as a date; None for anything else."""
    if not isinstance(value, dict) or len(value) != 3 or value.get("__crpc") != 1 or value.get("t") != "$date":
        return None
    time = value.get("v")
    if isinstance(time, bool) or not isinstance(time, int | float):
        return None
    return float(time) if abs(time) <= _LARGEST else None


def holds_dates(value: JsonValue) -> bool:
    if isinstance(value, list):
        return any(map(holds_dates, value))
    if not isinstance(value, dict):
        return False
    return date_in(value) is not None or any(map(holds_dates, value.values()))


def iso_text(milliseconds: float) -> str:
    """As `Date.prototype.toISOString`, without milliseconds that are none; before and after the years that Python
    knows, the number itself."""
    try:
        moment = _EPOCH + timedelta(milliseconds=math.trunc(milliseconds))
    except OverflowError:
        return f"{milliseconds:.0f} ms"
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


def is_procedure(project: Project | None, function: str) -> bool | None:
    """Whether kitcn's builders made a function (`path/module:name`); None where the project does not tell."""
    if project is None or not project.uses_kitcn:
        return None
    from kitcn_repl.explore.procedures.generated import read_generated

    generated = read_generated(project)
    return function in generated.procedures if generated.files else None


def _milliseconds(written: JsonValue) -> float:
    if isinstance(written, int | float) and not isinstance(written, bool):
        if not abs(written) <= _LARGEST:
            raise ValueError(f"$date: {written} ms is no time that JavaScript has")
        return math.trunc(written)
    if not isinstance(written, str):
        raise ValueError('$date takes a text such as "2026-03-02T12:00:00Z", or milliseconds since 1970')
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(f'$date: {written!r} is no date such as "2026-03-02" or "2026-03-02T12:00:00Z"') from None
    if moment.tzinfo is None:
        if len(written) > 10:
            raise ValueError(f'$date: {written!r} has no time zone: end it with "Z" (UTC) or "+02:00"')
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)
