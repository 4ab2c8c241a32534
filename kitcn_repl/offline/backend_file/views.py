"""System tables as apps see them: `_storage` and `_scheduled_functions` (offline-formats.md 4.10)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

from kitcn_repl.offline.backend_file.file import View
from kitcn_repl.offline.backend_file.layout import short_id, whole
from kitcn_repl.offline.backend_file.revisions import parsed
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.forms import base64_of, bytes_of

PUBLIC_NAMES: Final[Mapping[str, str]] = {"_file_storage": "_storage", "_scheduled_jobs": "_scheduled_functions"}


def stored_file(view: View, component: str, document: JsonObject) -> JsonObject:
    digest = stored_bytes(document.get("sha256"))
    found: JsonObject = {
        **_system_fields(document),
        "sha256": document.get("sha256") if digest is None else base64_of(digest),
        "size": float(whole(document.get("size")) or 0),
    }
    if document.get("contentType") is not None:
        found["contentType"] = document["contentType"]
    return found


def scheduled_function(view: View, component: str, document: JsonObject) -> JsonObject:
    found: JsonObject = {
        **_system_fields(document),
        "name": document.get("udfPath"),
        "args": _arguments(view, component, document),
        "scheduledTime": _milliseconds(document.get("originalScheduledTs")),
        "state": _state(document.get("state")),
    }
    if document.get("completedTs") is not None:
        found["completedTime"] = _milliseconds(document["completedTs"])
    return found


VIEWS: Final[Mapping[str, Callable[[View, str, JsonObject], JsonObject]]] = {
    "_storage": stored_file,
    "_scheduled_functions": scheduled_function,
}


def stored_bytes(value: JsonValue) -> bytes | None:
    if not isinstance(value, dict) or len(value) != 1:
        return None
    try:
        return bytes_of(value.get("$bytes"))
    except ValueError:
        return None


def _arguments(view: View, component: str, document: JsonObject) -> JsonValue:
    """The arguments, which rows of today keep in a table of their own; an empty list where they cannot be read."""
    data = stored_bytes(document.get("udfArgs"))
    table = view.layout.tables.get(component, {}).get("_scheduled_job_args")
    identity = short_id(document.get("argsId"))
    if data is None and table is not None and identity is not None:
        row = parsed(view.revisions.document(table.id, identity))
        data = None if row is None else stored_bytes(row.get("args"))
    try:
        args: JsonValue = json.loads(data or b"[]")
    except (ValueError, RecursionError):
        return []
    return args if isinstance(args, list) else []


def _system_fields(document: JsonObject) -> JsonObject:
    return {name: document[name] for name in ("_id", "_creationTime") if name in document}


def _milliseconds(value: JsonValue) -> float:
    # In two parts, as the backend does: dividing at once would end on another float now and then.
    milliseconds, rest = divmod(whole(value) or 0, 1_000_000)
    return milliseconds + rest * 1e-6


def _state(value: JsonValue) -> JsonObject:
    """`type` is `kind` to apps."""
    if not isinstance(value, dict):
        return {}
    return {"kind" if name == "type" else name: item for name, item in value.items()}
