"""How long ago, and how long still, in one word."""

from __future__ import annotations

from datetime import UTC, datetime

_STEPS = ((60, "s"), (60, "min"), (24, "h"), (30.44, "d"), (12, "mo"))


def rough(seconds: float) -> str:
    """`45 s`, `12 min`, `3 h`, `9 d`, `4 mo`, `2 y`; never more than was there."""
    size = max(0.0, seconds)
    for step, unit in _STEPS:
        if size < step:
            return f"{int(size)} {unit}"
        size /= step
    return f"{int(size)} y"


def utc_text(milliseconds: int) -> str:
    """`2026-04-01T12:00:00Z`, from milliseconds since 1970; a number that no calendar has stays one."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return str(milliseconds)
