"""The command palette: everything that can be done or opened from where one is, found by typing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.fuzzy import FuzzySearch

from kitcn_repl.deployment.models import TableInfo
from kitcn_repl.render.quantity import byte_size, counted
from kitcn_repl.render.text import visible
from kitcn_tui.actions import Action, shown_keys
from kitcn_tui.outline.rows import Line, Row, Span
from kitcn_tui.places import FunctionsPlace, Place, RelationsPlace, SchemaPlace, TablePlace
from kitcn_tui.widgets.finder import Finder, marked

_MOST = 200


@dataclass(frozen=True, slots=True)
class Command:
    """`title` is searched. `what` is run when it is chosen: an action with who does it, or a place."""

    title: str
    what: tuple[Action, DOMNode] | Place
    detail: str = ""
    note: str = ""
    table: str | None = None
    weight: float = 1.0


class CommandLine(Line):
    """A command in the list."""

    __slots__ = ("command",)

    def __init__(self, command: Command, matches: Iterable[int]) -> None:
        mark = Span("▪ ", table=command.table) if command.table is not None else Span("  ")
        detail = Span(f"  {command.detail}" if command.detail else "", "muted")
        note = (Span(command.note, "key"),) if command.note else ()
        super().__init__(Span(" "), mark, *marked(visible(command.title), matches), detail, right=note)
        self.command = command


class Palette(Finder[Command]):
    """It closes with the command that was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+p", "leave", show=False)]
    HEADING = "Palette"
    PLACEHOLDER = "an action, a table, a function …"
    HINT = "enter does it  esc closes"

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = list(commands)

    def add(self, commands: Iterable[Command]) -> None:
        """More that have been learnt of meanwhile."""
        self._commands += commands
        if self.is_mounted and self.pattern:
            self.draw()

    def same(self, row: Row) -> object:
        return row.command if isinstance(row, CommandLine) else None

    def rows(self, pattern: str) -> Iterator[Row]:
        if not pattern:
            yield from (CommandLine(command, ()) for command in self._commands[:_MOST])
            return
        search = FuzzySearch()
        found: list[tuple[float, int, CommandLine]] = []
        for number, command in enumerate(self._commands):
            score, matches = search.match(pattern, command.title)
            if score > 0:
                found.append((-score * command.weight, number, CommandLine(command, matches)))
        yield from (line for *_, line in sorted(found, key=lambda one: one[:2])[:_MOST])

    def chosen(self, row: Row) -> None:
        if isinstance(row, CommandLine):
            self.dismiss(row.command)


def action_commands(
    actions: Iterable[tuple[Action, DOMNode]], keymap: Mapping[str, str], title_of: Callable[[str], str]
) -> list[Command]:
    """What can be done; `keymap` are keys that the user has changed, `title_of` names an action's scope."""
    commands = []
    for action, node in actions:
        if action.palette:
            keys = shown_keys(keymap.get(action.name, action.keys))
            detail = "" if action.scope == "app" else title_of(action.scope).lower()
            commands.append(Command(action.title, (action, node), detail, keys[0] if keys else ""))
    # What belongs to where one is comes first.
    return sorted(commands, key=lambda command: not command.detail)


def table_commands(tables: Iterable[TableInfo]) -> Iterator[Command]:
    """A table as data, as schema, and among its neighbours."""
    for table in tables:
        facts = [] if table.count is None else [counted(table.count, "document")]
        if table.size is not None:
            facts.append(byte_size(table.size))
        yield Command(table.name, TablePlace(table.name), "table", ", ".join(facts), table.name, weight=1.2)
    for table in tables:
        yield Command(f"{table.name}: schema", SchemaPlace(table.name), table=table.name, weight=0.8)
        yield Command(f"{table.name}: relations", RelationsPlace(table.name), table=table.name, weight=0.8)


def function_commands(identifiers: Iterable[tuple[str, str]]) -> Iterator[Command]:
    """Functions by identifier, each with its kind."""
    for identifier, kind in identifiers:
        yield Command(identifier, FunctionsPlace(identifier), kind.lower(), weight=0.9)


class ThemeLine(Line):
    """A theme."""

    __slots__ = ("theme",)

    def __init__(self, theme: str, matches: Iterable[int], *, is_current: bool, note: str) -> None:
        mark = Span(" › " if is_current else "   ", "key")
        super().__init__(
            mark, *marked(theme, matches, "title" if is_current else "plain"), right=(Span(note, "muted"),)
        )
        self.theme = theme


class Themes(Finder[str]):
    """Shows each theme as the cursor comes to it; escape goes back to the one before."""

    HEADING = "Themes"
    PLACEHOLDER = "a theme"
    HINT = "enter keeps it  esc goes back"

    def __init__(self, themes: Mapping[str, str], current: str) -> None:
        """`themes` are notes by name, in the order of the list."""
        super().__init__()
        self._themes = themes
        self._current = current

    def on_mount(self) -> None:
        super().on_mount()
        self.listing.move_to(list(self._themes).index(self._current))

    def rows(self, pattern: str) -> Iterator[Row]:
        search = FuzzySearch()
        for theme, note in self._themes.items():
            score, matches = search.match(pattern, theme) if pattern else (1.0, ())
            if score > 0:
                yield ThemeLine(theme, matches, is_current=theme == self._current, note=note)

    def on_outline_moved(self) -> None:
        if isinstance(self.listing.row, ThemeLine):
            self.app.theme = self.listing.row.theme

    def chosen(self, row: Row) -> None:
        if isinstance(row, ThemeLine):
            self.dismiss(row.theme)

    def action_leave(self) -> None:
        self.app.theme = self._current
        self.dismiss(None)
