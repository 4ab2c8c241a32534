from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.render.style import PLAIN, Style
from kitcn_repl.render.value import ValueView, special
from kitcn_repl.values import JsonObject, JsonValue

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def plain(value: JsonValue, width: int = 80) -> str:
    return ValueView(PLAIN, width).render(value)


def test_every_value_type() -> None:
    value: JsonObject = {
        "array": [],
        "bool": True,
        "bytes": {"$bytes": "AQI="},
        "float": 1.5,
        "int64": {"$integer": "//////////8="},
        "minusZero": {"$float": "AAAAAAAAAIA="},
        "nan": {"$float": "AAAAAAAA+H8="},
        "null": None,
        "object": {},
        "text": 'say "hi"\n',
        "two words": 1,
    }
    assert plain(value, 20) == (
        "{\n"
        "  array: [],\n"
        "  bool: true,\n"
        '  bytes: Bytes("AQI="),\n'
        "  float: 1.5,\n"
        "  int64: -1n,\n"
        "  minusZero: -0,\n"
        "  nan: NaN,\n"
        "  null: null,\n"
        "  object: {},\n"
        '  text: "say \\"hi\\"\\n",\n'
        '  "two words": 1,\n'
        "}"
    )


def test_short_values_stay_on_one_line() -> None:
    assert plain([{"a": 1}, {"b": [1, 2]}]) == "[{ a: 1 }, { b: [1, 2] }]"
    assert plain([{"a": "x" * 30}, {"b": "y" * 30}], 45) == (
        f'[\n  {{ a: "{"x" * 30}" }},\n  {{ b: "{"y" * 30}" }},\n]'
    )


def test_credentials_are_masked_and_counted() -> None:
    account: JsonObject = {"accessToken": "s3cret", "password": "hash", "userId": "u"}
    session: JsonObject = {"expiresAt": 1, "token": "s3cret", "userId": "u"}
    view = ValueView(PLAIN, 30)
    shown = view.render([account, session])
    assert "s3cret" not in shown
    assert "hash" not in shown
    assert view.masked == 3
    one_line = ValueView(PLAIN, 200)
    assert "s3cret" not in one_line.render([account, session])
    assert one_line.masked == 3
    assert "s3cret" in ValueView(PLAIN, 80, show_secrets=True).render(account)


def test_a_table_says_which_columns_are_credentials() -> None:
    projected: JsonObject = {"token": "s3cret"}
    assert "s3cret" in ValueView(PLAIN, 80).render(projected)
    assert "s3cret" not in ValueView(PLAIN, 80, table="session").render(projected)


def test_control_characters_never_reach_the_terminal() -> None:
    shown = ValueView(Style(enabled=True), 80).render({"\x1b[2J": "\x1b]0;title\x07\u202e\x9b"})
    assert "\x1b" not in ANSI.sub("", shown)
    assert "\x9b" not in shown
    assert "\u202e" not in shown


ENCODED = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from([{"$integer": "ewAAAAAAAAA="}, {"$bytes": "AQI="}]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@given(ENCODED, st.integers(1, 120))
def test_colours_change_nothing_else_and_lines_respect_the_width(value: JsonValue, width: int) -> None:
    shown = plain(value, width)
    assert ANSI.sub("", ValueView(Style(enabled=True), width).render(value)) == shown
    if len(shown.splitlines()) == 1 and isinstance(value, list | dict) and value and special(value) is None:
        assert len(shown) <= width
    if "$" not in json.dumps(value):
        # Without the trailing commas of broken lines it reads back as JSON5.
        from kitcn_repl.explore.json5 import parse

        assert parse(shown) == value
