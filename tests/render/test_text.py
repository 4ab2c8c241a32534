from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.render.text import visible, visible_layout, visible_lines

DANGEROUS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))] + list(
    "\u202a\u202e\u2066\u2069\u200e\u200f\u061c\u2028\u2029"
)


def test_escape_sequences_show_as_text() -> None:
    assert visible("\x1b[31mred\x1b[0m") == "\\u001b[31mred\\u001b[0m"
    assert visible("a\nb\tc\rd\x07\x9b") == "a\\nb\\tc\\rd\\u0007\\u009b"


def test_bidirectional_overrides_and_line_separators_show() -> None:
    assert visible("admin\u202ecod.exe") == "admin\\u202ecod.exe"
    assert visible("a\u2028b\u2029c") == "a\\u2028b\\u2029c"


def test_ordinary_text_of_every_script_stays() -> None:
    text = "Żółć 日本語 العربية 👩‍👩‍👧 é"
    assert visible(text) == text


def test_lone_surrogates_show_and_can_be_written() -> None:
    assert visible("a\ud800b") == "a\\ud800b"


def test_layout_keeps_only_what_its_name_says() -> None:
    assert visible_lines("a\n\tb\x1b") == "a\n\\tb\\u001b"
    assert visible_layout("a\n\tb\x1b") == "a\n\tb\\u001b"


@given(st.text(alphabet=st.one_of(st.sampled_from(DANGEROUS), st.characters())))
def test_nothing_that_a_terminal_obeys_comes_out(text: str) -> None:
    shown = visible(text)
    assert not any(char in DANGEROUS for char in shown)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in shown)
    shown.encode("utf-8")


@given(st.text(alphabet=st.one_of(st.sampled_from(DANGEROUS), st.characters(exclude_categories=["Cs"]))))
def test_a_json_text_keeps_its_value(text: str) -> None:
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text
