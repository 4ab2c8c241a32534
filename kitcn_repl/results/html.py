"""A result as HTML: table or value, then what was left out, the log, and where it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitcn_repl.render.html.element import Html, element
from kitcn_repl.render.html.nested import ValueWriter
from kitcn_repl.render.html.page import footer, framed, logs, note, origin
from kitcn_repl.render.html.table import MOST_FIELDS, Heading, fields_table, left_out, rows_table
from kitcn_repl.render.quantity import count, counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitcn_repl.results.columns import Column
    from kitcn_repl.results.result import Result

_NUMBERS = ("float64", "int64")
_MOST_TYPES = 3


def result_html(result: Result) -> str:
    """One element that can stand in any page."""
    known = result.origin.knowledge if result.origin is not None else None
    writer = ValueWriter(known.tables if known is not None else {}, show_secrets=result.showing.show_secrets)
    headings = [_heading(column, known.tables if known is not None else {}) for column in result.columns]
    notes: list[str] = []
    if result.is_table:
        shown = result.rows[: result.showing.limit]
        content = rows_table(shown, headings, writer, result.table) if shown else Html("")
        notes.append(_counted(result, len(shown)))
        notes.append(left_out(headings) or "")
    elif result.rows and result.rows[0] is result.encoded:
        content = fields_table(result.rows[0], headings, writer, result.table)
        notes.append(left_out(headings, MOST_FIELDS, "fields") or "")
    else:
        content = element("div", writer.value(result.encoded))
    if writer.masked:
        notes.append(f"{counted(writer.masked, 'credential')} masked")
    where, *facts = result.facts() if result.origin is not None else ["", *result.facts()]
    return framed(
        content,
        footer(*notes),
        *(note(text) for text in result.notices),
        logs(result.log_lines),
        footer(origin(where, is_prod=result.origin.is_prod) if result.origin is not None else "", *facts),
    )


def _counted(result: Result, shown: int) -> str:
    noun = "document" if result.rows and all("_id" in row for row in result.rows[:1]) else "row"
    total = len(result)
    text = counted(total, noun) if shown == total else f"showing {count(shown)} of {counted(total, noun)}"
    if isinstance(result.encoded, dict) and result.encoded.get("isDone") is False:
        text += " on this page; there are more"
    return text


def _heading(column: Column, tables: Mapping[int, str]) -> Heading:
    kind = column.shape.kind
    types = column.type
    names = [tables.get(number) for number in column.id_tables]
    if len(names) == 1 and names[0] is not None:
        types = types.replace("id", f"id<{names[0]}>", 1)
    many = kind == "mixed" and len(column.shape.seen) > _MOST_TYPES
    shown = f"{len(column.shape.seen)} types" if many else types
    return Heading(column.name, shown, types, right=kind in _NUMBERS, time=kind == "timestamp")
