"""Where a document is not as its table's validators say."""

from __future__ import annotations

from collections.abc import Mapping

from kitcn_repl.offline.engine.validators import validate
from kitcn_repl.schema.model import Table
from kitcn_repl.schema.validators import describe
from kitcn_repl.values import JsonObject

_LONGEST = 60


def misfits(document: JsonObject, table: Table | None, tables: Mapping[int, str]) -> dict[str, str]:
    """By field, what it ought to be: `not number`, `not declared`; nothing for tables whose documents may be anything.

    `tables` gives table names by number. It looks at every value in the document.
    """
    if table is None or table.fields is None or table.document is not None or table.origins == ("data",):
        return {}
    found = {}
    for name, value in document.items():
        if name in ("_id", "_creationTime"):
            continue
        field = table.fields.get(name)
        if field is None:
            if not table.open:
                found[name] = "not declared"
        elif field.validator is not None and validate(field.validator, value, tables) is not None:
            found[name] = f"not {_short(describe(field.validator))}"
    return found


def missing(document: JsonObject, table: Table | None) -> list[str]:
    """Fields that the table demands and the document does not have."""
    if table is None or table.origins == ("data",):
        return []
    return [name for name, field in (table.fields or {}).items() if not field.optional and name not in document]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
