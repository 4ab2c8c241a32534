"""Where the views of the open workspace stand: one is shown, and each is made when it is first needed."""

from __future__ import annotations

import asyncio

from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Input

from kitcn_repl.explore.workspace import Workspace
from kitcn_tui.places import Place
from kitcn_tui.state.memory import Drawer
from kitcn_tui.views.tabs import BY_NAME
from kitcn_tui.views.view import View


class Stage(Container):
    """A view for each tab that was looked at, or one other widget while there is no workspace."""

    DEFAULT_CSS = """
    Stage { height: 1fr; width: 1fr; layer: base; }
    """

    def __init__(self) -> None:
        super().__init__(id="stage")
        self._workspace: Workspace | None = None
        self._memory = Drawer()
        self._views: dict[str, View] = {}
        self._active: View | None = None
        self._instead: Widget | None = None
        self._changing = asyncio.Lock()

    @property
    def active(self) -> View | None:
        return self._active

    @property
    def is_empty(self) -> bool:
        return not self._views and self._instead is None

    def view(self, tab: str) -> View | None:
        """The tab's view, if it has been looked at."""
        return self._views.get(tab)

    async def begin(self, workspace: Workspace, memory: Drawer) -> None:
        """From now on views are of this workspace; those of another one go."""
        await self.clear()
        self._workspace, self._memory = workspace, memory

    async def clear(self) -> None:
        """Away with the views, and with what stood instead of them."""
        self._workspace = self._active = None
        views, self._views = self._views, {}
        for view in views.values():
            for node in (view, *view.walk_children()):
                self.workers.cancel_node(node)
        # Whoever is cancelled while it waits for widgets to go would cancel their going.
        await asyncio.shield(asyncio.ensure_future(self._empty()))

    async def _empty(self) -> None:
        # A widget that is removed before it is mounted lets whoever mounts it wait for ever.
        async with self._changing:
            self._instead = None
            await self.remove_children()

    async def put(self, widget: Widget) -> None:
        """Show this instead of a view, until one is shown again."""
        if self._active is not None:
            self._active.leave()
            self._active = None
        self._show_only(None)
        async with self._changing:
            if self._instead is not None:
                await self._instead.remove()
            self._instead = widget
            await self.mount(widget)
        if widget.can_focus and not isinstance(self.screen.focused, Input):
            widget.focus()

    async def show(self, place: Place, *, visit: bool = True) -> View | None:
        """Show the place in its tab. Without `visit` a view that is there already is shown as it was left.

        None where there is no workspace, or not any more.
        """
        if self._workspace is None:
            return None
        old = self._active
        view = self._views.get(place.tab)
        if view is None:
            view = BY_NAME[place.tab].load()(self._workspace)
            view.memory = self._memory
            self._views[place.tab] = view
            visit = True
        self._show_only(view)
        async with self._changing:
            if self._instead is not None:
                await self._instead.remove()
                self._instead = None
            if not view.is_attached and self._views.get(place.tab) is view:
                await self.mount(view)
        if self._views.get(place.tab) is not view or not self.app.is_running:
            return None
        self._active = view
        if old is not None and old is not view:
            old.leave()
        if visit:
            view.visit(place)
        return view

    def _show_only(self, view: View | None) -> None:
        for one in self._views.values():
            one.display = one is view
