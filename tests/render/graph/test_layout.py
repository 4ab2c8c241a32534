"""Where boxes and lines of a graph go: what must hold of every layout."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kitcn_repl.render.graph.layout import lay_out
from kitcn_repl.render.graph.model import TITLE, Box, Layout, Line, Point, Route
from tests.render.graph.graphs import graphs
from tests.support.suites import Cases

Graph = tuple[list[Box], list[Line]]


def cells(route: Route) -> set[Point]:
    return {
        (x, y)
        for (from_x, from_y), (to_x, to_y) in pairwise(route)
        for x in range(min(from_x, to_x), max(from_x, to_x) + 1)
        for y in range(min(from_y, to_y), max(from_y, to_y) + 1)
    }


def horizontal(route: Route) -> set[tuple[Point, Point]]:
    """Steps from a cell to its right neighbour."""
    return {
        ((x, from_y), (x + 1, from_y))
        for (from_x, from_y), (to_x, to_y) in pairwise(route)
        if from_y == to_y
        for x in range(min(from_x, to_x), max(from_x, to_x))
    }


def vertical(route: Route) -> set[tuple[Point, Point]]:
    return {
        ((from_x, y), (from_x, y + 1))
        for (from_x, from_y), (to_x, to_y) in pairwise(route)
        if from_x == to_x
        for y in range(min(from_y, to_y), max(from_y, to_y))
    }


def check(boxes: list[Box], lines: list[Line], layout: Layout) -> None:
    assert list(layout.boxes) == [box.name for box in boxes]
    occupied: dict[Point, str] = {}
    for box in boxes:
        placed = layout.boxes[box.name]
        assert placed.width >= box.width
        assert placed.height >= box.height
        assert placed.x >= 0
        assert placed.y >= 0
        assert placed.right <= layout.width
        assert placed.bottom <= layout.height
        for y in range(placed.y, placed.bottom):
            for x in range(placed.x, placed.right):
                assert occupied.setdefault((x, y), box.name) == box.name, "boxes overlap"
    assert len(layout.routes) == len(lines)
    for line, route in zip(lines, layout.routes, strict=True):
        source, target = layout.boxes[line.source], layout.boxes[line.target]
        assert route[0] in ((source.x - 1, source.row(line.row)), (source.right, source.row(line.row)))
        assert route[-1] in ((target.x - 1, target.y + TITLE), (target.right, target.y + TITLE))
        assert all((x == to_x) != (y == to_y) for (x, y), (to_x, to_y) in pairwise(route)), "not orthogonal"
        drawn = cells(route)
        assert drawn.isdisjoint(occupied), "a line passes through a box"
        assert all(0 <= x < layout.width and 0 <= y < layout.height for x, y in drawn)


@given(graphs(), st.sampled_from([40, 100, 200]))
def test_boxes_do_not_overlap_and_lines_touch_their_boxes_and_no_other(graph: Graph, width: int) -> None:
    boxes, lines = graph
    check(boxes, lines, lay_out(boxes, lines, width))


def apart(layout: Layout) -> None:
    """Lines to different boxes cross, but never run along each other, nor bend in one cell."""
    for one, other in combinations(layout.routes, 2):
        if one[-1] != other[-1]:
            assert horizontal(one).isdisjoint(horizontal(other))
            assert vertical(one).isdisjoint(vertical(other))
            assert not {*one[1:-1]} & {*other[1:-1]}


def _ends_in_one_row() -> Graph:
    """A divided strand with ends in the same row on both sides, and a line that has to be left of its second half."""
    boxes = [Box("t0", 8, 5), Box("t1", 8, 1), Box("t2", 8, 1)]
    loops = [Line("t0", row, "t0") for row in range(4)]
    return boxes, [*loops, Line("t0", 4, "t1"), Line("t1", 0, "t0"), Line("t2", 0, "t0")]


@given(graphs())
@example(_ends_in_one_row())
def test_lines_to_different_boxes_stay_apart(graph: Graph) -> None:
    apart(lay_out(*graph))


@given(graphs())
def test_equal_graphs_have_equal_layouts(graph: Graph) -> None:
    boxes, lines = graph
    assert lay_out(boxes, lines) == lay_out(list(boxes), list(lines))


def test_what_is_referred_to_stands_left_of_what_refers() -> None:
    boxes = [Box(name, 12, rows) for name, rows in (("task", 2), ("user", 0), ("project", 1))]
    lines = [Line("task", 0, "project"), Line("task", 1, "user"), Line("project", 0, "user")]
    placed = lay_out(boxes, lines).boxes
    assert placed["user"].right < placed["project"].x
    assert placed["project"].right < placed["task"].x


def test_a_line_to_its_own_box() -> None:
    boxes, lines = [Box("folder", 12, 1)], [Line("folder", 0, "folder")]
    layout = lay_out(boxes, lines)
    check(boxes, lines, layout)
    assert layout.routes == (((12, 2), (14, 2), (14, 1), (12, 1)),)


def test_a_circle() -> None:
    boxes = [Box(name, 10, 1) for name in "abc"]
    lines = [Line("a", 0, "b"), Line("b", 0, "c"), Line("c", 0, "a")]
    check(boxes, lines, lay_out(boxes, lines))


def test_two_boxes_that_refer_to_each_other() -> None:
    boxes = [Box("a", 10, 1), Box("b", 10, 1)]
    lines = [Line("a", 0, "b"), Line("b", 0, "a")]
    check(boxes, lines, lay_out(boxes, lines))


def test_several_lines_between_two_boxes_are_one_that_branches() -> None:
    boxes = [Box("message", 12, 3), Box("user", 10, 0)]
    lines = [Line("message", row, "user") for row in range(3)]
    layout = lay_out(boxes, lines)
    check(boxes, lines, layout)
    assert len({route[0] for route in layout.routes}) == 3
    assert len({route[-1] for route in layout.routes}) == 1


def test_unconnected_boxes_stand_in_even_columns_below() -> None:
    boxes = [Box("a", 10, 1), Box("b", 10, 0), *(Box(f"loose{at}", 14, at % 2) for at in range(7))]
    layout = lay_out(boxes, [Line("a", 0, "b")], 50)
    loose = [layout.boxes[f"loose{at}"] for at in range(7)]
    assert layout.loose is not None
    assert min(box.y for box in loose) > layout.loose > max(layout.boxes[name].bottom for name in "ab") - 1
    assert sorted({box.x for box in loose}) == [0, 16, 32]
    assert all(len({box.height for box in loose if box.y == y}) == 1 for y in {box.y for box in loose})


def test_nothing_and_one_box() -> None:
    assert lay_out([], []) == Layout({}, (), 0, 0)
    layout = lay_out([Box("only", 20, 0)], [])
    assert (layout.width, layout.height, layout.loose) == (20, 3, None)


def test_parts_that_nothing_joins_stand_side_by_side_where_there_is_room() -> None:
    boxes = [Box(name, 10, int(name in "ac")) for name in "abcd"]
    lines = [Line("a", 0, "b"), Line("c", 0, "d")]
    assert lay_out(boxes, lines, 100).boxes["c"].y == lay_out(boxes, lines, 100).boxes["a"].y
    assert lay_out(boxes, lines, 30).boxes["c"].y > lay_out(boxes, lines, 30).boxes["a"].bottom - 1


@pytest.mark.parametrize("seed", range(3))
def test_two_hundred_tables(seed: int) -> None:
    """They hold, and in time: a second is many times what it takes."""
    import time

    chance = random.Random(seed)
    rows = [0] * 200
    lines = []
    for _ in range(350):
        source, target = chance.randrange(200), min(chance.randrange(200), chance.randrange(200))
        lines.append(Line(f"t{source}", rows[source], f"t{target}"))
        rows[source] += 1
    boxes = [Box(f"t{at}", 18, rows[at]) for at in range(200)]
    started = time.process_time()
    layout = lay_out(boxes, lines, 160)
    assert time.process_time() - started < 1
    check(boxes, lines, layout)


def test_a_hub_does_not_make_one_endless_column() -> None:
    boxes = [Box("user", 12, 0), *(Box(f"t{at}", 16, 1) for at in range(60))]
    layout = lay_out(boxes, [Line(f"t{at}", 0, "user") for at in range(60)])
    assert len({box.x for box in layout.boxes.values()}) > 3
    assert layout.height < 120


def test_where_every_line_must_be_left_of_another() -> None:
    """Few boxes, many lines both ways: tracks have to be divided, also those of lines to their own box."""
    for seed in range(40):
        chance = random.Random(seed)
        rows = [0] * 4
        lines = []
        for _ in range(14):
            source, target = chance.randrange(4), chance.randrange(4)
            lines.append(Line(f"t{source}", rows[source], f"t{target}"))
            rows[source] += 1
        boxes = [Box(f"t{at}", 8, rows[at]) for at in range(4)]
        layout = lay_out(boxes, lines)
        check(boxes, lines, layout)
        apart(layout)


@pytest.mark.slow
def test_ten_thousand_graphs(cases: Cases) -> None:
    for _ in range(10_000):
        boxes = [Box(f"t{at}", 8, cases.random.randint(1, 6)) for at in range(cases.random.randint(2, 6))]
        lines = [
            Line(box.name, row, cases.random.choice(boxes).name)
            for box in boxes
            for row in range(box.rows)
            if cases.random.random() < 0.8
        ]
        try:
            layout = lay_out(boxes, lines)
            check(boxes, lines, layout)
            apart(layout)
        except (AssertionError, ValueError) as error:
            error.add_note(f"{boxes}, {lines}")
            raise
    cases.passed(10_000, "graphs laid out: boxes apart, lines apart, and only at their boxes")
