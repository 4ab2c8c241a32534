"""What the Relations tab shows, and how it is drawn: the graph of tables, and the relations of the selected one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container

from kitcn_repl.errors import KitcnError
from kitcn_repl.render.graph.tables import Choice
from kitcn_tui.places import Place, RelationsPlace
from kitcn_tui.relations.choosing import remembered
from kitcn_tui.relations.graph import GraphWidget
from kitcn_tui.relations.heading import GraphHeading
from kitcn_tui.relations.load import Known, drawn, judged
from kitcn_tui.relations.search import TableSearch
from kitcn_tui.relations.side import TableSide
from kitcn_tui.relations.ties import TieList
from kitcn_tui.views.view import View
from kitcn_tui.widgets.failure import Failure, Nothing

if TYPE_CHECKING:
    from kitcn_repl.explore.workspace import Workspace

_BESIDE = 96
"""Cells of the view from which on the list stands beside the graph."""
_LOW = 26
"""Rows below which the list gives some of its own."""
LIST = "relations.list"
"""Under which it is remembered whether the list is shown."""


class GraphPage(View):
    """`_choice` says what is drawn; the graph has the selected table, the list the picked tie."""

    TAB = "relations"
    DEFAULT_CSS = """
    GraphPage {
        & #relations-body { layout: horizontal; height: 1fr; }
        &.below #relations-body { layout: vertical; }
        &.below TableSide {
            width: 1fr; max-width: 100%; height: 8; border-left: none; border-top: solid $foreground 15%; padding: 0;
        }
        &.below #relations-table { margin: 0 0 0 2; }
        &.low TableSide { height: 6; }
    }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._known: Known | None = None
        self._choice: Choice | None = None
        self._wanted: str | None = None
        self._drawn_from: Known | None = None
        self._width = 0

    def compose(self) -> ComposeResult:
        yield GraphHeading()
        yield TableSearch()
        with Container(id="relations-body"):
            yield GraphWidget()
            yield TableSide()

    def on_mount(self) -> None:
        self.call_after_refresh(self._fit)
        self._load_once()

    def on_show(self) -> None:
        self._fit()
        self._load_once()

    def _load_once(self) -> None:
        """Also when somebody comes back: another view may have ended what we waited for, to have it asked anew."""
        is_loading = any(worker.node is self and not worker.is_finished for worker in self.workers)
        if self._known is None and not is_loading and not self.query(Failure):
            self._load()

    def visit(self, place: Place) -> None:
        if isinstance(place, RelationsPlace) and place.table is not None:
            self._wanted = place.table
            if self._known is not None:
                self._show_wanted()

    def take_focus(self) -> None:
        failure = self.query(Failure)
        (failure.first() if failure else self.graph).focus(scroll_visible=False)

    def here(self) -> Place:
        return RelationsPlace(self.selected or self._wanted)

    def action_reload(self) -> None:
        self.workspace.forget()
        self._wanted = self.selected
        self._load()

    @property
    def graph(self) -> GraphWidget:
        return self.query_one(GraphWidget)

    @property
    def ties(self) -> TieList:
        return self.query_one(TieList)

    @property
    def selected(self) -> str | None:
        return self.graph.selected if self.is_mounted else None

    @work(group="knowledge", exclusive=True)
    async def _load(self) -> None:
        heading = self.query_one(GraphHeading)
        heading.wait("Reading the schema and looking for ids in the data …")
        try:
            self._known = await judged(await self.workspace.knowledge())
        except KitcnError as error:
            heading.wait("")
            self._instead(Failure(error))
            return
        self._instead(None)
        schema = self._known.knowledge.schema
        if not schema.tables:
            heading.wait("")
            self._instead(Nothing("There are no tables here yet.\nPush a schema with `npx kitcn dev`."))
            return
        if self._choice is None:
            self._choice = remembered(self.memory, len(schema.tables))
        self._show_wanted()

    def _instead(self, widget: Failure | Nothing | None) -> None:
        """Show this in place of the graph."""
        self.put_instead(widget, self.query_one("#relations-body"))

    @on(Failure.Retry)
    def _on_retry(self) -> None:
        self.workspace.forget()
        self._load()

    def _show_wanted(self) -> None:
        """Go to the wanted table, changing what is drawn as far as that takes."""
        table, self._wanted = self._wanted, None
        picture = self.graph.picture
        if picture is not None and (table is None or table in picture.layout.boxes) and self._is_current():
            if table is not None:
                self.graph.select(table)
            return
        self._draw(table)

    def _is_current(self) -> bool:
        picture = self.graph.picture
        return picture is not None and self._known is not None and self._drawn_from is self._known

    def _draw(self, select: str | None = None) -> None:
        """Draw anew, away from the screen; what is shown stays until it is ready."""
        if self._known is not None and self._choice is not None:
            self._drawing(self._known, self._choice, select)

    @work(group="drawing", exclusive=True)
    async def _drawing(self, known: Known, choice: Choice, wanted: str | None) -> None:
        """The selected table stays so, unless another is wanted: also one that was selected meanwhile."""
        tables = known.knowledge.schema.tables
        width = self._width = max(40, self.graph.size.width - 5)
        picture = await drawn(known, choice, width)
        if wanted is not None and wanted in tables and wanted not in picture.layout.boxes:
            # It is among the tables that were left out.
            owner = tables[wanted].owner
            auth, plugins = choice.auth or owner == "auth", choice.plugins or owner in ("plugin", "kitcn-internal")
            choice = replace(choice, auth=auth, plugins=plugins, around=None)
            picture = await drawn(known, choice, width)
        self._choice, self._drawn_from = choice, known
        boxes = picture.layout.boxes
        select = next((name for name in (wanted, self.selected) if name in boxes), None)
        if select is None:
            select = max(boxes, key=lambda name: len(picture.graph.of(name)), default=None)
        self.graph.show(picture, select)
        self.query_one(GraphHeading).show(picture.graph, choice, known)
        self._describe()
        self._say_where()

    def _say_where(self) -> None:
        """The shell's line and its list of tables follow the selected one."""
        if self.is_on_screen and self.selected is not None:
            self.go(self.here(), replacing=True)

    def _describe(self) -> None:
        """Say in the list what the graph has selected."""
        picture, table = self.graph.picture, self.selected
        if picture is None or table is None or self._known is None:
            return
        side = self.query_one(TableSide)
        side.display = self.memory.get(LIST) is not False
        side.show(picture.graph, table, self._known)
        self._highlight()

    def _highlight(self) -> None:
        """The picked tie, or all of the selected table."""
        picture, table = self.graph.picture, self.selected
        if picture is None or table is None:
            return
        graph, picked = picture.graph, self.ties.picked
        shown = set(graph.of(table)) if picked is None else {picked}
        lines = {line for line, tie in enumerate(graph.drawn) if tie in shown}
        near = {name for tie in shown for name in graph.ties[tie].tables} - {table}
        self.graph.highlight(lines, near)

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        self.set_class(self.size.width < _BESIDE, "below")
        self.set_class(self.size.height < _LOW, "low")

    @on(GraphWidget.Resized)
    def _on_graph_resized(self, message: GraphWidget.Resized) -> None:
        """Parts that stood below each other may have room side by side, or none any more."""
        picture = self.graph.picture
        if picture is not None and message.width - 5 != self._width:
            self._draw()

    @on(GraphWidget.Selected)
    def _on_selected(self) -> None:
        if self.ties.table != self.selected:
            self._describe()
        self._say_where()
