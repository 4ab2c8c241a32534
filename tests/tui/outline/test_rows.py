"""Lines are exactly as wide as they have to be, whatever is in them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kitcn_tui.outline.columns import Cell, CellsRow, Columns
from kitcn_tui.outline.prose import prose
from kitcn_tui.outline.rows import Line, Row, Span, fitted, padded
from rich.cells import cell_len

from kitcn_repl.render.text import visible

ANYTHING = st.text(st.characters(), max_size=60).map(visible)


def drawn(row: Row, width: int) -> str:
    return "".join(span.text for span in fitted(row, width))


class Yielding(Line):
    yields_right = True


@given(st.lists(ANYTHING, max_size=6), st.lists(ANYTHING, max_size=2), st.integers(0, 60))
def test_a_line_has_the_width_that_it_is_given(left: list[str], right: list[str], width: int) -> None:
    for kind in (Line, Yielding):
        row = kind(*(Span(text) for text in left), right=[Span(text) for text in right])
        assert cell_len(drawn(row, width)) == width


def test_what_does_not_fit_is_cut_and_says_so() -> None:
    assert drawn(Line(Span("name  "), Span("Ada Lovelace")), 12) == "name  Ada L…"
    assert drawn(Line(Span("name"), Span("漢字漢字")), 9) == "name漢字…"
    assert drawn(Line(Span("exactly"), Span("wide")), 7) == "exactl…"
    assert drawn(Line(Span("x" * 1_000_000)), 10) == "xxxxxxxxx…"


def test_what_is_whole_is_left_out_with_all_that_follows() -> None:
    row = Line(Span("2026-03-02"), Span("  1772452800000", whole=True), Span("  later"))
    assert drawn(row, 40) == "2026-03-02  1772452800000  later".ljust(40)
    assert drawn(row, 20) == "2026-03-02".ljust(20)


def test_the_right_part_stands_at_the_edge_and_cuts_the_left_one() -> None:
    row = Line(Span("a long name of something"), right=[Span("17")])
    assert drawn(row, 30) == "a long name of something    17"
    assert drawn(row, 16) == "a long name…  17"
    assert drawn(row, 3) == "a …"


def test_a_line_that_yields_keeps_its_left_part_whole_if_that_is_enough() -> None:
    assert drawn(Yielding(Span("twelve chars"), right=[Span("text")]), 14) == "twelve chars  "
    assert drawn(Yielding(Span("more than fits here"), right=[Span("text")]), 14) == "more th…  text"
    firm = Yielding(Span("an id of 16 cell", firm=True), Span(" and its label"), right=[Span("text")])
    assert drawn(firm, 18) == "an id of 16 cell …"
    assert drawn(firm, 26) == "an id of 16 cell an…  text"


def test_padding_counts_cells() -> None:
    assert padded("漢字", 6) == "漢字  "
    assert padded("漢字", 3) == "漢…"
    assert padded("x" * 10_000, 4) == "xxx…"


def test_columns_share_what_there_is() -> None:
    rows = [[Cell("id"), Cell("x" * 30), Cell("y" * 10)], [Cell("longer"), Cell(""), Cell("y")]]
    columns = Columns.of(rows)
    assert columns.at(80) == [6, 30, 10]
    assert columns.at(40) == [6, 20, 10]
    assert columns.at(24) == [6, 7, 7]
    assert columns.at(4) == [6, 6, 6]
    shown = [drawn(CellsRow(row, columns), 40) for row in rows]
    assert shown == [f"id      {'x' * 19}…  yyyyyyyyyy", "longer                        y         "]


def test_an_empty_column_takes_no_room() -> None:
    rows = [[Cell("a"), Cell(""), Cell("5", align_right=True)], [Cell("b"), Cell(""), Cell("17", align_right=True)]]
    columns = Columns.of(rows)
    assert [drawn(CellsRow(row, columns), 8) for row in rows] == ["a   5   ", "b  17   "]


def test_a_row_knows_whether_it_is_cut() -> None:
    row = CellsRow([Cell("name"), Cell("v" * 30)], Columns.of([[Cell("name"), Cell("v" * 30)]]))
    assert not row.is_cut(36)
    assert row.is_cut(35)


def test_prose_is_broken_between_words() -> None:
    lines = [drawn(line, 24).rstrip() for line in prose("one two three four five six", 24, indent=2, hanging=4)]
    assert lines == ["  one two three four", "    five six"]
