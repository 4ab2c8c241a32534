"""Moments as people write them: `1h`, `2d12h`, `2026-03-02T09:00`."""

from __future__ import annotations

import re
from datetime import datetime

from kitcn_repl.errors import UsageError

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(min|[smhdw])\s*", re.IGNORECASE)
_DURATION = re.compile(rf"(?:{_PART.pattern})+", re.IGNORECASE)


class Moment:
    """A moment that was written down: absolute, or before a present that is known later. Raises UsageError."""

    def __init__(self, text: str, option: str = "--since") -> None:
        self._before: float | None = None
        self._at = 0.0
        text = text.strip()
        if _DURATION.fullmatch(text):
            self._before = sum(float(part[1]) * _UNITS[part[2].lower()] for part in _PART.finditer(text)) * 1000
            return
        try:
            # Without a zone it is the clock on the wall here, as the times in the log are.
            self._at = datetime.fromisoformat(text).timestamp() * 1000
        except (ValueError, OverflowError, OSError):
            raise UsageError(
                f"{option} {text!r} is neither a duration, such as 90s, 15m, 1h or 2d, nor a time, such as"
                " 2026-03-02T09:00 or 2026-03-02T09:00:00Z."
            ) from None

    def milliseconds(self, present: float) -> float:
        """Since 1970, like `present`."""
        return self._at if self._before is None else present - self._before
