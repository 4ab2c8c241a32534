"""The list of insights, and the list of one's events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import events
from textual.content import Content
from textual.widgets import Static

from kitcn_repl.explore.insights.kinds import Severity
from kitcn_repl.explore.insights.model import Event, Insight, Report
from kitcn_repl.render.ages import rough
from kitcn_repl.render.insights.hours import series
from kitcn_repl.render.quantity import byte_size, count, counted
from kitcn_repl.render.sparkline import sparkline
from kitcn_tui.logs.lines import clock
from kitcn_tui.widgets.line_list import MARGIN, LineList, Part, columns
from kitcn_tui.widgets.painted import MUTED

TONES: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "unknown": "accent"}
_WORDS: Final[dict[Severity, str]] = {"error": "ERROR", "warning": "warn", "unknown": "new"}
_SHORT: Final = {
    "documentsReadLimit": "too many documents",
    "bytesReadLimit": "too many bytes",
    "occFailedPermanently": "conflict, given up",
    "documentsReadThreshold": "many documents",
    "bytesReadThreshold": "many bytes",
    "occRetried": "conflict, retried",
}
_HOURS: Final = 72


class InsightList(LineList):
    """Those of a report that are wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.report: Report | None = None
        self.insights: tuple[Insight, ...] = ()

    @property
    def count(self) -> int:
        return len(self.insights)

    @property
    def current(self) -> Insight | None:
        return self.insights[self.cursor] if self.cursor < len(self.insights) else None

    def show(self, report: Report, insights: tuple[Insight, ...]) -> None:
        """The cursor stays on its insight, if that is still there."""
        before = None if self.current is None else key_of(self.current)
        self.report, self.insights = report, insights
        at = next((at for at, one in enumerate(insights) if key_of(one) == before), min(self.cursor, self.count - 1))
        self.set_reactive(LineList.cursor, max(0, at))
        self.changed()
        self.show_cursor()

    def parts(self, index: int, width: int) -> Sequence[Part]:
        insight, report = self.insights[index], self.report
        width -= 1
        assert report is not None
        tone = TONES[insight.severity]
        seen = "" if insight.last_seen is None else f"{rough((report.end - insight.last_seen) / 1000)} ago"
        if width < 70:
            cells = [
                (_WORDS[insight.severity], tone, 5),
                (short(insight.kind), "plain", 18),
                (insight.name, "strong", 0),
                (f"{count(insight.count)}×", tone, -7),
            ]
            return columns(cells, width)
        spark = self._spark_cells(width)
        cells = [
            (_WORDS[insight.severity], tone, 5),
            (short(insight.kind), "plain", 18),
            (insight.name, "strong", 0),
            (insight.table or next((read.table for read in insight.reads), ""), "link", 16 if width > 100 else 12),
            (f"{count(insight.count)}×", tone, -7),
            (seen, "muted", -10),
        ]
        if spark:
            counts, _ = series(report, insight, spark)
            cells.append((sparkline(counts), tone, spark))
        return columns(cells, width)

    @staticmethod
    def _spark_cells(width: int) -> int:
        if width >= 170:
            return _HOURS
        return 36 if width >= 130 else 24 if width >= 110 else 0


class InsightHeader(Static):
    """What the columns of the list are."""

    DEFAULT_CSS = """
    InsightHeader { height: 1; color: $text-muted; padding: 0 0 0 2; }
    """

    def on_resize(self, event: events.Resize) -> None:
        width = event.size.width - MARGIN - 1
        if width < 70:
            cells = [("", "", 5), ("kind", "", 18), ("function", "", 0), ("count", "", -7)]
        else:
            cells = [
                ("", "", 5), ("kind", "", 18), ("function", "", 0), ("table", "", 16 if width > 100 else 12),
                ("count", "", -7), ("last seen", "", -10),
            ]  # fmt: skip
            spark = InsightList._spark_cells(width)
            if spark:
                each = _HOURS // spark
                cells.append(("by hour" if each == 1 else f"by {each} hours", "", spark))
        text = "".join(text for text, _ in columns(cells, width))
        self.update(Content.styled(text, MUTED))


class EventList(LineList):
    """Newest first."""

    DEFAULT_CSS = """
    EventList .line--cursor-blurred { background: $surface; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.events: tuple[Event, ...] = ()

    @property
    def count(self) -> int:
        return len(self.events)

    @property
    def current(self) -> Event | None:
        return self.events[self.cursor] if self.cursor < len(self.events) else None

    def show(self, insight: Insight) -> None:
        if insight.events != self.events:
            self.set_reactive(LineList.cursor, 0)
        self.events = insight.events
        self.nothing = "Only the hours are known of these."
        self.changed()
        self.show_cursor()

    def parts(self, index: int, width: int) -> Sequence[Part]:
        event = self.events[index]
        at = "time unknown" if event.time is None else clock(event.time, with_day=True)
        outcome, tone = _outcome(event)
        return columns(
            [
                (at, "muted", 14),
                (outcome, tone, 9),
                (event.request_id or "", "plain", 16),
                (_what(event), "plain", 0),
            ],
            width,
        )


def _outcome(event: Event) -> tuple[str, str]:
    if event.retries is not None:
        return (f"retry {count(event.retries)}" if event.retries else "1st try"), "warning"
    if event.success is None:
        return "", "plain"
    return ("ok", "good") if event.success else ("FAILED", "error")


def _what(event: Event) -> str:
    parts = []
    if event.document is not None:
        parts.append(event.document)
    if event.write_source is not None:
        parts.append(f"written by {event.write_source}")
    if event.reads:
        parts += [f"{read.table}: {_size(read.documents, read.bytes)}" for read in event.reads]
    elif event.documents is not None:
        parts.append(_size(event.documents, event.bytes or 0))
    return "  ".join(parts)


def _size(documents: int, size: int) -> str:
    return f"{counted(documents, 'document')}, {byte_size(size)}"


def short(kind: str) -> str:
    """The kind in few words."""
    return _SHORT.get(kind, kind)


def key_of(insight: Insight) -> tuple[str, str, str | None]:
    return insight.kind, insight.name, insight.table
