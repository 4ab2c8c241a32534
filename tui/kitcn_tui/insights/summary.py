"""What is known of one insight, in words and bars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kitcn_repl.explore.insights.model import Insight, Report
from kitcn_repl.render.ages import rough
from kitcn_repl.render.quantity import byte_size, count, counted
from kitcn_repl.render.text import visible
from kitcn_tui.insights.chart import chart
from kitcn_tui.widgets.painted import MUTED

_MOST_LISTED: Final = 4
_STYLES: Final = {"error": "bold $text-error", "warning": "bold $text-warning", "unknown": "bold $text-accent"}


class Summary(VerticalScroll):
    DEFAULT_CSS = """
    Summary { height: auto; max-height: 65%; padding: 0 1; scrollbar-size-vertical: 1; & Static { height: auto; } }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Report, Insight] | None = None

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def show(self, report: Report, insight: Insight) -> None:
        self._shown = report, insight
        self._draw()
        self.scroll_home(animate=False)

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._shown is None or not self.size.width:
            return
        report, insight = self._shown
        room = self.screen.size.height
        bars = 2 if room < 30 else 5 if room < 45 else 8
        lines = [_title(insight), *_advice(insight), Content("")]
        lines += [chart(report, insight, self.size.width - 3, bars), Content(""), *_facts(report, insight)]
        if room < 30:
            lines = [line for line in lines if line.plain]
        self.query_one(Static).update(Content("\n").join(lines))


def _title(insight: Insight) -> Content:
    parts: list[str | tuple[str, str]] = [(visible(insight.known.title), _STYLES[insight.severity])]
    parts += ["  ", (visible(insight.name), "bold")]
    if insight.table is not None:
        parts += [("  on table ", MUTED), (visible(insight.table), "$text-primary")]
    if insight.advice.is_deployed is False:
        parts.append(("  not deployed any more", "$text-warning"))
    return Content.assemble(*parts)


def _facts(report: Report, insight: Insight) -> Iterator[Content]:
    seen = _seen(report, insight)
    if seen:
        yield Content.styled(seen, MUTED)
    if insight.writers:
        listed = [
            f"{'itself' if one.itself else visible(one.function)} ({count(one.events)})"
            for one in insight.writers[:_MOST_LISTED]
        ]
        yield _fact("written by", listed, len(insight.writers))
    if insight.reads:
        listed = [
            f"{visible(read.table)} ({counted(read.documents, 'document')}, {byte_size(read.bytes)})"
            for read in insight.reads[:_MOST_LISTED]
        ]
        yield _fact("reads", listed, len(insight.reads))


def _advice(insight: Insight) -> Iterator[Content]:
    for sentence in insight.advice.sentences:
        yield Content.assemble(("→ ", "bold $text-success"), (visible(sentence), "$text-success"))
    if insight.advice.index is not None:
        yield Content.assemble(("  ", ""), (visible(insight.advice.index), "bold"), ("   I copies it", MUTED))


def events_line(insight: Insight) -> Content:
    """What stands above the events: how many there are of how many."""
    number = len(insight.events)
    if insight.count > number:
        told = f"the newest {number:,} of {insight.count:,} events" if number else f"{insight.count:,} events"
    else:
        told = counted(number, "event")
    return Content.styled(f"{told}, the newest first" if number > 1 else told, MUTED)


def _seen(report: Report, insight: Insight) -> str:
    if insight.first_seen is None or insight.last_seen is None:
        return ""
    first, last = (rough((report.end - time) / 1000) for time in (insight.first_seen, insight.last_seen))
    return f"last {last} ago" if first == last else f"first {first} ago, last {last} ago"


def _fact(label: str, listed: list[str], number: int) -> Content:
    more = f", {number - len(listed)} more" if number > len(listed) else ""
    return Content.assemble((f"{label} ", MUTED), ", ".join(listed) + more)
