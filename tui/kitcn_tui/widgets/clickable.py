"""A line whose parts can be clicked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

T = TypeVar("T")


class Part(NamedTuple, Generic[T]):
    """A piece of the line; a click on it means `value`, if that is not None."""

    content: Content
    value: T | None = None


class ClickableLine(Widget, Generic[T]):
    """`parts` says what is shown in so many cells; `clicked` is told of a click."""

    DEFAULT_CSS = """
    ClickableLine { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: clip; }
    """

    def parts(self, width: int) -> Sequence[Part[T]]:
        raise NotImplementedError

    def clicked(self, value: T) -> None:
        raise NotImplementedError

    def render(self) -> RenderResult:
        return joined(self.parts(self.size.width))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        end = 0
        for part in self.parts(self.size.width):
            end += part.content.cell_length
            if offset.x < end:
                if part.value is not None:
                    self.clicked(part.value)
                return


def joined(parts: Iterable[Part[T]]) -> Content:
    return Content.assemble(*(part.content for part in parts))
