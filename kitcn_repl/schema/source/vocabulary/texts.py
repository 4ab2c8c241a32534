"""The source text of parts of an argument."""

from __future__ import annotations

import re

from kitcn_repl.schema.source.syntax import ParseError, children, parse
from kitcn_repl.schema.source.values import Array, Host, Record, Undefined, Unknown, Value
from kitcn_repl.schema.source.vocabulary.hosts import MOST_DEEP, Opaque, number, property_of

_PLAIN_KEY = re.compile(r"[A-Za-z_$][\w$]*\Z")


def text_of(value: Value, depth: int = MOST_DEEP) -> str | None:
    """JavaScript that means this value; None for undefined."""
    if depth == 0:
        return "…"
    if isinstance(value, Undefined):
        return None
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float | int):
        return str(number(value))
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Opaque):
        return value.text
    if isinstance(value, Array):
        return f"[{', '.join(text_of(item, depth - 1) or 'undefined' for item in value.items)}]"
    if isinstance(value, Record):
        entries = ", ".join(
            f"{_key(key)}: {text_of(entry, depth - 1) or 'undefined'}" for key, entry in value.entries.items()
        )
        return f"{{ {entries} }}" if entries else "{}"
    if isinstance(value, Unknown | Host):
        return "…"
    return value.text


def text_of_property(config: Value, config_text: str, name: str) -> str | None:
    """The source text of a property of an argument, or JavaScript that means it; None where it is not given."""
    value = property_of(config, name)
    if isinstance(value, Undefined):
        return None
    return _written(config_text, name) or text_of(value)


def _written(literal: str, name: str) -> str | None:
    if not literal.startswith("{"):
        return None
    try:
        source = parse("", f"({literal})".encode())
    except ParseError:
        return None
    statement = source.statements[0] if source.statements else None
    found = None
    for pair in children(children(children(statement)[0])[0]) if statement is not None and not source.faults else ():
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if pair.type == "pair" and key is not None and value is not None and source.text(key) == name:
            found = source.text(value)
    return found


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


def _key(key: str) -> str:
    return key if _PLAIN_KEY.match(key) else quoted(key)
