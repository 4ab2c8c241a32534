"""Asks before anything is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from kitcn_repl.render.text import visible, visible_lines


class Confirm(ModalScreen[bool]):
    """Closes with True only if somebody says so: by `y`, or by typing `word` where one is asked for (prod)."""

    DEFAULT_CSS = """
    Confirm { align: center middle; background: $background 60%; }
    Confirm #confirm {
        width: 76; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $warning;
        border-title-color: $text-warning; border-title-style: bold;
    }
    Confirm.grave #confirm { border: round $error; border-title-color: $text-error; }
    Confirm .confirm-keys { margin-top: 1; color: $text-muted; }
    Confirm #confirm-word, Confirm #confirm-word:focus {
        height: 1; border: none; background: $panel; margin-top: 1; padding: 0 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", show=False),
        Binding("n,escape", "no", show=False),
    ]

    def __init__(self, heading: str, lines: Sequence[str], *, word: str | None = None) -> None:
        """`heading` is what is about to be done, `lines` say it exactly."""
        super().__init__(classes="grave" if word is not None else None)
        self._heading = heading
        self._lines = lines
        self._word = word

    def compose(self) -> ComposeResult:
        with Vertical(id="confirm"):
            yield Static(Content(visible_lines("\n".join(self._lines))), markup=False)
            if self._word is None:
                yield Static("y does it   n or esc leaves everything as it is", classes="confirm-keys", markup=False)
            else:
                asked = f"Type {visible(self._word)} to go on; esc leaves everything as it is"
                yield Static(asked, classes="confirm-keys", markup=False)
                yield Input(compact=True, id="confirm-word")

    def on_mount(self) -> None:
        self.query_one("#confirm").border_title = Content(visible(self._heading))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if message.value.strip() == self._word:
            self.dismiss(True)
        else:
            self.notify("That is not it: nothing was changed.", severity="warning")

    def action_yes(self) -> None:
        if self._word is None:
            self.dismiss(True)

    def action_no(self) -> None:
        self.dismiss(False)
