"""Asking for a name."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input


class Naming(ModalScreen[str | None]):
    """One line to type into; None if somebody thought better of it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Close", show=False)]
    DEFAULT_CSS = """
    Naming { align: center middle; background: $background 60%; }
    Naming > Vertical {
        width: 60; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $border-blurred;
        border-title-color: $text-primary; border-title-style: bold; border-subtitle-color: $text-muted;
    }
    Naming Input, Naming Input:focus { border: none; height: 1; padding: 0 1; background: $panel; }
    """

    def __init__(self, heading: str, name: str) -> None:
        super().__init__()
        self._heading = heading
        self._name_now = name

    def compose(self) -> ComposeResult:
        with Vertical() as panel:
            panel.border_title = self._heading
            panel.border_subtitle = "enter keeps it  esc closes"
            yield Input(self._name_now, compact=True)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.dismiss(message.value.strip() or None)

    def action_leave(self) -> None:
        self.dismiss(None)
