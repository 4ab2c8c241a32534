"""The graph of tables on the screen: only the rows and cells that can be seen are drawn."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip

from kitcn_repl.render.graph.picture import Picture, Piece
from kitcn_repl.render.graph.steering import nearest
from kitcn_tui.widgets.colours import table_colour
from kitcn_tui.widgets.going import is_going
from kitcn_tui.widgets.line_view import LineView

_MARGIN_X, _MARGIN_Y = 2, 1
_PAN_X, _PAN_Y = 8, 4


class GraphWidget(LineView, can_focus=True, inherit_bindings=False):
    """Shows a picture. One table is selected; lines in `strong` are highlighted.

    The keys are the view's; the mouse pans, selects, and opens.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "graph--line",
        "graph--strong",
        "graph--border",
        "graph--selected",
        "graph--near",
        "graph--count",
        "graph--field",
        "graph--folded",
        "graph--heading",
        "graph--mark",
    }
    DEFAULT_CSS = """
    GraphWidget {
        height: 1fr; width: 1fr; scrollbar-size: 1 1;
        & .graph--line { color: $foreground 45%; }
        & .graph--strong { color: $accent; text-style: bold; }
        & .graph--border { color: $foreground 30%; }
        & .graph--selected { color: $primary; text-style: bold; }
        & .graph--near { color: $foreground 75%; }
        & .graph--count { color: $text-muted; }
        & .graph--field { color: $foreground 80%; }
        & .graph--folded { color: $text-muted; text-style: italic; }
        & .graph--heading { color: $text-muted; text-style: italic; }
        & .graph--mark { color: $text-warning; text-style: bold; }
    }
    """

    class Selected(Message):
        """Another table is selected."""

        def __init__(self, table: str) -> None:
            super().__init__()
            self.table = table

    class Opened(Selected):
        """The selected table was clicked again."""

    class Resized(Message):
        """There is more room, or less: `width` is in cells."""

        def __init__(self, width: int) -> None:
            super().__init__()
            self.width = width

    class TiePicked(Message):
        """A line or a field was clicked; `tie` is a position."""

        def __init__(self, tie: int) -> None:
            super().__init__()
            self.tie = tie

    def __init__(self) -> None:
        super().__init__()
        self._picture: Picture | None = None
        self._selected: str | None = None
        self._near: Collection[str] = ()
        self._strong: Collection[int] = ()
        self._dragged_from: tuple[Offset, Offset] | None = None
        self._was_dragged = False
        self._styles: dict[str, Style] = {}

    @property
    def picture(self) -> Picture | None:
        return self._picture

    @property
    def selected(self) -> str | None:
        return self._selected

    def show(self, picture: Picture, selected: str | None) -> None:
        """Another picture; the selected table is brought to where it can be seen."""
        self._picture = picture
        self._selected = selected if selected in picture.layout.boxes else None
        self._strong, self._near = (), ()
        self._measure()
        self.centre()
        self.refresh()

    def highlight(self, lines: Collection[int], near: Collection[str]) -> None:
        """Draw these lines heavy, and those tables clearer than others."""
        self._strong, self._near = lines, near
        self.refresh()

    def select(self, table: str) -> None:
        if self._picture is not None and table in self._picture.layout.boxes and table != self._selected:
            self._selected = table
            self.reveal()
            self.refresh()
            self.post_message(self.Selected(table))

    def move(self, right: int, down: int) -> None:
        """Select the nearest table in a direction."""
        if self._picture is None:
            return
        if self._selected is None:
            found: str | None = next(iter(self._picture.layout.boxes), None)
        else:
            found = nearest(self._picture.layout, self._selected, right, down)
        if found is not None:
            self.select(found)

    def pan(self, right: int, down: int) -> None:
        self._go_to(self.scroll_offset + Offset(right * _PAN_X, down * _PAN_Y))

    def page(self, down: int) -> None:
        self._go_to(self.scroll_offset + Offset(0, down * max(1, self.size.height - 2)))

    def reveal(self) -> None:
        """Scroll as little as it takes to see the selected table with some of what is around it."""
        region = self._region()
        if region is not None:
            self.scroll_to_region(region.grow((2, 3, 2, 3)), animate=False, force=True, immediate=True)

    def centre(self) -> None:
        region = self._region()
        if region is not None:
            middle = region.center
            self._go_to(Offset(int(middle[0]) - self.size.width // 2, int(middle[1]) - self.size.height // 2))
        else:
            self._go_to(Offset(0, 0))

    def _go_to(self, offset: Offset) -> None:
        self.scroll_to(offset.x, offset.y, animate=False, force=True, immediate=True)

    def _region(self) -> Region | None:
        if self._picture is None or self._selected is None:
            return None
        box = self._picture.layout.boxes[self._selected]
        origin = self._origin()
        return Region(box.x + origin.x, box.y + origin.y, box.width, box.height)

    def _origin(self) -> Offset:
        """Where the picture begins in what is scrolled: a small one stands in the middle."""
        if self._picture is None:
            return Offset(0, 0)
        layout, room = self._picture.layout, self.scrollable_content_region.size
        return Offset(
            max(_MARGIN_X, (room.width - layout.width) // 2), max(_MARGIN_Y, (room.height - layout.height) // 3)
        )

    def _measure(self) -> None:
        if self._picture is not None:
            layout = self._picture.layout
            self.virtual_size = Size(layout.width + 2 * _MARGIN_X, layout.height + 2 * _MARGIN_Y)

    def on_resize(self, event: events.Resize) -> None:
        self._measure()
        self.reveal()
        self.post_message(self.Resized(event.size.width))

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        base = self.rich_style
        if self._picture is None or is_going(self):
            return Strip.blank(width, base)
        origin = self._origin()
        row = y + self.scroll_offset.y - origin.y
        start = self.scroll_offset.x - origin.x
        layout = self._picture.layout
        if not 0 <= row < layout.height:
            return Strip.blank(width, base)
        left, right = max(start, 0), min(start + width, layout.width)
        if left >= right:
            return Strip.blank(width, base)
        pieces = self._picture.row(row, left, right, selected=self._selected, strong=self._strong)
        segments = [Segment(" " * (left - start), base)]
        segments += [Segment(piece.text, base + self._style(piece)) for piece in pieces]
        return Strip(segments).adjust_cell_length(width, base)

    def _style(self, piece: Piece) -> Style:
        table = piece.table
        match piece.kind:
            case "blank":
                return Style()
            case "title":
                is_clear = table == self._selected or table in self._near
                return Style(color=table_colour(table or ""), bold=is_clear)
            case "border" if table == self._selected:
                name = "selected"
            case "border" if table in self._near:
                name = "near"
            case kind:
                name = kind
        return self._component(name)

    def _component(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            full = self.get_component_rich_style(f"graph--{name}")
            style = self._styles[name] = Style(color=full.color, bold=full.bold, italic=full.italic)
        return style

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

    def _cell(self, event: events.MouseEvent) -> tuple[int, int] | None:
        offset = event.get_content_offset(self)
        if offset is None:
            return None
        at = offset + self.scroll_offset - self._origin()
        return at.x, at.y

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self._dragged_from = (event.screen_offset, self.scroll_offset)
        self._was_dragged = False
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragged_from is not None:
            pressed, scrolled = self._dragged_from
            moved = pressed - event.screen_offset
            if moved != Offset(0, 0):
                self._was_dragged = True
                self._go_to(scrolled + moved)

    def on_mouse_up(self) -> None:
        self._dragged_from = None
        self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        cell = self._cell(event)
        if self._was_dragged or cell is None or self._picture is None:
            return
        box = self._picture.box_at(*cell)
        if box is None:
            lines = self._picture.lines_at(*cell)
            if lines:
                self.post_message(self.TiePicked(self._picture.graph.drawn[lines[0]]))
        elif box.name == self._selected and event.chain > 1:
            self.post_message(self.Opened(box.name))
        else:
            self.select(box.name)
            row = self._picture.row_at(*cell)
            if row is not None:
                self.post_message(self.TiePicked(row.tie))
