"""Values, nodes and texts of the tree, without an application."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kitcn_tui.document.json_lines import json_lines
from kitcn_tui.document.nodes import Light, Node, TextLine, lines_of, measure, top
from kitcn_tui.document.note import note
from kitcn_tui.document.values import is_long, table_number, type_text
from kitcn_tui.outline.rows import fitted
from rich.cells import cell_len

from kitcn_repl.schema.model import Field
from kitcn_repl.values import JsonValue
from kitcn_repl.values.ids import encode_id
from kitcn_repl.values.size import value_size

USER = encode_id(10001, bytes(16))
GONE = encode_id(10001, bytes([1] * 16))
STRANGER = encode_id(77, bytes(16))
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz", min_size=1, max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


def node(value: JsonValue, name: str = "field", field: Field | None = None, light: Light | None = None) -> Node:
    (made,) = top([(name, value, field, None)], light or Light(), lambda _name: False)
    return made


def drawn(made: Node, width: int = 100) -> str:
    return "".join(span.text for span in fitted(made, width)).strip()


def column(kind: str, mode: str | None = None) -> Field:
    return Field("field", {"type": "number"}, optional=False, kind=kind, mode=mode)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "field  null"),
        (True, "field  true"),
        (3.0, "field  3"),
        ({"$integer": "AQAAAAAAAAA="}, "field  1n"),
        ({"$float": "AAAAAAAA8H8="}, "field  Infinity"),
        ({"$float": "AAAAAAAAAIA="}, "field  -0"),
        ({"$bytes": "AAEC/w=="}, "field  4 B  00 01 02 ff"),
        ({"$bytes": ""}, "field  0 B"),
        ("two\nlines", '▸ field  "two\\nlines"'),
        ("\x1b[31m[bold]", 'field  "\\u001b[31m[bold]"'),
        ([], "field  []"),
        ({}, "field  {}"),
        ([1.0, "a", None, [2.0], 5.0], '▸ field  [5] 1, "a", null, […], …'),
        ({"a": 1.0, "b": {"c": 2.0}}, "▸ field  {2} a: 1, b: {…}"),
        ({"password": "hunter2", "name": "Ada"}, '▸ field  {2} password: ••••••••, name: "Ada"'),
    ],
    ids=repr,
)
def test_values_as_people_read_them(value: JsonValue, text: str) -> None:
    shown = drawn(node(value))
    assert shown.startswith(text)


def test_times_show_as_dates_with_the_number() -> None:
    stored = drawn(node(1772452800000.0, field=column("timestamp")))
    assert stored.startswith("field  2026-03-02 12:00:00 UTC  1772452800000")
    assert drawn(node(1772452800000.0, "_creationTime")).startswith("_creationTime  2026-03-02 12:00:00 UTC")


def test_a_plain_number_is_a_time_only_as_far_as_its_name_says_so() -> None:
    assert drawn(node(1772452800000.0, "expiresAt")).startswith("expiresAt  1772452800000  2026-03-02 12:00:00 UTC?")
    assert "2026" not in drawn(node(1772452800000.0, "views"))
    assert "UTC" not in drawn(node(12.0, "expiresAt"))
    assert "UTC" not in drawn(node(1772452800000.0, "expiresAt", column("integer")))


def test_ids_are_links_that_say_where_they_lead() -> None:
    light = Light(tables={10001: "user"}, labels={USER: "Ada"}, dangling=frozenset({GONE}))
    assert node(USER, light=light).link == (USER, "user")
    assert drawn(node(USER, light=light)).startswith(f"field  {USER}  → user  Ada")
    assert drawn(node(GONE, light=light)).startswith(f"field  ✗ {GONE}  no such user")
    assert drawn(node(STRANGER, light=light)).startswith(f'field  ⚠ "{STRANGER}"  of no table here')
    assert node("plain", light=light).link is None
    assert table_number(USER[:-1] + ("0" if USER[-1] != "0" else "1")) is None


def test_an_id_is_never_cut_for_the_sake_of_its_type() -> None:
    light = Light(tables={10001: "user"}, labels={USER: "A rather long label"})
    assert USER in drawn(node(USER, light=light), 50)


def test_types_are_kitcns_then_the_validators_then_the_values() -> None:
    assert type_text("a", column("textEnum")) == "textEnum"
    plain = Field("f", {"type": "union", "value": [{"type": "null"}, {"type": "string"}]}, optional=True)
    assert type_text("a", plain) == "string | null"
    assert type_text({"$integer": "AQAAAAAAAAA="}, None) == "bigint"


def test_credentials_are_masked_and_neither_unfold_nor_lead_anywhere() -> None:
    light = Light(tables={10001: "user"})
    (secret,) = top([("token", USER, None, None)], light, lambda _name: True)
    assert "••••••••" in drawn(secret)
    assert secret.link is None
    light.reveals = True
    assert USER in drawn(secret)


def test_what_does_not_fit_the_schema_is_marked() -> None:
    assert "⚠ not number" in drawn(node("3", light=Light(misfits={"field": "not number"})))


def test_unfolding_makes_children_with_their_paths() -> None:
    outer = node({"list": [{"deep": 1.0}], "password": "hunter2"}, "outer")
    children = [child for child in outer.unfold(80) if isinstance(child, Node)]
    assert [child.path for child in children] == ["outer.list", "outer.password"]
    assert children[1].is_masked
    (item,) = children[0].unfold(80)
    assert isinstance(item, Node)
    (deep,) = item.unfold(80)
    assert isinstance(deep, Node)
    assert deep.path == "outer.list.0.deep"


def test_a_long_text_unfolds_into_lines() -> None:
    text = "first line\n" + "x" * 300 + "\n漢字" * 3
    assert is_long(text)
    rows = node(text).unfold(60)
    assert all(isinstance(row, TextLine) for row in rows)
    assert "".join(row.text for row in rows if isinstance(row, TextLine)) == text.replace("\n", "")


@given(st.text(max_size=300), st.integers(20, 60))
def test_lines_of_a_text_are_never_too_wide(text: str, width: int) -> None:
    assert all(cell_len(line) <= width for line in lines_of(text, width))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text("abc", min_size=1, max_size=4), JSON, max_size=6))
def test_sizes_are_those_that_convex_counts(document: dict[str, JsonValue]) -> None:
    sizes = measure(document)
    assert sizes.get(id(document)) == value_size(document)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(JSON, st.integers(1, 120))
def test_any_value_fits_any_width(value: JsonValue, width: int) -> None:
    assert sum(cell_len(span.text) for span in fitted(node(value), width)) == width


def test_the_note_says_what_is_stored() -> None:
    made = node(5.0, field=Field("field", {"type": "number"}, optional=True, kind="integer", default="0", unique=True))
    assert note(made) == "field  ·  integer  ·  number, optional  ·  unique  ·  default 0  ·  number 5  ·  9 B"


def test_json_lines_are_the_encoded_document() -> None:
    lines = json_lines({"_id": USER, "n": {"$integer": "AQAAAAAAAAA="}, "bad": "\x1b[2J"})
    assert [line.text for line in lines] == [
        "{",
        f'  "_id": "{USER}",',
        '  "bad": "\\u001b[2J",',
        '  "n": {',
        '    "$integer": "AQAAAAAAAAA="',
        "  }",
        "}",
    ]
    assert all(span.text.isprintable() for line in lines for span in line.left(80))
