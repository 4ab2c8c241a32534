"""A value as one cell of a grid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len, set_cell_size

from kitcn_repl.explore.hydration import orm_text
from kitcn_repl.render.documents import creation_time
from kitcn_repl.render.quantity import byte_size, count, counted
from kitcn_repl.render.secrets import MASK, is_credential
from kitcn_repl.render.text import visible
from kitcn_repl.render.value import special
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import IdError, decode_id
from kitcn_repl.values.javascript import number_text

if TYPE_CHECKING:
    from kitcn_repl.schema.model import Field

Look = Literal["text", "number", "date", "boolean", "null", "unset", "nested", "bytes", "masked", "id"]
"""What a cell is, which decides on its colour."""

RIGHT: frozenset[Look] = frozenset({"number"})
UNSET = "·"
_LONGEST = 240
"""Characters of a text that are looked at; no column is wider."""
_WITHOUT_WIDTH = dict.fromkeys((8203, 8204, 8205, 8288, 65038, 65039, 65279))
_ACCENT = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_ACCENT}{{3}}){_ACCENT}+")


@dataclass(frozen=True, slots=True)
class Typing:
    """What is known of the documents: their table, its fields, and the names of all tables by their numbers.

    `reveals` shows credentials.
    """

    table: str | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    tables: Mapping[int, str] = field(default_factory=dict)
    reveals: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One line, safe to show. `table` is that of an id."""

    text: str
    look: Look
    table: str | None = None


_UNSET = Cell(UNSET, "unset")
_NULL = Cell("null", "null")
_MASKED = Cell(MASK, "masked")
_TRUE, _FALSE = Cell("true", "boolean"), Cell("false", "boolean")


def cell_of(document: JsonObject, name: str, typing: Typing) -> Cell:
    if name not in document:
        return _UNSET
    value = document[name]
    if value is None:
        return _NULL
    if not typing.reveals and is_credential(document, name, typing.table):
        return _MASKED
    if isinstance(value, bool):
        return _TRUE if value else _FALSE
    if isinstance(value, str):
        return _text(value, typing, name)
    if isinstance(value, int | float):
        return _number(name, value, typing)
    return _nested(value)


def _text(value: str, typing: Typing, name: str) -> Cell:
    number = table_number(value)
    if number is not None:
        return Cell(value, "id", typing.tables.get(number) or (typing.table if name == "_id" else None))
    if orm_text(typing.fields.get(name), value) is not None:
        return Cell(one_line(value), "date")
    return Cell(one_line(value), "text")


def _number(name: str, value: float, typing: Typing) -> Cell:
    known = typing.fields.get(name)
    if name == "_creationTime" or (known is not None and known.kind == "timestamp"):
        return Cell(creation_time(value), "date")
    return Cell(number_text(value), "number")


def _nested(value: JsonValue) -> Cell:
    if isinstance(value, list):
        return Cell(f"[{count(len(value))}]", "nested")
    assert isinstance(value, dict)
    if len(value) == 1 and isinstance(text := value.get("$bytes"), str):
        return Cell(byte_size(len(text) // 4 * 3 - text[-2:].count("=")), "bytes")
    written = special(value)
    if written is not None:
        return Cell(written[:_LONGEST], "date" if "__crpc" in value else "number")
    return Cell(f"{{{counted(len(value), 'field')}}}", "nested")


@lru_cache(maxsize=8192)
def table_number(text: str) -> int | None:
    """The table number in a document's id, None for a text that is no id."""
    if not 31 <= len(text) <= 37:
        return None
    try:
        return decode_id(text).table_number
    except IdError:
        return None


def one_line(text: str) -> str:
    """The beginning of a text, without what makes terminals disagree on its width.

    A joined emoji is one sign here and several there, so its parts stand side by side. Of accents on one letter, which
    would reach into other rows, three are enough.
    """
    if len(text) <= _LONGEST and text.isascii() and text.isprintable():
        return text
    shown = visible(text[: _LONGEST + 1])
    if not shown.isascii():
        shown = _PILE.sub(r"\1", shown.translate(_WITHOUT_WIDTH))
    return shown if len(text) <= _LONGEST else shown[:_LONGEST] + "…"


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """Exactly `width` cells, with an ellipsis for what is cut."""
    if width <= 0:
        return ""
    size = len(text) if text.isascii() else cell_len(text)
    if size > width:
        text = set_cell_size(text, width - 1) + "…"
        size = width
    padding = " " * (width - size)
    return padding + text if right else text + padding
