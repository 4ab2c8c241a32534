"""A dialog in which one types to find something in a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Click
from textual.screen import ModalScreen
from textual.widgets import Input

from kitcn_tui.outline.outline import Outline
from kitcn_tui.outline.rows import Look, Row, Span, told

T = TypeVar("T")


class Pickable(Outline):
    """Rows that a single click chooses; the keys stay with the text above."""

    can_focus = False
    CLICKS_TO_PRESS = 1


class Finder(ModalScreen[T]):
    """Give it `rows`, and say in `chosen` what becomes of one. Escape closes it with nothing."""

    DEFAULT_CSS = """
    Finder { align: center top; background: $background 60%; }
    Finder #finder {
        width: 96; max-width: 94%; height: auto; max-height: 86%; margin-top: 2; padding: 0 1;
        background: $surface; border: round $border-blurred;
        border-title-color: $text-primary; border-title-style: bold; border-subtitle-color: $text-muted;
    }
    Finder #finder-text, Finder #finder-text:focus {
        height: 1; border: none; background: $panel; margin: 0 0 1 0; padding: 0 1;
    }
    Finder Pickable { background: $surface; height: auto; max-height: 100%; }
    Finder Pickable > .outline--cursor-blurred { background: $block-cursor-background 30%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False),
        Binding("down,ctrl+n", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]
    HEADING: ClassVar[str] = ""
    PLACEHOLDER: ClassVar[str] = ""
    HINT: ClassVar[str] = "enter chooses  esc closes"
    NOTHING: ClassVar[str] = "Nothing of that name."

    def compose(self) -> ComposeResult:
        with Vertical(id="finder"):
            yield Input(placeholder=self.PLACEHOLDER, compact=True, id="finder-text")
            yield Pickable()

    def on_mount(self) -> None:
        panel = self.query_one("#finder")
        panel.border_title = self.HEADING
        panel.border_subtitle = self.HINT
        self.draw(0)

    def rows(self, pattern: str) -> Iterable[Row]:
        """What there is to choose from, given what was typed (without blanks around it)."""
        raise NotImplementedError

    def chosen(self, row: Row) -> None:
        """Enter on a row, or a click."""
        raise NotImplementedError

    @property
    def pattern(self) -> str:
        return self.query_one("#finder-text", Input).value.strip()

    @property
    def listing(self) -> Pickable:
        return self.query_one(Pickable)

    def same(self, row: Row) -> object:
        """By what a row is known again when there is more to choose from; None for one that is not."""
        return None

    def draw(self, cursor: int | None = None) -> None:
        """Anew: there is something else to choose from. Without a `cursor` it stays on its row, wherever that is now:
        what comes late must not be chosen by who presses Enter for what stood there."""
        rows: Sequence[Row] = list(self.rows(self.pattern))
        if cursor is None and (at := self.listing.row) is not None and (wanted := self.same(at)) is not None:
            cursor = next((place for place, row in enumerate(rows) if self.same(row) == wanted), None)
        self.listing.show(rows or [told(self.NOTHING, indent=2)], cursor)
        self.listing.styles.height = max(1, len(rows))

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self.draw(0)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.listing.action_press()

    def on_outline_pressed(self, message: Outline.Pressed) -> None:
        message.stop()
        self.chosen(message.row)

    def on_click(self, event: Click) -> None:
        if event.widget is self:
            self.action_leave()

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_move(self, by: int) -> None:
        self.listing.action_move(by)

    def action_page(self, by: int) -> None:
        self.listing.action_page(by)


def marked(text: str, matches: Iterable[int], look: Look = "plain") -> list[Span]:
    """A text with the letters that a search found standing out."""
    found = set(matches)
    spans: list[Span] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or (at in found) != (start in found):
            spans.append(Span(text[start:at], "link" if start in found else look))
            start = at
    return spans
