"""Where boxes and lines go: a pure function of what is to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kitcn_repl.render.graph.layering import columns
from kitcn_repl.render.graph.model import Box, Check, Layout, Line, Placed, Route, always
from kitcn_repl.render.graph.ordering import order
from kitcn_repl.render.graph.packing import block, pack
from kitcn_repl.render.graph.placing import place
from kitcn_repl.render.graph.routing import Routing
from kitcn_repl.render.graph.strands import weave

_GAP = 2
"""Rows between parts of the picture that no line joins."""


def lay_out(boxes: Sequence[Box], lines: Sequence[Line], width: int = 100, check: Check = always) -> Layout:
    """Connected boxes in columns, what is referred to on the left; boxes without any line in a block below them.

    `width` is that of the screen: parts that no line joins stand side by side up to it. Lines name boxes that are
    there. Equal input gives an equal layout.
    """
    parts, loose = _parts(boxes, lines)
    drawn = [_connected(*_within(part, boxes, lines), check) for part in parts]
    placed: dict[str, Placed] = {}
    routes: dict[int, Route] = {}
    right = bottom = 0
    for part, (x, y) in zip(drawn, pack([(each.width, each.height) for each in drawn], width), strict=True):
        placed |= {name: replace(box, x=box.x + x, y=box.y + y) for name, box in part.boxes.items()}
        inside = (at for at, line in enumerate(lines) if line.source in part.boxes)
        moved = (tuple((px + x, py + y) for px, py in route) for route in part.routes)
        routes |= dict(zip(inside, moved, strict=True))
        right, bottom = max(right, x + part.width), max(bottom, y + part.height)
    heading = None
    if loose:
        top = 0
        if drawn:
            heading = bottom + _GAP - 1
            top = heading + 1
        for each in block(loose, max(width, right), top):
            placed[each.name] = each
            right, bottom = max(right, each.right), max(bottom, each.bottom)
    return Layout(
        {box.name: placed[box.name] for box in boxes},
        tuple(routes[at] for at in range(len(lines))),
        right,
        bottom,
        heading,
    )


def _parts(boxes: Sequence[Box], lines: Sequence[Line]) -> tuple[list[list[int]], list[Box]]:
    """Positions of boxes that hang together, most first; and the boxes without any line."""
    numbers = {box.name: at for at, box in enumerate(boxes)}
    root = list(range(len(boxes)))

    def find(at: int) -> int:
        while root[at] != at:
            root[at] = root[root[at]]
            at = root[at]
        return at

    joined = set()
    for line in lines:
        one, other = find(numbers[line.source]), find(numbers[line.target])
        root[max(one, other)] = min(one, other)
        joined |= {numbers[line.source], numbers[line.target]}
    parts: dict[int, list[int]] = {}
    for at in sorted(joined):
        parts.setdefault(find(at), []).append(at)
    loose = [box for at, box in enumerate(boxes) if at not in joined]
    return sorted(parts.values(), key=lambda part: (-len(part), part[0])), loose


def _within(part: Sequence[int], boxes: Sequence[Box], lines: Sequence[Line]) -> tuple[list[Box], list[Line]]:
    some = [boxes[at] for at in part]
    names = {box.name for box in some}
    return some, [line for line in lines if line.source in names]


def _connected(boxes: Sequence[Box], lines: Sequence[Line], check: Check) -> Layout:
    numbers = columns(boxes, ((line.target, line.source) for line in lines))
    woven = weave(boxes, lines, numbers)
    order(woven, check)
    place(woven, check)
    routing = Routing(woven, numbers, check)
    placed = {box.name: box for box in routing.boxes()}
    routes = routing.routes(lines)
    # A line that had to change its track may pass above everything.
    top = min([box.y for box in placed.values()] + [y for route in routes for _, y in route])
    if top:
        placed = {name: replace(box, y=box.y - top) for name, box in placed.items()}
        routes = [tuple((x, y - top) for x, y in route) for route in routes]
    bottom = max([box.bottom for box in placed.values()] + [y + 1 for route in routes for _, y in route])
    return Layout(placed, tuple(routes), routing.width, bottom)
