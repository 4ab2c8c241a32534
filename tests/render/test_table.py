from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kitcn_repl.render.documents import creation_time, draw_documents
from kitcn_repl.render.style import PLAIN
from kitcn_repl.render.table import Cell, Column, draw
from kitcn_repl.values import JsonObject


def test_columns_align_and_numbers_stand_right() -> None:
    drawing = draw(
        [Column("table"), Column("documents", align_right=True)],
        [[Cell("user"), Cell("12", "number")], [Cell("session"), Cell("1,200", "number")]],
        PLAIN,
        80,
    )
    assert drawing.lines == [
        "table    documents",
        "───────  ─────────",
        "user            12",
        "session      1,200",
    ]
    assert drawing.cut_cells == 0
    assert drawing.left_out == []


def test_long_cells_are_cut_and_counted() -> None:
    drawing = draw([Column("id", whole=True), Column("text")], [[Cell("k" * 10), Cell("x" * 50)]], PLAIN, 30)
    assert drawing.lines[2] == "k" * 10 + "  " + "x" * 17 + "…"
    assert drawing.cut_cells == 1


def test_long_cells_may_go_on_in_further_lines() -> None:
    rows = [[Cell("first", "dim"), Cell("several words of text")], [Cell("日本語日本語", "dim"), Cell("")]]
    drawing = draw([Column("a"), Column("b")], rows, PLAIN, 22, wrap=True)
    assert drawing.lines[2:] == ["first       several", "            words of", "            text", "日本語日本", "語"]
    assert (drawing.cut_cells, drawing.left_out) == (0, [])


def test_columns_without_a_place_are_named() -> None:
    columns = [Column(name) for name in ("first", "second", "third", "fourth")]
    drawing = draw(columns, [[Cell("x" * 20)] * 4], PLAIN, 36)
    assert drawing.left_out == ["fourth"]
    assert all(cell_len(line) <= 36 for line in drawing.lines)


def test_contents_come_before_headings_that_are_wider_than_them() -> None:
    columns = [Column("emailVerified"), Column("email")]
    drawing = draw(columns, [[Cell("false"), Cell("ada@example.com")]], PLAIN, 24)
    assert drawing.lines == ["emailV…  email", "───────  ───────────────", "false    ada@example.com"]
    assert drawing.cut_cells == 0


def test_wide_characters_count_two() -> None:
    drawing = draw([Column("a"), Column("b")], [[Cell("日本語"), Cell("x")], [Cell("ab"), Cell("y")]], PLAIN, 80)
    assert drawing.lines[2] == "日本語  x"
    assert drawing.lines[3] == "ab      y"


@given(
    st.lists(st.tuples(st.text(max_size=30), st.text(alphabet="日本x👍é", max_size=30)), max_size=6),
    st.integers(1, 100),
)
def test_no_line_is_wider_than_the_terminal(rows: list[tuple[str, str]], width: int) -> None:
    drawn = draw_documents([{"_id": "k" * 12, "a": a, "b": b} for a, b in rows] or [{"_id": "k"}], PLAIN, width)
    assert all(cell_len(line) <= width for line in drawn.drawing.lines)


def test_documents_show_time_as_utc_and_mask_credentials() -> None:
    documents: list[JsonObject] = [
        {"_id": "a", "_creationTime": 1700000000123.25, "token": "s3cret", "n": {"$integer": "ewAAAAAAAAA="}},
        {"_id": "b", "_creationTime": 1700000001000, "extra": {"k": None}},
    ]
    drawn = draw_documents(documents, PLAIN, None, table="session")
    assert drawn.drawing.lines == [
        "_id  _creationTime        extra             n  token",
        "───  ───────────────────  ─────────────  ────  ────────",
        "a    2023-11-14 22:13:20                 123n  ••••••••",
        'b    2023-11-14 22:13:21  { "k": null }',
    ]
    assert drawn.masked == 1
    assert "s3cret" not in "\n".join(drawn.drawing.lines)


def test_credentials_inside_other_values_are_masked() -> None:
    documents: list[JsonObject] = [{"_id": "a", "inner": [{"password": "s3cret", "n": {"$integer": "ewAAAAAAAAA="}}]}]
    shown = draw_documents(documents, PLAIN, None).drawing.lines[2]
    assert shown == 'a    [{ "password": "••••••••", "n": 123n }]'
    assert "s3cret" in draw_documents(documents, PLAIN, None, show_secrets=True).drawing.lines[2]


def test_times_out_of_range_are_numbers() -> None:
    assert creation_time(1e300) == "1e+300"
