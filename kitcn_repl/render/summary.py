"""A document in one line: what a person would know it by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

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
_NAMES = 2
_LONGEST = 40
_TO_THE_MINUTE = re.compile(r"\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z")


def summary(document: JsonObject, name: str, table: Table | None) -> str:
    """`name Ada, email ada@example.com`: fields that name a document first; neither credentials nor ids.

    `name` is the table's, `table` what is known of it.
    """
    telling = _telling(document)
    fields = [*telling, *(field for field in document if field not in telling and not field.startswith("_"))]
    told = islice(_told(document, fields, name, table), _MOST)
    return ", ".join(f"{visible(field)} {text}" for field, text in told)


def label(document: JsonObject, name: str, table: Table | None) -> str:
    """`Ada · ada@example.com`: the values of fields that name a document; where there are none, as `summary`.

    Times are cut to the minute.
    """
    told = islice(_told(document, _telling(document), name, table), _NAMES)
    text = " · ".join(text for _field, text in told) or summary(document, name, table)
    return _TO_THE_MINUTE.sub(r"\1 \2", text)


def _telling(document: JsonObject) -> list[str]:
    return [field for field in _TELLING if field in document]


def _told(document: JsonObject, fields: list[str], name: str, table: Table | None) -> Iterator[tuple[str, str]]:
    known = (table.fields if table is not None else None) or {}
    for field in fields:
        if not is_credential(document, field, name):
            value = document[field]
            text = orm_text(known.get(field), value) or _short(value)
            if text:
                yield field, text


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
