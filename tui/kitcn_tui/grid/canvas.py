"""What a grid draws: the rows of a source, in columns, as far as they are on the screen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.scrollbar import ScrollBar, ScrollTo
from textual.strip import Strip

from kitcn_repl.explore.browsing.rows import Moved as RowsMoved
from kitcn_repl.explore.browsing.rows import Row, RowList, RowSource, moved
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_tui.grid.cells import Typing, cell_of
from kitcn_tui.grid.columns import Column, Columns
from kitcn_tui.grid.paint import EDGE, GUTTER, Frame, Look, State, Styles, empty_strip, header_strip, row_strip
from kitcn_tui.grid.scrollbar import CoarseScrollBar
from kitcn_tui.grid.selection import Selection
from kitcn_tui.widgets.colours import table_colour
from kitcn_tui.widgets.going import is_going
from kitcn_tui.widgets.line_view import LineView

HEADER = 1
_STRIPS = 400
_SHORT = 40
_MEASURED = 60
"""Rows that decide on the widths of columns, if so many are there."""


class Canvas(LineView):
    """Rows and columns without hands: nobody can move in it."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"grid--{name}"
        for name in (
            "row", "current", "selected", "cursor", "cursor-blurred", "header", "header-current", "edge", "gutter",
            "gutter-current", "mark-new", "mark-changed", "mark-deleted", "new", "changed", "deleted", "unread",
            "text", "number", "date", "boolean", "null", "unset", "nested", "bytes", "masked", "id",
        )
    }  # fmt: skip
    DEFAULT_CSS = """
    Canvas { height: 1fr; background: $background; scrollbar-size-horizontal: 1; scrollbar-size-vertical: 1; }
    Canvas > .grid--row { background: $background; color: $foreground; }
    Canvas > .grid--current { background: $panel; color: $foreground; }
    Canvas > .grid--selected { background: $primary 22%; color: $foreground; }
    Canvas > .grid--cursor { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    Canvas > .grid--cursor-blurred {
        background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground;
    }
    Canvas > .grid--header { background: $surface; color: $foreground 70%; text-style: bold; }
    Canvas > .grid--header-current { color: $primary; }
    Canvas > .grid--edge { color: $foreground 30%; }
    Canvas > .grid--gutter { color: $primary; }
    Canvas > .grid--gutter-current { color: $primary; }
    Canvas > .grid--mark-new { color: $text-success; text-style: bold; }
    Canvas > .grid--mark-changed { color: $text-warning; text-style: bold; }
    Canvas > .grid--mark-deleted { color: $text-error; text-style: bold; }
    Canvas > .grid--new { color: $text-success; }
    Canvas > .grid--changed { color: $text-warning; text-style: bold underline; }
    Canvas > .grid--deleted { color: $text-error; text-style: strike; }
    Canvas > .grid--unread { color: $foreground 45%; }
    Canvas > .grid--text { color: $foreground; }
    Canvas > .grid--number { color: $text-accent; }
    Canvas > .grid--date { color: $foreground 70%; }
    Canvas > .grid--boolean { color: $text-secondary; }
    Canvas > .grid--null { color: $foreground 45%; text-style: italic; }
    Canvas > .grid--unset { color: $foreground 30%; }
    Canvas > .grid--nested { color: $text-secondary; }
    Canvas > .grid--bytes { color: $text-secondary; }
    Canvas > .grid--masked { color: $foreground 45%; }
    Canvas > .grid--id { color: $text-primary; }
    """

    class Moved(Message):
        """The cursor stands elsewhere, other rows are selected, or something came."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.source: RowSource = RowList(())
        self.typing = Typing()
        self.columns = Columns()
        self.selection = Selection()
        self.arrows: Mapping[str, str] = {}
        self.unread = "…"
        self.cursor_row = 0
        self.drawn = 0
        """Lines that were put together, and not just shown again."""
        self._cursor_name: str | None = None
        self._goes_to_end = False
        self._is_measured = False
        self._strips: OrderedDict[tuple[object, ...], tuple[Row, Strip]] = OrderedDict()
        self._styles: Styles | None = None
        self._seen: list[object] = []

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = CoarseScrollBar(name="vertical", thickness=self.scrollbar_size_vertical)
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)
        return self._vertical_scrollbar

    # What is shown ---------------------------------------------------------------------------------------------------

    def show(self, source: RowSource, typing: Typing, *, remembered: JsonObject | None = None, at: int = 0) -> None:
        """Show other rows, the cursor at a position; `remembered` is what `columns.remember` gave once.

        `arrows` (by column, how the rows are ordered) and `unread` (what stands for a row that was not read) are set
        by whoever shows.
        """
        self.source.listener = None
        self.source = source
        source.listener = self._changed
        self.typing = typing
        self.selection.clear()
        self.columns.begin(remembered=remembered)
        self._is_measured = self._goes_to_end = False
        self._forget_drawn()
        self.cursor_row = at
        self._resize_virtual()
        self.scroll_to(0, max(0, at - 1), animate=False, force=True)
        self._changed(())
        self._look()

    def know(self, typing: Typing) -> None:
        """More is known of the same rows."""
        self.typing = typing
        self._forget_drawn()
        if self._is_measured:
            self._measure()
            self.lay_out()

    @property
    def row(self) -> Row | None:
        """Where the cursor stands, if that was read."""
        return self.source.row(self.cursor_row)

    @property
    def column(self) -> Column | None:
        shown = self.columns.shown
        found = next((column for column in shown if column.name == self._cursor_name), None)
        return found or (shown[0] if shown else None)

    @property
    def page_height(self) -> int:
        return max(1, self.scrollable_content_region.height - HEADER)

    @property
    def window(self) -> tuple[int, int]:
        """First and last position on the screen."""
        top = round(self.scroll_y)
        return top, top + self.page_height - 1

    def seen_values(self) -> dict[str, list[JsonValue]]:
        """Short values by field that are on the screen, credentials and times aside."""
        seen: dict[str, list[JsonValue]] = {column.name: [] for column in self.columns.all}
        for row in self._rows_to_measure():
            for name, values in seen.items():
                value = row.document.get(name)
                looks = cell_of(row.document, name, self.typing).look
                if looks in ("text", "boolean") and len(str(value)) <= _SHORT and value not in values:
                    values.append(value)
        return {name: sorted(values, key=str)[:_SHORT] for name, values in seen.items()}

    def lay_out(self) -> None:
        """Columns are others, or wider."""
        room = self.scrollable_content_region.width - GUTTER - EDGE
        self.columns.lay_out(room if room > 0 else None)
        self._resize_virtual()
        self.refresh()

    def _changed(self, moves: Sequence[RowsMoved]) -> None:
        """The source has something new."""
        top = round(self.scroll_y)
        now = moved(top, moves)
        self.cursor_row = moved(self.cursor_row, moves)
        if not self._is_measured and self._rows_to_measure():
            self._is_measured = True
            self._measure()
            self.lay_out()
        self._resize_virtual()
        if now != top:
            self.scroll_to(y=now, animate=False, force=True)
        self.cursor_row = max(0, min(self.cursor_row, self.source.size - 1))
        if self._goes_to_end:
            self.cursor_row = max(0, self.source.size - 1)
            self.scroll_to(y=self.source.size, animate=False, force=True)
        self._refresh_if_other()
        self.post_message(self.Moved())

    def _refresh_if_other(self) -> None:
        """Pages that nobody looks at come too; they are no reason to draw."""
        if self._on_screen() != self._seen:
            self.refresh()

    def _on_screen(self) -> list[object]:
        """All that decides on what the lines look like, as far as a source can change it."""
        top, last = self.window
        seen: list[object] = [top, self.source.size > last, self.cursor_row, self.columns.generation]
        for position in range(top, min(last + 1, self.source.size)):
            row = self.source.row(position)
            seen.append((id(row), row.mark) if row is not None else None)
        return seen

    def _rows_to_measure(self) -> list[Row]:
        top, last = self.window
        upto = min(max(last + 1, top + _MEASURED), self.source.size)
        return [row for position in range(top, upto) if (row := self.source.row(position)) is not None]

    def _measure(self) -> None:
        self.columns.measure(self._rows_to_measure(), self.typing)
        # what the ORM calls `createdAt` is `_creationTime`, unless documents say otherwise
        self.columns.add(name for name in self.typing.fields if name not in ("id", "createdAt"))

    def _resize_virtual(self) -> None:
        edge = EDGE if self.columns.frozen else 0
        width = GUTTER + self.columns.frozen_width + edge + self.columns.moving_width
        self.virtual_size = Size(width, self.source.size + HEADER)

    def _look(self) -> None:
        """Tell the source what is on the screen now."""
        if self.is_mounted and self.size.height:
            self.source.look(*self.window)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._look()

    def on_resize(self) -> None:
        self.lay_out()
        self._look()

    def on_scroll_to(self, message: ScrollTo) -> None:
        """The scrollbar is where the mouse is, without reading what lies between."""
        message.prevent_default()
        message.stop()
        self._goes_to_end = False
        self.scroll_to(message.x, message.y, animate=False)

    # Drawing ---------------------------------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        """As far as the scrollbar, which covers what is behind it.

        Textual would go through all that a stylesheet could put around and over each line, cut off what is under the
        scrollbar, and change colours afterwards: more than half of what a frame costs.
        """
        if is_going(self):
            return [Strip.blank(crop.width)] * crop.height
        if self.styles.gutter or self.opacity != 1:
            return super().render_lines(crop)
        width = self.scrollable_content_region.width
        strips = self._paint(crop.line_range, width)
        if crop.height >= self.size.height:
            self._seen = self._on_screen()
        if crop.x or crop.right < width:
            return [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        return self._paint(range(y, y + 1), self.scrollable_content_region.width)[0]

    def _paint(self, lines: Iterable[int], width: int) -> list[Strip]:
        styles = self._get_styles()
        left, top = round(self.scroll_x), round(self.scroll_y) - HEADER
        frame = Frame(self.columns, left, width)
        column = self.column
        name = column.name if column is not None else None
        size, cursor, has_focus = self.source.size, self.cursor_row, self.has_focus
        view = (left, width, self.columns.generation)
        strips: list[Strip] = []
        for y in lines:
            position = top + y
            is_current = position == cursor
            if y == 0:
                strips.append(header_strip(frame, styles, dict(self.arrows), name))
            elif position >= size:
                strips.append(empty_strip(frame, styles, State()))
            elif (row := self.source.row(position)) is None:
                strips.append(empty_strip(frame, styles, State(is_current=is_current), self.unread))
            else:
                state = State(name if is_current else None, is_current, row.key in self.selection, has_focus)
                strips.append(self._row(row, frame, styles, state, view))
        return strips

    def _row(self, row: Row, frame: Frame, styles: Styles, state: State, view: tuple[int, ...]) -> Strip:
        key = (id(row), row.mark, row.changed, view, state)
        found = self._strips.get(key)
        if found is not None:
            return found[1]
        strip = row_strip(row, frame, self.typing, styles, state)
        self.drawn += 1
        # with the row, lest another one gets its identity
        self._strips[key] = (row, strip)
        if len(self._strips) > _STRIPS:
            self._strips.popitem(last=False)
        return strip

    def _get_styles(self) -> Styles:
        if self._styles is None:
            names = {*self.typing.tables.values(), *([self.typing.table] if self.typing.table else [])}
            self._styles = Styles(
                self.background_colors[1],
                {name.removeprefix("grid--"): self._look_of(name) for name in self.COMPONENT_CLASSES},
                {name: Color.parse(table_colour(name)) for name in names},
                self.get_line_filters(),
            )
        return self._styles

    def _look_of(self, name: str) -> Look:
        styles = self.get_component_styles(name)
        return Look(
            styles.color if styles.has_rule("color") else None,
            styles.background if styles.has_rule("background") else None,
            Style.parse(str(styles.text_style)),
        )

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._forget_drawn()

    def _forget_drawn(self) -> None:
        self._styles = None
        self._seen = []
        self._strips.clear()

    def on_focus(self, event: events.Focus) -> None:
        self.refresh()

    def on_blur(self, event: events.Blur) -> None:
        self.refresh()
