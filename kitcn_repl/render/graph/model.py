"""What is laid out, and where it went. Coordinates are cells, from the upper left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Check = Callable[[], None]
"""Called now and then on the way to a layout; what it raises ends that. For who may not want it any more."""


def always() -> None:
    """It is wanted to the end."""


TITLE = 1
"""The row of a box, below its border, where its title is; what refers to the box arrives there."""


@dataclass(frozen=True, slots=True)
class Box:
    """A title and `rows` lines under it, with a border around; `width` counts the border too."""

    name: str
    width: int
    rows: int

    @property
    def height(self) -> int:
        return self.rows + 3


@dataclass(frozen=True, slots=True)
class Line:
    """From a row of the box `source`, counted from 0 below the title, to the title of the box `target`."""

    source: str
    row: int
    target: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A box where it is. `y` is that of its upper border."""

    name: str
    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first cell beside the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.y + self.height

    def row(self, number: int) -> int:
        """The `y` of a row below the title."""
        return self.y + TITLE + 1 + number


Point = tuple[int, int]
Route = tuple[Point, ...]
"""Corners, from the cell beside the source's row to the cell beside the target's title."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`routes` are those of the lines, in their order. `loose` is the row of the heading over unconnected boxes."""

    boxes: Mapping[str, Placed]
    routes: tuple[Route, ...]
    width: int
    height: int
    loose: int | None = None
