"""Documents as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kitcn_repl.explore.hydration import orm_text, stored_otherwise
from kitcn_repl.render.rows import columns_of
from kitcn_repl.render.secrets import MASK, is_credential, redacted
from kitcn_repl.render.style import Style
from kitcn_repl.render.table import EMPTY, Cell, Column, Drawing, draw
from kitcn_repl.render.text import visible
from kitcn_repl.render.value import special
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.javascript import display, number_text, stringify

if TYPE_CHECKING:
    from kitcn_repl.schema.model import Field

_LONGEST_TEXT = 2000
"""More characters of a cell never fit a terminal, so no work is done on them."""


@dataclass(frozen=True, slots=True)
class DocumentsDrawing:
    """`masked` counts the credentials hidden in the columns that are shown, `stored_otherwise` the documents whose own
    `createdAt` is another than the one that the ORM shows."""

    drawing: Drawing
    masked: int
    stored_otherwise: int = 0


def draw_documents(
    rows: Sequence[JsonObject],
    style: Style,
    width: int | None,
    *,
    columns: Sequence[str] | None = None,
    table: str | None = None,
    show_secrets: bool = False,
    fields: Mapping[str, Field] | None = None,
    raw: bool = False,
) -> DocumentsDrawing:
    """`_creationTime` shows as UTC; numbers stand right; credentials are masked.

    Values of kitcn columns, as `fields` tells of them, show as the ORM hands them out. `raw` leaves all as stored.
    """
    known = {} if raw or fields is None else fields
    names = columns_of(rows) if columns is None else list(columns)
    masked: dict[str, int] = {}
    lines: list[list[Cell]] = []
    for row in rows:
        cells: list[Cell] = []
        for name in names:
            if name not in row:
                cells.append(EMPTY)
            elif not show_secrets and is_credential(row, name, table):
                masked[name] = masked.get(name, 0) + 1
                cells.append(Cell(MASK, "masked"))
            elif (date := orm_text(known.get(name), row[name])) is not None:
                differs = name == "createdAt" and stored_otherwise(row, known)
                cells.append(Cell(visible(date), "number" if differs else "plain"))
            else:
                cells.append(_cell(name, row[name] if show_secrets else redacted(row[name]), raw=raw))
        lines.append(cells)
    drawing = draw([_heading(name, rows, known, raw=raw) for name in names], lines, style, width)
    return DocumentsDrawing(
        drawing,
        sum(number for name, number in masked.items() if name not in drawing.left_out),
        sum(stored_otherwise(row, known) for row in rows),
    )


def _heading(name: str, rows: Sequence[JsonObject], known: Mapping[str, Field], *, raw: bool) -> Column:
    """Ids, times and numbers are never cut: a part of one would pass for another."""
    is_time = (name == "_creationTime" and not raw) or (name in known and known[name].kind == "timestamp")
    values = [row[name] for row in rows if name in row]
    is_number = not is_time and bool(values) and all(_is_number(value) for value in values)
    return Column(visible(name), align_right=is_number, whole=is_number or is_time or name in ("_id", "_creationTime"))


def creation_time(milliseconds: float) -> str:
    """UTC to the second, as people compare them: `2026-11-22 10:03:12`."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except (OverflowError, ValueError):
        return number_text(milliseconds)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _cell(name: str, value: JsonValue, *, raw: bool) -> Cell:
    if isinstance(value, str):
        return Cell(visible(value[:_LONGEST_TEXT]))
    if value is None:
        return Cell("null", "dim")
    if isinstance(value, bool):
        return Cell("true" if value else "false")
    if isinstance(value, int | float):
        if name == "_creationTime" and not raw:
            return Cell(creation_time(value), "dim")
        return Cell(number_text(value), "number")
    written = special(value)
    if written is not None:
        return Cell(written[:_LONGEST_TEXT], "number" if _is_number(value) else "plain")
    return Cell(visible(_notation(value)[:_LONGEST_TEXT]))


def _notation(value: JsonValue) -> str:
    try:
        return display(value)
    except ValueError:
        return stringify(value)


def _is_number(value: JsonValue) -> bool:
    if isinstance(value, dict):
        return len(value) == 1 and isinstance(value.get("$integer", value.get("$float")), str)
    return isinstance(value, int | float) and not isinstance(value, bool)
