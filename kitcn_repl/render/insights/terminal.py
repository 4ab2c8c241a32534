"""Insights for people: each with its hours, what is behind it, what helps, and the command that proves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Final

from rich.cells import cell_len

from kitcn_repl.explore.insights.instants import text_of
from kitcn_repl.explore.insights.kinds import Severity
from kitcn_repl.explore.insights.model import HOUR, Event, Insight, Report
from kitcn_repl.explore.insights.proof import proof
from kitcn_repl.render.ages import rough
from kitcn_repl.render.insights.hours import series
from kitcn_repl.render.insights.wording import basis, counted_by_severity, window
from kitcn_repl.render.quantity import byte_size, count, counted
from kitcn_repl.render.sparkline import NONE, UNKNOWN, buckets, sparkline
from kitcn_repl.render.style import Style
from kitcn_repl.render.table import broken
from kitcn_repl.render.text import visible

_WIDEST: Final = 120
_INDENT: Final = "  "
_MOST_LISTED: Final = 3
_UNBROKEN: Final = "\u00a0"


def lines(
    report: Report, style: Style, width: int, *, details: bool = False, flags: Sequence[str] = ()
) -> Iterator[str]:
    """Lines to print, at most `width` cells wide where words allow it."""
    view = _View(report, style, max(40, min(width, _WIDEST)), flags)
    if not report.insights:
        yield from view.nothing()
    for insight in report.insights:
        yield from view.insight(insight, details=details)
        yield ""
    yield from view.summary(details=details)


class _View:
    def __init__(self, report: Report, style: Style, width: int, flags: Sequence[str]) -> None:
        self._report = report
        self._style = style
        self._width = width
        self._flags = flags

    def nothing(self) -> Iterator[str]:
        report, style = self._report, self._style
        if report.is_whole:
            yield f"{style.green('No issues found')} in the last {window(report)}."
        elif report.seen:
            yield f"{style.green('No issues found')} in what is known of the last {window(report)}."
        else:
            yield f"{style.yellow('Nothing is known')} of the last {window(report)}."

    def insight(self, insight: Insight, *, details: bool) -> Iterator[str]:
        style = self._style
        yield self._head(insight)
        yield from self._wrapped(self._where(insight), style.bold)
        yield from self._hours(insight)
        if insight.writers:
            yield from self._wrapped(f"written by {self._writers(insight)}")
        if insight.reads:
            yield from self._wrapped(f"reads {self._reads(insight)}")
        elif insight.events and insight.events[0].documents is not None:
            most = max(insight.events, key=lambda event: (event.documents or 0, event.bytes or 0))
            yield from self._wrapped(f"reads up to {_size(most.documents or 0, most.bytes or 0)}")
        for sentence in insight.advice.sentences:
            yield from self._wrapped(f"→ {sentence}", style.green, hanging="  ")
        if details:
            yield from self._events(insight)
        for command in proof(insight, self._flags):
            yield _INDENT + style.cyan(visible(command))

    def _head(self, insight: Insight) -> str:
        colour, title, kind = self._colour(insight.severity), visible(insight.known.title), visible(insight.kind)
        number = f"{count(insight.count)}×" if insight.count else ""
        whole = "  ".join(filter(None, (insight.severity, title, number, kind)))
        # The kind is what --kind wants to be told; people do without it.
        if kind == title or cell_len(whole) > self._width:
            kind = ""
        return "  ".join(filter(None, (colour(insight.severity), title, colour(number), self._style.dim(kind))))

    def summary(self, *, details: bool) -> Iterator[str]:
        report, style = self._report, self._style
        if report.insights:
            text = f"{counted_by_severity(report)} in the last {window(report)}"
            worst: Severity = "error" if report.of_severity("error") else "warning"
            yield f"{self._coloured(text, worst)}."
            if not details:
                yield style.dim("--details shows every event.")
            if any(insight.hours for insight in report.insights):
                yield style.dim(f"{self._mark()}, the newest on the right.")
        for text in (basis(report), *report.notes):
            yield from self._plain(text)
        if report.dashboard is not None:
            yield style.dim(visible(report.dashboard))

    def _mark(self) -> str:
        _, each = buckets({}, self._report.begin, self._report.end, HOUR, self._width - len(_INDENT))
        return f"A mark is {'an hour' if each == 1 else f'{each} hours'}"

    def _where(self, insight: Insight) -> str:
        parts = [insight.name]
        if insight.table is not None:
            parts.append(f"on table {insight.table}")
        if insight.advice.is_deployed is False:
            parts.append("(not deployed any more)")
        return "  ".join(parts)

    def _hours(self, insight: Insight) -> Iterator[str]:
        """A mark for each hour, or for some of them where the line is short, and when it was seen in words."""
        report, style = self._report, self._style
        seen = []
        if insight.last_seen is not None and insight.first_seen is not None:
            first, last = (rough((report.end - time) / 1000) for time in (insight.first_seen, insight.last_seen))
            seen.append(f"{last} ago" if first == last else f"first {first} ago, last {last} ago")
        if insight.hours:
            counts, _ = series(report, insight, self._width - len(_INDENT))
            marks = sparkline(counts)
            yield _INDENT + "".join(
                style.dim("".join(run)) if is_quiet else self._coloured("".join(run), insight.severity)
                for is_quiet, run in groupby(marks.rstrip(), lambda mark: mark in (NONE, UNKNOWN))
            )
            top = max(insight.hours, key=lambda hour: hour.count)
            if len(insight.hours) == 1:
                seen.append(f"in the hour from {_moment(top.start)[:16]} UTC")
            elif top.count > 1:
                seen.append(f"most at {_moment(top.start)[:16]} UTC ({count(top.count)} in an hour)")
        if seen:
            yield from self._wrapped("; ".join(seen), style.dim)

    def _writers(self, insight: Insight) -> str:
        known = sum(writer.events for writer in insight.writers)
        shown = [
            f"{'itself' if one.itself else one.function} ({count(one.events)} of {count(known)})"
            for one in insight.writers[:_MOST_LISTED]
        ]
        more = len(insight.writers) - len(shown)
        return ", ".join([*shown, *([f"{more} more"] if more else [])])

    def _reads(self, insight: Insight) -> str:
        shown = [f"{read.table} ({_size(read.documents, read.bytes)})" for read in insight.reads[:_MOST_LISTED]]
        more = len(insight.reads) - len(shown)
        return ", ".join([*shown, *([f"{more} more"] if more else [])])

    def _events(self, insight: Insight) -> Iterator[str]:
        for event in insight.events:
            together = (part.replace(" ", _UNBROKEN) for part in _event(event))
            for line in self._wrapped("  ".join(together), hanging="    "):
                yield line.rstrip().replace(_UNBROKEN, " ")
        if insight.count > len(insight.events):
            missing = insight.count - len(insight.events)
            yield from self._wrapped(f"… and {count(missing)} more, of which only the hours are known", self._style.dim)

    def _wrapped(self, text: str, colour: object = None, hanging: str = "") -> Iterator[str]:
        room = self._width - len(_INDENT)
        first, *rest = broken(visible(text), room)
        if rest:
            rest = broken(" ".join(rest), room - len(hanging))
        for at, line in enumerate((first, *rest)):
            yield _INDENT + (hanging if at else "") + (colour(line) if callable(colour) else line)

    def _plain(self, text: str) -> Iterator[str]:
        for line in broken(visible(text), self._width):
            yield self._style.dim(line)

    def _coloured(self, text: str, severity: Severity) -> str:
        return self._colour(severity)(text)

    def _colour(self, severity: Severity) -> Callable[[str], str]:
        style = self._style
        return {"error": style.red, "warning": style.yellow, "unknown": style.cyan}[severity]


def _event(event: Event) -> Iterator[str]:
    yield "time unknown" if event.time is None else f"{_moment(event.time)} UTC"
    if event.request_id is not None:
        yield f"request {event.request_id}"
    if event.execution_id is not None:
        yield f"execution {event.execution_id}"
    if event.retries is not None:
        yield f"retry {count(event.retries)}" if event.retries else "first attempt"
    if event.success is not None:
        yield "ok" if event.success else "failed"
    if event.document is not None:
        yield f"document {event.document}"
    if event.write_source is not None:
        yield f"written by {event.write_source}"
    for read in event.reads:
        yield f"{read.table}: {_size(read.documents, read.bytes)}"
    if not event.reads and event.documents is not None:
        yield _size(event.documents, event.bytes or 0)


def _size(documents: int, size: int) -> str:
    return f"{counted(documents, 'document')}, {byte_size(size)}"


def _moment(milliseconds: float) -> str:
    return text_of(milliseconds)[:19].replace("T", " ")
