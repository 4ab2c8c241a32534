"""The forms in which a value is shown as lines: tree, JSON, logs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import BindingType

from kitcn_repl.render.text import visible
from kitcn_repl.values import JsonValue
from kitcn_tui.actions import bindings
from kitcn_tui.document.nodes import Light, Node, top
from kitcn_tui.document.tree import DocumentTree
from kitcn_tui.outline.outline import Outline
from kitcn_tui.outline.rows import Line, Look, Row, Span
from kitcn_tui.results.actions import ACTIONS
from kitcn_tui.results.followed import Followed
from kitcn_tui.results.json_rows import JsonRow, JsonRows
from kitcn_tui.results.shown import TableOf

_FIRST_LINES, _SLICE = 2_000, 10_000
_LEVELS: dict[str, Look] = {"ERROR": "error", "WARN": "warning", "INFO": "good", "DEBUG": "muted", "LOG": "muted"}


class JsonForm(Outline):
    """JSON text. Long ones are noted in slices, so that keys get their turn in between."""

    _value: JsonValue = None

    def show_value(self, value: JsonValue, table_of: TableOf, *, reveals: bool) -> None:
        """The cursor stays where it is if it is the same value."""
        at = self.cursor if value is self._value else 0
        self._value = value
        rows = JsonRows(value, table_of, reveals=reveals)
        rows.note(max(_FIRST_LINES, at + 1))
        self.show(rows, at)
        self.workers.cancel_group(self, "noting")
        if not rows.is_complete:
            self.run_worker(self._note(rows), group="noting", exclusive=True)

    async def _note(self, rows: JsonRows) -> None:
        while not rows.is_complete:
            await asyncio.sleep(0)
            rows.note(_SLICE)
            self.show(rows)

    def on_outline_pressed(self, message: Outline.Pressed) -> None:
        message.stop()
        if isinstance(message.row, JsonRow) and message.row.link is not None:
            self.post_message(Followed(message.row.link[0]))


class TreeForm(DocumentTree):
    """The value as a tree."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS)]

    _value: JsonValue = None

    def show_value(self, value: JsonValue, light: Light) -> None:
        """What is unfolded stays so if it is the same value."""
        is_same = value is self._value and bool(self.rows)
        opened, at = (self.opened, self.node.path if self.node is not None else None) if is_same else ([], None)
        self._value = value
        nodes: list[Row] = []
        if isinstance(value, list):
            named = [(str(place), item, None, None) for place, item in enumerate(value)]
            nodes += top(named, light, lambda _name: False)
        elif isinstance(value, dict):
            from kitcn_repl.render.secrets import is_credential

            nodes += top(
                [(name, item, None, None) for name, item in value.items()],
                light,
                lambda name: is_credential(value, name),
            )
        else:
            nodes += top([("value", value, None, None)], light, lambda _name: False)
        self.show_nodes(nodes, opened, at)
        if len(nodes) == 1 and not is_same:
            self.unfold()

    def on_outline_pressed(self, message: Outline.Pressed) -> None:
        message.stop()
        row = message.row
        if isinstance(row, Node) and row.link is not None and row.link[1] is not None:
            self.post_message(Followed(row.link[0]))
        else:
            self.fold_or_unfold()

    def pressed_by_mouse(self, press: str | None) -> None:
        if press == "fold":
            self.fold_or_unfold()
        else:
            self.action_press()

    def action_fold(self) -> None:
        self.fold_or_unfold()

    def action_unfold(self) -> None:
        self.unfold()

    def action_close(self) -> None:
        self.fold()


class LogForm(Outline):
    """What the query logged."""

    def show_lines(self, lines: Sequence[str]) -> None:
        rows: list[Row] = [row for line in lines for row in _log_rows(line)]
        if not rows:
            rows = [
                Line(Span(""), can_stand=False),
                Line(Span("  Nothing was logged: console.log(…) in a query shows here.", "muted"), can_stand=False),
            ]
        self.show(rows, 0)

    def on_outline_pressed(self, message: Outline.Pressed) -> None:
        message.stop()


def _log_rows(line: str) -> Iterator[Row]:
    """`[LEVEL] text`; further lines of a text stand under it."""
    level, text = "LOG", line
    if line.startswith("["):
        tag, bracket, rest = line[1:].partition("] ")
        if bracket and tag.isupper():
            level, text = tag, rest
    look = _LEVELS.get(level, "muted")
    for number, part in enumerate(text.split("\n")):
        label = f"{level:<6}" if number == 0 else " " * 6
        yield Line(Span(label, look), Span(visible(part[:4000]), look if look in ("error", "warning") else "plain"))
