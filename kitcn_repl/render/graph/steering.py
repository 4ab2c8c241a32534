"""From box to box."""

from __future__ import annotations

from kitcn_repl.render.graph.model import Layout, Placed

_ASPECT = 2
"""A row is about as high as two cells are wide."""
_SIDEWAYS = 3
"""How much worse a cell off the direction is than one along it."""


def nearest(layout: Layout, name: str, right: int, down: int) -> str | None:
    """The next box from `name` in a direction: one of `right` and `down` is 1 or -1. None at the edge."""
    here = layout.boxes[name]
    found = [
        (distance, each.y, each.x, each.name)
        for each in layout.boxes.values()
        if each.name != name and (distance := _distance(here, each, right, down)) is not None
    ]
    return min(found)[3] if found else None


def _distance(here: Placed, other: Placed, right: int, down: int) -> int | None:
    """None for what does not lie in the direction."""
    if right:
        ahead = other.x - here.right if right > 0 else here.x - other.right
        aside = _gap(here.y, here.bottom, other.y, other.bottom) * _ASPECT
    else:
        ahead = (other.y - here.bottom if down > 0 else here.y - other.bottom) * _ASPECT
        aside = _gap(here.x, here.right, other.x, other.right)
    return None if ahead < 0 else ahead + _SIDEWAYS * aside


def _gap(start: int, end: int, other_start: int, other_end: int) -> int:
    """Between two stretches; 0 if they overlap."""
    return max(0, other_start - end + 1, start - other_end + 1)
