"""Times as the genuine CLI writes them: `Date.prototype.toLocaleString` of Node, in the local zone and language."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import lru_cache

# Date and time by language and country, else by language alone; H is the hour of the day, h that of the clock.
_FORMATS = {
    "en": "{m}/{d}/{y}, {h}:{M:02}:{S:02} {noon}",
    "en-AU": "{d:02}/{m:02}/{y}, {h}:{M:02}:{S:02} {noon_lower}",
    "en-CA": "{y}-{m:02}-{d:02}, {h}:{M:02}:{S:02} {noon_dotted}",
    "en-GB": "{d:02}/{m:02}/{y}, {H:02}:{M:02}:{S:02}",
    "en-IN": "{d}/{m}/{y}, {h}:{M:02}:{S:02} {noon_lower}",
    "de": "{d}.{m}.{y}, {H:02}:{M:02}:{S:02}",
    "es": "{d}/{m}/{y}, {H}:{M:02}:{S:02}",
    "fr": "{d:02}/{m:02}/{y} {H:02}:{M:02}:{S:02}",
    "it": "{d:02}/{m:02}/{y}, {H:02}:{M:02}:{S:02}",
    "ja": "{y}/{m}/{d} {H}:{M:02}:{S:02}",
    "nl": "{d}-{m}-{y}, {H:02}:{M:02}:{S:02}",
    "pl": "{d}.{m:02}.{y}, {H:02}:{M:02}:{S:02}",
    "pt": "{d:02}/{m:02}/{y}, {H:02}:{M:02}:{S:02}",
    "sv": "{y}-{m:02}-{d:02} {H:02}:{M:02}:{S:02}",
    "zh": "{y}/{m}/{d} {H:02}:{M:02}:{S:02}",
}


class LocalTime:
    """Writes moments. The language is that of LC_ALL, LC_MESSAGES or LANG; one that is not known here is en-US."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        named = next((variables[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if variables.get(name)), "")
        locale = named.partition(".")[0].partition("@")[0].replace("_", "-")
        self._format = _FORMATS.get(locale) or _FORMATS.get(locale.partition("-")[0]) or _FORMATS["en"]

    def text(self, milliseconds: float) -> str:
        """`3/2/2026, 9:05:07 AM`, from milliseconds since 1970."""
        try:
            return _written(self._format, int(milliseconds) // 1000)
        except (ValueError, OverflowError, OSError):
            return "Invalid Date"


@lru_cache(maxsize=64)
def _written(layout: str, seconds: int) -> str:
    at = time.localtime(seconds)
    noon = "PM" if at.tm_hour >= 12 else "AM"
    return layout.format(
        y=at.tm_year,
        m=at.tm_mon,
        d=at.tm_mday,
        H=at.tm_hour,
        h=at.tm_hour % 12 or 12,
        M=at.tm_min,
        S=at.tm_sec,
        noon=noon,
        noon_lower=noon.lower(),
        noon_dotted=f"{noon[0].lower()}.m.",
    )
