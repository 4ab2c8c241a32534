"""The widget: a grid in which one moves, selects, and arranges columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from kitcn_repl.explore.browsing.rows import Row
from kitcn_repl.values import JsonObject
from kitcn_tui.actions import bindings
from kitcn_tui.grid.actions import ACTIONS
from kitcn_tui.grid.canvas import HEADER, Canvas
from kitcn_tui.grid.columns import Column
from kitcn_tui.grid.paint import EDGE, GUTTER


class Grid(Canvas, can_focus=True):
    """Documents as rows. `row`, `column`, `documents` and `selection` tell what somebody points at."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS)]

    class Opened(Message):
        """Enter, or a double click, on a cell."""

        def __init__(self, row: Row, column: str) -> None:
            super().__init__()
            self.row = row
            self.column = column

    class HeaderChosen(Message):
        """A click on a column's name."""

        def __init__(self, column: str) -> None:
            super().__init__()
            self.column = column

    class Escaped(Message):
        """Escape, and nothing was selected."""

    class ColumnsChanged(Message):
        """Somebody arranged the columns; `columns.remember()` tells how."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._dragged: tuple[Column, int] | None = None
        self._selects_by_mouse = False

    @property
    def documents(self) -> list[JsonObject]:
        """What is selected, else the document under the cursor."""
        if len(self.selection):
            return self.selection.documents
        row = self.row
        return [] if row is None else [row.document]

    # Moving ----------------------------------------------------------------------------------------------------------

    def stand(self, position: int, column: Column | None = None, *, keeps_range: bool = False) -> None:
        """Put the cursor there, and show it."""
        if not keeps_range:
            self.selection.release()
        self._goes_to_end = False
        self.cursor_row = max(0, min(position, self.source.size - 1))
        if column is not None:
            self._cursor_name = column.name
        self._show_cursor()
        self.refresh()
        self.post_message(self.Moved())

    def watch_show_horizontal_scrollbar(self, is_shown: bool) -> None:
        super().watch_show_horizontal_scrollbar(is_shown)
        if is_shown:
            self.call_after_refresh(self._uncover)

    def _uncover(self) -> None:
        """The bar came to lie on the last row that was shown: not if that is the cursor's."""
        if self.cursor_row == self.window[1] + 1:
            self._show_cursor()

    def _show_cursor(self) -> None:
        top, last = self.window
        if self.cursor_row < top:
            self.scroll_to(y=self.cursor_row, animate=False, force=True)
        elif self.cursor_row > last:
            self.scroll_to(y=self.cursor_row - self.page_height + 1, animate=False, force=True)
        column = self.column
        if column is None or column not in self.columns.moving:
            return
        place = self.columns.moving.index(column)
        begin, end = self.columns.offsets[place], self.columns.offsets[place + 1]
        fixed = GUTTER + self.columns.frozen_width + (EDGE if self.columns.frozen else 0)
        room = max(1, self.scrollable_content_region.width - fixed)
        left = round(self.scroll_x)
        if begin < left or end - begin > room:
            self.scroll_to(x=begin, animate=False, force=True)
        elif end > left + room:
            self.scroll_to(x=end - room, animate=False, force=True)

    def _step(self, by: int) -> None:
        shown = self.columns.shown
        column = self.column
        if column is not None:
            place = max(0, min(shown.index(column) + by, len(shown) - 1))
            self.stand(self.cursor_row, shown[place])

    def action_up(self) -> None:
        self.stand(self.cursor_row - 1)

    def action_down(self) -> None:
        self.stand(self.cursor_row + 1)

    def action_left(self) -> None:
        self._step(-1)

    def action_right(self) -> None:
        self._step(1)

    def action_first_column(self) -> None:
        self._step(-len(self.columns.shown))

    def action_last_column(self) -> None:
        self._step(len(self.columns.shown))

    def action_page_up(self) -> None:
        self._page(-1)

    def action_page_down(self) -> None:
        self._page(1)

    def _page(self, by: int) -> None:
        """The rows move, the cursor keeps its place on the screen."""
        height = self.page_height
        self.scroll_to(y=round(self.scroll_y) + by * height, animate=False, force=True)
        self.stand(self.cursor_row + by * height)

    def action_first_row(self) -> None:
        self.stand(0)

    def action_last_row(self) -> None:
        self.source.reach_end()
        self.stand(self.source.size - 1)
        self._goes_to_end = True

    # Selecting -------------------------------------------------------------------------------------------------------

    def _rows_between(self, one: int, other: int) -> Iterator[Row]:
        for position in range(min(one, other), max(one, other) + 1):
            row = self.source.row(position)
            if row is not None:
                yield row

    def _draw_range(self, to: int) -> None:
        to = max(0, min(to, self.source.size - 1))
        self.selection.begin(self.cursor_row)
        assert self.selection.anchor is not None
        self.selection.stretch(self._rows_between(self.selection.anchor, to))
        self.stand(to, keeps_range=True)

    def action_select(self) -> None:
        row = self.row
        if row is not None:
            self.selection.toggle(row)
            self.stand(self.cursor_row + 1)

    def action_select_up(self) -> None:
        self._draw_range(self.cursor_row - 1)

    def action_select_down(self) -> None:
        self._draw_range(self.cursor_row + 1)

    def action_select_all(self) -> None:
        self.selection.add(self._rows_between(0, self.source.size - 1))
        self.stand(self.cursor_row)

    def action_unselect(self) -> None:
        if not len(self.selection):
            self.post_message(self.Escaped())
        self.selection.clear()
        self.stand(self.cursor_row)

    def action_open(self) -> None:
        row, column = self.row, self.column
        if row is not None and column is not None:
            self.post_message(self.Opened(row, column.name))

    def action_value(self) -> None:
        from kitcn_tui.grid.value import ValueScreen

        row, column = self.row, self.column
        if row is not None and column is not None:
            self.app.push_screen(ValueScreen(row.document, column.name, self.typing))

    # Columns ---------------------------------------------------------------------------------------------------------

    def columns_changed(self) -> None:
        """Somebody arranged them."""
        self.lay_out()
        self._show_cursor()
        self.post_message(self.ColumnsChanged())
        self.post_message(self.Moved())

    def action_columns(self) -> None:
        from kitcn_tui.grid.chooser import ColumnChooser

        self.app.push_screen(ColumnChooser(self.columns, self.columns_changed))

    def action_hide_column(self) -> None:
        column = self.column
        if column is not None and len(self.columns.shown) > 1:
            shown = self.columns.shown
            place = shown.index(column)
            column.hidden = True
            self._cursor_name = shown[place + 1 if place + 1 < len(shown) else place - 1].name
            self.columns_changed()

    def action_pin_column(self) -> None:
        column = self.column
        if column is not None:
            column.pinned = not column.pinned
            self.columns_changed()

    def action_narrower(self) -> None:
        self._resize_column(-2)

    def action_wider(self) -> None:
        self._resize_column(2)

    def _resize_column(self, by: int) -> None:
        column = self.column
        if column is not None:
            self.columns.resize(column, column.width + by)
            self.columns_changed()

    def action_fit_column(self) -> None:
        column = self.column
        if column is not None:
            self.columns.fit(column)
            self.columns_changed()

    def action_move_left(self) -> None:
        self._move_column(-1)

    def action_move_right(self) -> None:
        self._move_column(1)

    def _move_column(self, by: int) -> None:
        column = self.column
        if column is not None:
            self._cursor_name = column.name
            self.columns.move(column, by)
            self.columns_changed()

    def action_reset_columns(self) -> None:
        self.columns.reset()
        self._measure()
        self.columns_changed()

    def action_reveal(self) -> None:
        from dataclasses import replace

        self.know(replace(self.typing, reveals=not self.typing.reveals))
        self.refresh()
        self.post_message(self.Moved())

    # Mouse -----------------------------------------------------------------------------------------------------------

    def _at(self, event: events.MouseEvent) -> tuple[int, Column | None]:
        """The line of the screen and the column under the mouse."""
        columns = self.columns
        x = event.x - GUTTER
        for column in columns.frozen:
            if x < column.box:
                return event.y, column
            x -= column.box
        x += round(self.scroll_x) - (EDGE if columns.frozen else 0)
        for place, column in enumerate(columns.moving):
            if columns.offsets[place] <= x < columns.offsets[place + 1]:
                return event.y, column
        return event.y, None

    def _right_edge(self, column: Column) -> int:
        """Where on the screen the column ends."""
        columns = self.columns
        if column in columns.frozen:
            return GUTTER + sum(one.box for one in columns.frozen[: columns.frozen.index(column) + 1])
        fixed = GUTTER + columns.frozen_width + (EDGE if columns.frozen else 0)
        return fixed + columns.offsets[columns.moving.index(column) + 1] - round(self.scroll_x)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        line, column = self._at(event)
        if event.button != 1:
            return
        if line == 0:
            if column is not None and event.x >= self._right_edge(column) - 1:
                self._dragged = (column, column.width - event.x)
                self.capture_mouse()
            return
        position = round(self.scroll_y) + line - HEADER
        if not 0 <= position < self.source.size:
            return
        if event.shift:
            self._draw_range(position)
        else:
            self.stand(position, column)
            if event.ctrl or event.x < GUTTER:
                row = self.row
                if row is not None:
                    self.selection.toggle(row)
            self._selects_by_mouse = True

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragged is not None:
            column, before = self._dragged
            self.columns.resize(column, before + event.x)
            self.lay_out()
        elif self._selects_by_mouse and event.button == 1:
            position = round(self.scroll_y) + event.y - HEADER
            if event.y >= HEADER and position != self.cursor_row and 0 <= position < self.source.size:
                self._draw_range(position)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        self._selects_by_mouse = False
        if self._dragged is not None:
            self.release_mouse()
            self.columns_changed()

    def on_click(self, event: events.Click) -> None:
        dragged, self._dragged = self._dragged, None
        line, column = self._at(event)
        if column is None or event.button != 1:
            return
        if line == 0 and event.x >= self._right_edge(column) - 1:
            if event.chain == 2:
                self.columns.fit(column)
                self.columns_changed()
        elif line == 0 and dragged is None:
            self.post_message(self.HeaderChosen(column.name))
        elif line > 0 and event.chain == 2:
            self.action_open()
