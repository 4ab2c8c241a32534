"""What a view shows where it could not show what was asked for, or where there is nothing."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from kitcn_repl.errors import ExitCode, KitcnError
from kitcn_repl.render.text import visible_lines


class Failure(Vertical, can_focus=True):
    """An error as people read it, its hint, and the way to try again: Enter, `r`, or a click."""

    DEFAULT_CSS = """
    Failure { height: auto; max-height: 1fr; padding: 1 2; border-left: thick $error; margin: 1 2; }
    Failure .failure-title { color: $text-error; text-style: bold; }
    Failure .failure-hint { color: $text-muted; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("enter,r", "retry", "Try again")]

    class Retry(Message):
        """Somebody wants it tried again."""

    class Appeared(Message):
        """A failure is shown now."""

        def __init__(self, error: KitcnError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, error: KitcnError) -> None:
        super().__init__()
        self.error = error

    def compose(self) -> ComposeResult:
        heading = "Not reached" if self.error.exit_code is ExitCode.NOT_REACHED else "That did not work"
        yield Static(heading, classes="failure-title", markup=False)
        yield Static(Content(visible_lines(self.error.message)), markup=False)
        if self.error.hint:
            yield Static(Content(visible_lines(self.error.hint)), classes="failure-hint", markup=False)
        yield Static("enter or r tries again", classes="failure-hint", markup=False)

    def on_mount(self) -> None:
        self.post_message(self.Appeared(self.error))

    def action_retry(self) -> None:
        self.post_message(self.Retry())

    def on_click(self) -> None:
        self.action_retry()


class Nothing(Static):
    """An empty state: what is not there, and what one could do about it."""

    DEFAULT_CSS = """
    Nothing { height: 1fr; content-align: center middle; text-align: center; color: $text-muted; padding: 1 4; }
    """

    def __init__(self, text: str) -> None:
        super().__init__(Content(visible_lines(text)), markup=False)
