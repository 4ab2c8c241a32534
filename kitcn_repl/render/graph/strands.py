"""The columns of a connected graph with what passes through them, and what leads from one to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kitcn_repl.render.graph.model import TITLE, Box, Line


@dataclass(frozen=True, slots=True)
class Net:
    """All lines that arrive at one side of a box: they are drawn as one, and branch.

    With `rightwards` it leaves the title on the right, where most of what refers to the box stands.
    """

    target: str
    rightwards: bool


@dataclass(slots=True, eq=False)
class Slot:
    """A place in a column: a box, or (without) the row in which a net passes."""

    box: Box | None
    y: int = 0

    @property
    def height(self) -> int:
        return 1 if self.box is None else self.box.height


@dataclass(frozen=True, slots=True)
class End:
    """A row of a slot, counted from its top, where a strand ends."""

    slot: Slot
    row: int

    @property
    def y(self) -> int:
        return self.slot.y + self.row


@dataclass(slots=True)
class Strand:
    """A net between two columns: the ends on either side. `loops` are rows on the left that refer to their own box."""

    net: Net
    left: list[End] = field(default_factory=list)
    right: list[End] = field(default_factory=list)
    loops: list[End] = field(default_factory=list)

    @property
    def left_rows(self) -> list[int]:
        return [end.y for end in (*self.left, *self.loops)]

    @property
    def right_rows(self) -> list[int]:
        return [end.y for end in self.right]

    def pairs(self) -> Iterator[tuple[End, End]]:
        return ((left, right) for left in self.left for right in self.right)


@dataclass(slots=True)
class Weave:
    """`channels[n]` are the strands right of column `n`. `passages` are the slots of nets by column."""

    columns: list[list[Slot]]
    channels: list[list[Strand]]
    passages: dict[tuple[Net, int], Slot]
    slots: dict[str, Slot]


Sides = Mapping[Slot, list[tuple[int, End]]]


def sides(woven: Weave) -> tuple[Sides, Sides]:
    """For each slot the ends that it is joined to, with the row of its own; first those on the left."""
    left: dict[Slot, list[tuple[int, End]]] = {}
    right: dict[Slot, list[tuple[int, End]]] = {}
    for channel in woven.channels:
        for strand in channel:
            for one, other in strand.pairs():
                left.setdefault(other.slot, []).append((other.row, one))
                right.setdefault(one.slot, []).append((one.row, other))
    return left, right


def net_of(line: Line, columns: Mapping[str, int]) -> Net:
    return Net(line.target, columns[line.source] >= columns[line.target])


def weave(boxes: Sequence[Box], lines: Sequence[Line], columns: Mapping[str, int]) -> Weave:
    """Slots in the order of the boxes, what passes below them."""
    count = max(columns.values()) + 1
    slots = {box.name: Slot(box) for box in boxes}
    woven = Weave([[] for _ in range(count)], [[] for _ in range(count)], {}, slots)
    for box in boxes:
        woven.columns[columns[box.name]].append(slots[box.name])
    nets: dict[Net, list[Line]] = {}
    for line in lines:
        nets.setdefault(net_of(line, columns), []).append(line)
    for net, some in nets.items():
        _lay(woven, net, some, columns)
    return woven


def _lay(woven: Weave, net: Net, lines: Sequence[Line], columns: Mapping[str, int]) -> None:
    at = columns[net.target]
    ends: dict[int, list[End]] = {}
    for line in lines:
        ends.setdefault(columns[line.source], []).append(End(woven.slots[line.source], TITLE + 1 + line.row))
    loops = ends.pop(at, [])
    title = End(woven.slots[net.target], TITLE)
    furthest = (max if net.rightwards else min)(ends, default=at)

    def inner(column: int) -> End:
        """Where the net comes from in a column on the way to its furthest end."""
        if column == at:
            return title
        if (net, column) not in woven.passages:
            slot = Slot(None)
            woven.passages[net, column] = slot
            woven.columns[column].append(slot)
        return End(woven.passages[net, column], 0)

    if net.rightwards:
        for column in range(at, max(furthest, at + 1)):
            strand = Strand(net, [inner(column)], list(ends.get(column + 1, ())), loops if column == at else [])
            if column + 1 < furthest:
                strand.right.append(inner(column + 1))
            woven.channels[column].append(strand)
    else:
        for column in range(furthest, at):
            strand = Strand(net, list(ends.get(column, ())), [inner(column + 1)])
            if column > furthest:
                strand.left.append(inner(column))
            woven.channels[column].append(strand)
