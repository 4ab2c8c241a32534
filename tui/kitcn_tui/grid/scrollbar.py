"""The scrollbar of a long table."""

from __future__ import annotations

from textual.scrollbar import ScrollBar


class CoarseScrollBar(ScrollBar):
    """Is drawn anew when its picture changes, which on a million rows is once in a hundred pages."""

    def validate_position(self, position: float) -> float:
        exact = super().validate_position(position)
        hidden = self.window_virtual_size - self.window_size
        step = hidden / (8 * max(1, self.size.height))  # an eighth of a cell is the smallest part that is drawn
        return int(exact / step) * step if step > 1 and 0 < exact < hidden else exact
