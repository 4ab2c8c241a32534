"""Every key and what it does, made from the one table of actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from kitcn_tui.actions import Action, shown_keys
from kitcn_tui.outline.rows import BLANK, Line, Row, Span, padded
from kitcn_tui.shell.table import Scope, scopes
from kitcn_tui.widgets.finder import Finder

if TYPE_CHECKING:
    from kitcn_tui.app import KitcnApp

_KEYS_WIDTH = 20


class ActionLine(Line):
    """An action: its keys, and what it does."""

    __slots__ = ("action",)

    def __init__(self, action: Action, keys: str) -> None:
        text = ", ".join(shown_keys(keys))
        help_text = f"  {action.help}" if action.help else ""
        super().__init__(
            Span("  " + padded(text, _KEYS_WIDTH) + " ", "key"), Span(action.title), Span(help_text, "muted")
        )
        self.action = action


class Help(Finder[Action]):
    """Enter closes it with the action of the line."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1", "leave", show=False)]
    HEADING = "Keys"
    PLACEHOLDER = "what do you want to do?"
    HINT = "enter does it  esc closes"
    NOTHING = "No action of that name; ctrl+p finds tables and themes too."

    def rows(self, pattern: str) -> Iterator[Row]:
        words = pattern.lower().split()
        keymap = cast("KitcnApp", self.app).own_keys
        is_first = True
        for scope in scopes():
            fitting = [action for action in scope.actions if _fits(scope, action, words)]
            if not fitting:
                continue
            if not is_first:
                yield BLANK
            is_first = False
            yield Line(Span(scope.title, "title"), can_stand=False)
            yield from (ActionLine(action, keymap.get(action.name, action.keys)) for action in fitting)

    def chosen(self, row: Row) -> None:
        if isinstance(row, ActionLine):
            self.dismiss(row.action)


def _fits(scope: Scope, action: Action, words: list[str]) -> bool:
    text = " ".join((scope.title, action.title, action.help, *shown_keys(action.keys))).lower()
    return all(word in text for word in words)
