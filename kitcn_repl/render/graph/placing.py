"""How far down each slot of a column stands, so that lines are straight where they can be."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low

from kitcn_repl.render.graph.model import Check, always
from kitcn_repl.render.graph.strands import Sides, Slot, Weave, sides

_SWEEPS = 8
_STIFF = 8.0
"""What it is worth to keep a long line straight, in boxes."""


def place(woven: Weave, check: Check = always) -> None:
    """Sets `y` of all slots; the highest one stands at 0."""
    for column in woven.columns:
        y = 0
        for above, slot in zip([None, *column[:-1]], column, strict=True):
            y += _distance(above, slot)
            slot.y = y
    left, right = sides(woven)
    for sweep in range(_SWEEPS):
        check()
        for column in woven.columns:
            _settle(column, (left,))
        for column in reversed(woven.columns):
            _settle(column, (right,) if sweep < _SWEEPS - 1 else (left, right))
    _squeeze(woven)


def _squeeze(woven: Weave) -> None:
    """Take out rows in which no slot is, but for one of several; the highest slot gets to 0."""
    slots = sorted((slot for column in woven.columns for slot in column), key=lambda slot: slot.y)
    reached, taken_out = slots[0].y, slots[0].y
    for slot in slots:
        taken_out += max(0, slot.y - reached - 1)
        reached = max(reached, slot.y + slot.height)
        slot.y -= taken_out


def _distance(above: Slot | None, slot: Slot) -> int:
    """From the top of one slot to the top of the next."""
    if above is None:
        return 0
    return above.height + (0 if above.box is None and slot.box is None else 1)


def _settle(column: Sequence[Slot], pulls: Sequence[Sides]) -> None:
    """Each slot as near as the others let it to where its lines would be straight (weighted isotonic regression)."""
    blocks: list[tuple[float, float, int]] = []  # wanted sum, weight, slots
    offsets = []
    offset = 0
    for above, slot in zip([None, *column[:-1]], column, strict=True):
        offset += _distance(above, slot)
        offsets.append(offset)
        wanted, weight = _wanted(slot, pulls)
        total, number = (wanted - offset) * weight, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / weight:
            other, other_weight, others = blocks.pop()
            total, weight, number = total + other, weight + other_weight, number + others
        blocks.append((total, weight, number))
    places = iter(zip(column, offsets, strict=True))
    for total, weight, number in blocks:
        for _ in range(number):
            slot, offset = next(places)
            slot.y = round(total / weight) + offset


def _wanted(slot: Slot, pulls: Sequence[Sides]) -> tuple[float, float]:
    tops = [end.y - row for pull in pulls for row, end in pull.get(slot, ())]
    if not tops:
        return slot.y, 0.1
    stiff = slot.box is None and any(end.slot.box is None for pull in pulls for _, end in pull.get(slot, ()))
    return median_low(tops), _STIFF if stiff else 1.0
