"""Setting the parts of objects and arrays."""

from __future__ import annotations

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.values import Array, Record, Unknown, Value

_MOST_UNKNOWN = 50


def note(unknowns: list[Unknown], *more: Unknown) -> None:
    """Adds what is unknown of a value, each reason once; a loop may have endless ones."""
    for unknown in more:
        if len(unknowns) < _MOST_UNKNOWN and unknown not in unknowns:
            unknowns.append(unknown)


def noted(unknowns: list[Unknown], more: list[Unknown]) -> list[Unknown]:
    made = list(unknowns)
    note(made, *more)
    return made


def set_entry(record: Record, name: str, value: Value, place: Place) -> None:
    """Sets an entry. Names that are array indexes come first and in their order, as in JavaScript."""
    is_new = name not in record.entries
    record.entries[name] = value
    record.places[name] = place
    if is_new and _is_index(name):
        indexes = sorted(filter(_is_index, record.entries), key=int)
        others = [key for key in record.entries if not _is_index(key)]
        entries = {key: record.entries[key] for key in (*indexes, *others)}
        record.entries.clear()
        record.entries.update(entries)


def set_item(array: Array, name: str | Unknown, value: Value, place: Place) -> None:
    """Sets an element, or one after the last."""
    at = int(name) if isinstance(name, str) and _is_index(name) else None
    if at is None or array.unknown or at > len(array.items):
        note(array.unknown, name if isinstance(name, Unknown) else Unknown("this element is not known", place))
    elif at == len(array.items):
        array.items.append(value)
    else:
        array.items[at] = value


def _is_index(name: str) -> bool:
    return name.isdecimal() and name.isascii() and len(name) < 10 and (name == "0" or name[0] != "0")
