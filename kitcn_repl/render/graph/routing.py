"""Where the columns stand, and the way of every line between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kitcn_repl.render.graph.channels import Bend, bends
from kitcn_repl.render.graph.model import TITLE, Check, Line, Placed, Point, Route, always
from kitcn_repl.render.graph.strands import Net, Weave, net_of

_NARROWEST = 5
"""Cells between two columns: an end mark on either side, and lines between."""


class Routing:
    """A woven graph whose slots have their `y`."""

    def __init__(self, woven: Weave, columns: Mapping[str, int], check: Check = always) -> None:
        self._woven = woven
        self._columns = columns
        self._bends: list[dict[Net, Bend]] = []
        self._x: list[int] = []
        self._widths = [max((slot.box.width for slot in column if slot.box), default=1) for column in woven.columns]
        x = 0
        for width, channel in zip(self._widths, woven.channels, strict=True):
            check()
            self._x.append(x)
            found, tracks = bends(channel)
            self._bends.append({strand.net: bend for strand, bend in zip(channel, found, strict=True)})
            x += width + (max(_NARROWEST, 2 * tracks + 3) if channel else 0)
        self.width = x

    def boxes(self) -> Iterator[Placed]:
        """All boxes of a column are as wide as the widest."""
        for name, slot in self._woven.slots.items():
            column = self._columns[name]
            yield Placed(name, self._x[column], slot.y, self._widths[column], slot.height)

    def routes(self, lines: Sequence[Line]) -> list[Route]:
        return [_straightened(list(self._points(line))) for line in lines]

    def _points(self, line: Line) -> Iterator[Point]:
        net = net_of(line, self._columns)
        start, end = self._columns[line.source], self._columns[line.target]
        y = self._woven.slots[line.source].y + TITLE + 1 + line.row
        title = self._woven.slots[line.target].y + TITLE
        if start == end:
            # Both ends are on the left, and so on the first track, if there are two.
            track = self._track(start, self._bends[start][net].first or 0)
            yield from ((self._right(start), y), (track, y), (track, title), (self._right(start), title))
            return
        leftwards = start > end
        yield (self._x[start] - 1 if leftwards else self._right(start)), y
        for channel in range(start - 1, end - 1, -1) if leftwards else range(start, end):
            column = channel if leftwards else channel + 1
            to = title if column == end else self._woven.passages[net, column].y
            yield from self._bend(net, channel, y, to, leftwards=leftwards)
            y = to
        yield (self._right(end) if leftwards else self._x[end] - 1), title

    def _right(self, column: int) -> int:
        return self._x[column] + self._widths[column]

    def _bend(self, net: Net, channel: int, y: int, to: int, *, leftwards: bool) -> Iterator[Point]:
        bend = self._bends[channel][net]
        if y == to or bend.first is None:
            return
        first, second = self._track(channel, bend.first), self._track(channel, bend.second or 0)
        if bend.crossover is None:
            yield from ((first, y), (first, to))
        elif leftwards:
            yield from ((second, y), (second, bend.crossover), (first, bend.crossover), (first, to))
        else:
            yield from ((first, y), (first, bend.crossover), (second, bend.crossover), (second, to))

    def _track(self, channel: int, number: int) -> int:
        return self._right(channel) + 2 + 2 * number


def _straightened(points: Sequence[Point]) -> Route:
    """Without corners that are none."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)
