"""Asks where something is to be written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from kitcn_repl.errors import KitcnError
from kitcn_repl.render.text import visible, visible_lines


class ExportDialog(ModalScreen[Path | None]):
    """Where to write; answers with a path that `accept` has accepted, which raises KitcnError for any other."""

    DEFAULT_CSS = """
    ExportDialog { align: center middle; background: $background 60%; }
    ExportDialog > Vertical {
        width: 76; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $border-blurred;
        border-title-color: $text-primary; border-title-style: bold; border-subtitle-color: $text-muted;
    }
    ExportDialog Input, ExportDialog Input:focus { border: none; height: 1; padding: 0 1; background: $panel; }
    ExportDialog .export-note { color: $text-muted; margin: 0 0 1 0; }
    ExportDialog #export-problem { color: $text-error; height: auto; margin-top: 1; display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel")]

    def __init__(self, what: str, name: str, folder: Path, accept: Callable[[Path], None]) -> None:
        """`what` is to be written; `name` is suggested, and relative names are of `folder`."""
        super().__init__()
        self._accept = accept
        self._what = what
        self._suggestion = name
        self._folder = folder

    def compose(self) -> ComposeResult:
        with Vertical() as panel:
            panel.border_title = "Export"
            panel.border_subtitle = "enter writes  esc closes"
            yield Static(visible_lines(self._what), classes="export-note", markup=False)
            yield Input(self._suggestion, compact=True, id="export-name")
            yield Static("", id="export-problem", markup=False)

    def on_mount(self) -> None:
        field = self.query_one(Input)
        stem = self._suggestion.rpartition(".")[0]
        field.selection = type(field.selection)(0, len(stem))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        text = message.value.strip()
        if not text:
            return
        path = self._folder / Path(text).expanduser()
        try:
            self._accept(path)
        except KitcnError as error:
            problem = self.query_one("#export-problem", Static)
            problem.update(visible(error.message))
            problem.display = True
            return
        self.dismiss(path)

    def action_leave(self) -> None:
        self.dismiss(None)
