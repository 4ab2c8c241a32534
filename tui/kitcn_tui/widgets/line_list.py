"""A list of which only what is visible is drawn: a line for each item, whatever their number."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from kitcn_repl.render.text import visible
from kitcn_tui.widgets.going import is_going
from kitcn_tui.widgets.line_view import LineView

Part = tuple[str, str]
"""A piece of a line: any text, and the tone that it is written in (`LineList.TONES`)."""

MARGIN = 2
"""Cells at the left for the mark of the line that the cursor is on."""


class LineList(LineView, can_focus=True):
    """Give it `count` and `parts`; call `changed` when there is something else to show.

    For items that are alike, such as log lines and variables: nothing is kept of an item but its number, so that
    thousands come and go at no cost, and a subclass may give one several lines. Rows that differ, with links and folds
    and headings, are an `Outline`.
    The cursor stays on its item's number; whoever puts items in or takes them out moves it.
    """

    TONES: ClassVar = ("plain", "muted", "strong", "error", "warning", "good", "accent", "link", "cell")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"line--{tone}" for tone in TONES),
        "line--cursor",
        "line--cursor-blurred",
    }
    DEFAULT_CSS = """
    LineList {
        height: 1fr;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 1;
        overflow-x: hidden;
        & .line--plain { color: $foreground; }
        & .line--muted { color: $text-muted; }
        & .line--strong { color: $foreground; text-style: bold; }
        & .line--error { color: $text-error; }
        & .line--warning { color: $text-warning; }
        & .line--good { color: $text-success; }
        & .line--accent { color: $text-accent; }
        & .line--link { color: $text-primary; }
        & .line--cell { background: $primary; color: $background; text-style: bold; }
        & .line--cursor { background: $primary 25%; }
        & .line--cursor-blurred { background: $foreground 8%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1)", "Up", show=False),
        Binding("down,j", "cursor(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "first", "First", show=False),
        Binding("end,G", "last", "Last", show=False),
        Binding("enter", "choose", "Open", show=False),
    ]

    cursor: reactive[int] = reactive(0, init=False)
    nothing: reactive[str] = reactive("")
    """What stands in the middle while there are no items."""

    class Moved(Message):
        """The cursor is on another item."""

        def __init__(self, lines: LineList, index: int) -> None:
            super().__init__()
            self.lines = lines
            self.index = index

        @property
        def control(self) -> LineList:
            return self.lines

    class Chosen(Moved):
        """Somebody wants to see more of an item: Enter, or a click on the one that the cursor is on."""

    def __init__(self) -> None:
        super().__init__()
        self._tones: dict[str, Style] = {}
        """By tone, and `""` for the list itself: working them out anew for each line would take most of a frame."""

    def notify_style_update(self) -> None:
        self._tones.clear()
        super().notify_style_update()

    @property
    def count(self) -> int:
        """How many items there are."""
        raise NotImplementedError

    def parts(self, index: int, width: int) -> Sequence[Part]:
        """One line that shows the item in at most `width` cells; what is longer is cut."""
        raise NotImplementedError

    def changed(self) -> None:
        """The items are others, or look different."""
        last = max(0, self.count - 1)
        if self.cursor > last:
            self.cursor = last
        self._measure()
        self.refresh()

    # Lines of the whole list. One for each item, unless a subclass knows better.

    def top_of(self, index: int) -> int:
        """The first line of an item."""
        return index

    def lines_of(self, index: int) -> int:
        return 1

    def item_at(self, line: int) -> tuple[int, int]:
        """The item that a line shows, and which of its lines that is."""
        return line, 0

    def parts_of_line(self, index: int, line: int, width: int) -> Sequence[Part]:
        return self.parts(index, width)

    @property
    def height_of_all(self) -> int:
        return self.count

    @property
    def room(self) -> int:
        """Cells that an item's line has."""
        return max(1, self.scrollable_content_region.width - MARGIN)

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self.height_of_all)

    def on_resize(self) -> None:
        self._measure()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if is_going(self):
            return Strip.blank(width)
        line = y + self.scroll_offset.y
        if line >= self.height_of_all:
            return self._nothing(y, width) if not self.count else Strip.blank(width, self._tone(""))
        index, part = self.item_at(line)
        base = self._tone("")
        is_current = index == self.cursor
        if is_current:
            base += self._tone("cursor" if self.has_focus else "cursor-blurred")
        mark = "▌ " if is_current and part == 0 else " " * MARGIN
        segments = [Segment(mark, base + self._tone("link"))]
        segments += self._segments(self.parts_of_line(index, part, width - MARGIN), base)
        return Strip(segments).adjust_cell_length(width, base)

    def _nothing(self, y: int, width: int) -> Strip:
        rows = [row for line in self.nothing.split("\n") for row in textwrap.wrap(line, max(20, width - 4)) or [""]]
        at = y - max(0, (self.scrollable_content_region.height - len(rows)) // 2)
        text = visible(rows[at]) if 0 <= at < len(rows) else ""
        left = max(0, (width - cell_len(text)) // 2)
        style = self._tone("") + self._tone("muted")
        return Strip([Segment(" " * left + text, style)]).adjust_cell_length(width, style)

    def _segments(self, parts: Sequence[Part], base: Style) -> list[Segment]:
        return [Segment(visible(text), base + self._tone(tone)) for text, tone in parts]

    def _tone(self, tone: str) -> Style:
        style = self._tones.get(tone)
        if style is None:
            style = self._tones[tone] = self._worked_out(tone)
        return style

    def _worked_out(self, tone: str) -> Style:
        """A tone has no background, which is the line's; but for a cell that the cursor is on."""
        if not tone:
            return self.rich_style
        full = self.get_component_rich_style(f"line--{tone}")
        if tone == "cell":
            return full
        if tone.startswith("cursor"):
            return Style(bgcolor=full.bgcolor)
        return Style(color=full.color, bold=full.bold, dim=full.dim, italic=full.italic)

    def watch_cursor(self, index: int) -> None:
        self.show_cursor()
        self.refresh()
        self.post_message(self.Moved(self, index))

    def show_cursor(self) -> None:
        """Scroll as far as it takes to see the item under the cursor."""
        if not self.count:
            return
        top, height = self.top_of(self.cursor), self.scrollable_content_region.height
        bottom = top + self.lines_of(self.cursor)
        at = self.scroll_offset.y
        if top < at:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
        elif bottom > at + height:
            self.scroll_to(y=min(top, bottom - height), animate=False, force=True, immediate=True)

    def move_to(self, index: int) -> None:
        self.cursor = max(0, min(self.count - 1, index))

    def action_cursor(self, step: int) -> None:
        self.move_to(self.cursor + step)

    def action_page(self, step: int) -> None:
        if not self.count:
            return
        height = max(1, self.scrollable_content_region.height - 1)
        line = self.top_of(self.cursor) + step * height
        self.move_to(self.item_at(max(0, min(self.height_of_all - 1, line)))[0])

    def action_first(self) -> None:
        self.move_to(0)

    def action_last(self) -> None:
        self.move_to(self.count - 1)

    def action_choose(self) -> None:
        if self.count:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        line = int(event.get_content_offset_capture(self).y) + self.scroll_offset.y
        if 0 <= line < self.height_of_all:
            index, _ = self.item_at(line)
            was_there = index == self.cursor
            self.move_to(index)
            if was_there:
                self.action_choose()


def columns(cells: Sequence[tuple[str, str, int]], width: int, gap: int = 2) -> list[Part]:
    """Parts side by side: text, tone and cells of each; a negative number of cells aligns right, 0 takes what is left.

    Texts are made visible and cut to their columns.
    """
    fixed = sum(abs(size) for _, _, size in cells if size) + gap * (len(cells) - 1)
    parts: list[Part] = []
    for at, (text, tone, size) in enumerate(cells):
        room = size or max(0, width - fixed)
        fitted = fit(text, abs(room), align_right=room < 0)
        parts.append((fitted + (" " * gap if at < len(cells) - 1 else ""), tone))
    return parts


def fit(text: str, room: int, *, align_right: bool = False) -> str:
    """Exactly `room` cells: cut with an ellipsis, or filled with blanks."""
    shown = visible(text[: room * 4 + 8])
    is_longer = len(text) > room * 4 + 8
    if shown.isascii() and len(shown) <= room and not is_longer:
        return shown.rjust(room) if align_right else shown.ljust(room)
    if is_longer or cell_len(shown) > room:
        shown = cut(shown, max(0, room - 1)) + "…" if room else ""
    blanks = " " * max(0, room - cell_len(shown))
    return blanks + shown if align_right else shown + blanks


def cut(text: str, room: int) -> str:
    """The beginning of a line of text that takes at most `room` cells."""
    text = text[: max(0, room) * 4 + 8]
    if text.isascii():
        return text[:room]
    while cell_len(text) > room:
        over = cell_len(text) - room
        text = text[: -max(1, over // 2)]
    return text
