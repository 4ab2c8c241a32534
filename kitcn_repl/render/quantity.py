"""Counts, byte sizes and durations as people read them."""

from __future__ import annotations

_UNITS = ("KiB", "MiB", "GiB", "TiB")


def count(number: int) -> str:
    """`32000` -> `32,000`."""
    return f"{number:,}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1 query`, `2 queries`."""
    return f"{count(number)} {noun if number == 1 else plural or noun + 's'}"


def byte_size(number: float) -> str:
    """Powers of 1024, two or three significant digits: `512 B`, `3.4 KiB`, `16 MiB`."""
    if number < 1024:
        return f"{number:.0f} B"
    size = number / 1024
    for unit in _UNITS:
        if size < 999.5 or unit == _UNITS[-1]:
            return f"{size:.0f} {unit}" if size >= 9.95 or size == int(size) else f"{size:.1f} {unit}"
        size /= 1024
    raise AssertionError("unreachable")


def duration(seconds: float) -> str:
    """`45 ms`, `1.2 s`, `2 min 05 s`."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"
