"""A series of counts in one line of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_BARS = "▁▂▃▄▅▆▇█"
NONE = "·"
UNKNOWN = " "


def sparkline(counts: Sequence[int | None], highest: int | None = None) -> str:
    """One character for each count: a bar up to `highest` (by default the highest of them), a dot for 0, a space for
    None, of which nothing is known."""
    top = max(highest or 0, *(count or 0 for count in counts), 1)
    return "".join(_bar(count, top) for count in counts)


def _bar(count: int | None, top: int) -> str:
    if count is None:
        return UNKNOWN
    if count <= 0:
        return NONE
    return _BARS[min(len(_BARS) - 1, (count * len(_BARS) - 1) // top)]


def buckets(counts: Mapping[int, int], begin: float, end: float, step: int, most: int) -> tuple[list[int], int]:
    """Counts by the time at which they begin, put in at most `most` buckets from `begin` to `end`, and how many steps
    each bucket holds. Buckets end with that of `end`."""
    last = int(end // step)
    first = min(int(begin // step) + (1 if begin % step else 0), last)
    steps = last - first + 1
    each = -(-steps // max(1, most))
    size = -(-steps // each)
    series = [0] * size
    for start, count in counts.items():
        # counted from the end, so that the newest bucket is a whole one
        at = size - 1 - (last - int(start // step)) // each
        if 0 <= at < size:
            series[at] += count
    return series, each
