"""The Functions tab: what the backend offers, and its queries to be run."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.functions import display_path
from kitcn_repl.explore.logs.moments import Moment
from kitcn_repl.explore.procedures.listing import list_procedures
from kitcn_repl.explore.procedures.metrics import with_metrics
from kitcn_repl.explore.procedures.model import Cron, Procedures
from kitcn_repl.explore.procedures.project import project_of
from kitcn_repl.render.text import visible
from kitcn_tui.actions import bindings
from kitcn_tui.functions.actions import FUNCTIONS
from kitcn_tui.functions.listing import FunctionList
from kitcn_tui.functions.pane import FunctionPane
from kitcn_tui.outline.outline import Outline
from kitcn_tui.places import DocumentPlace, FunctionsPlace, InsightsPlace, LogsPlace, Place
from kitcn_tui.results.followed import Followed
from kitcn_tui.views.view import View
from kitcn_tui.widgets.failure import Failure, Nothing

if TYPE_CHECKING:
    from kitcn_repl.explore.workspace import Workspace

_LATELY = "1h"
_BESIDE = 84
"""Cells from which on list and function stand side by side."""


class FunctionsView(View):
    """The list at the left, the function under its cursor at the right; without room for both, one of them."""

    TAB = "functions"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FUNCTIONS)]
    DEFAULT_CSS = """
    FunctionsView {
        & #functions-body { height: 1fr; }
        & #functions-side { width: 40%; max-width: 64; min-width: 30; border-right: solid $foreground 15%; }
        & #functions-filter { border: none; height: 1; padding: 0 1; background: $foreground 4%; }
        & #functions-filter:focus { background: $foreground 10%; }
        & #functions-notes { height: auto; max-height: 4; padding: 0 1; color: $text-muted; }
        &.alone #functions-side { width: 1fr; max-width: 100%; border-right: none; }
        &.alone FunctionPane { display: none; padding: 0; }
        &.alone.detail #functions-side { display: none; }
        &.alone.detail FunctionPane { display: block; }
    }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._found: Procedures | None = None
        self._wanted: str | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(id="functions-body"):
            with Vertical(id="functions-side"):
                yield Input(placeholder="find a function", compact=True, id="functions-filter")
                yield FunctionList()
                yield Static("", id="functions-notes", markup=False)
            yield FunctionPane(self.workspace)

    def on_mount(self) -> None:
        self.filter_line.can_focus = False
        self._load()
        self.call_after_refresh(self._fit)

    def visit(self, place: Place) -> None:
        if isinstance(place, FunctionsPlace) and place.identifier is not None:
            is_route = " " in place.identifier
            self._wanted = place.identifier if is_route else display_path(place.identifier)
            self._go_to_wanted()

    def on_show(self) -> None:
        self._fit()
        for pane in self.query(FunctionPane):
            pane.resume()

    def here(self) -> Place:
        item = self.listing.item if self.is_mounted else None
        return FunctionsPlace(item.name if item is not None else self._wanted)

    def leave(self) -> None:
        self.pane.pause()

    def take_focus(self) -> None:
        failure = self.query("FunctionsView > Failure")
        if failure:
            failure.first().focus(scroll_visible=False)
        elif self._had_focus is not None and self._had_focus.is_attached:
            super().take_focus()
        else:
            self.listing.focus(scroll_visible=False)

    def action_reload(self) -> None:
        self._load()

    @property
    def listing(self) -> FunctionList:
        return self.query_one(FunctionList)

    @property
    def pane(self) -> FunctionPane:
        return self.query_one(FunctionPane)

    @property
    def is_settled(self) -> bool:
        """Nothing more is going to be told of the functions."""
        return all(worker.is_finished for worker in self.workers if worker.node is self and worker.group != "call")

    @property
    def filter_line(self) -> Input:
        return self.query_one("#functions-filter", Input)

    # -- loading

    @work(group="functions", exclusive=True)
    async def _load(self) -> None:
        """The list as soon as it is there, then how the functions fared."""
        notes = self.query_one("#functions-notes", Static)
        if self._found is None:
            notes.update(Content("Asking for the functions …"))
        workspace = self.workspace
        project = project_of(workspace.choice, workspace.target, workspace.source, workspace.surroundings.cwd)
        try:
            found = await list_procedures(workspace.deployment, project, workspace.component)
        except KitcnError as error:
            notes.update("")
            self._instead(Failure(error))
            return
        if not (found.functions or found.routes or found.crons):
            self._instead(Nothing("No functions are deployed here.\n`npx kitcn dev` pushes those of your project."))
            return
        self._instead(None)
        self._know(found)
        with suppress(DeploymentError):
            self.pane.know(await workspace.deployment.table_mapping(workspace.component))
        since = Moment(_LATELY).milliseconds
        self._know(await with_metrics(found, workspace.deployment, since, workspace.component))

    def _know(self, found: Procedures) -> None:
        self._found = found
        self.listing.give(found)
        self.query_one("#functions-notes", Static).update(Content("\n".join(map(visible, found.notes))))
        self._go_to_wanted()
        self._show_item()

    def _instead(self, widget: Failure | Nothing | None) -> None:
        """Show this in place of everything."""
        self.put_instead(widget, self.query_one("#functions-body"))

    @on(Failure.Retry)
    def _on_retry(self, message: Failure.Retry) -> None:
        message.stop()
        self._load()

    def _go_to_wanted(self) -> None:
        if self._wanted is not None and self._found is not None:
            wanted, self._wanted = self._wanted, None
            if not self.listing.go_to(wanted):
                self.notify(f"There is no function {visible(wanted)} here.", severity="warning", markup=False)

    # -- list and function

    @on(Outline.Moved, "#function-list")
    def _on_moved(self, message: Outline.Moved) -> None:
        message.stop()
        self._show_item()

    def _show_item(self) -> None:
        item = self.listing.item
        if item is not None:
            self.pane.show(item)
            if self.is_on_screen:
                self.go(self.here(), replacing=True)

    @on(FunctionList.Wanted)
    def _on_wanted(self, message: FunctionList.Wanted) -> None:
        message.stop()
        item = self.listing.item
        if not (isinstance(item, Cron) and self.listing.go_to(item.function)):
            self._enter_form()

    def _enter_form(self) -> None:
        self.add_class("detail")
        self._show_item()
        self.pane.focus_form()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        self.set_class(0 < self.size.width < _BESIDE, "alone")

    @on(Input.Changed, "#functions-filter")
    def _on_filter(self, message: Input.Changed) -> None:
        message.stop()
        self.listing.filter(message.value.strip())

    @on(Input.Submitted, "#functions-filter")
    def _on_filtered(self, message: Input.Submitted) -> None:
        message.stop()
        self.listing.focus()

    @on(Input.Blurred, "#functions-filter")
    def _on_filter_left(self) -> None:
        """Only who wants to type gets there: not the focus of a tab that is hidden, which goes to what is next."""
        self.filter_line.can_focus = False

    def on_click(self, event: events.Click) -> None:
        if event.widget is self.filter_line:
            self.action_filter()

    def on_key(self, event: events.Key) -> None:
        if event.key == "down" and self.filter_line.has_focus:
            event.stop()
            self.listing.focus()

    @on(Followed)
    def _on_followed(self, message: Followed) -> None:
        message.stop()
        self.go(DocumentPlace(message.document_id))

    # -- what one can do

    def action_run(self) -> None:
        self.add_class("detail")
        self.pane.run()

    def action_watch(self) -> None:
        self.add_class("detail")
        self.pane.toggle_watch()

    def action_filter(self) -> None:
        self.remove_class("detail")
        self.filter_line.can_focus = True
        self.filter_line.focus()

    def action_leave(self) -> None:
        if self.pane.cancel():
            return
        if self.filter_line.value and (self.filter_line.has_focus or self.listing.has_focus):
            self.filter_line.value = ""
        self.remove_class("detail")
        self.listing.focus()

    def action_switch_pane(self) -> None:
        """List, arguments, result, in turn."""
        body = self.pane.result.body
        if self.listing.has_focus or self.filter_line.has_focus:
            self._enter_form()
        elif body is not None and body.can_focus and not body.has_focus and self.pane.result.answer is not None:
            body.focus()
        else:
            self.remove_class("detail")
            self.listing.focus()

    def action_next_form(self) -> None:
        self.pane.result.next_form()

    def action_reveal(self) -> None:
        self.pane.result.toggle_secrets()

    def action_earlier(self) -> None:
        self.pane.step(-1)

    def action_later(self) -> None:
        self.pane.step(1)

    def action_generated(self) -> None:
        self.listing.toggle_generated()

    def action_fold_all(self) -> None:
        self.listing.fold_all()

    def action_copy(self) -> None:
        command = self.pane.command()
        if command is not None:
            self.app.copy_to_clipboard(command)
            self.notify(f"Copied: {visible(command[:200])}", markup=False)

    def action_logs(self) -> None:
        name = self._function_name()
        if name is not None:
            self.go(LogsPlace(name))

    def action_insights(self) -> None:
        name = self._function_name()
        if name is not None:
            self.go(InsightsPlace(name))

    def _function_name(self) -> str | None:
        item = self.listing.item
        return item.function if isinstance(item, Cron) else None if item is None else item.name
