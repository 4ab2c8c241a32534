"""What a key does to the text around the cursor."""

from __future__ import annotations

import pytest
from kitcn_tui.query.editor import keystrokes
from kitcn_tui.query.editor.keystrokes import Typed


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", Typed("\n", 1)),
        ("  x;", "", Typed("\n  ", 3)),
        ("if (x) {", "", Typed("\n  ", 3)),
        ("  f(", ")", Typed("\n    \n  ", 5)),
        ("  f(", "  )", Typed("\n    \n  ", 5, 2)),
        ("  f(", "a)", Typed("\n    ", 5)),
    ],
)  # fmt: skip
def test_enter_indents(before: str, after: str, expected: Typed) -> None:
    assert keystrokes.entered(before, after) == expected


@pytest.mark.parametrize(
    ("character", "before", "after", "expected"),
    [
        ("(", "f", "", Typed("()", 1)),
        ("(", "f", ")", Typed("()", 1)),
        ("(", "f", "abc", None),
        ("(", '"f', "", None),
        (")", "f(", ")", Typed(")", 1, 1)),
        (")", "f((", ")", None),
        ('"', "query(", ")", Typed('""', 1)),
        ('"', 'query("user', '")', Typed('"', 1, 1)),
        ('"', 'query("us', "er)", None),
        ("'", "don", "", None),
        ("'", "// don", "", None),
        ("`", "", "", Typed("``", 1)),
        ("x", "", "", None),
    ],
)  # fmt: skip
def test_brackets_and_quotes_close(character: str, before: str, after: str, expected: Typed | None) -> None:
    assert keystrokes.typed(character, before, after) == expected


def test_typing_over_a_selection_surrounds_it() -> None:
    assert keystrokes.surrounded("(", "a b") == "(a b)"
    assert keystrokes.surrounded("'", "a") == "'a'"
    assert keystrokes.surrounded("x", "a") is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [("(", ")", True), ('"', '"', True), ("(", "]", False), ("", "", False), ("a", "a", False)],
)
def test_backspace_between_a_pair(before: str, after: str, expected: bool) -> None:
    assert keystrokes.is_empty_pair(before, after) is expected


def test_commenting_and_back() -> None:
    lines = ["  const a = 1;", "", "    b();"]
    commented = keystrokes.commented(lines)
    assert commented == ["  // const a = 1;", "", "  //   b();"]
    assert keystrokes.commented(commented) == lines
    assert keystrokes.commented(["// a", "b"]) == ["// // a", "// b"]


def test_indenting_and_back() -> None:
    assert keystrokes.indented(["a", "", "  b"]) == ["  a", "", "    b"]
    assert keystrokes.dedented(["    a", " b", "c", "\td"]) == ["  a", "b", "c", "d"]
