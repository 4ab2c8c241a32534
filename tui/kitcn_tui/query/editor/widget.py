"""The text area for queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Location, Selection

from kitcn_tui.actions import bindings
from kitcn_tui.query.actions import EDITOR_ACTIONS
from kitcn_tui.query.editor import keystrokes
from kitcn_tui.query.editor.coloured import ColouredText

if TYPE_CHECKING:
    from kitcn_tui.query.editor.popup import Popup

_TYPED_WORD = re.compile(r"[\w$-]*\Z")


def _inherited() -> list[BindingType]:
    """Textual's own keys for editing, without those that mean something else here."""
    ours = {key.strip() for action in EDITOR_ACTIONS for key in action.keys.split(",")}
    taken = ours | {"ctrl+d", "ctrl+w", "ctrl+e", "ctrl+k", "f6", "f7"}
    kept: list[BindingType] = []
    for binding in TextArea.BINDINGS:
        if isinstance(binding, Binding):
            keys = [key for key in binding.key.split(",") if key not in taken]
            if keys:
                kept.append(Binding(",".join(keys), binding.action, binding.description, show=False))
    return kept


class Editor(ColouredText, inherit_bindings=False):
    """JavaScript with colours, brackets that close, and completion."""

    BINDINGS: ClassVar[list[BindingType]] = [*_inherited(), *bindings(EDITOR_ACTIONS)]

    class Asked(Message):
        """Somebody wants completion at the cursor; `by_key` if nothing was typed for it."""

        def __init__(self, editor: Editor, *, by_key: bool) -> None:
            super().__init__()
            self.editor = editor
            self.by_key = by_key

    class Escaped(Message):
        """Escape, and nothing in the editor to leave."""

    class FindWanted(Message):
        """Somebody looks for a text in this one."""

    class Interrupted(Message):
        """ctrl+c with nothing selected."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text, placeholder='await ctx.db.query("…").take(10)')
        self.indent_width = len(keystrokes.INDENT)
        self.popup: Popup | None = None

    # -- where the cursor is

    @property
    def cursor_index(self) -> int:
        """The cursor as a number of code points from the start."""
        return self.index_of(self.cursor_location)

    def index_of(self, location: Location) -> int:
        row, column = location
        return sum(len(self.document[line]) + 1 for line in range(row)) + column

    def location_of(self, index: int) -> Location:
        for row in range(self.document.line_count):
            length = len(self.document[row])
            if index <= length:
                return row, index
            index -= length + 1
        return self.document.end

    def _around(self) -> tuple[str, str]:
        row, column = self.cursor_location
        line = self.document[row]
        return line[:column], line[column:]

    # -- typing

    def on_key(self, event: events.Key) -> None:
        if event.key == "tab" and not (self.popup and self.popup.is_open) and not self.selection.is_empty:
            self._edit_lines(keystrokes.indented)
        elif event.key == "escape":
            self.action_leave()  # Textual's own would go to the next widget, before any binding is looked at
        elif event.key in ("enter", "tab") and self.popup is not None and self.popup.is_open:
            self.popup.choose()
        elif event.key == "enter":
            self._enter()
        elif event.is_printable and event.character is not None and self._type(event.character):
            self._ask_if_worth(event.character)
        else:
            if event.is_printable and event.character is not None:
                self.call_later(self._ask_if_worth, event.character)
            return
        event.stop()
        event.prevent_default()

    def _type(self, character: str) -> bool:
        if not self.selection.is_empty:
            text = keystrokes.surrounded(character, self.selected_text)
            if text is None:
                return False
            start, end = sorted(self.selection)
            self.replace(text, start, end, maintain_selection_offset=False)
            return True
        typed = keystrokes.typed(character, *self._around())
        if typed is None:
            return False
        self._apply(typed)
        return True

    def _enter(self) -> None:
        if not self.selection.is_empty:
            self.delete(*sorted(self.selection), maintain_selection_offset=False)
        self._apply(keystrokes.entered(*self._around()))

    def _apply(self, typed: keystrokes.Typed) -> None:
        row, column = self.cursor_location
        self.replace(typed.insert, (row, column), (row, column + typed.over), maintain_selection_offset=False)
        above, _, last = typed.insert[: typed.cursor].rpartition("\n")
        lines = typed.insert[: typed.cursor].count("\n")
        target = (row + lines, len(last)) if lines or above else (row, column + len(last))
        if target != self.cursor_location:
            self.selection = Selection.cursor(target)
            self.record_cursor_width()

    def action_delete_left(self) -> None:
        before, after = self._around()
        if self.selection.is_empty and keystrokes.is_empty_pair(before, after):
            row, column = self.cursor_location
            self.delete((row, column - 1), (row, column + 1), maintain_selection_offset=False)
        else:
            super().action_delete_left()
        if self.popup is not None and self.popup.is_open:
            self.post_message(self.Asked(self, by_key=False))

    def action_toggle_comment(self) -> None:
        self._edit_lines(keystrokes.commented)

    def action_dedent(self) -> None:
        self._edit_lines(keystrokes.dedented)

    def _edit_lines(self, change: Callable[[list[str]], list[str]]) -> None:
        """Change the lines that are selected, or the cursor's; the selection stays with its text."""
        (top, left), (bottom, right) = sorted(self.selection)
        if bottom > top and right == 0:
            bottom -= 1
        old = [self.document[row] for row in range(top, bottom + 1)]
        new = change(old)
        if new == old:
            return
        self.replace("\n".join(new), (top, 0), (bottom, len(old[-1])), maintain_selection_offset=False)
        if top == bottom and self.selection.is_empty and left == right:
            self.selection = Selection.cursor((top, max(0, left + len(new[0]) - len(old[0]))))
        else:
            self.selection = Selection((top, 0), (bottom, len(new[-1])))

    # -- completion

    def _ask_if_worth(self, character: str) -> None:
        """While typing it opens only where a name must follow: after a dot, or in a string that a call begins."""
        row, column = self.cursor_location
        before = self.document[row][:column]
        lead = _TYPED_WORD.sub("", before)
        is_open = self.popup is not None and self.popup.is_open
        if is_open or lead.endswith((".", '("', "('", "(`", ', "', ", '")):
            self.post_message(self.Asked(self, by_key=False))

    def action_find(self) -> None:
        self.post_message(self.FindWanted())

    def action_complete(self) -> None:
        self.post_message(self.Asked(self, by_key=True))

    def insert_completion(self, text: str, start: int, end: int) -> None:
        """Put `text` in place of the code points `[start:end)`. What follows it already is not written twice."""
        first, last = self.location_of(start), self.location_of(end)
        self.replace(text, first, last, maintain_selection_offset=False)

    def action_cursor_up(self, select: bool = False) -> None:
        if self.popup is not None and self.popup.is_open and not select:
            self.popup.move(-1)
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if self.popup is not None and self.popup.is_open and not select:
            self.popup.move(1)
        else:
            super().action_cursor_down(select)

    def action_leave(self) -> None:
        if self.popup is not None and self.popup.is_open:
            self.popup.close()
        else:
            self.post_message(self.Escaped())

    def action_copy(self) -> None:
        if self.selection.is_empty:
            self.post_message(self.Interrupted())
        else:
            super().action_copy()

    def on_blur(self) -> None:
        if self.popup is not None:
            self.popup.close()
