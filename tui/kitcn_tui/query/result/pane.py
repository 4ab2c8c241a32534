"""The lower half: what the last run answered, in one of its forms."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.inline.error import InlineQueryError
from kitcn_repl.render.quantity import byte_size, duration
from kitcn_repl.render.secrets import is_credential
from kitcn_repl.render.text import visible_lines
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_tui.document.nodes import Light
from kitcn_tui.document.values import table_number
from kitcn_tui.query.actions import bindings_of
from kitcn_tui.query.result.cost import CostLine
from kitcn_tui.query.result.failed import QueryFailed
from kitcn_tui.query.result.grid_form import GridForm
from kitcn_tui.query.result.outcome import Outcome
from kitcn_tui.results.form_bar import FormBar
from kitcn_tui.results.forms import JsonForm, LogForm, TreeForm
from kitcn_tui.results.json_rows import JsonRow
from kitcn_tui.results.shown import Form
from kitcn_tui.widgets.failure import Failure

if TYPE_CHECKING:
    from kitcn_repl.explore.knowledge import Knowledge
    from kitcn_repl.explore.workspace import Workspace

_EMPTY = (
    "Nothing has been run yet.\n\n"
    "ctrl+j runs the query, f8 the statement at the cursor.\n"
    "f3 finds a saved query, f4 one that was run before."
)


class Unasked(Static, can_focus=True):
    """What there is before anything was run. It takes the keys, so that one can leave the editor."""


class ResultPane(Vertical):
    """Keeps an outcome until another one comes; while a query runs it is dimmed and can still be read."""

    BINDINGS = bindings_of("result")
    DEFAULT_CSS = """
    ResultPane { height: 1fr; }
    ResultPane #result-body { height: 1fr; }
    ResultPane.running #result-body { opacity: 60%; }
    ResultPane #notices { height: auto; max-height: 3; padding: 0 1; color: $text-warning; display: none; }
    ResultPane #notices.some { display: block; }
    ResultPane #empty { height: 1fr; content-align: center middle; text-align: center; color: $text-muted; }
    """

    class Left(Message):
        """Somebody wants to go back to the editor, or the query to end."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.outcome: Outcome | None = None
        self.reveals = False
        self._form: Form | None = None
        self._chosen: Form | None = None
        self._knowledge: Knowledge | None = None
        self._tables: Mapping[int, str] = {}
        self._filled: set[Form] = set()

    def compose(self) -> ComposeResult:
        yield FormBar()
        yield CostLine()
        yield Static("", id="notices", markup=False)
        with ContentSwitcher(initial="empty", id="result-body"):
            yield Unasked(Content(_EMPTY), id="empty", markup=False)
            yield GridForm(id="grid")
            yield TreeForm(id="tree")
            yield JsonForm(id="json")
            yield LogForm(id="logs")

    # -- the run

    def run_started(self) -> None:
        self.add_class("running")
        self.run_goes_on(0.0)

    def run_goes_on(self, seconds: float) -> None:
        if self.has_class("running"):
            passed = f" {seconds:.1f} s" if seconds >= 0.2 else ""
            self._bar.say((f"● running{passed}", "$text-accent bold"), ("  escape cancels", ""))

    async def run_ended(self, outcome: Outcome) -> None:
        """Show how it went. What was cancelled leaves the result of the run before."""
        had_focus = self.has_focus_within
        self.remove_class("running")
        if outcome.result is None and outcome.error is None:
            self._bar.say((f"cancelled after {duration(outcome.elapsed)}", "$text-warning"))
            return
        self.outcome = outcome
        self._filled.clear()
        self.query_one(CostLine).show(outcome.result.cost if outcome.result is not None else None)
        self._show_notices(outcome.result.notices if outcome.result is not None else ())
        switcher = self.query_one("#result-body", ContentSwitcher)
        if switcher.query("#error"):
            switcher.current = None
            await switcher.query("#error").remove()
        if outcome.error is not None:
            error = outcome.error
            shown: Widget = QueryFailed(error) if isinstance(error, InlineQueryError) else Failure(error)
            shown.id = "error"
            await switcher.mount(shown)
        self._say_ended(outcome)
        self.show_form(self._chosen if self._chosen in self.available else outcome.natural_form)
        if had_focus:
            self.take_focus()

    def _say_ended(self, outcome: Outcome) -> None:
        parts = [(f"{outcome.summary} · " if outcome.summary else "", "$foreground")]
        if outcome.error is not None:
            parts = [("✗ failed", "$text-error bold"), (" · ", "")]
        self._bar.say(*parts, (duration(outcome.elapsed), ""))

    def _show_notices(self, notices: Sequence[str]) -> None:
        shown = self.query_one("#notices", Static)
        shown.set_class(bool(notices), "some")
        shown.update(Content("\n".join(f"! {visible_lines(notice)}" for notice in notices)))

    # -- its forms

    @property
    def _bar(self) -> FormBar:
        return self.query_one(FormBar)

    @property
    def form(self) -> Form | None:
        """The one that is shown; None before anything was run."""
        return self._form

    @property
    def available(self) -> tuple[Form, ...]:
        return () if self.outcome is None else self.outcome.forms

    def know(self, knowledge: Knowledge) -> None:
        """From now on ids are links, and fields have their kinds."""
        self._knowledge = knowledge
        self._tables = knowledge.tables
        self._refill()

    def table_of(self, text: str) -> str | None:
        """The table that an id belongs to; None for any other text."""
        number = table_number(text)
        return None if number is None else self._tables.get(number)

    def show_form(self, form: Form) -> None:
        outcome = self.outcome
        if outcome is None or form not in self.available:
            return
        had_focus = self.body is not None and self.body.has_focus
        self._form = form
        self._fill(form)
        switcher = self.query_one("#result-body", ContentSwitcher)
        switcher.current = form
        self._bar.show_forms(form, self.available, len(outcome.log_lines))
        if had_focus and self.body is not None:
            self.body.focus()

    def _fill(self, form: Form) -> None:
        outcome = self.outcome
        if outcome is None or form in self._filled:
            return
        self._filled.add(form)
        if form == "json":
            self.query_one(JsonForm).show_value(outcome.value, self.table_of, reveals=self.reveals)
        elif form == "tree":
            self.query_one(TreeForm).show_value(outcome.value, Light(tables=self._tables, reveals=self.reveals))
        elif form == "logs":
            self.query_one(LogForm).show_lines(outcome.log_lines)
        elif form == "grid":
            self.query_one(GridForm).show_rows(outcome.rows or [], self._knowledge, reveals=self.reveals)

    def _refill(self) -> None:
        """The same values in another light; the grid stays where it is."""
        if "grid" in self._filled and self.outcome is not None:
            self.query_one(GridForm).learn(self.outcome.rows or [], self._knowledge, reveals=self.reveals)
        self._filled &= {"grid", "logs"}
        if self._form is not None:
            self._fill(self._form)

    def on_grid_form_left(self, message: GridForm.Left) -> None:
        message.stop()
        self.action_leave()

    @property
    def body(self) -> Widget | None:
        """What is shown of the result, and takes the keys."""
        return self.query_one("#result-body", ContentSwitcher).visible_content

    def take_focus(self) -> bool:
        """False if there is nothing yet that could."""
        body = self.body
        if body is None or not body.can_focus:
            return False
        body.focus()
        return True

    def on_form_bar_wanted(self, message: FormBar.Wanted) -> None:
        message.stop()
        self._choose(message.form)

    def _choose(self, form: Form) -> None:
        if form in ("grid", "tree", "json"):
            self._chosen = form  # for the results to come, too
        self.show_form(form)

    def _step(self, by: int) -> None:
        available = self.available
        if available:
            place = available.index(self._form) if self._form in available else -1
            self._choose(available[(place + by) % len(available)])

    def action_next_form(self) -> None:
        self._step(1)

    def action_previous_form(self) -> None:
        self._step(-1)

    def action_reveal(self) -> None:
        self.reveals = not self.reveals
        self._refill()

    def action_leave(self) -> None:
        self.post_message(self.Left())

    # -- elsewhere

    def _under_cursor(self) -> tuple[JsonValue, list[JsonObject]]:
        """The value under the cursor, unless it is masked, and the rows that are selected."""
        body = self.body
        if isinstance(body, GridForm):
            row, column = body.row, body.column
            if row is None or column is None:
                return None, []
            is_masked = not self.reveals and is_credential(row.document, column.name)
            return None if is_masked else row.document.get(column.name), body.documents
        if isinstance(body, TreeForm) and body.node is not None and not body.node.is_masked:
            return body.node.stored, []
        if isinstance(body, JsonForm) and isinstance(body.row, JsonRow):
            return body.row.value, []
        return None, []

    @work(group="copy", exclusive=True)
    async def action_copy_as(self) -> None:
        from kitcn_tui.query.result.sharing import spellings
        from kitcn_tui.widgets.copy_as import copy_one_of

        if self.outcome is None:
            return
        value, rows = self._under_cursor()
        workspace = self._workspace
        await copy_one_of(
            self, spellings(self.outcome, value, rows, workspace.target, workspace.component, reveals=self.reveals)
        )

    @work(group="export", exclusive=True)
    async def action_export(self) -> None:
        from kitcn_tui.data.export import check_path
        from kitcn_tui.query.result.sharing import write
        from kitcn_tui.widgets.export_dialog import ExportDialog

        outcome = self.outcome
        if outcome is None or outcome.result is None:
            self.notify("There is no result to export.", severity="warning")
            return
        endings = ".csv, .json or .jsonl by the name's end" if outcome.rows is not None else "as .json"
        told = f"The whole result, {endings}; credentials as they are."
        name = "result.csv" if outcome.rows is not None else "result.json"
        path = await self.app.push_screen_wait(ExportDialog(told, name, self._workspace.surroundings.cwd, check_path))
        if path is None:
            return
        try:
            size = await asyncio.to_thread(write, outcome, path)
        except KitcnError as error:
            self.notify(error.message, severity="error", markup=False)
        except OSError as error:
            self.notify(f"{path}: {error.strerror or error}", severity="error", markup=False)
        else:
            self.notify(f"{path.name}: {byte_size(size)} written.", markup=False)
