"""The graph as text: what it looks like, and that any part of it is that part of the whole."""

from __future__ import annotations

from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kitcn_repl.render.graph.picture import Picture
from kitcn_repl.render.graph.steering import nearest
from kitcn_repl.render.graph.tables import Choice, graph
from kitcn_repl.schema.model import Edge, Schema, Table
from tests.render.graph.graphs import app_of_sixty


def picture(*references: str, width: int = 60) -> Picture:
    """From `project.ownerId>user`, `tag` ..."""
    tables: dict[str, Table] = {}
    edges = []
    for each in references:
        left, _, target = each.partition(">")
        source, _, field = left.partition(".")
        many, field = field.endswith("[]"), field.removesuffix("[]")
        guessed, field = field.startswith("?"), field.removeprefix("?")
        for name in filter(None, (source, target)):
            tables.setdefault(name, Table(name, {}, count=len(name)))
        if target:
            origin = "data" if guessed else "validator"
            cardinality = "many" if many else "one"
            edges.append(Edge(source, field, cardinality, target, (field,), ("_id",), (origin,)))  # type: ignore[arg-type]
    return Picture(graph(Schema(tables), edges, Choice()), width)


def text(shown: Picture, *, selected: str | None = None, strong: Collection[int] = ()) -> list[str]:
    width = shown.layout.width
    return [
        "".join(piece.text for piece in shown.row(y, 0, width, selected=selected, strong=strong)).rstrip()
        for y in range(shown.layout.height)
    ]


def test_boxes_lines_and_what_is_not_connected() -> None:
    shown = picture("user", "project.ownerId>user", "session.userId>user", "session.?by>user", "typeZoo")
    assert text(shown) == [
        "                   ╭────────────╮",
        "                   │ project  7 │",
        "                ╭─<│  ownerId   │",
        "                │  ╰────────────╯",
        "                │",
        "                │  ╭────────────╮",
        "╭────────────╮  │  │ session  7 │",
        "│ user     4 │◂─•─<│  userId    │",
        "╰────────────╯  ╰╌<│  by        │",
        "                   ╰────────────╯",
        "",
        "without lines",
        "╭────────────╮",
        "│ typeZoo  7 │",
        "╰────────────╯",
    ]


def test_a_selected_box_and_strong_lines_can_be_told_without_colours() -> None:
    shown = picture("a.b>b", width=40)
    assert text(shown, selected="a", strong={0}) == [
        "                   ╔════════════╗",
        "╭────────────╮     ║ a        1 ║",
        "│ b        1 │◂━━━<║  b         ║",
        "╰────────────╯     ╚════════════╝",
    ]


def test_many_on_both_sides_and_one_to_itself() -> None:
    shown = picture("post.tagIds[]>tag", "post.replyTo>post", width=40)
    assert text(shown) == [
        "                   ╭────────────╮",
        "╭────────────╮     │ post     4 │◂─╮",
        "│ tag      3 │>───<│  tagIds[]  │  │",
        "╰────────────╯     │  replyTo   │>─╯",
        "                   ╰────────────╯",
    ]


@given(st.data())
def test_a_part_of_a_row_is_that_part_of_the_whole(data: st.DataObject) -> None:
    shown = SIXTY
    layout = shown.layout
    y = data.draw(st.integers(0, layout.height - 1))
    start = data.draw(st.integers(0, layout.width))
    end = data.draw(st.integers(start, layout.width))
    whole = "".join(piece.text for piece in shown.row(y, 0, layout.width))
    part = "".join(piece.text for piece in shown.row(y, start, end))
    assert part == whole[start:end]


SIXTY = Picture(graph(*app_of_sixty(), Choice()), 160)


def test_wide_characters_in_names_keep_the_rows_even() -> None:
    shown = picture("表格.字段字段>用户", "🧑‍🚀x")
    assert {cell_len("".join(piece.text for piece in shown.row(y, 0, shown.layout.width))) for y in range(4)} == {
        shown.layout.width
    }
    for start in range(shown.layout.width):
        pieces = shown.row(1, start, shown.layout.width)
        assert sum(cell_len(piece.text) for piece in pieces) == shown.layout.width - start


def test_what_is_under_the_pointer() -> None:
    shown = picture("a.b>b", width=40)
    box = shown.box_at(20, 2)
    assert box is not None
    assert box.name == "a"
    row = shown.row_at(22, 2)
    assert row is not None
    assert row.text == "b"
    assert shown.row_at(22, 1) is None
    assert shown.lines_at(16, 2) == [0]
    assert shown.box_at(16, 2) is None
    assert shown.lines_at(0, 0) == []


def test_steering_goes_to_the_nearest_box() -> None:
    layout = picture("user", "project.ownerId>user", "session.userId>user", "typeZoo").layout
    assert nearest(layout, "user", 1, 0) in ("project", "session")
    assert nearest(layout, "project", 0, 1) == "session"
    assert nearest(layout, "session", 0, -1) == "project"
    assert nearest(layout, "project", -1, 0) == "user"
    assert nearest(layout, "user", -1, 0) is None
    assert nearest(layout, "session", 0, 1) == "typeZoo"


def test_every_box_can_be_reached_by_steering() -> None:
    layout = SIXTY.layout
    seen = {next(iter(layout.boxes))}
    waiting = list(seen)
    while waiting:
        name = waiting.pop()
        for right, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            found = nearest(layout, name, right, down)
            if found is not None and found not in seen:
                seen.add(found)
                waiting.append(found)
    assert seen == set(layout.boxes)
