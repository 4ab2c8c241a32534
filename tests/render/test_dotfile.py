from __future__ import annotations

import io

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.render.dotfile import dotfile_value


@pytest.mark.parametrize(
    ("value", "formatted", "warns"),
    [
        ("two words", "two words", False),
        ('{"a":1}', '{"a":1}', False),
        ("a'b", "a'b", False),
        ("$HOME", "$HOME", False),
        ("a#b", "'a#b'", False),
        ("it's #1", '"it\'s #1"', False),
        ('"q"', "'\"q\"'", False),
        ("`x", "'`x'", False),
        ("a\fb", "'a\fb'", False),
        ("x\ny", "'x\ny'", False),
        ("x'\ny", '"x\'\\ny"', False),
        ("x'\n\\ny", "'x'\n\\ny'", True),
        ("\"both' #", "'\"both' #'", True),
        ("a\rb", "a\rb", True),
    ],
)
def test_the_vectors_of_the_genuine_cli(value: str, formatted: str, warns: bool) -> None:
    text, warning = dotfile_value(value)
    assert text == formatted
    assert (warning is not None) is warns


def test_two_warnings_join() -> None:
    _, warning = dotfile_value("'\"#\n\r")
    assert warning is not None
    assert " It also includes carriage return" in warning


@given(st.text(alphabet='ab #\n"=', min_size=1).map(str.strip).filter(lambda value: value and value[0] not in "\"'`"))
def test_values_without_a_warning_read_back(value: str) -> None:
    text, warning = dotfile_value(value)
    if warning is None:
        assert dotenv_values(stream=io.StringIO(f"NAME={text}\n"), interpolate=False) == {"NAME": value}
