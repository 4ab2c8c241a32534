"""Instants as the management service writes them."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_INSTANT: Final = re.compile(
    r"\s*(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?)?"
    r"\s*(?:(Z|UTC)|([+-])(\d\d):?(\d\d))?\s*",
    re.ASCII | re.IGNORECASE,
)
_FIRST: Final = -62_135_596_800_000
_LAST: Final = 253_402_300_799_999
"""The milliseconds of the years 1 to 9999."""


def instant(value: object) -> float | None:
    """Milliseconds since 1970 of `2026-03-02T11:20:30.5Z`, `2026-03-02 11:00:00` or `2026-03-02T11`, and of a number
    that is that already. Without a zone it is UTC, as everything is that the service writes. None for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if _FIRST <= value <= _LAST else None
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, _, sign, off_hours, off_minutes = found.groups()
    zone: timezone = UTC
    try:
        if sign is not None:
            offset = timedelta(hours=int(off_hours), minutes=int(off_minutes))
            zone = timezone(offset if sign == "+" else -offset)
        moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), 0, zone)
        return moment.timestamp() * 1000 + (int(fraction[:3].ljust(3, "0")) if fraction else 0)
    except (ValueError, OverflowError):
        return None


def text_of(milliseconds: float) -> str:
    """`2026-03-02T11:20:30.500Z`, as JavaScript's `toISOString`."""
    whole = math.floor(milliseconds)
    moment = datetime.fromtimestamp(whole // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{whole % 1000:03d}Z"


def day_of(milliseconds: float) -> str:
    """The day in UTC."""
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d}"
