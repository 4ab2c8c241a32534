from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kitcn_repl.render import rows
from kitcn_repl.values import JsonObject, JsonValue

INT64: JsonObject = {"$integer": "ewAAAAAAAAA="}
BYTES: JsonObject = {"$bytes": "AQI="}

DOCUMENTS: list[JsonObject] = [
    {"_id": "a", "_creationTime": 1.5, "name": "Ada", "n": INT64},
    {"_id": "b", "_creationTime": 2, "tags": ["x", None], "raw": BYTES},
]


def test_system_fields_come_first_and_the_rest_by_name() -> None:
    assert rows.columns_of(DOCUMENTS) == ["_id", "_creationTime", "n", "name", "raw", "tags"]
    assert rows.columns_of([{"b": 1}, {"a": 1}]) == ["a", "b"]


def test_json_is_valid_and_exact() -> None:
    assert json.loads(rows.streamed("json", DOCUMENTS)) == DOCUMENTS
    assert [json.loads(line) for line in rows.streamed("jsonl", DOCUMENTS).splitlines()] == DOCUMENTS
    assert rows.streamed("json", []) == "[]\n"
    assert rows.streamed("jsonl", []) == ""


def test_csv_is_rfc_4180() -> None:
    text = rows.as_csv([{"a": 'x "y", z', "b": "line\nbreak"}, {"b": {"k": 1}}, {"a": None, "b": "=1+1"}])
    assert text == 'a,b\r\n"x ""y"", z","line\nbreak"\r\n,"{""k"":1}"\r\nnull,=1+1\r\n'


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1),
        min_size=1,
    )
)
def test_csv_gives_texts_back(documents: list[dict[str, str]]) -> None:
    encoded: list[JsonObject] = [dict(document) for document in documents]
    read = list(csv.DictReader(io.StringIO(rows.as_csv(encoded), newline="")))
    # A record of one empty field is quoted so that it is no blank line.
    assert read == [{name: document.get(name, "") for name in rows.columns_of(encoded)} for document in documents]


def test_markdown_escapes_what_would_act() -> None:
    text = rows.as_markdown([{"_id": "a|b", "note": "<b>x</b>\n*y* _z_ `c` [l](u)"}])
    header, rule, row = text.splitlines()
    assert header == "| _id | note |"
    assert rule == "| --- | --- |"
    assert row == r"| a\|b | &lt;b&gt;x&lt;/b&gt;<br>\*y\* \_z\_ \`c\` \[l\](u) |"


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data


@given(st.text(alphabet="ab |\\`*_[]<>~&#!(){}+-.", min_size=1).map(str.strip).filter(bool))
def test_markdown_renders_to_the_text_itself(text: str) -> None:
    cells = _Cells()
    cells.feed(MarkdownIt("gfm-like", {"linkify": False}).render(rows.as_markdown([{"x": text}])))
    assert cells.tags <= {"table", "thead", "tbody", "tr", "th", "td"}
    assert cells.cells[1].strip("\n") == text


def test_results_become_rows() -> None:
    assert list(rows.rows_of([{"a": 1}, 5, INT64])) == [{"a": 1}, {"value": 5}, {"value": INT64}]
    assert list(rows.rows_of({"a": 1})) == [{"a": 1}]
    assert list(rows.rows_of(None)) == [{"value": None}]


def test_the_genuine_table() -> None:
    documents: list[JsonObject] = [
        {"_creationTime": 1700000000000.5, "_id": "k1", "name": "Zoë", "a": INT64, "emoji": "👍"},
        {"_creationTime": 2, "_id": "k22", "name": "B"},
    ]
    assert rows.as_display_table(documents) == (
        "_id   | _creationTime   | a    | emoji | name \n"
        "------|-----------------|------|------|------\n"
        '"k1"  | 1700000000000.5 | 123n | "👍" | "Zoë"\n'
        '"k22" | 2               |      |      | "B"  \n'
    )


def test_the_genuine_array_and_lines() -> None:
    displayed: list[JsonValue] = [{"a": INT64}, {"b": BYTES}]
    assert rows.streamed("jsonArray", displayed) == '[\n{ "a": 123n },\n{ "b": Bytes("AQI=") }\n]\n'
    assert rows.streamed("jsonLines", displayed) == '{ "a": 123n }\n{ "b": Bytes("AQI=") }\n'
