"""A document in one line: its id, and what a person would know it by."""

from __future__ import annotations

from collections.abc import Iterator

from kitcn_repl.explore.hydration import orm_text
from kitcn_repl.render.secrets import is_credential
from kitcn_repl.render.text import visible
from kitcn_repl.render.value import special
from kitcn_repl.schema.model import Table
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import is_id
from kitcn_repl.values.javascript import number_text

_TELLING = (
    "name", "title", "label", "slug", "email", "username", "subject", "key", "identifier", "type", "status", "kind",
)  # fmt: skip
_MOST = 3
_LONGEST = 40


def summary(document: JsonObject, name: str, table: Table | None) -> str:
    """`name Ada, email ada@example.com`: fields that name a document first; neither credentials nor ids.

    `name` is the table's, `table` what is known of it.
    """
    telling = [field for field in _TELLING if field in document]
    fields = [*telling, *(field for field in document if field not in telling and not field.startswith("_"))]
    found: list[str] = []
    for text in _told(document, fields, name, table):
        found.append(text)
        if len(found) == _MOST:
            break
    return ", ".join(found)


def _told(document: JsonObject, fields: list[str], name: str, table: Table | None) -> Iterator[str]:
    known = (table.fields if table is not None else None) or {}
    for field in fields:
        if not is_credential(document, field, name):
            value = document[field]
            text = orm_text(known.get(field), value) or _short(value)
            if text:
                yield f"{visible(field)} {text}"


def _short(value: JsonValue) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, str):
        if not value or is_id(value):
            return None
        text = visible(value[: _LONGEST + 1])
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return special(value) if isinstance(value, dict) and "$integer" in value else None
