"""A result as plain text: an aligned table, and a line that says what was left out."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from kitcn_repl.render.quantity import byte_size, count, counted
from kitcn_repl.render.style import PLAIN

if TYPE_CHECKING:
    from kitcn_repl.results.result import Result
    from kitcn_repl.values import JsonValue

_MOST_COLUMNS = 100
_MOST_LINES = 400
_LONGEST_TEXT = 2_000
_MOST_ITEMS = 1_000


def result_text(result: Result) -> str:
    """Fits into the columns that the result is to be shown in; without a final newline."""
    width = result.showing.width or shutil.get_terminal_size((120, 24)).columns
    notes: list[str] = []
    shown = _table(result, width, notes) if result.is_table else _value(result, width, notes)
    notes += result.notices
    foot = " · ".join(result.facts())
    return "\n".join([*shown, *(f"({text})" for text in notes), *([foot] if foot else [])])


def _table(result: Result, width: int, notes: list[str]) -> list[str]:
    from kitcn_repl.render.documents import draw_documents

    rows = result.rows
    shown = rows[: result.showing.limit]
    if not rows:
        return ["no documents"]
    names = [column.name for column in result.columns]
    drawn = draw_documents(
        shown,
        PLAIN,
        width,
        columns=names[:_MOST_COLUMNS],
        table=result.table,
        fields=result.fields,
        show_secrets=result.showing.show_secrets,
    )
    if len(shown) < len(rows):
        notes.append(f"showing {count(len(shown))} of {count(len(rows))}")
    hidden = len(drawn.drawing.left_out) + len(names[_MOST_COLUMNS:])
    if hidden:
        some = ", ".join([*drawn.drawing.left_out, *names[_MOST_COLUMNS:]][:10])
        notes.append(f"{counted(hidden, 'column')} not shown: {some}{', …' if hidden > 10 else ''}")
    if drawn.drawing.cut_cells:
        notes.append(f"{counted(drawn.drawing.cut_cells, 'cell')} shortened")
    if drawn.masked:
        notes.append(f"{counted(drawn.masked, 'credential')} masked")
    return drawn.drawing.lines


def _value(result: Result, width: int, notes: list[str]) -> list[str]:
    from kitcn_repl.render.value import ValueView

    view = ValueView(PLAIN, width, show_secrets=result.showing.show_secrets, table=result.table)
    lines = view.render(_shortened(result.encoded)).split("\n")
    if len(lines) > _MOST_LINES:
        notes.append(f"showing {count(_MOST_LINES)} of {count(len(lines))} lines")
    if view.masked:
        notes.append(f"{counted(view.masked, 'credential')} masked")
    return lines[:_MOST_LINES]


def _shortened(value: JsonValue) -> JsonValue:
    """Without what would fill screens: long texts and long arrays end where nobody reads on."""
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]}… ({byte_size(len(value))})"
    if isinstance(value, list):
        rest: list[JsonValue] = [f"… {count(len(value) - _MOST_ITEMS)} more"] if len(value) > _MOST_ITEMS else []
        return [_shortened(item) for item in value[:_MOST_ITEMS]] + rest
    if isinstance(value, dict) and not (len(value) == 1 and next(iter(value)).startswith("$")):
        return {name: _shortened(item) for name, item in value.items()}
    return value
