"""The widget that draws an outline: only the lines that are on the screen, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from kitcn_tui.outline.rows import Look, Press, Row, Span, fitted
from kitcn_tui.widgets.colours import table_colour
from kitcn_tui.widgets.going import is_going
from kitcn_tui.widgets.line_view import LineView

R = TypeVar("R", bound=Row)

_GUTTER = "▎"


class Outline(LineView, can_focus=True):
    """Rows with a cursor. It says when the cursor moved, and when Enter was pressed on a row or a link clicked.

    For rows that differ from each other: each is an object that knows its spans, which may be links, fold, or be
    headings where the cursor does not stop. Items that are all alike and come and go by the thousand, of which one may
    take several lines, are a `LineList`.
    """

    CLICKS_TO_PRESS: ClassVar[int] = 2

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "outline--cursor",
        "outline--cursor-blurred",
        "outline--plain",
        "outline--key",
        "outline--muted",
        "outline--string",
        "outline--number",
        "outline--constant",
        "outline--title",
        "outline--link",
        "outline--good",
        "outline--warning",
        "outline--error",
    }
    DEFAULT_CSS = """
    Outline {
        height: 1fr; width: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; overflow-y: auto;
        &:focus { background-tint: $foreground 2%; }
        & > .outline--cursor { background: $block-cursor-background 35%; }
        & > .outline--cursor-blurred { background: $foreground 6%; }
        & > .outline--plain { color: $foreground; }
        & > .outline--key { color: $text-primary; }
        & > .outline--muted { color: $text-muted; }
        & > .outline--string { color: $text-success; }
        & > .outline--number { color: $text-warning; }
        & > .outline--constant { color: $text-secondary; }
        & > .outline--title { color: $foreground; text-style: bold; }
        & > .outline--link { color: $text-accent; text-style: underline; }
        & > .outline--good { color: $text-success; }
        & > .outline--warning { color: $text-warning; }
        & > .outline--error { color: $text-error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "end(-1)", "First", show=False),
        Binding("end,G", "end(1)", "Last", show=False),
        Binding("enter", "press", "Open", show=False),
    ]

    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, outline: Outline) -> None:
            super().__init__()
            self.outline = outline

        @property
        def control(self) -> Outline:
            return self.outline

    class Pressed(Message):
        """Enter on a row, or a click on one of its links; `press` is `fold` for a click on what folds."""

        def __init__(self, outline: Outline, row: Row, press: Press = "enter") -> None:
            super().__init__()
            self.outline = outline
            self.row = row
            self.press = press

        @property
        def control(self) -> Outline:
            return self.outline

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._rows: Sequence[Row] = ()
        self._styles: dict[tuple[str, str], Style] = {}

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None

    def show(self, rows: Sequence[Row], cursor: int | None = None) -> None:
        """Other rows, with the cursor on that place, or where it was."""
        self._rows = rows
        self._measure()
        self.set_reactive(Outline.cursor, self._standing(self.cursor if cursor is None else cursor))
        self._reveal()
        self.refresh()

    def move_to(self, place: int) -> None:
        self.cursor = self._standing(place)

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._rows))

    def _standing(self, place: int, direction: int = 1) -> int:
        """The nearest place where the cursor may stand, `direction` first."""
        if not self._rows:
            return 0
        place = max(0, min(place, len(self._rows) - 1))
        for step in (direction, -direction):
            at = place
            while 0 <= at < len(self._rows):
                if self._rows[at].can_stand:
                    return at
                at += step
        return place

    def on_resize(self, event: events.Resize) -> None:
        self._measure()
        self._reveal()

    def watch_cursor(self, old: int, new: int) -> None:
        self._refresh_row(old)
        self._refresh_row(new)
        self._reveal()
        self.post_message(self.Moved(self))

    def _refresh_row(self, place: int) -> None:
        self.refresh(Region(0, place - round(self.scroll_y), self.size.width, 1))

    def _reveal(self) -> None:
        height = self.scrollable_content_region.height
        if not self._rows or height <= 0:
            return
        top = round(self.scroll_y)
        first = self.cursor
        while first > 0 and not self._rows[first - 1].can_stand and self.cursor - first < 2:
            # a heading above the first row of its part
            first -= 1
        if first < top:
            self.scroll_to(y=first, animate=False, immediate=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, immediate=True)

    def on_focus(self) -> None:
        self._refresh_row(self.cursor)

    def on_blur(self) -> None:
        self._refresh_row(self.cursor)

    def action_move(self, by: int) -> None:
        place = self._standing(self.cursor + by, by)
        if (place - self.cursor) * by > 0:
            self.cursor = place
        elif by < 0:
            self.scroll_to(y=0, animate=False, immediate=True)

    def action_page(self, by: int) -> None:
        step = max(1, self.scrollable_content_region.height - 1)
        self.cursor = self._standing(self.cursor + by * step, by)

    def action_end(self, by: int) -> None:
        self.cursor = self._standing(0 if by < 0 else len(self._rows) - 1, -by)

    def action_press(self) -> None:
        if (row := self.row) is not None and row.can_stand:
            self.post_message(self.Pressed(self, row))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        place = offset.y + round(self.scroll_y)
        if not (0 <= place < len(self._rows) and self._rows[place].can_stand):
            return
        self.cursor = place
        press = event.style.meta.get("press")
        if press is not None or event.chain == self.CLICKS_TO_PRESS:
            self.pressed_by_mouse(press)

    def pressed_by_mouse(self, press: str | None) -> None:
        """A click on a span that has a `press`, or a double click (None)."""
        if (row := self.row) is not None:
            self.post_message(self.Pressed(self, row, "fold" if press == "fold" else "enter"))

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        place = y + round(self.scroll_y)
        width = self.scrollable_content_region.width
        if is_going(self):
            return Strip.blank(width)
        if place >= len(self._rows):
            return Strip.blank(width, self._style("plain", ""))
        state = ""
        if place == self.cursor and self._rows[place].can_stand:
            state = "cursor" if self.has_focus else "cursor-blurred"
        gutter = Segment(_GUTTER if state == "cursor" else " ", self._style("key", state))
        spans = fitted(self._rows[place], max(0, width - 2))
        segments = [gutter, *(Segment(span.text, self._of(span, state)) for span in spans)]
        return Strip([*segments, Segment(" ", self._style("plain", state))], width)

    def _of(self, span: Span, state: str) -> Style:
        style = self._style(span.look, state)
        if span.table is not None:
            style += Style(color=table_colour(span.table))
        if span.press is not None:
            style += Style(meta={"press": span.press})
        return style

    def _style(self, look: Look, state: str) -> Style:
        """The style of a look on the background that the row's state has."""
        known = self._styles.get((look, state))
        if known is not None:
            return known
        background = self.background_colors[1]
        if state:
            background = background + self.get_component_styles(f"outline--{state}").background
        styles = self.get_component_styles(f"outline--{look}")
        colour = background.get_contrast_text(styles.color.a) if styles.auto_color else styles.color
        style = Style(color=_blended(background, colour).rich_color, bgcolor=background.rich_color) + Style.parse(
            str(styles.text_style)
        )
        self._styles[look, state] = style
        return style


def _blended(background: Color, colour: Color) -> Color:
    return colour if colour.ansi is not None else background + colour
