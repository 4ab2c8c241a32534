from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kitcn_tui.grid.cells import Cell, Typing, cell_of, fitted, one_line
from rich.cells import cell_len

from kitcn_repl.render.secrets import MASK
from kitcn_repl.schema.model import Field
from kitcn_repl.values import JsonObject, JsonValue
from tests.support.snapshots import document_id

FIELDS = {
    "at": Field("at", {"type": "number"}, optional=False, kind="timestamp"),
    "day": Field("day", {"type": "string"}, optional=False, kind="date", mode="date"),
}
TYPING = Typing("user", FIELDS, {10001: "user", 10002: "project"})


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("name", "Ada", Cell("Ada", "text")),
        ("name", "", Cell("", "text")),
        ("age", 41.0, Cell("41", "number")),
        ("big", {"$integer": "BQAAAAAAAAA="}, Cell("5n", "number")),
        ("odd", {"$float": "AAAAAAAAAIA="}, Cell("-0", "number")),
        ("_creationTime", 1772452740000.25, Cell("2026-03-02 11:59:00", "date")),
        ("at", 1772452740000, Cell("2026-03-02 11:59:00", "date")),
        ("other", 1772452740000, Cell("1772452740000", "number")),
        ("day", "2026-03-02", Cell("2026-03-02", "date")),
        ("done", True, Cell("true", "boolean")),
        ("done", False, Cell("false", "boolean")),
        ("gone", None, Cell("null", "null")),
        ("data", {"$bytes": "AAAAAAAAAAA="}, Cell("8 B", "bytes")),
        ("list", [1, 2, 3], Cell("[3]", "nested")),
        ("map", {"a": 1}, Cell("{1 field}", "nested")),
        ("map", {"a": 1, "b": 2, "c": []}, Cell("{3 fields}", "nested")),
        ("owner", document_id(10002, 7), Cell(document_id(10002, 7), "id", "project")),
        ("owner", document_id(20002, 7), Cell(document_id(20002, 7), "id", None)),
        ("password", "secret", Cell(MASK, "masked")),
        ("accessToken", "secret", Cell(MASK, "masked")),
        ("password", None, Cell("null", "null")),
        ("markup", "[b]not bold[/b]", Cell("[b]not bold[/b]", "text")),
        ("control", "a\x1b[31m\n\x07", Cell("a\\u001b[31m\\n\\u0007", "text")),
        ("bidi", "abc\u202edef", Cell("abc\\u202edef", "text")),
        ("half", "\ud800", Cell("\\ud800", "text")),
    ],
)
def test_every_kind_of_value_has_its_look(name: str, value: JsonValue, expected: Cell) -> None:
    assert cell_of({name: value}, name, TYPING) == expected


def test_a_missing_field_is_neither_null_nor_empty() -> None:
    assert cell_of({}, "name", TYPING) == Cell("·", "unset")


def test_credentials_are_shown_to_who_asks() -> None:
    document: JsonObject = {"token": "abc", "userId": "x", "expiresAt": 1}
    assert cell_of(document, "token", Typing("session")).text == MASK
    assert cell_of(document, "token", Typing("session", reveals=True)).text == "abc"


def test_a_text_of_a_mebibyte_costs_no_more_than_its_beginning() -> None:
    cell = cell_of({"text": "ä" * (1 << 20)}, "text", TYPING)
    assert len(cell.text) < 300
    assert cell.text.endswith("…")


@given(st.text(max_size=400), st.integers(0, 60), st.booleans())
def test_a_cell_is_exactly_as_wide_as_its_column(text: str, width: int, right: bool) -> None:
    shown = fitted(one_line(text), width, right=right)
    assert cell_len(shown) == width
    assert "\n" not in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    "text", ["👩‍👩‍👧‍👦 family", "❤️ heart", "漢字かな", "שלום עולם", "e\u0301\u0301\u0301", "🇩🇪🇫🇷", "👍🏽"]
)
@pytest.mark.parametrize("width", range(1, 12))
def test_wide_and_joined_signs_keep_to_their_column(text: str, width: int) -> None:
    assert cell_len(fitted(one_line(text), width)) == width
    assert "\u200d" not in one_line(text)
