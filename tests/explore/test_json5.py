from __future__ import annotations

import contextlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.explore.json5 import Json5Error, parse
from kitcn_repl.values import JsonValue


def test_what_json5_adds_to_json() -> None:
    text = """
    // a comment
    {
      unquoted: 'and you can quote me on that',
      singleQuotes: 'I can use "double quotes" here',
      lineBreaks: 'Look, Mom! \\
No \\\\n\\'s!',
      hexadecimal: 0xdecaf,
      leadingDecimalPoint: .8675309, andTrailing: 8675309.,
      positiveSign: +1,
      /* block */ trailingComma: 'in objects', andIn: ['arrays',],
      "backwardsCompatible": "with JSON",
      \\u0061bc: $x_1,
    }"""
    assert parse(text.replace("$x_1", "1")) == {
        "unquoted": "and you can quote me on that",
        "singleQuotes": 'I can use "double quotes" here',
        "lineBreaks": "Look, Mom! No \\n's!",
        "hexadecimal": 0xDECAF,
        "leadingDecimalPoint": 0.8675309,
        "andTrailing": 8675309,
        "positiveSign": 1,
        "trailingComma": "in objects",
        "andIn": ["arrays"],
        "backwardsCompatible": "with JSON",
        "abc": 1,
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Infinity", math.inf),
        ("-Infinity", -math.inf),
        ("+.5e1", 5),
        ("-0x10", -16),
        ("1e400", math.inf),
        ("12345678901234567890", 12345678901234567890.0),
        (
            r"'\x41\u0042\v\0\a\
'",
            "AB\v\0a",
        ),
        (r"'\ud83d\udc4d'", "👍"),
        (r"'\ud83d'", "\ud83d"),
        ("'\u2028'", "\u2028"),
        ("\ufeff[\u00a01,]", [1]),
        ("{a: 1, a: 2}", {"a": 2}),
    ],
)
def test_values(text: str, value: JsonValue) -> None:
    parsed = parse(text)
    assert parsed == value
    assert type(parsed) is type(value)


def test_minus_zero_and_nan_survive() -> None:
    zero = parse("-0")
    assert isinstance(zero, float)
    assert math.copysign(1, zero) == -1
    nan = parse("NaN")
    assert isinstance(nan, float)
    assert math.isnan(nan)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "unexpected end at line 1, column 1"),
        ("hello", "unexpected 'hello' at line 1, column 1"),
        ("{a 1}", "expected ':' at line 1, column 4"),
        ("{a: 1 b: 2}", "expected ',' or '}' at line 1, column 7"),
        ("[1,,2]", "unexpected ',' at line 1, column 4"),
        ("{\n  a: 'x\n}", "string is never closed at line 2, column 6"),
        ("{1a: 2}", "expected a key instead of '1' at line 1, column 2"),
        ("{", "unexpected end, expected '}' at line 1, column 2"),
        ("[1", "unexpected end, expected ']' at line 1, column 3"),
        ("1 2", "unexpected '2' after the value at line 1, column 3"),
        ("01", "unexpected '01' at line 1, column 1"),
        ("0x", "unexpected '0x' at line 1, column 1"),
        ("1nx", "unexpected '1nx' at line 1, column 1"),
        ("/* open", "comment is never closed at line 1, column 1"),
        (r"'\1'", "unknown escape in a string at line 1, column 2"),
        (r"'\xZZ'", "unknown escape in a string at line 1, column 2"),
        ("undefined", "unexpected 'undefined' at line 1, column 1"),
        ("[" * 5000, "nested too deeply at line 1, column 202"),
    ],
)
def test_errors_name_the_place(text: str, message: str) -> None:
    with pytest.raises(Json5Error) as caught:
        parse(text)
    assert str(caught.value) == message


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON, st.sampled_from([None, 2]), st.booleans())
def test_json_is_json5(value: JsonValue, indent: int | None, ascii_only: bool) -> None:
    assert parse(json.dumps(value, indent=indent, ensure_ascii=ascii_only)) == value


@given(st.text(alphabet="{}[]'\"\\/*,:+-.01eExXuU abNI\n", max_size=12))
def test_any_text_is_a_value_or_an_error(text: str) -> None:
    with contextlib.suppress(Json5Error):
        parse(text)
