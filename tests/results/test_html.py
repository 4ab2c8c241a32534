"""Results as HTML: what a reader sees, and that nothing in the data is ever more than text."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.results import Result
from kitcn_repl.values import JsonValue
from kitcn_repl.values.codec import Int64, Value, encode
from tests.results.support import demo, result_of
from tests.results.test_columns import values

ALLOWED = {"div", "style", "table", "thead", "tbody", "tr", "th", "td", "span", "small", "details", "summary"}
ATTRIBUTES = {"class", "title", "dir", "scope"}


class Page(HTMLParser):
    """Reads HTML as strictly as ours is meant to be: every element closed in turn, and none that we do not write."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.titles: list[str] = []
        self.cells: list[list[str]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        assert {name for name, _ in attrs} <= ATTRIBUTES, attrs
        assert (tag == "style") is (len(self.seen) == 1), "one style, and it stands first"
        self.open.append(tag)
        self.seen.append(tag)
        self.titles += [value for name, value in attrs if name == "title" and value]
        if tag == "tr":
            self.cells.append([])
        if tag in ("td", "th"):
            self.cells[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.text += data
        if "td" in self.open or "th" in self.open:
            self.cells[-1][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def page_of(value: object) -> Page:
    return Page(result_of(value)._repr_html_())


def test_a_table_with_types_and_what_is_shown_of_it() -> None:
    page = page_of([{"name": f"n{n}", "size": float(n), "big": Int64(n)} for n in range(1234)])
    assert page.cells[0] == ["namestring", "sizefloat64", "bigint64"]
    assert page.cells[1] == ["n0", "0", "0n"]
    assert len(page.cells) == 51
    assert "showing 50 of 1,234 rows" in page.text


def test_ids_are_titled_with_their_table() -> None:
    with demo() as deployment:
        result = deployment.query('ctx.db.query("session").take(2)')
        result.to_pandas()  # now the tables are known
        page = Page(result._repr_html_())
        assert page.titles.count("session") == 2
        assert page.titles.count("user") == 2
        assert page.cells[0][0] == "_idid<session>"
        assert "2025-12-05 12:33:50" in page.cells[1]
        assert "2 credentials masked" in page.text
        assert result[0]["token"] not in result._repr_html_()
        assert result[0]["token"] in result.show(show_secrets=True)._repr_html_()
        assert "demo (connect) · read 2 of 32,000 documents" in page.text


def test_null_missing_and_texts_that_look_alike() -> None:
    page = page_of([{"x": None}, {"y": 1.0}, {"x": "null"}, {"x": "undefined"}, {"x": ""}, {"x": "1"}, {"x": " a"}])
    assert [row[0] for row in page.cells[1:]] == ["null", "undefined", '"null"', '"undefined"', '""', '"1"', '" a"']


def test_nested_values_are_folded() -> None:
    page = page_of([{"place": {"city": "Graz", "geo": {"lat": 47.0}}, "tags": ["a", "b", "c", "d"], "none": []}])
    assert page.seen.count("details") == 3
    assert '{city: "Graz", geo: {…}}' in page.text
    assert '[4] ["a", "b", "c", "d"]' in page.text
    assert "lat: 47" in page.text


def test_one_object_and_one_value() -> None:
    assert page_of({"count": Int64(3), "name": "x"}).cells == [["count", "int64", "3n"], ["name", "string", "x"]]
    assert page_of("just text").text == "just text"
    assert page_of(None).text == "null"
    assert "0 rows" in page_of([]).text


def test_logs_and_notices_are_told() -> None:
    result = Result([], log_lines=["[LOG] <b>one</b>", "[LOG] two"], notices=["There is no table <x>."])
    text = Page(result._repr_html_()).text
    assert "2 log lines" in text
    assert "[LOG] <b>one</b>\n[LOG] two" in text
    assert "There is no table <x>." in text


def test_a_page_says_that_there_is_more() -> None:
    assert "1 row on this page; there are more" in page_of({"page": [{}], "isDone": False, "continueCursor": ""}).text


HOSTILE = (
    "<script>alert(1)</script>",
    "</table></div><h1>out</h1>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onload='alert(1)",
    "</style><style>*{display:none}",
    "<!-- comment",
    "-->",
    "]]>",
    "&lt;b&gt; &amp;amp; &#60;",
    "**bold** _it_ [link](javascript:alert(1)) `code`",
    "$x^2$ \\(y\\) $$z$$",
    "\x1b[31mred\x1b[0m \x07 \x9b31m",
    "abc\u202edef\u2066ghi\u2069",
    "javascript:alert(1)",
    "<details open><summary>x",
    "\ud800",
    "\u2028\u2029",
    "{{constructor.constructor('alert(1)')()}}",
    "<svg/onload=alert(1)>",
    "line\nline\ttab",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_text_wherever_it_stands(text: str) -> None:
    shown = Page(
        Result(
            [{"cell": text, text: 1, "in": {"field": text, text: [text]}, "long": text * 60}],
            log_lines=[text],
            notices=[text],
        )._repr_html_()
    )
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown.text)
    if text.isascii() and text.isprintable():
        assert shown.text.count(text) >= 5
    for single in (text, [text], {text: text}):
        Page(Result(single)._repr_html_())  # type: ignore[arg-type]


@given(st.lists(st.dictionaries(st.text(max_size=5), values, max_size=4), max_size=4))
def test_any_value_is_sound_html(rows: list[dict[str, Value]]) -> None:
    named: list[JsonValue] = [
        encode({re.sub(r"\$|[^ -~]", "", name): value for name, value in row.items()}) for row in rows
    ]
    Page(Result(named)._repr_html_())


def test_huge_texts_are_cut_and_say_so() -> None:
    result = Result([{"body": "x" * 2**20, "n": n} for n in range(50)])
    begin = time.process_time()
    html = result._repr_html_()
    assert time.process_time() - begin < 5
    assert len(html) < 700_000
    page = Page(html)
    assert "1 MiB" in page.text
    assert "more of 1,048,576 characters" in page.text


def test_ten_thousand_columns_are_bounded_and_say_so() -> None:
    html = result_of([{f"column{n}": float(n) for n in range(10_000)}] * 3)._repr_html_()
    assert len(html) < 60_000
    assert "80 of 10,000 columns; not shown: column80, column81" in Page(html).text
    wide = result_of({f"f{n}": float(n) for n in range(10_000)})._repr_html_()
    assert len(wide) < 60_000
    assert "160 of 10,000 fields" in Page(wide).text


def test_deep_and_broad_values_are_bounded() -> None:
    deep: Value = "bottom"
    for _ in range(60):
        deep = [deep]
    broad: Value = {f"k{n}": {f"k{m}": [1.0] * 50 for m in range(100)} for n in range(100)}
    html = result_of([{"deep": deep, "broad": broad}])._repr_html_()
    assert len(html) < 3_000_000
    assert "… and" in Page(result_of([{"a": [1.0] * 101}])._repr_html_()).text


def test_the_style_stays_inside() -> None:
    html = result_of([1.0])._repr_html_()
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)[0]
    rules = re.sub(r"@media[^{]*\{(.*?\})\}", r"\1", style, flags=re.DOTALL)
    for selectors in re.findall(r"([^{}]+)\{", rules):
        assert all(selector.strip().startswith(".kitcn") for selector in selectors.split(",")), selectors
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme:dark" in style
    assert "--jp-" in style
