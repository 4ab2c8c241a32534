"""What the Insights tab shows, and how it is found: limits and conflicts, what is behind them, and what helps."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.insights.model import Insight, Report
from kitcn_repl.render.insights.wording import basis, counted_by_severity, seen, verdict, window
from kitcn_repl.render.text import visible
from kitcn_tui.insights.rows import EventList, InsightHeader, InsightList, short
from kitcn_tui.insights.summary import Summary, events_line
from kitcn_tui.places import InsightsPlace, Place
from kitcn_tui.views.view import View
from kitcn_tui.widgets.failure import Failure
from kitcn_tui.widgets.painted import MUTED

if TYPE_CHECKING:
    from kitcn_repl.explore.workspace import Workspace

_OFTEN: Final = 60.0
"""Seconds after which a live report is made anew while somebody looks."""


class InsightsPage(View):
    """`_words` and `_kind` say which of the report's insights are shown."""

    TAB = InsightsPlace.tab
    DEFAULT_CSS = """
    InsightsPage {
        & > #insight-state { height: auto; max-height: 4; padding: 0 1; }
        & > #insight-filter {
            height: 1; border: none; padding: 0 1; background: $panel; display: none;
            &:focus { border: none; }
        }
        & > #insight-body { height: 1fr; layout: vertical; }
        & #insight-found { height: auto; max-height: 45%; }
        & #insight-found InsightList { height: auto; max-height: 100%; }
        & #insight-one { height: 1fr; background: $surface; border-top: solid $border-blurred; }
        & #insight-events { height: 1; padding: 0 1; }
        & #insight-one EventList { height: 1fr; min-height: 3; }
        & > #insight-body.-none #insight-one { display: none; }
        & > #insight-body.-none InsightHeader { display: none; }
        & > #insight-body.-none #insight-found { height: 1fr; max-height: 100%; width: 100%; }
        & > #insight-body.-none #insight-found InsightList { height: 1fr; }
    }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._report: Report | None = None
        self._words = ""
        self._kind: str | None = None
        self._live = False
        self._is_looking = False
        self._was_left = False
        """Whether the tab was left before there was an answer."""
        self._failure: KitcnError | None = None
        self._found_at = 0.0

    def compose(self) -> ComposeResult:
        yield Static(id="insight-state", markup=False)
        yield Input(id="insight-filter", placeholder="words of a function, a table or a kind")
        with Container(id="insight-body", classes="-none"):
            with Vertical(id="insight-found"):
                yield InsightHeader()
                yield InsightList()
            with Vertical(id="insight-one"):
                yield Summary()
                yield Static(id="insight-events", markup=False)
                yield EventList()

    def on_mount(self) -> None:
        self.set_interval(_OFTEN, self._again)
        self._look()

    def take_focus(self) -> None:
        if self._had_focus is None:
            self.query_one(InsightList).focus(scroll_visible=False)
        else:
            super().take_focus()

    def visit(self, place: Place) -> None:
        if isinstance(place, InsightsPlace) and place != self.here():
            self._words, self._kind = place.function or "", None
            if self.is_mounted:
                self._show()
        if self._report is not None and time.monotonic() - self._found_at > _OFTEN:
            self._look()

    def here(self) -> InsightsPlace:
        return InsightsPlace(self._words or None)

    def action_reload(self) -> None:
        self._look()

    def on_failure_retry(self) -> None:
        self._look()

    def leave(self) -> None:
        self._was_left, self._is_looking = self._is_looking, False
        self.workers.cancel_group(self, "find")

    def on_show(self) -> None:
        if self._was_left:
            self._look()

    def _again(self) -> None:
        is_live = self._report is None or self._report.source == "live"
        if is_live and self.display and self.screen.is_active:
            self._look()

    # Finding.

    def _look(self) -> None:
        self.run_worker(self._find(), group="find", exclusive=True)

    async def _find(self) -> None:
        from kitcn_repl.explore.insights.advice import advised
        from kitcn_repl.explore.insights.finding import Wanted, find_insights
        from kitcn_repl.explore.insights.history import history_folder

        workspace = self.workspace
        self._is_looking, self._was_left = True, False
        self._tell()
        variables = workspace.surroundings.variables
        try:
            report = await find_insights(
                workspace.target,
                workspace.deployment,
                workspace.selection(),
                Wanted(live=self._live),
                now=time.time() * 1000,
                environment=variables,
                folder=history_folder(variables),
            )
        except KitcnError as error:
            self._failure, self._is_looking = error, False
            self._show()
            return
        self._failure, self._found_at = None, time.monotonic()
        if self._report is None or not report.insights:
            self._report = report
            self._show()
        self._report = await advised(report, workspace.target, workspace.deployment, workspace.surroundings.cwd)
        self._is_looking = False
        self._show()

    # Showing.

    def _wanted(self) -> tuple[Insight, ...]:
        report = self._report
        if report is None:
            return ()
        words = self._words.lower().split()
        return tuple(
            insight
            for insight in report.insights
            if (self._kind is None or insight.kind == self._kind) and all(word in _said(insight) for word in words)
        )

    def _show(self) -> None:
        self._tell()
        report, body, shown = self._report, self.query_one("#insight-body"), self.query_one(InsightList)
        body.display = report is not None or self._failure is None
        self._show_failure()
        field = self.query_one("#insight-filter", Input)
        if not field.has_focus:
            field.display = bool(self._words)
            with field.prevent(Input.Changed):
                field.value = self._words
        if report is None:
            shown.nothing = "Looking for insights …"
            return
        insights = self._wanted()
        body.set_class(not insights, "-none")
        shown.nothing = self._why_nothing(report)
        shown.show(report, insights)
        self._show_one()

    def _show_failure(self) -> None:
        """Beneath what was found before, or instead of it."""
        told = [one for one in self.query(Failure) if one.error is self._failure]
        if not told:
            self.query(Failure).remove()
            if self._failure is not None:
                self.mount(Failure(self._failure))

    def _why_nothing(self, report: Report) -> str:
        if report.insights:
            return "No insight is what the filter asks for.\n\nescape shows all"
        word, sentence = verdict(report)
        return "\n\n".join([word, f"{sentence}\n{basis(report)}", *map(visible, report.notes)])

    def _show_one(self) -> None:
        insight, report = self.query_one(InsightList).current, self._report
        if insight is None or report is None:
            return
        self.query_one(Summary).show(report, insight)
        self.query_one("#insight-events", Static).update(events_line(insight))
        self.query_one(EventList).show(insight)

    def _tell(self) -> None:
        """The line above: what was found, and what it rests on."""
        report, failure = self._report, self._failure
        lines: list[Content] = []
        if report is not None:
            parts = _found(report)
            source = "from Convex" if report.source == "cloud" else "from the function log"
            if report.source == "live" and not report.is_whole:
                source = f"function log, {seen(report)} seen" if report.seen else "function log, not seen"
            if self._kind is not None:
                parts.append((f"  only {short(self._kind)}", "$text-accent"))
            doing = "looking again … " if self._is_looking else ""
            right = Content.styled(f"{doing}{source}", MUTED)
            left = Content.assemble(*parts)
            gap = max(2, self.size.width - 2 - left.cell_length - right.cell_length)
            lines.append(Content.assemble(left, " " * gap, right))
            if report.insights:
                lines += [Content.styled(visible(note), "$text-warning") for note in report.notes]
        elif failure is None:
            lines.append(Content.styled("looking …", MUTED))
        if failure is not None and report is not None:
            lines.append(Content.styled("✗ This is what was found before.", "$text-error"))
        self.query_one("#insight-state", Static).update(Content("\n").join(lines))

    @on(InsightList.Moved)
    def _on_moved(self, event: InsightList.Moved) -> None:
        if isinstance(event.lines, InsightList):
            self._show_one()

    def on_resize(self) -> None:
        self._tell()


def _found(report: Report) -> list[str | tuple[str, str]]:
    if not report.insights:
        style = "bold $text-success" if report.is_whole or report.seen else "bold $text-warning"
        return [(verdict(report)[0], style)]
    worst = "$text-error" if report.of_severity("error") else "$text-warning"
    return [(counted_by_severity(report), f"bold {worst}"), (f" in the last {window(report)}", MUTED)]


def _said(insight: Insight) -> str:
    known = insight.known
    return f"{insight.name} {insight.table or ''} {insight.kind} {known.title} {insight.severity}".lower()
