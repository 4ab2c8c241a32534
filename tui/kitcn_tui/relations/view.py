"""The Relations tab: the graph of tables, and the relations of the selected one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container

from kitcn_repl.errors import KitcnError
from kitcn_repl.render.graph.tables import Choice
from kitcn_tui.actions import bindings
from kitcn_tui.places import Place, RelationsPlace, SchemaPlace, TablePlace
from kitcn_tui.relations.actions import ACTIONS
from kitcn_tui.relations.choosing import remember, remembered
from kitcn_tui.relations.graph import GraphWidget
from kitcn_tui.relations.heading import GraphHeading
from kitcn_tui.relations.load import Known, diagram, drawn, judged
from kitcn_tui.relations.search import TableSearch
from kitcn_tui.relations.side import TableSide
from kitcn_tui.relations.ties import TieList
from kitcn_tui.views.view import View
from kitcn_tui.widgets.failure import Failure, Nothing
from kitcn_tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from kitcn_repl.explore.workspace import Workspace

_BESIDE = 96
"""Cells of the view from which on the list stands beside the graph."""
_LOW = 26
"""Rows below which the list gives some of its own."""
_MOST_STEPS = 2
_LIST = "relations.list"


class RelationsView(View):
    """`_choice` says what is drawn; the graph has the selected table, the list the picked tie."""

    TAB = "relations"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS)]
    DEFAULT_CSS = """
    RelationsView {
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
        side.display = self.memory.get(_LIST) is not False
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

    @on(GraphWidget.Opened)
    def _on_opened(self) -> None:
        self.action_open()

    @on(GraphWidget.TiePicked)
    def _tie_picked(self, message: GraphWidget.TiePicked) -> None:
        picture = self.graph.picture
        if picture is None:
            return
        tie = picture.graph.ties[message.tie]
        if self.selected not in tie.tables:
            self.graph.select(tie.holder)
            self._describe()
        self._pick(message.tie)

    @on(LineList.Moved, "#ties")
    def _moved_in_list(self) -> None:
        self._highlight()

    @on(LineList.Chosen, "#ties")
    def _chosen_in_list(self) -> None:
        self.action_walk()

    def _pick(self, tie: int | None) -> None:
        self.ties.pick(tie)
        self._highlight()

    def action_left(self) -> None:
        self.graph.move(-1, 0)

    def action_right(self) -> None:
        self.graph.move(1, 0)

    def action_up(self) -> None:
        self.graph.move(0, -1)

    def action_down(self) -> None:
        self.graph.move(0, 1)

    def action_pan_left(self) -> None:
        self.graph.pan(-1, 0)

    def action_pan_right(self) -> None:
        self.graph.pan(1, 0)

    def action_pan_up(self) -> None:
        self.graph.pan(0, -1)

    def action_pan_down(self) -> None:
        self.graph.pan(0, 1)

    def action_page_up(self) -> None:
        self.graph.page(-1)

    def action_page_down(self) -> None:
        self.graph.page(1)

    def action_centre(self) -> None:
        self.graph.centre()

    def action_next_tie(self) -> None:
        self._pick(self.ties.next(1))

    def action_previous_tie(self) -> None:
        self._pick(self.ties.next(-1))

    def action_walk(self) -> None:
        picture = self.graph.picture
        tie = self.ties.picked if self.ties.picked is not None else self.ties.next(1)
        if picture is None or tie is None:
            return
        holder, target = picture.graph.ties[tie].tables
        other = target if self.selected == holder else holder
        if other == self.selected:
            return
        if other in picture.layout.boxes:
            self.graph.select(other)
            self._describe()
            self._pick(tie)
        elif self._known is not None and other in self._known.knowledge.schema.tables and self._choice is not None:
            if self._choice.around is not None:
                self._choice = replace(self._choice, around=other)
            self._draw(other)
        else:
            self.notify(f"{other} is not among the tables of this deployment.", markup=False)

    def action_open(self) -> None:
        if self.selected is not None:
            self.go(TablePlace(self.selected))

    def action_schema(self) -> None:
        if self.selected is not None:
            self.go(SchemaPlace(self.selected))

    def _change(self, **changes: Any) -> None:
        """Draw another choice of tables and lines, and remember it."""
        if self._choice is not None:
            self._choice = replace(self._choice, **changes)
            remember(self.memory, self._choice)
            self._draw()

    def action_around(self) -> None:
        if self._choice is None or self.selected is None:
            return
        if self._choice.around != self.selected:
            self._change(around=self.selected, depth=1)
        elif self._choice.depth < _MOST_STEPS:
            self._change(depth=self._choice.depth + 1)
        else:
            self._change(around=None, depth=1)

    def action_all(self) -> None:
        if self.ties.picked is not None:
            self._pick(None)
        elif self._choice is not None and self._choice.around is not None:
            self._change(around=None, depth=1)

    def action_hubs(self) -> None:
        if self._choice is not None:
            self._change(hubs=not self._choice.hubs)

    def action_auth(self) -> None:
        if self._choice is not None:
            self._change(auth=not self._choice.auth)

    def action_plugins(self) -> None:
        if self._choice is not None:
            self._change(plugins=not self._choice.plugins)

    def action_guessed(self) -> None:
        if self._choice is not None:
            self._change(guessed=not self._choice.guessed)

    def action_list(self) -> None:
        side = self.query_one(TableSide)
        side.display = not side.display
        self.memory.set(_LIST, None if side.display else False)

    def action_mermaid(self) -> None:
        picture = self.graph.picture
        if picture is not None:
            self.app.copy_to_clipboard(diagram(picture.graph))
            self.notify("Copied as a Mermaid diagram.", markup=False)

    def action_find(self) -> None:
        if self.graph.picture is not None and self._known is not None:
            self.query_one(TableSearch).open(list(self._known.knowledge.schema.tables), self.selected)

    @on(TableSearch.Found)
    def _found(self, message: TableSearch.Found) -> None:
        if self.graph.picture is not None and message.table in self.graph.picture.layout.boxes:
            self.graph.select(message.table)
        elif self._choice is not None and message.final:
            self._choice = replace(self._choice, around=None, depth=1)
            self._draw(message.table)

    @on(TableSearch.Closed)
    def _finder_closed(self) -> None:
        self.graph.focus()
