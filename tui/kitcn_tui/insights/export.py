"""Writing a report to a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.insights.model import Report
from kitcn_repl.render.text import visible
from kitcn_tui.widgets.painted import MUTED


def exported(report: Report, path: Path) -> None:
    """Write it as the file's name says: `.json` as `kitcn insights --json --details`, else Markdown.

    Raises KitcnError; a file that is there already stays as it is.
    """
    if path.suffix.lower() == ".json":
        from kitcn_repl.render.insights.machine import as_object, json_text

        text = json_text(as_object(report, details=True), 2) + "\n"
    else:
        from kitcn_repl.render.insights.markdown import as_markdown

        text = as_markdown(report)
    try:
        with path.open("x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except FileExistsError:
        raise KitcnError(f"There is a file {path.name} already; choose another name.") from None
    except OSError as error:
        raise KitcnError(f"{path.name} cannot be written: {error.strerror}.") from error


class ExportDialog(ModalScreen[None]):
    """Asks for the name of the file, in `folder` if it is a relative one. `write` raises KitcnError."""

    DEFAULT_CSS = """
    ExportDialog {
        align: center middle;
        & > Vertical {
            width: 70; max-width: 90%; height: auto; padding: 1 2;
            background: $surface; border: round $border;
        }
        & Input { margin: 1 0; border: none; height: 1; padding: 0 1; background: $panel; &:focus { border: none; } }
        & #export-problem { color: $text-error; height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "Cancel")]

    def __init__(self, name: str, folder: Path, write: Callable[[Path], None]) -> None:
        super().__init__()
        self._name = name
        self._folder = folder
        self._write = write

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("Export insights", markup=False)
            yield Input(self._name, placeholder="file name")
            yield Static(
                Content.styled("A name that ends with .json gives JSON, any other Markdown.", MUTED), markup=False
            )
            yield Static(id="export-problem", markup=False)

    @on(Input.Submitted)
    def _on_named(self, event: Input.Submitted) -> None:
        event.stop()
        name = event.value.strip()
        if not name:
            return
        path = self._folder / Path(name).expanduser()
        try:
            self._write(path)
        except KitcnError as error:
            self.query_one("#export-problem", Static).update(Content(visible(error.message)))
            return
        self.app.notify(f"Wrote {visible(path.name)}.", markup=False)
        self.dismiss()
