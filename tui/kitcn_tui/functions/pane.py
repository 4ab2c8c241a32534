"""One function: what is known of it, its arguments, and what a call answered."""

from __future__ import annotations

import time
from collections.abc import Mapping

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.deployment.models import Interruption
from kitcn_repl.explore.calls.command import run_command
from kitcn_repl.explore.calls.failure import refused_argument
from kitcn_repl.explore.calls.fields import argument_fields
from kitcn_repl.explore.procedures.model import Cron, Procedure
from kitcn_repl.explore.workspace import Workspace
from kitcn_repl.render.text import visible
from kitcn_tui.functions.about import about, refusal
from kitcn_tui.functions.calling import Call, run, watch
from kitcn_tui.functions.form import ArgumentEntry, ArgumentForm
from kitcn_tui.functions.history import History
from kitcn_tui.functions.result import Answer, CallResult
from kitcn_tui.widgets.failure import Failure

_TICK = 0.1

Item = Procedure | Cron


class FunctionPane(Vertical):
    """Shows an item. Of queries there is a form, and calls go in the group `call`."""

    DEFAULT_CSS = """
    FunctionPane {
        height: 1fr; padding: 0 0 0 1;
        & #function-upper { height: auto; max-height: 60%; scrollbar-size-vertical: 1; }
        & #function-about { height: auto; padding: 0 1; }
        & #function-refusal { height: auto; padding: 1 1 0 1; }
        & #function-hint { height: 1; margin: 1 0; padding: 0 2; color: $text-muted; }
        & ArgumentForm { margin: 1 0 0 0; }
    }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(id="function")
        self.workspace = workspace
        self._item: Item | None = None
        self._form: ArgumentForm | None = None
        self._history = History()
        self._tables: Mapping[int, str] = {}
        self._watched: Call | None = None

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="function-upper", can_focus=False):
            yield Static("", id="function-about", markup=False)
            yield Static("", id="function-refusal", markup=False)
        yield Static("", id="function-hint", markup=False)
        yield CallResult()

    @property
    def result(self) -> CallResult:
        return self.query_one(CallResult)

    @property
    def form(self) -> ArgumentForm | None:
        """None where nothing can be run."""
        return self._form

    @property
    def is_running(self) -> bool:
        return any(worker.group == "call" and not worker.is_finished for worker in self.workers if worker.node is self)

    def know(self, tables: Mapping[int, str]) -> None:
        """Names of tables by number: ids in arguments are checked, those in results are links."""
        self._tables = tables
        self.result.know(tables)
        if self.form is not None:
            self.form.tables = tables

    def show(self, item: Item) -> None:
        """Form and result stay if it is the same function, of which more may be known now.

        Nothing here is waited for, so that nothing can be cancelled half way.
        """
        before, self._item = self._item, item
        self.query_one("#function-about", Static).update(about(item))
        if before is not None and before.name == item.name:
            return
        form = self.form
        if form is not None:
            if before is not None:
                self._history.keep(before.name, form.typed)
            form.remove()
        self.stop()
        self.result.clear()
        may_write = isinstance(item, Procedure) and item.kind in ("mutation", "action")
        refused = self.query_one("#function-refusal", Static)
        refused.display = may_write
        if isinstance(item, Procedure) and may_write:
            refused.update(refusal(item))
        hint = self.query_one("#function-hint", Static)
        hint.display = _can_run(item)
        self._form = None
        if isinstance(item, Procedure) and _can_run(item):
            fields = argument_fields(item.args)
            self._form = ArgumentForm(fields, self._history.draft(item.name), self._tables)
            self.query_one("#function-upper").mount(self._form)
            takes = "no arguments · " if fields is not None and not fields else ""
            hint.update(Content(f"{takes}ctrl+j runs · f8 watches · esc list"))

    def focus_form(self) -> None:
        if self._form is not None:
            self._form.take_focus()

    # -- calls

    def _call(self) -> Call | None:
        """What the form says, or None: then it is told what is wrong."""
        item, form = self._item, self.form
        if isinstance(item, Procedure) and item.kind in ("mutation", "action"):
            self.notify(refusal(item).plain, severity="warning", markup=False)
        elif isinstance(item, Procedure) and item.standing == "only source":
            self.notify(f"{visible(item.name)} is not deployed yet.", severity="warning", markup=False)
        elif isinstance(item, Procedure) and form is not None and (read := form.read()) is not None:
            self._history.add(item.name, form.typed)
            return Call(item, *read)
        return None

    def run(self) -> None:
        if self._form is not None and not self._form.is_ready:
            self.call_after_refresh(self.run)
            return
        call = self._call()
        if call is not None:
            self._watched = None
            self._run(call)

    @work(group="call", exclusive=True)
    async def _run(self, call: Call) -> None:
        started = time.monotonic()
        self.result.start("● running")
        timer = self.set_interval(
            _TICK, lambda: self.result.start(f"● running {time.monotonic() - started:.1f} s  esc cancels")
        )
        try:
            answer = await run(self.workspace, call)
        finally:
            timer.stop()
        self._answered(answer)

    def _answered(self, answer: Answer) -> None:
        cause = answer.error.__cause__ if answer.error is not None else None
        refused = refused_argument(cause) if isinstance(cause, QueryFailedError) else None
        self.result.show(answer)
        if refused is not None and self.form is not None:
            self.form.complain(refused, "does not match the function's validator")

    def toggle_watch(self) -> None:
        if self._watched is not None:
            self.stop()
            self.result.stop("no longer watched")
            return
        call = self._call()
        if call is not None:
            self._watched = call
            self._watch(call)

    def pause(self) -> None:
        """Nobody looks."""
        self.workers.cancel_group(self, "call")

    def resume(self) -> None:
        """Somebody looks again: go on watching."""
        if self._watched is not None and not self.is_running:
            self._watch(self._watched)

    def stop(self) -> None:
        self._watched = None
        self.workers.cancel_group(self, "call")

    def cancel(self) -> bool:
        """Stop a call that runs, unless it is watched; tells whether there was one."""
        if self._watched is not None or not self.is_running:
            return False
        self.stop()
        self.result.stop("cancelled")
        return True

    @work(group="call", exclusive=True)
    async def _watch(self, call: Call) -> None:
        self.result.start("◉ watching")
        number = 0
        async for heard in watch(self.workspace, call):
            if isinstance(heard, Interruption):
                self.result.say(f"◉ {visible(heard.message)}", "$text-warning")
                continue
            self._answered(heard)
            if heard.error is None:
                changes = f" · change {number}" if number else ""
                self.result.say(f"◉ watching{changes}", "$text-accent bold")
                number += 1
        self._watched = None

    @on(Failure.Retry)
    def _on_retry(self, message: Failure.Retry) -> None:
        message.stop()
        self.run()

    @on(ArgumentEntry.Submitted)
    def _on_submitted(self, message: ArgumentEntry.Submitted) -> None:
        message.stop()
        self.run()

    # -- arguments

    def step(self, by: int) -> None:
        """Fill in the arguments of an earlier (-1) or a later run."""
        form, item = self.form, self._item
        if form is None or item is None:
            return
        self._history.keep(item.name, form.typed)
        typed = self._history.step(item.name, by)
        if typed is not None:
            form.fill(typed)

    def command(self) -> str | None:
        """The call as a command of ours; None if the form says no call."""
        item, form = self._item, self.form
        if not isinstance(item, Procedure) or item.kind == "http":
            return None
        read = form.read() if form is not None else ({}, None)
        if read is None:
            return None
        identity = None if form is None else form.typed_identity
        workspace = self.workspace
        return run_command(
            item.name, read[0], identity=identity, component=workspace.component, target=workspace.target
        )


def _can_run(item: Item) -> bool:
    return isinstance(item, Procedure) and item.kind == "query" and item.standing != "only source"
