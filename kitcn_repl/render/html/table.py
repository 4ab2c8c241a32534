"""Rows as an HTML table: types in its head, numbers right, no more rows and columns than a page can bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kitcn_repl.render.documents import creation_time
from kitcn_repl.render.html.element import Html, element, join
from kitcn_repl.render.html.nested import ValueWriter
from kitcn_repl.values import JsonObject
from kitcn_repl.values.javascript import number_text

MOST_COLUMNS = 80
MOST_FIELDS = 160
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: `type` is for people (`string?`, `int64`), in full in `types`. Numbers stand right, times show as
    dates."""

    name: str
    type: str = ""
    types: str = ""
    right: bool = False
    time: bool = False


def rows_table(
    rows: Sequence[JsonObject], headings: Sequence[Heading], writer: ValueWriter, table: str | None = None
) -> Html:
    """All `rows` and the first `MOST_COLUMNS` columns. `table` is the documents' table, where it is one."""
    shown = headings[:MOST_COLUMNS]
    head = element("tr", *(_head(heading) for heading in shown))
    body = [element("tr", *(_cell(row, heading, writer, table) for heading in shown)) for row in rows]
    return _scrolling(element("thead", head), element("tbody", *body))


def fields_table(row: JsonObject, headings: Sequence[Heading], writer: ValueWriter, table: str | None = None) -> Html:
    """One object, a field per line."""
    shown = [heading for heading in headings if heading.name in row][:MOST_FIELDS]
    body = [
        element(
            "tr",
            element("th", _name(heading), css="kitcn-field", scope="row"),
            element("td", element("span", heading.type, css="kitcn-muted")),
            element("td", _shown(row, heading, writer, table)),
        )
        for heading in shown
    ]
    return _scrolling(element("tbody", *body))


def _scrolling(*parts: Html) -> Html:
    return element("div", element("table", *parts, css="kitcn-table"), css="kitcn-scroll")


def _head(heading: Heading) -> Html:
    title = heading.types if heading.types != heading.type else None
    content = join(_name(heading), element("span", heading.type, css="kitcn-type", title=title))
    return element("th", content, css="kitcn-right" if heading.right else "", scope="col")


def _name(heading: Heading) -> Html:
    if len(heading.name) <= _LONGEST_NAME:
        return element("span", heading.name, css="kitcn-text")
    return element("span", heading.name[:_LONGEST_NAME] + "…", css="kitcn-text", title=heading.name[:1000])


def _cell(row: JsonObject, heading: Heading, writer: ValueWriter, table: str | None) -> Html:
    if heading.name not in row:
        return element("td", element("span", "undefined", css="kitcn-none", title="this document has no such field"))
    return element("td", _shown(row, heading, writer, table), css="kitcn-right" if heading.right else "")


def _shown(row: JsonObject, heading: Heading, writer: ValueWriter, table: str | None) -> Html:
    value = row[heading.name]
    if heading.time and isinstance(value, int | float) and not isinstance(value, bool):
        return element("span", creation_time(value), title=f"{number_text(value)} ms since 1970, shown as UTC")
    return writer.field(row, heading.name, table)


def left_out(headings: Sequence[Heading], most: int = MOST_COLUMNS, noun: str = "columns") -> str | None:
    """What the caption must say of columns that the table does not have."""
    rest = headings[most:]
    if not rest:
        return None
    names = ", ".join(heading.name[:_LONGEST_NAME] for heading in rest[:10]) + (", …" if len(rest) > 10 else "")
    return f"{most} of {len(headings):,} {noun}; not shown: {names}"
