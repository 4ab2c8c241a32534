"""Parts that no line joins, beside and below each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kitcn_repl.render.graph.model import Box, Placed

_GAP_X, _GAP_Y = 4, 1
_BLOCK_GAP = 2


def pack(sizes: Sequence[tuple[int, int]], width: int) -> list[tuple[int, int]]:
    """Upper left corners: each as high as there is room within the width of the screen, or of the widest."""
    width = max([width, *(each for each, _ in sizes)])
    skyline = [0] * (width + _GAP_X)
    found = []
    for wide, high in sizes:
        tops = ((max(skyline[x : x + wide + _GAP_X]), x) for x in range(width - wide + 1))
        y, x = min(tops)
        found.append((x, y))
        skyline[x : x + wide + _GAP_X] = [y + high + _GAP_Y] * len(skyline[x : x + wide + _GAP_X])
    return found


def block(boxes: Sequence[Box], width: int, top: int) -> Iterator[Placed]:
    """Boxes in even columns, row by row; those of a row are of one height."""
    widest = max(box.width for box in boxes)
    across = max(1, (width + _BLOCK_GAP) // (widest + _BLOCK_GAP))
    y = top
    for start in range(0, len(boxes), across):
        some = boxes[start : start + across]
        height = max(box.height for box in some)
        for at, box in enumerate(some):
            yield Placed(box.name, at * (widest + _BLOCK_GAP), y, widest, height)
        y += height
