"""The lines of a layout as characters, row by row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kitcn_repl.render.graph.model import Check, Point, Route, always

_UP, _DOWN, _LEFT, _RIGHT = 27, 9, 3, 1
_ARMS = " ╶╺╴─╼╸╾━╷┌┍┐┬┮┑┭┯╻┎┏┒┰┲┓┱┳╵└┕┘┴┶┙┵┷│├┝┤┼┾┥┽┿╽┟┢┧╁╆┪╅╈╹┖┗┚┸┺┛┹┻╿┞┡┦╀╄┩╃╇┃┠┣┨╂╊┫╉╋"
"""By the weights of the arms up, down, left and right (none, light, heavy), as digits of a number to the base 3."""
_SOFTENED = {
    "┌": "╭", "┐": "╮", "└": "╰", "┘": "╯",
}  # fmt: skip
_DASHED = {"─": "╌", "│": "╎", "━": "╍", "┃": "╏"}
_ALL_ARMS = (_UP, _DOWN, _LEFT, _RIGHT)
_JOINED, _JOINED_HEAVY = "•", "●"
"""Where four arms of the same net meet; a cross is two nets that have nothing to do with each other."""

FOOT_LEFT, FOOT_RIGHT = ">", "<"
ARROW_LEFT, ARROW_RIGHT = "◂", "▸"


@dataclass(frozen=True, slots=True)
class Pen:
    """How a line is drawn: with feet at ends where there can be many, else an arrow at the target."""

    many_sources: bool = True
    many_targets: bool = False
    dashed: bool = False


@dataclass(slots=True)
class _Part:
    """What one net has in a cell: the arms of each of its lines."""

    arms: dict[int, int] = field(default_factory=dict)
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A cell of a line; `strong` if a highlighted line has part in it."""

    text: str
    strong: bool


class Canvas:
    """Cells of lines, asked for when they are shown."""

    def __init__(self, routes: Sequence[Route], pens: Sequence[Pen], check: Check = always) -> None:
        self._pens = pens
        self._rows: dict[int, dict[int, dict[Point, _Part]]] = {}
        self._plain: dict[Point, Glyph] = {}
        for number, (route, pen) in enumerate(zip(routes, pens, strict=True)):
            check()
            self._trace(number, route, pen)

    def row(self, y: int, start: int, end: int, strong: Collection[int] = ()) -> Mapping[int, Glyph]:
        """Glyphs of a row by `x`, from `start` to before `end`. Lines in `strong` are drawn heavy."""
        found = {}
        for x, cell in self._rows.get(y, {}).items():
            if start <= x < end:
                if strong and any(not part.arms.keys().isdisjoint(strong) for part in cell.values()):
                    found[x] = self._glyph(cell, strong)
                elif (x, y) in self._plain:
                    found[x] = self._plain[x, y]
                else:
                    found[x] = self._plain[x, y] = self._glyph(cell, ())
        return found

    def lines_at(self, x: int, y: int) -> list[int]:
        """The lines that pass through a cell."""
        return [number for part in self._rows.get(y, {}).get(x, {}).values() for number in part.arms]

    def _trace(self, number: int, route: Route, pen: Pen) -> None:
        net = route[-1]
        for (x, y), arms in _cells(route):
            part = self._rows.setdefault(y, {}).setdefault(x, {}).setdefault(net, _Part())
            part.arms[number] = part.arms.get(number, 0) | arms
        faces_right = route[0][0] < route[1][0]
        if pen.many_sources:
            self._mark(net, route[0], FOOT_LEFT if faces_right else FOOT_RIGHT)
        comes_from_left = route[-2][0] < route[-1][0]
        if pen.many_targets:
            self._mark(net, net, FOOT_RIGHT if comes_from_left else FOOT_LEFT)
        else:
            self._mark(net, net, ARROW_RIGHT if comes_from_left else ARROW_LEFT)

    def _mark(self, net: Point, at: Point, mark: str) -> None:
        part = self._rows[at[1]][at[0]][net]
        if part.mark not in (ARROW_LEFT, ARROW_RIGHT):
            part.mark = mark

    def _glyph(self, cell: Mapping[Point, _Part], strong: Collection[int]) -> Glyph:
        weights = dict.fromkeys(_ALL_ARMS, 0)
        is_strong = dashed = False
        for part in cell.values():
            heavy = any(number in strong for number in part.arms)
            is_strong = is_strong or heavy
            if part.mark:
                return Glyph(part.mark, heavy)
            dashed = all(self._pens[number].dashed for number in part.arms)
            for number, arms in part.arms.items():
                for bit, arm in enumerate(_ALL_ARMS):
                    if arms >> bit & 1:
                        weights[arm] = max(weights[arm], 2 if number in strong else 1)
        if len(cell) == 1 and all(weights.values()):
            return Glyph(_JOINED_HEAVY if is_strong else _JOINED, is_strong)
        text = _ARMS[sum(arm * weight for arm, weight in weights.items())]
        text = _SOFTENED.get(text, text)
        return Glyph(_DASHED.get(text, text) if dashed else text, is_strong)


def _cells(route: Route) -> Iterator[tuple[Point, int]]:
    """Each cell of a route with the arms that it has there, as bits in the order up, down, left, right."""
    yield from ((end, 4 | 8) for end in (route[0], route[-1]))
    for (x, y), (to_x, to_y) in pairwise(route):
        if y == to_y:
            low, high = min(x, to_x), max(x, to_x)
            yield from (((at, y), 4 * (at > low) | 8 * (at < high)) for at in range(low, high + 1))
        else:
            low, high = min(y, to_y), max(y, to_y)
            yield from (((x, at), 1 * (at > low) | 2 * (at < high)) for at in range(low, high + 1))
