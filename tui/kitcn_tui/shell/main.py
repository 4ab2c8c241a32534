"""The main screen: the shell around the views of one workspace, and the way between its places."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from kitcn_repl.errors import ExitCode, KitcnError
from kitcn_repl.explore.workspace import Workspace
from kitcn_tui.places import DocumentPlace, Place, RelationsPlace, SchemaPlace, TablePlace
from kitcn_tui.shell.bar import Bar, Connection
from kitcn_tui.shell.footer import KeyLine
from kitcn_tui.shell.layout import Layout
from kitcn_tui.shell.navigation import Navigation
from kitcn_tui.shell.opening import Opening
from kitcn_tui.shell.sidebar import Sidebar
from kitcn_tui.shell.stage import Stage
from kitcn_tui.shell.tab_bar import TabBar
from kitcn_tui.shell.table_list import TableList
from kitcn_tui.shell.watch import Watch
from kitcn_tui.state.memory import Drawer, Memory
from kitcn_tui.views.tabs import BY_NAME
from kitcn_tui.views.view import Go, Settled, View
from kitcn_tui.widgets.failure import Failure

if TYPE_CHECKING:
    from kitcn_repl.deployment.models import TableInfo

_AT_ONCE = 0.002
_BRIEFLY = 0.1
_SOON = 0.2
_LONG = 1.0
_NARROW = 100
"""Columns below which the sidebar is there only while it is used."""


class Main(Screen[None]):
    """Bar, sidebar, tabs and keys, and between them the view of the present place."""

    DEFAULT_CSS = """
    Main { layers: base above; background: $background; }
    Main #body { height: 1fr; layers: base above; }
    """
    AUTO_FOCUS: ClassVar[str | None] = ""

    class Ready(Message):
        """The shell is there."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = Layout()
        self.navigation = Navigation()
        self.workspace: Workspace | None = None
        self._memory = Drawer()
        self._project = Drawer()
        self._is_peeking = False
        self._waits_for_tables = False
        self._first_picture = ExitStack()
        self.watching = Watch(self._connection, self._recovered)
        self.bar = Bar()
        self.tabs = TabBar()
        self.sidebar = Sidebar()
        self.stage = Stage()

    def compose(self) -> ComposeResult:
        yield self.bar
        yield self.tabs
        with Horizontal(id="body"):
            yield self.sidebar
            yield self.stage
        yield KeyLine()

    def on_mount(self) -> None:
        self._place_sidebar()
        # What lies in files is there before a first picture without it would be drawn; for nothing else it waits.
        self._first_picture.enter_context(self.app.batch_update())
        self.set_timer(_BRIEFLY, self._draw_unless_open)
        self.set_timer(_LONG, self._first_picture.close)
        self.post_message(self.Ready())

    def _draw_unless_open(self) -> None:
        if self.workspace is None:
            self._first_picture.close()

    def _compositor_refresh(self) -> None:
        # Textual would draw in a batch, too, and throw the picture away.
        if not self.app._batch_count:
            super()._compositor_refresh()

    # The workspace ---------------------------------------------------------------------------------------------------

    async def opening(self) -> None:
        """A deployment is being opened; there is nothing to look at yet."""
        self.workspace = None
        self.workers.cancel_group(self, "watch")
        self.navigation.clear()
        self.bar.trail = ()
        self.sidebar.end("opening …")
        await self.stage.clear()
        self.set_timer(_SOON, self._tell_opening)

    async def _tell_opening(self) -> None:
        """Only of what takes its time: a picture that goes at once is unrest."""
        if self.workspace is None and self.stage.is_empty:
            await self.stage.put(Opening())

    async def failed(self, error: KitcnError) -> None:
        """It could not be opened."""
        self.sidebar.end("no deployment")
        await self.stage.put(Failure(error))

    async def begin(self, workspace: Workspace, memory: Memory, place: Place | None) -> None:
        """Show a workspace, at `place` or at what it was left with, else at its first table."""
        if workspace.target.kind == "live":
            self._first_picture.close()
        self.workspace = workspace
        was_hidden = self._project.get("sidebar.hidden")
        self._project = memory.project
        if was_hidden is True:  # while the first deployment was being opened
            self._project.set("sidebar.hidden", True)
        self._memory = memory.deployment(workspace.target.name, workspace.component)
        self.bar.target, self.bar.component = workspace.target, workspace.component
        self.navigation.clear()
        await self.stage.begin(workspace, self._memory)
        self.sidebar.begin(workspace, self._project)
        self._place_sidebar()
        if place is None or (isinstance(place, TablePlace) and place.table is None):
            place = self._last()
        self.run_worker(self.watching.run(workspace.deployment), group="watch", exclusive=True)
        if place is None:
            self._waits_for_tables = True
            self.tabs.current = "data"
        else:
            await self.show(place, is_asked_for=False)

    def _last(self) -> Place | None:
        """Where somebody was when this deployment was left; None for the first time."""
        tab, table = self._memory.get("tab"), self._memory.get("table")
        if not isinstance(table, str):
            return None
        known = isinstance(tab, str) and tab in BY_NAME and tab != DocumentPlace.tab
        return _beginning(str(tab) if known else TablePlace.tab, None, table)

    async def on_sidebar_loaded(self, message: Sidebar.Loaded) -> None:
        if self._waits_for_tables:
            await self.show(TablePlace(_first(self.sidebar, message.tables)), is_asked_for=False)

    async def on_sidebar_failed(self, message: Sidebar.Failed) -> None:
        if message.error.exit_code is ExitCode.NOT_REACHED:
            self.watching.doubt()
        if self._waits_for_tables:
            await self.show(TablePlace(), is_asked_for=False)
            self._waits_for_tables = True

    def on_failure_appeared(self, message: Failure.Appeared) -> None:
        if message.error.exit_code is ExitCode.NOT_REACHED:
            self.watching.doubt()

    def _connection(self, connection: Connection) -> None:
        self.bar.connection = connection

    def _recovered(self) -> None:
        """The deployment is back: what failed is tried again."""
        self.sidebar.reload()
        for failure in self.query(Failure):
            if failure.is_on_screen and failure.error.exit_code is ExitCode.NOT_REACHED:
                failure.action_retry()

    # Places ----------------------------------------------------------------------------------------------------------

    @property
    def active_view(self) -> View | None:
        return self.stage.active

    def here(self) -> Place | None:
        view = self.active_view
        return None if view is None else view.here()

    async def on_go(self, message: Go) -> None:
        if not message.replacing:
            await self.go(message.place)
        elif self.active_view is not None and message.place.tab == self.active_view.TAB:
            self.arrived(message.place)

    async def go(self, place: Place) -> None:
        """Be elsewhere, and remember where we were."""
        if self.workspace is None:
            return
        here = self.here()
        if here is not None and here != place:
            self.navigation.left(here)
        self.leave_sidebar()
        await self.show(place)

    async def show(self, place: Place, *, visit: bool = True, is_asked_for: bool = True) -> None:
        """Show the place in its tab. What nobody asked for takes the keys from nobody who types."""
        workspace = self.workspace
        if workspace is None:
            return
        self._waits_for_tables = False
        view = await self.stage.show(place, visit=visit)
        if view is None or self.workspace is not workspace:
            return  # meanwhile there is another one, or the application ends
        self.tabs.current = place.tab
        if is_asked_for or not self.is_typing:
            view.take_focus()
        if not view.drawn.is_set():
            if view.SETTLES:
                self.set_timer(_LONG, partial(self._draw_first, view))
            else:
                self._draw_first(view)
        self.arrived(place if visit else view.here())

    def on_settled(self, message: Settled) -> None:
        self._draw_first(message.view)

    def _draw_first(self, view: View) -> None:
        if self.app._batch_count:
            # The view learns its size before it is drawn, so that its rows are in the first picture.
            self._refresh_layout()
            self.set_timer(_AT_ONCE, self._draw)
        else:
            self._draw()
        # The thread that writes the picture to the terminal must not share the processor with what comes then.
        self.set_timer(_SOON, partial(self._drawn, view))

    def _draw(self) -> None:
        self._first_picture.close()
        if self._layout_required:
            self._repaint_required = False  # a new layout is drawn whole; it would be drawn again
        # Textual would wait for its next tick, a sixtieth of a second.
        self.call_later(self._on_timer_update)

    def _drawn(self, view: View) -> None:
        """First rows, then what is to be known of them."""
        view.drawn.set()
        if view.workspace is self.workspace and not self.sidebar.learns:
            self.sidebar.learn()

    def arrived(self, place: Place) -> None:
        """Tell the shell's parts where we are."""
        self.bar.trail = (*(one.title for one in self.navigation.behind[-8:]), place.title)
        self._memory.set("tab", place.tab)
        table = getattr(place, "table", None)
        if isinstance(table, str):
            self.sidebar.mark(table)
            if isinstance(place, TablePlace):
                self._memory.set("table", table)
        self.refresh_bindings()

    async def go_back(self, steps: int = 1) -> None:
        here = self.here()
        place = None if here is None else self.navigation.back(here, steps)
        if place is not None:
            await self.show(place)

    async def go_forward(self) -> None:
        here = self.here()
        place = None if here is None else self.navigation.forward(here)
        if place is not None:
            await self.show(place)

    async def go_tab(self, tab: str) -> None:
        """Show a tab as it was left; one not looked at yet begins at the table or document of the present one."""
        here = self.here()
        if self.workspace is None or (here is not None and here.tab == tab):
            return
        if here is not None:
            self.navigation.left(here)
        place = _beginning(tab, here, self.sidebar.current)
        is_new = self.stage.view(tab) is None
        follows = isinstance(place, DocumentPlace) and place.document_id is not None
        await self.show(place, visit=is_new or follows)

    async def on_bar_step(self, message: Bar.Step) -> None:
        await self.go_back(message.steps)

    async def on_tab_bar_chosen(self, message: TabBar.Chosen) -> None:
        await self.go_tab(message.tab)

    # The sidebar -----------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._place_sidebar()

    @property
    def _is_narrow(self) -> bool:
        return self.app.size.width < _NARROW

    def _place_sidebar(self) -> None:
        is_peeking = self._is_peeking
        self.sidebar.set_class(is_peeking, "peeking")
        self.sidebar.display = is_peeking or not (self._is_narrow or self._project.get("sidebar.hidden") is True)

    def toggle_sidebar(self) -> None:
        if self._is_narrow:
            self._is_peeking = not self.sidebar.display
        else:
            self._is_peeking = False
            self._project.set("sidebar.hidden", True if self.sidebar.display else None)
        self._place_sidebar()
        if not self.sidebar.display:
            self._focus_view()
        elif self._is_peeking:
            self.sidebar.focus_list()

    def find_table(self) -> None:
        if not self.sidebar.display:
            self._is_peeking = True
            self._place_sidebar()
        self.sidebar.focus_filter()

    def leave_sidebar(self) -> None:
        if self._is_peeking:
            self._is_peeking = False
            self._place_sidebar()

    def on_table_list_left(self, message: TableList.Left) -> None:
        message.stop()
        self.leave_sidebar()
        self._focus_view()

    def _focus_view(self) -> None:
        if (view := self.active_view) is not None:
            view.take_focus()

    def reload(self) -> None:
        self.sidebar.reload()
        if (view := self.active_view) is not None:
            view.action_reload()

    @property
    def is_typing(self) -> bool:
        return isinstance(self.focused, Input)


def _first(sidebar: Sidebar, tables: list[TableInfo]) -> str | None:
    """The first of the app's own tables, else the first of all."""
    from kitcn_tui.shell.tables import owners_by_name

    owned = owners_by_name([table.name for table in tables])
    own = next((table.name for table in tables if owned.get(table.name) == "own"), None)
    return own or (tables[0].name if tables else None)


def _beginning(tab: str, here: Place | None, table: str | None) -> Place:
    """Where a tab begins, given where one comes from."""
    table = getattr(here, "table", None) or table
    match tab:
        case "document" if isinstance(here, TablePlace) and here.document_id is not None:
            return DocumentPlace(here.document_id, here.table)
        case "schema":
            return SchemaPlace(table)
        case "relations":
            return RelationsPlace(table)
        case "data":
            return TablePlace(table)
    return BY_NAME[tab].start
