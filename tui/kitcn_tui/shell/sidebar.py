"""The tables at the left: a filter, the list, and the components of the deployment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from kitcn_repl.errors import KitcnError
from kitcn_repl.render.quantity import count as count_text
from kitcn_tui.actions import bindings
from kitcn_tui.outline.outline import Outline
from kitcn_tui.outline.rows import BLANK, Row, told
from kitcn_tui.places import TablePlace
from kitcn_tui.shell.actions import SIDEBAR
from kitcn_tui.shell.table_list import SIZE, ComponentLine, GroupLine, TableLine, TableList
from kitcn_tui.shell.tables import GroupEntry, TableEntry, entries, owners_by_name
from kitcn_tui.state.memory import Drawer
from kitcn_tui.views.view import Go
from kitcn_tui.widgets.colours import give_colours

if TYPE_CHECKING:
    from kitcn_repl.deployment.models import ComponentInfo, TableInfo
    from kitcn_repl.explore.workspace import Workspace
    from kitcn_repl.schema.model import Owner

_LEAST, _USUAL, _MOST = 16, 28, 60
_BESIDE_A_NAME = 9
"""Columns before and after a table's name: marks, indent, blanks and the border."""


class Filter(Input):
    """What is typed narrows the list; the arrows move in it, Enter opens."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("escape", "clear_or_leave", "Leave", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(placeholder="find a table", compact=True, id="table-filter", select_on_focus=True)

    def _list(self) -> TableList:
        assert isinstance(self.parent, Sidebar)
        return self.parent.query_one(TableList)

    def action_move(self, by: int) -> None:
        self._list().action_move(by)

    def action_clear_or_leave(self) -> None:
        if self.value:
            self.value = ""
        else:
            self._list().action_leave()


class Sidebar(Vertical):
    """Asks for the tables itself. Whatever is chosen is a `Go`, or `ComponentChosen`."""

    DEFAULT_CSS = """
    Sidebar { width: 28; height: 1fr; background: $surface; border-right: solid $border-blurred; layer: base; }
    Sidebar.peeking { layer: above; dock: left; }
    Sidebar TableList { background: $surface; }
    Sidebar TableList:focus { background-tint: $foreground 0%; }
    Sidebar #table-filter { height: 1; margin: 0 0 1 0; padding: 0 1; background: $panel; border: none; }
    Sidebar #table-filter:focus { background: $primary 15%; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SIDEBAR)]

    class ComponentChosen(Message):
        """Somebody wants to look into a component."""

        def __init__(self, component: str) -> None:
            super().__init__()
            self.component = component

    class Loaded(Message):
        """The tables are known."""

        def __init__(self, tables: list[TableInfo]) -> None:
            super().__init__()
            self.tables = tables

    class Failed(Message):
        """They are not."""

        def __init__(self, error: KitcnError) -> None:
            super().__init__()
            self.error = error

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[TableInfo] = []
        self.current: str | None = None
        self._workspace: Workspace | None = None
        self._components: list[ComponentInfo] = []
        self._owners: dict[str, Owner] = {}
        self._unfolded: set[str] = set()
        self._memory = Drawer()
        self._note: str | None = "opening …"
        self._drag: int | None = None
        self._width = _USUAL
        self.learns = False

    def compose(self) -> ComposeResult:
        yield Filter()
        yield TableList()

    def on_mount(self) -> None:
        self._draw()

    def begin(self, workspace: Workspace, memory: Drawer) -> None:
        """Show the tables of this workspace; `memory` is the project's."""
        self._workspace, self._memory = workspace, memory
        self.tables, self._components, self._owners = [], [], {}
        self.current = None
        self.learns = False
        unfolded = memory.get("sidebar.unfolded")
        self._unfolded = (
            {group for group in unfolded if isinstance(group, str)} if isinstance(unfolded, list) else set()
        )
        width = memory.get("sidebar.width")
        self._width = max(_LEAST, min(_MOST, width)) if isinstance(width, int) else _USUAL
        self.styles.width = self._width
        self.query_one(Filter).value = ""
        self._note = "loading …"
        self._draw()
        self.reload()

    def end(self, note: str) -> None:
        """There is no workspace now; `note` says so."""
        self._workspace = None
        self.tables, self._components = [], []
        self._note = note
        self._draw()

    def reload(self) -> None:
        """Ask again; what is shown stays until the answer is there."""
        if self._workspace is not None:
            self.run_worker(self._load(self._workspace), group="tables", exclusive=True)

    async def _load(self, workspace: Workspace) -> None:
        try:
            tables = await workspace.deployment.tables(workspace.component)
        except KitcnError as error:
            if not self.tables:
                self._note = "tables not read"
                self._draw()
            self.post_message(self.Failed(error))
            return
        self.tables = tables
        give_colours(table.name for table in tables)
        self._owners = owners_by_name([table.name for table in tables]) | self._owners
        self._note = None if tables else "no tables"
        self._draw()
        self.post_message(self.Loaded(tables))
        if self.learns:
            self.learn()

    def learn(self) -> None:
        """There are rows to look at: now ask for what could wait. Where it cannot be had, the list does without."""
        self.learns = True
        if self._workspace is not None:
            self.run_worker(self._learn(self._workspace), group="learn", exclusive=True)

    async def _learn(self, workspace: Workspace) -> None:
        try:
            self._components = await workspace.deployment.components()
            self._draw()
            knowledge = await workspace.knowledge()
        except KitcnError:
            return
        self._owners = {name: table.owner for name, table in knowledge.schema.tables.items()}
        self._draw()

    def mark(self, table: str | None) -> None:
        """The table that the view shows."""
        if table != self.current:
            self.current = table
            self._draw()
            self._stand_on(table)

    def focus_filter(self) -> None:
        self.query_one(Filter).focus()

    def focus_list(self) -> None:
        self.query_one(TableList).focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self._draw(cursor=0 if message.value else None)
        if not message.value:
            self._stand_on(self.current)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.query_one(TableList).action_press()

    def on_outline_pressed(self, message: Outline.Pressed) -> None:
        message.stop()
        match message.row:
            case TableLine() as line:
                self.query_one(Filter).value = ""
                self.post_message(Go(TablePlace(line.name)))
            case GroupLine() as line:
                self._unfolded ^= {line.group}
                self._remember_folds()
            case ComponentLine() as line:
                self.post_message(self.ComponentChosen(line.path))
            case _ if self._note is not None:
                self.reload()

    def action_filter(self) -> None:
        self.focus_filter()

    def action_fold_all(self) -> None:
        groups = {entry.name for entry in self._entries() if isinstance(entry, GroupEntry)}
        self._unfolded = set() if self._unfolded & groups else groups
        self._remember_folds()

    def _remember_folds(self) -> None:
        self._memory.set("sidebar.unfolded", [*sorted(self._unfolded)])
        self._draw()

    def action_narrower(self) -> None:
        self._set_width(self._width - 2)

    def action_wider(self) -> None:
        self._set_width(self._width + 2)

    def _set_width(self, width: int) -> None:
        self._width = max(_LEAST, min(_MOST, width))
        self.styles.width = self._width
        self._memory.set("sidebar.width", self._width)

    def on_resize(self) -> None:
        self._draw()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.x == self.outer_size.width - 1:
            self._drag = event.screen_x - self.outer_size.width
            self.capture_mouse()
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._drag is not None:
            self._set_width(event.screen_x - self._drag)

    def on_mouse_up(self) -> None:
        if self._drag is not None:
            self._drag = None
            self.release_mouse()

    def _entries(self) -> list[TableEntry | GroupEntry]:
        pattern = self.query_one(Filter).value.strip()
        return entries(self.tables, self._owners, self._unfolded, pattern, self.current)

    def _draw(self, cursor: int | None = None) -> None:
        listing = self.query_one(TableList)
        listing.show(list(self._lines()), cursor)

    def _lines(self) -> Iterator[Row]:
        if self._note is not None:
            yield told(self._note, indent=2)
            return
        found = self._entries()
        if not found:
            yield told("No table fits.", indent=2)
            return
        indent = 0
        has_size = self._has_room_for_sizes(found)
        for entry in found:
            if isinstance(entry, GroupEntry):
                indent = 2
                yield GroupLine(entry)
            else:
                yield TableLine(entry, is_current=entry.name == self.current, indent=indent, has_size=has_size)
        if len(self._components) > 1 and not self.query_one(Filter).value:
            yield BLANK
            yield told("components", indent=2)
            assert self._workspace is not None
            for component in self._components:
                yield ComponentLine(component.path, is_current=component.path == self._workspace.component)

    def _has_room_for_sizes(self, found: Sequence[TableEntry | GroupEntry]) -> bool:
        """Of all tables in the list, or of none: one column of them."""
        listed = [entry for entry in found if isinstance(entry, TableEntry)]
        if all(entry.size is None for entry in listed):
            return False
        longest = max(cell_len(entry.name) + len(count_text(entry.count or 0)) for entry in listed)
        return longest + _BESIDE_A_NAME + SIZE <= self.outer_size.width

    def _stand_on(self, table: str | None) -> None:
        listing = self.query_one(TableList)
        place = next(
            (at for at, row in enumerate(listing.rows) if isinstance(row, TableLine) and row.name == table), None
        )
        if place is not None:
            listing.move_to(place)
