"""Our own results as JSON: names as JavaScript writes them, places as `file` and `line`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass

from kitcn_repl.cli.session import Session
from kitcn_repl.schema.model import Place
from kitcn_repl.values import JsonObject, JsonValue


def record(result: object) -> JsonObject:
    """A dataclass as an object. A field that holds a `Place` becomes `file` and `line`, null without one."""
    found: JsonObject = {}
    assert is_dataclass(result)
    for field in fields(result):
        value = getattr(result, field.name)
        if field.name == "place":
            found["file"] = None if value is None else value.file
            found["line"] = None if value is None else value.line
        else:
            found[_camel(field.name)] = _json(value)
    return found


def write_records(session: Session, rows: Sequence[JsonObject], format_: str) -> None:
    """Rows in a machine format. Their fields keep their order: the name comes first."""
    if format_ == "json":
        session.data(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    elif format_ == "jsonl":
        session.data("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    else:
        from kitcn_repl.cli.output import write_rows

        columns = list(dict.fromkeys(name for row in rows for name in row))
        # What is not there is an empty cell there, not the text null.
        filled: list[JsonObject] = [{name: value for name, value in row.items() if value is not None} for row in rows]
        write_rows(session, filled, format_, columns=columns)


def _json(value: object) -> JsonValue:
    if isinstance(value, float):
        # NaN and the infinities are no JSON; whole numbers are written without a point, as JavaScript does.
        return None if not math.isfinite(value) else int(value) if value.is_integer() else value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Place):
        return str(value)
    if is_dataclass(value):
        return record(value)
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in a result")


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
