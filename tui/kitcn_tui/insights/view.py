"""The Insights tab: what one can do with what was found."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.widgets import Input

from kitcn_repl.explore.insights.model import Event, Insight
from kitcn_repl.render.insights.markdown import insight_markdown
from kitcn_repl.render.text import visible
from kitcn_tui.actions import bindings
from kitcn_tui.insights.actions import ACTIONS
from kitcn_tui.insights.export import exported
from kitcn_tui.insights.page import InsightsPage
from kitcn_tui.insights.rows import EventList, InsightList
from kitcn_tui.places import DocumentPlace, LogsPlace, TablePlace, function_place
from kitcn_tui.widgets.export_dialog import ExportDialog


class InsightsView(InsightsPage):
    """The page with its keys."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS)]

    @on(InsightList.Chosen)
    def _on_chosen(self, event: InsightList.Chosen) -> None:
        if isinstance(event.lines, InsightList):
            self.action_events()
        else:
            self._open_event()

    # The filter.

    def action_filter(self) -> None:
        field = self.query_one("#insight-filter", Input)
        field.display = True
        field.focus()

    @on(Input.Changed, "#insight-filter")
    def _on_typing(self, event: Input.Changed) -> None:
        event.stop()
        self._words = event.value.strip()
        self._show()

    @on(Input.Submitted, "#insight-filter")
    def _on_typed(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(InsightList).focus()
        event.input.display = bool(self._words)

    def action_kind(self) -> None:
        report = self._report
        if report is None or not report.insights:
            return
        kinds: list[str | None] = [None, *dict.fromkeys(insight.kind for insight in report.insights)]
        self._kind = kinds[(kinds.index(self._kind) + 1) % len(kinds)] if self._kind in kinds else None
        self._show()

    def action_back(self) -> None:
        field = self.query_one("#insight-filter", Input)
        shown = self.query_one(InsightList)
        if field.has_focus or not shown.has_focus:
            shown.focus()
            if field.has_focus:
                self._words = ""
        elif self._words or self._kind:
            self._words, self._kind = "", None
        self._show()

    def action_source(self) -> None:
        from kitcn_repl.targets.choices import InProject, OfKey

        if not isinstance(self.workspace.selection().choice, InProject | OfKey):
            self.app.notify("Only cloud deployments have insights from Convex; these are from the function log.")
            return
        self._live = not self._live
        self._look()

    # Going elsewhere.

    def _current(self) -> Insight | None:
        return self.query_one(InsightList).current

    def _event(self) -> Event | None:
        """The one under the cursor, while that is in the list of events."""
        shown = self.query_one(EventList)
        return shown.current if shown.has_focus else None

    def action_events(self) -> None:
        if self._current() is not None:
            self.query_one(EventList).focus()

    def _open_event(self) -> None:
        event = self._event()
        if event is not None and event.document is not None:
            self.go(DocumentPlace(event.document))
        else:
            self.action_to_logs()

    def action_to_function(self) -> None:
        insight = self._current()
        if insight is not None:
            self.go(function_place(insight.function))

    def action_to_table(self) -> None:
        insight = self._current()
        table = None if insight is None else insight.table or next((read.table for read in insight.reads), None)
        if table is not None:
            self.go(TablePlace(table))
        elif insight is not None:
            self.app.notify("The function log does not tell which tables were read.")

    def action_to_document(self) -> None:
        event, insight = self._event(), self._current()
        if event is None and insight is not None:
            event = next((one for one in insight.events if one.document), None)
        if event is not None and event.document is not None:
            self.go(DocumentPlace(event.document))
        elif insight is not None:
            self.app.notify("No document is named here: only write conflicts name one.")

    def action_to_logs(self) -> None:
        event, insight = self._event(), self._current()
        if event is not None and event.request_id:
            self.go(LogsPlace(request_id=event.request_id))
        elif insight is not None:
            self.action_to_function_logs()

    def action_to_function_logs(self) -> None:
        insight = self._current()
        if insight is not None:
            self.go(LogsPlace(function=insight.function))

    # Taking along.

    def action_copy(self) -> None:
        insight = self._current()
        if insight is not None:
            self.app.copy_to_clipboard(insight_markdown(insight))
            self.app.notify("Insight copied as Markdown.")

    def action_copy_index(self) -> None:
        insight = self._current()
        if insight is not None and insight.advice.index is not None:
            self.app.copy_to_clipboard(insight.advice.index)
            self.app.notify("Index copied.")
        else:
            self.app.notify("No index is advised here.")

    def action_export(self) -> None:
        report = self._report
        if report is None:
            return
        name = "".join(char if char.isalnum() or char in "-." else "-" for char in report.deployment)
        cwd = self.workspace.surroundings.cwd

        def written(path: Path | None) -> None:
            if path is not None:
                self.app.notify(f"Wrote {visible(path.name)}.", markup=False)

        told = "All of them with their events. A name that ends with .json gives JSON, any other Markdown."
        self.app.push_screen(ExportDialog(told, f"insights-{name}.md", cwd, partial(exported, report)), written)
