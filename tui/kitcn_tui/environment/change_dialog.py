"""The way of every change of variables: what is asked for, what would change, and the word that makes it so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.environment.places import Variables
from kitcn_repl.explore.environment.plan import Plan
from kitcn_repl.render.environment import draw_plan
from kitcn_repl.render.style import Style
from kitcn_repl.render.text import visible, visible_lines
from kitcn_tui.widgets.painted import MUTED, painted

Opener = Callable[[], AbstractAsyncContextManager[Variables]]
Step = Literal["asking", "planning", "confirming", "changing", "over"]

_MOST_SHOWN = 2_000


class ChangeDialog(ModalScreen[bool]):
    """Asks, plans, lets it be confirmed, and carries it out once. It ends with whether anything may have changed."""

    DEFAULT_CSS = """
    ChangeDialog {
        align: center middle;
        & > #change {
            width: 76; max-width: 94%; height: auto; max-height: 94%; padding: 1 2;
            background: $surface; border: round $border;
        }
        & > #change.-prod { border: round $error; }
        & Static { height: auto; }
        & #change-title { text-style: bold; margin-bottom: 1; }
        & Input { margin-bottom: 1; border: none; height: 1; padding: 0 1; background: $panel; }
        & Input:focus { border: none; }
        & #change-shown { max-height: 8; color: $text-accent; margin-bottom: 1; display: none; }
        & #change-plan { max-height: 14; margin-bottom: 1; display: none; }
        & #change-problem { color: $text-error; display: none; margin-bottom: 1; }
        & #change-word { display: none; }
        & #change-buttons { height: auto; align-horizontal: right; margin-top: 1; }
        & #change-buttons Button { margin-left: 2; min-width: 12; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "cancel", "Cancel"),
        ("f2", "show_values", "Show values"),
        ("y", "yes", "Change it"),
    ]

    def __init__(self, opener: Opener, where: str, *, is_prod: bool) -> None:
        super().__init__()
        self._opener = opener
        self._where = where
        self._is_prod = is_prod
        self._step: Step = "asking"
        self._plan: Plan | None = None
        self._word = ""
        self._shows_values = False

    # What kinds of change differ in.

    @property
    def question(self) -> str:
        raise NotImplementedError

    def fields(self) -> ComposeResult:
        """What has to be typed."""
        yield from ()

    async def plan(self, place: Variables) -> Plan:
        """Raises KitcnError for what cannot be done."""
        raise NotImplementedError

    def typed(self) -> str:
        """What `f2` shows while somebody types."""
        return ""

    def compose(self) -> ComposeResult:
        with Vertical(id="change", classes="-prod" if self._is_prod else ""):
            yield Static(Content(visible(self.question)), id="change-title", markup=False)
            yield from self.fields()
            yield Static(id="change-shown", markup=False)
            yield Static(id="change-plan", markup=False)
            yield Input(id="change-word")
            yield Static(id="change-problem", markup=False)
            yield Static(id="change-hint", markup=False)
            with Horizontal(id="change-buttons"):
                yield Button("Cancel", id="change-cancel", compact=True)
                yield Button("Go on", id="change-go", variant="primary", compact=True)

    def on_mount(self) -> None:
        self._tell()
        if not self.query("Input.-asked"):
            self._begin_planning()

    def _tell(self, problem: KitcnError | None = None) -> None:
        hints: dict[Step, str] = {
            "asking": "enter goes on · f2 shows what is typed · escape cancels",
            "planning": "looking what is there …",
            "confirming": f"type {self._word} and enter to change it · f2 shows values · escape cancels"
            if self._word
            else "y changes it · f2 shows values · escape cancels",
            "changing": "changing …",
            "over": "escape closes",
        }
        self.query_one("#change-hint", Static).update(Content.styled(hints[self._step], MUTED))
        told = self.query_one("#change-problem", Static)
        told.display = problem is not None
        if problem is not None:
            told.update(Content(visible_lines("\n".join(filter(None, (problem.message, problem.hint))))))
        go = self.query_one("#change-go", Button)
        go.label = {"confirming": "Change it", "over": "Close"}.get(self._step, "Go on")
        go.disabled = self._step in ("planning", "changing")
        go.variant = "error" if self._is_prod and self._step == "confirming" else "primary"
        self.query_one("#change-cancel", Button).disabled = self._step in ("changing", "over")
        self.query_one("#change-word").display = self._step == "confirming" and bool(self._word)
        for field in self.query("Input.-asked"):
            field.disabled = self._step != "asking"
        self._show_values()

    def _show_values(self) -> None:
        shown = self.query_one("#change-shown", Static)
        text = self.typed() if self._shows_values and self._step == "asking" else ""
        shown.display = bool(text)
        shown.update(Content(visible_lines(text[:_MOST_SHOWN])))
        plan = self.query_one("#change-plan", Static)
        plan.display = self._plan is not None
        if self._plan is not None:
            width = max(20, plan.size.width or 60)
            lines = draw_plan(self._plan, Style(enabled=True), width, show=self._shows_values)
            plan.update(painted("\n".join(lines)))

    # From step to step.

    def _begin_planning(self) -> None:
        self._step = "planning"
        self._tell()
        self.run_worker(self._work_out(), group="plan", exclusive=True)

    async def _work_out(self) -> None:
        try:
            async with self._opener() as place:
                plan = await self.plan(place)
                name = place.name
        except KitcnError as error:
            self._step = "asking" if self.query("Input.-asked") else "over"
            self._tell(error)
            self._focus_first()
            return
        self._plan = plan
        if not plan.sent:
            self._step = "over"
            self._tell()
            self.query_one("#change-hint", Static).update(
                Content.styled("That is how it is already: there is nothing to change. escape closes", MUTED)
            )
            self.query_one("#change-go").focus()
            return
        self._step = "confirming"
        if self._is_prod:
            self._word = name
            self.query_one("#change-word", Input).placeholder = f"type {visible(name)}"
        self._tell()
        # Not the button that changes it: somebody may still be pressing enter.
        self.query_one("#change-word" if self._word else "#change-cancel").focus()

    def _confirm(self) -> None:
        if self._step != "confirming" or self._plan is None:
            return
        if self._word and self.query_one("#change-word", Input).value.strip() != self._word:
            self._tell(KitcnError(f"That is production: type {self._word} to change it."))
            self.query_one("#change-word").focus()
            return
        self._step = "changing"
        self._tell()
        self.run_worker(self._carry_out(self._plan), group="change", exclusive=True)

    async def _carry_out(self, plan: Plan) -> None:
        """Once: after a failure nobody knows whether it was done, so it is looked at anew first."""
        from kitcn_repl.explore.environment.changing import carry_out

        try:
            async with self._opener() as place:
                await carry_out(place, plan, confirmed=True)
        except KitcnError as error:
            self._step = "over"
            self._tell(error)
            self.query_one("#change-go").focus()
            return
        names = ", ".join(visible(name) for name in list(plan.sent)[:3])
        more = f" and {len(plan.sent) - 3} more" if len(plan.sent) > 3 else ""
        self.app.notify(f"Changed {names}{more} of {visible(self._where)}.", markup=False)
        self.dismiss(True)

    def _focus_first(self) -> None:
        asked = self.query("Input.-asked")
        (asked.last(Input) if asked else self.query_one("#change-go")).focus()

    @on(Input.Submitted)
    def _on_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._step == "confirming":
            self._confirm()
        elif self._step == "asking":
            if event.input.id == "change-name" and self.query("#change-value"):
                self.query_one("#change-value").focus()
            else:
                self._begin_planning()

    @on(Input.Changed)
    def _on_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._step == "asking":
            self._tell(self.problem_so_far())

    def problem_so_far(self) -> KitcnError | None:
        """What is wrong already with what is typed."""
        return None

    @on(Button.Pressed, "#change-go")
    def _on_go(self) -> None:
        if self._step == "asking":
            self._begin_planning()
        elif self._step == "over":
            self.action_cancel()
        else:
            self._confirm()

    @on(Button.Pressed, "#change-cancel")
    def _on_cancel(self) -> None:
        self.action_cancel()

    def action_cancel(self) -> None:
        if self._step != "changing":
            self.dismiss(self._step == "over")

    def action_yes(self) -> None:
        if not self._word:
            self._confirm()

    def action_show_values(self) -> None:
        self._shows_values = not self._shows_values
        self._show_values()
