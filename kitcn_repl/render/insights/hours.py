"""When an insight happened, hour by hour, as far as anybody knows."""

from __future__ import annotations

from kitcn_repl.explore.insights.model import HOUR, Insight, Report
from kitcn_repl.render.sparkline import buckets


def series(report: Report, insight: Insight, most: int) -> tuple[list[int | None], int]:
    """Counts in at most `most` buckets, the newest last, and how many hours each holds. None is a bucket of which
    nothing is known: the log was not seen then."""
    found = {hour.start: hour.count for hour in insight.hours}
    counts, each = buckets(found, report.begin, _end(report), HOUR, most)
    known = covered(report, len(counts), each)
    return [count if count or is_known else None for count, is_known in zip(counts, known, strict=True)], each


def covered(report: Report, size: int, each: int = 1) -> list[bool]:
    """For each of `size` buckets of `each` hours, of which the last ends with the window's last hour, whether anything
    is known of it."""
    if report.source == "cloud":
        return [True] * size
    # The log was read just now, so after its last entry nothing happened.
    newest = max((span.end for span in report.seen), default=0.0)
    spans = [(span.begin, report.end if span.end == newest else span.end) for span in report.seen]
    last = int(_end(report) // HOUR)
    known = []
    for at in range(size):
        end = (last - (size - 1 - at) * each + 1) * HOUR
        known.append(any(begin < end and until >= end - each * HOUR for begin, until in spans))
    return known


def _end(report: Report) -> float:
    """A window that ends with an hour does not begin another."""
    return report.end - 1
