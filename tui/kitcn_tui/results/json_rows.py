"""A value as JSON text in lines. Lines are noted in slices, and made into text when they are on the screen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

from kitcn_repl.render.secrets import MASK, is_credential
from kitcn_repl.render.text import visible
from kitcn_repl.render.value import special
from kitcn_repl.values import JsonValue
from kitcn_tui.outline.rows import Look, Row, Span
from kitcn_tui.results.shown import TableOf

_SHOWN = 4000
"""Characters of one text that are shown in its line."""


class Entry(NamedTuple):
    """A line. `value` is what begins or ends or stands whole in it, as `part` says."""

    depth: int
    key: str | None
    value: JsonValue
    part: str
    comma: bool


def entries(value: JsonValue, *, reveals: bool) -> Iterator[Entry]:
    """Line by line, without recursion: values nest 64 levels, and more in what a server of another kind sends."""
    stack: list[Iterator[Entry]] = [iter(_entry(0, None, value, comma=False))]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
            continue
        yield entry
        if entry.part == "open":
            stack.append(_inner(entry, reveals=reveals))


def _entry(depth: int, key: str | None, value: JsonValue, *, comma: bool) -> Sequence[Entry]:
    if _is_container(value) and value:
        return Entry(depth, key, value, "open", False), Entry(depth, None, value, "close", comma)
    return (Entry(depth, key, value, "whole", comma),)


def _inner(entry: Entry, *, reveals: bool) -> Iterator[Entry]:
    value, depth = entry.value, entry.depth + 1
    assert isinstance(value, list | dict)
    last = len(value) - 1
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from _entry(depth, None, item, comma=place < last)
        return
    for place, (name, item) in enumerate(value.items()):
        if not reveals and is_credential(value, name):
            yield Entry(depth, name, item, "masked", place < last)
        else:
            yield from _entry(depth, name, item, comma=place < last)


def _is_container(value: JsonValue) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and special(value) is None)


class JsonRow(Row):
    """One line."""

    __slots__ = ("_entry", "_table_of")

    def __init__(self, entry: Entry, table_of: TableOf) -> None:
        self._entry = entry
        self._table_of = table_of

    @property
    def link(self) -> tuple[str, str] | None:
        """The id in this line, and its table."""
        value = self._entry.value
        if self._entry.part != "whole" or not isinstance(value, str) or not 31 <= len(value) <= 37:
            return None
        table = self._table_of(value)
        return None if table is None else (value, table)

    @property
    def value(self) -> JsonValue:
        return None if self._entry.part == "masked" else self._entry.value

    def left(self, width: int) -> Iterator[Span]:
        depth, key, value, part, comma = self._entry
        yield Span("  " * depth)
        if key is not None:
            yield Span(f"{visible(json.dumps(key[:_SHOWN], ensure_ascii=False))}: ", "key")
        link = self.link
        if link is not None:
            yield Span(f'"{value}"', table=link[1], press="enter")
        elif part == "masked":
            yield Span(MASK, "muted")
        elif part == "whole":
            yield from _scalar(value)
        elif isinstance(value, list):
            yield Span("[" if part == "open" else "]", "muted")
        else:
            yield Span("{" if part == "open" else "}", "muted")
        if comma:
            yield Span(",", "muted")


def _scalar(value: JsonValue) -> Iterator[Span]:
    if isinstance(value, str) and len(value) > _SHOWN:
        yield Span(visible(json.dumps(value[:_SHOWN], ensure_ascii=False))[:-1] + "…", "string")
        return
    if isinstance(value, dict):
        text = special(value)
        if text is not None:
            yield Span(visible(json.dumps(value, ensure_ascii=False)[:_SHOWN]), "number")
            yield Span(f"  {text[:_SHOWN]}", "muted")
            return
    look: Look = "string" if isinstance(value, str) else "number"
    if value is None or isinstance(value, bool):
        look = "constant"
    yield Span(visible(json.dumps(value, ensure_ascii=False)), look if value not in ([], {}) else "muted")


class JsonRows(Sequence[Row]):
    """The lines that are noted so far."""

    def __init__(self, value: JsonValue, table_of: TableOf, *, reveals: bool = False) -> None:
        self._noted: list[Entry] = []
        self._rest = entries(value, reveals=reveals)
        self._table_of = table_of
        self.is_complete = False

    def note(self, most: int) -> None:
        """So many more lines."""
        for _ in range(most):
            entry = next(self._rest, None)
            if entry is None:
                self.is_complete = True
                return
            self._noted.append(entry)

    def __len__(self) -> int:
        return len(self._noted)

    @overload
    def __getitem__(self, place: int) -> JsonRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> JsonRow | list[Row]:
        if isinstance(place, slice):
            return [JsonRow(entry, self._table_of) for entry in self._noted[place]]
        return JsonRow(self._noted[place], self._table_of)
