"""What may stand at the cursor, in a list beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from kitcn_repl.render.text import visible
from kitcn_tui.query.editor.tones import tone

if TYPE_CHECKING:
    from kitcn_repl.explore.completion.suggestion import Suggestion

_MOST_ROWS = 8
_LONGEST_NAME, _LONGEST_DETAIL = 36, 44
_LETTERS = {
    "table": "T", "index": "I", "field": "F", "method": "ƒ", "relation": "R", "operator": "=", "variable": "v",
    "keyword": "k", "snippet": "…", "value": '"', "function": "ƒ",
}  # fmt: skip


class Popup(Widget, can_focus=False):
    """Closed until `offer` gives it something. The editor keeps the focus and its keys."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"popup--kind", "popup--detail", "popup--chosen", "popup--bar"}
    DEFAULT_CSS = """
    Popup { overlay: screen; display: none; background: $panel; color: $foreground; width: auto; height: auto; }
    Popup .popup--kind { color: $text-accent; }
    Popup .popup--detail { color: $text-muted; }
    Popup .popup--chosen { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    Popup .popup--bar { color: $primary; }
    """
    chosen: reactive[int] = reactive(0)

    class Chosen(Message):
        """A suggestion was taken."""

        def __init__(self, suggestion: Suggestion) -> None:
            super().__init__()
            self.suggestion = suggestion

    def __init__(self) -> None:
        super().__init__()
        self._suggestions: Sequence[Suggestion] = ()
        self._first = 0
        self._name_width = self._detail_width = 0

    @property
    def is_open(self) -> bool:
        return bool(self.display)

    @property
    def suggestions(self) -> Sequence[Suggestion]:
        return self._suggestions

    def offer(self, suggestions: Sequence[Suggestion], cursor: Offset, typed: int) -> None:
        """Show them for the cursor at a place of the screen, `typed` cells after where they begin; none closes it."""
        if not suggestions:
            self.close()
            return
        self._suggestions = suggestions
        self._first = self.chosen = 0
        self._name_width = min(_LONGEST_NAME, max(cell_len(_short(each.text)) for each in suggestions))
        self._detail_width = min(_LONGEST_DETAIL, max(cell_len(_short(each.detail)) for each in suggestions))
        screen = self.screen.size
        self._detail_width = max(0, min(self._detail_width, screen.width - self._name_width - 8))
        width, height = self._width, min(_MOST_ROWS, len(suggestions))
        below = cursor.y + 1
        y = below if below + height < screen.height else max(0, cursor.y - height)
        x = max(0, min(cursor.x - typed - 3, screen.width - width))
        self.absolute_offset = Offset(x, y)
        self.display = True
        self.refresh(layout=True)

    def close(self) -> None:
        if self.display:
            self.display = False
            self._suggestions = ()

    def move(self, by: int) -> None:
        """Up or down, around the ends."""
        self.chosen = (self.chosen + by) % max(1, len(self._suggestions))

    def choose(self) -> None:
        if self._suggestions:
            suggestion = self._suggestions[self.chosen]
            self.close()
            self.post_message(self.Chosen(suggestion))

    def watch_chosen(self, chosen: int) -> None:
        self._first = max(min(self._first, chosen), chosen - _MOST_ROWS + 1)
        self.refresh()

    @property
    def _width(self) -> int:
        return 3 + self._name_width + (2 + self._detail_width if self._detail_width else 0) + 2

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return self._width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return min(_MOST_ROWS, len(self._suggestions))

    def render_lines(self, crop: Region) -> list[Strip]:
        return [self._line(y).crop(crop.x, crop.right) for y in crop.line_range]

    def _line(self, y: int) -> Strip:
        number = self._first + y
        if number >= len(self._suggestions):
            return Strip.blank(self._width, self.rich_style)
        each = self._suggestions[number]
        is_chosen = number == self.chosen
        base = self.get_component_rich_style("popup--chosen") if is_chosen else self.rich_style
        kind, detail = (
            (base, base)
            if is_chosen
            else (
                base + tone(self, "popup--kind"),
                base + tone(self, "popup--detail"),
            )
        )
        segments = [
            Segment(f" {_LETTERS.get(each.kind, ' ')} ", kind),
            Segment(set_cell_size(_cut(_short(each.text), self._name_width), self._name_width), base),
        ]
        if self._detail_width:
            shown = set_cell_size(_cut(_short(each.detail), self._detail_width), self._detail_width)
            segments.append(Segment(f"  {shown}", detail))
        segments.append(Segment(" ", base))
        segments.append(self._bar(y, base))
        return Strip(segments, self._width)

    def _bar(self, y: int, base: Style) -> Segment:
        """Where in a longer list we are."""
        total = len(self._suggestions)
        if total <= _MOST_ROWS:
            return Segment(" ", base)
        at = self._first * (_MOST_ROWS - 1) // (total - _MOST_ROWS)
        style = self.rich_style + tone(self, "popup--bar")
        return Segment("▐", style) if y == at else Segment(" ", base)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        number = self._first + event.y
        if number < len(self._suggestions):
            self.chosen = number
            self.choose()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.chosen = min(self.chosen + 1, len(self._suggestions) - 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.chosen = max(self.chosen - 1, 0)


def _short(text: str) -> str:
    """Measuring a long text costs; a snippet has line breaks."""
    return visible(text[:200].replace("\n", " "))


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…"
