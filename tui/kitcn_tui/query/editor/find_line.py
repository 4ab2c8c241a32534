"""Finding a text in the query: a line under the editor, and the places in the text marked."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from kitcn_tui.query.editor.coloured import Found

if TYPE_CHECKING:
    from kitcn_tui.query.editor.widget import Editor

_MOST = 10_000
"""Places; one letter may stand in every line of a long text."""


class FindInput(Input):
    """What is looked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down,ctrl+f", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
    ]

    @property
    def _line(self) -> FindLine:
        assert isinstance(self.parent, FindLine)
        return self.parent

    def action_leave(self) -> None:
        self._line.close()

    def action_step(self, by: int) -> None:
        self._line.step(by)


class FindLine(Horizontal):
    """The cursor of the editor goes to each place, so that closing the line leaves it there. Nothing is selected: a
    selection would be what runs.
    """

    DEFAULT_CSS = """
    FindLine { height: 1; display: none; background: $panel; }
    FindLine.-open { display: block; }
    FindLine > #find-label { width: auto; padding: 0 0 0 1; color: $text-muted; }
    FindLine > FindInput, FindLine > FindInput:focus {
        width: 1fr; height: 1; border: none; padding: 0 1; background: $panel;
    }
    FindLine > #find-told { width: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self._editor = editor
        self._places: list[tuple[int, int]] = []
        self._at = 0
        self._begun_at = 0

    def compose(self) -> ComposeResult:
        yield Static("find", id="find-label", markup=False)
        yield FindInput(compact=True, select_on_focus=True)
        yield Static("", id="find-told", markup=False)

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    def open(self) -> None:
        """Begin at the cursor, with the selected word if there is one."""
        field, editor = self.query_one(FindInput), self._editor
        self._begun_at = editor.index_of(min(editor.selection))
        selected = editor.selected_text
        self.add_class("-open")
        if selected and "\n" not in selected and selected != field.value:
            field.value = selected
        else:
            self._look(self._begun_at)
        field.focus()

    def close(self) -> None:
        self.remove_class("-open")
        self._editor.show_found({})
        self._editor.focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        if self.is_open:
            self._look(self._begun_at)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.step(1)

    def look_again(self) -> None:
        """The text is another one now: somebody may have gone on writing beside the line."""
        if self.is_open:
            self._places = places(self._editor.text, self.query_one(FindInput).value)
            self._at = min(self._at, max(0, len(self._places) - 1))
            self._show()

    def step(self, by: int) -> None:
        """To the next place, or the one before; behind the last comes the first."""
        if self._places:
            self._at = (self._at + by) % len(self._places)
            self._begun_at = self._places[self._at][0]
            self._go()

    def _look(self, start: int) -> None:
        self._places = places(self._editor.text, self.query_one(FindInput).value)
        self._at = bisect_left(self._places, (start, 0)) % max(1, len(self._places))
        self._go()

    def _go(self) -> None:
        if self._places:
            self._editor.move_cursor(self._editor.location_of(self._places[self._at][0]), center=True)
        self._show()

    def _show(self) -> None:
        editor = self._editor
        found: dict[int, list[Found]] = {}
        starts = [0]
        for line in range(editor.document.line_count - 1):
            starts.append(starts[-1] + len(editor.document[line]) + 1)
        line = 0
        for number, (start, end) in enumerate(self._places):
            while line + 1 < len(starts) and starts[line + 1] <= start:
                line += 1
            found.setdefault(line, []).append(Found(start - starts[line], end - starts[line], number == self._at))
        editor.show_found(found)
        told = self.query_one("#find-told", Static)
        if self._places:
            more = "+" if len(self._places) == _MOST else ""
            told.update(Content(f"{self._at + 1:,} of {len(self._places):,}{more}  ↓ next  ↑ before  esc closes"))
        else:
            told.update(Content("not found" if self.query_one(FindInput).value else "↓ next  ↑ before  esc closes"))


def places(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where `wanted` stands in the text, as start and end in code points; capitals matter if there are any in it."""
    if not wanted:
        return []
    pattern = re.compile(re.escape(wanted), 0 if wanted != wanted.lower() else re.IGNORECASE)
    found: list[tuple[int, int]] = []
    for place in pattern.finditer(text):
        found.append(place.span())
        if len(found) == _MOST:
            break
    return found
