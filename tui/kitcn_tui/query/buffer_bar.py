"""The names of the open buffers, in a line."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message

from kitcn_repl.render.text import visible
from kitcn_tui.query.buffers import Buffer
from kitcn_tui.widgets.clickable import ClickableLine, Part

_LONGEST = 24
_NEW = -1
_PLUS = Part(Content(" + "), _NEW)


class BufferBar(ClickableLine[int]):
    """A click shows a buffer, `+` opens a new one. Where there is no room for all, the shown one is among them."""

    DEFAULT_CSS = """
    BufferBar { background: $surface; color: $text-muted; padding: 0; }
    """

    class Picked(Message):
        """A buffer's name was clicked; None for `+`."""

        def __init__(self, place: int | None) -> None:
            super().__init__()
            self.place = place

    class RenameWanted(Message):
        """A double click."""

    def __init__(self) -> None:
        super().__init__()
        self._buffers: Sequence[Buffer] = ()
        self._active = 0
        self._busy: frozenset[str] = frozenset()

    def show(self, buffers: Sequence[Buffer], active: int, running: frozenset[str]) -> None:
        self._buffers, self._active, self._busy = tuple(buffers), active, running
        self.refresh()

    def parts(self, width: int) -> list[Part[int]]:
        titles = [self._title(place) for place in range(len(self._buffers))]
        room = width - _PLUS.content.cell_length
        first = 0
        while first < self._active and _cells(titles[first : self._active + 1]) > room - 2:
            first += 1
        shown = [Part(Content("‹ "), first - 1)] if first else []
        for place, title in enumerate(titles[first:], first):
            if place > self._active and _cells([*shown, title]) > room:
                break
            shown.append(title)
        return [*shown, _PLUS]

    def _title(self, place: int) -> Part[int]:
        buffer = self._buffers[place]
        name = visible(buffer.name)
        name = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
        state = "● " if buffer.key in self._busy else "* " if buffer.is_changed else ""
        style = "$text-primary bold on $background" if place == self._active else ""
        return Part(Content.styled(f" {state}{name} ", style), place)

    def clicked(self, value: int) -> None:
        self.post_message(self.Picked(None if value == _NEW else value))

    def on_click(self, event: events.Click) -> None:
        super().on_click(event)
        if event.chain == 2:
            self.post_message(self.RenameWanted())


def _cells(parts: Sequence[Part[int]]) -> int:
    return sum(part.content.cell_length for part in parts)
