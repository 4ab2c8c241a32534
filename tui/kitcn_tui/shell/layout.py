"""Which widgets are told that they have a size, or another one."""

from __future__ import annotations

from textual._compositor import Compositor, ReflowResult
from textual.geometry import Size
from textual.widget import Widget


class Layout(Compositor):
    """Textual compares a layout with the one before to find out. But whoever asks for a region in between, as
    `Static.update` does, has that one made anew; widgets mounted meanwhile are in it, and never get `Resize` and
    `Show`. This one compares with what it told."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[Widget, Size] = {}

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        result = super().reflow(parent, size)
        sizes = {widget: geometry.region.size for widget, geometry in self._full_map.items()}
        shown = sizes.keys() - self._told.keys()
        resized = {widget for widget, now in sizes.items() if self._told.get(widget, now) != now}
        self._told = sizes
        return ReflowResult(result.hidden, shown, resized)
