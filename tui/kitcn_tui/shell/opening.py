"""What is shown until a deployment is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from kitcn_repl.render.quantity import byte_size, counted
from kitcn_repl.render.text import visible

if TYPE_CHECKING:
    from kitcn_repl.explore.opening import ImportProgress

_BAR = 40


class Opening(Widget):
    """A quiet line; for a snapshot that is imported, how far that is."""

    DEFAULT_CSS = """
    Opening { height: 1fr; content-align: center middle; text-align: center; color: $text-muted; }
    """

    progress: reactive[ImportProgress | None] = reactive(None)

    def render(self) -> RenderResult:
        progress = self.progress
        if progress is None:
            return Content("opening …")
        part = min(1.0, progress.bytes_done / progress.bytes_total) if progress.bytes_total else 0.0
        done = round(_BAR * part)
        return Content.assemble(
            Content.styled("Importing the snapshot, once\n\n", "bold $foreground"),
            Content.styled("━" * done, "$primary"),
            Content.styled("━" * (_BAR - done), "$panel"),
            f"  {part:4.0%}\n\n",
            f"{byte_size(progress.bytes_done)} of {byte_size(progress.bytes_total)}, ",
            f"{counted(progress.documents, 'document')}\n{visible(progress.table)}",
        )
