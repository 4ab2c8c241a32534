"""The lines of the sidebar: tables, groups of them, and components."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from kitcn_repl.render.quantity import byte_size, counted
from kitcn_repl.render.quantity import count as count_text
from kitcn_repl.render.text import visible
from kitcn_tui.actions import bindings
from kitcn_tui.outline.outline import Outline
from kitcn_tui.outline.rows import Line, Span
from kitcn_tui.places import RelationsPlace, SchemaPlace
from kitcn_tui.shell.actions import TABLES
from kitcn_tui.shell.tables import GroupEntry, TableEntry
from kitcn_tui.views.view import Go
from kitcn_tui.widgets.finder import marked

_APP = "app"
SIZE = 8
"""Columns of a table's size."""


class TableLine(Line):
    """A table's line."""

    __slots__ = ("name",)

    def __init__(self, entry: TableEntry, *, is_current: bool, indent: int, has_size: bool) -> None:
        mark = Span("› " if is_current else "  ", "key")
        name = marked(visible(entry.name), entry.matches, "title" if is_current else "plain")
        facts = "" if entry.count is None else count_text(entry.count)
        if has_size:
            facts += ("" if entry.size is None else byte_size(entry.size)).rjust(SIZE)
        right = (Span(facts, "muted"),) if facts.strip() else ()
        super().__init__(mark, Span(" " * indent), Span("▪ ", table=entry.name), *name, right=right)
        self.name = entry.name


class GroupLine(Line):
    """A group's heading, which folds and unfolds it."""

    __slots__ = ("group",)

    def __init__(self, entry: GroupEntry) -> None:
        mark = "▾" if entry.is_open else "▸"
        super().__init__(
            Span(f"  {mark} {entry.name}", "muted"), right=(Span(counted(entry.tables, "table"), "muted"),)
        )
        self.group = entry.name


class ComponentLine(Line):
    """A component, which can be looked into; the application itself is one of them."""

    __slots__ = ("path",)

    def __init__(self, path: str, *, is_current: bool) -> None:
        look: tuple[Span, ...] = (Span("› " if is_current else "  ", "key"),)
        name = Span(visible(path) or _APP, "title" if is_current else "plain")
        super().__init__(*look, name)
        self.path = path


class TableList(Outline):
    """The lines below the filter."""

    CLICKS_TO_PRESS = 1
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(TABLES), Binding("space", "press", "Open", show=False)]

    class Left(Message):
        """Somebody wants the keys to go back to the view."""

    def _table(self) -> str | None:
        return self.row.name if isinstance(self.row, TableLine) else None

    def action_schema(self) -> None:
        if (table := self._table()) is not None:
            self.post_message(Go(SchemaPlace(table)))

    def action_relations(self) -> None:
        if (table := self._table()) is not None:
            self.post_message(Go(RelationsPlace(table)))

    def action_leave(self) -> None:
        self.post_message(self.Left())
