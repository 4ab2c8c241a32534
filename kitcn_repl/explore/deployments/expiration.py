"""When a new deployment ends: `7d`, `in 7 days`, a time, or `none`."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from kitcn_repl.errors import UsageError

_UNITS = {
    "m": 60,
    "minute": 60,
    "min": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
    "w": 604800,
    "week": 604800,
}
_RELATIVE = re.compile(r"(?:in\s+)?(\d{1,9})\s*(m|min|minute|h|hour|d|day|w|week)s?", re.IGNORECASE)
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)Z?)?", re.IGNORECASE)
_LEAST, _MOST = 30 * 60, 365 * 86400
_MILLISECONDS = 10**12
"""Whole numbers from here on are milliseconds, those below are seconds."""
FORMS = "none, 45m, 12h, 7d, 2w, 'in 7 days', 2026-04-01, 2026-04-01T00:00:00Z (UTC) or a UNIX time"


def parse_expiration(text: str, now: float) -> int | None:
    """Milliseconds since 1970, None for never. `now` is in seconds. Raises UsageError."""
    wanted = text.strip()
    if wanted.lower() == "none":
        return None
    at = _time(wanted, now)
    if at is None:
        raise UsageError(f"--expiration {text!r} is not understood; it is {FORMS}.")
    if at - now <= 0:
        raise UsageError(f"--expiration {text!r} is in the past.")
    if at - now < _LEAST:
        raise UsageError(f"--expiration {text!r} is too soon: a deployment lives for 30 minutes at least.")
    if at - now > _MOST:
        raise UsageError(f"--expiration {text!r} is too late: 365 days from now at most, or none.")
    return round(at * 1000)


def _time(wanted: str, now: float) -> float | None:
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 16:
        number = int(wanted)
        return number / 1000 if number >= _MILLISECONDS else number
    relative = _RELATIVE.fullmatch(wanted)
    if relative:
        return now + int(relative[1]) * _UNITS[relative[2].lower()]
    absolute = _TIME.fullmatch(wanted)
    if absolute is None:
        return None
    try:
        return datetime.fromisoformat(f"{absolute[1]}T{absolute[2] or '00:00:00'}").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
