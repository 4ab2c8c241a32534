"""What all widgets have in common that draw their own lines."""

from __future__ import annotations

from textual.scroll_view import ScrollView


class LineView(ScrollView):
    """A scroll view whose bars are right from the start: Textual tells a bar only of scrolling that it has seen."""

    def watch_show_vertical_scrollbar(self, is_shown: bool) -> None:
        if is_shown:
            self.vertical_scrollbar.position = self.scroll_y

    def watch_show_horizontal_scrollbar(self, is_shown: bool) -> None:
        if is_shown:
            self.horizontal_scrollbar.position = self.scroll_x
