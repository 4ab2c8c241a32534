from __future__ import annotations

from rich.cells import cell_len

from kitcn_repl.render.excerpt import excerpt
from kitcn_repl.render.style import PLAIN


def test_the_caret_stands_under_the_column() -> None:
    assert excerpt(12, 7, "await nope()", PLAIN, None) == "12 | await nope()\n   |       ^"


def test_columns_count_utf16_units_and_carets_cells() -> None:
    shown, caret = excerpt(1, 7, '"日👍" x', PLAIN, None).splitlines()
    assert cell_len(shown[: shown.index("x")]) == caret.index("^")


def test_control_characters_show_without_moving_the_caret() -> None:
    shown, caret = excerpt(1, 4, "a\x1b\tb", PLAIN, None).splitlines()
    assert shown == "1 | a\\u001b b"
    assert caret.index("^") == shown.index("b", 12)


def test_a_long_line_is_cut_around_the_caret() -> None:
    source = "a" * 200 + "!" + "b" * 200
    shown, caret = excerpt(3, 201, source, PLAIN, 40).splitlines()
    assert len(shown) <= 40
    assert shown[caret.index("^")] == "!"
    assert shown.startswith("3 | …")
    assert shown.endswith("…")
    at_start = excerpt(3, 1, source, PLAIN, 40).splitlines()
    assert at_start[0].startswith("3 | aaa")
    assert at_start[1] == "  | ^"
