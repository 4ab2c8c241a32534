"""The Relations tab: what one can do with the graph of tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType

from kitcn_tui.actions import bindings
from kitcn_tui.places import SchemaPlace, TablePlace
from kitcn_tui.relations.actions import ACTIONS
from kitcn_tui.relations.choosing import remember
from kitcn_tui.relations.graph import GraphWidget
from kitcn_tui.relations.load import diagram
from kitcn_tui.relations.page import LIST, GraphPage
from kitcn_tui.relations.search import TableSearch
from kitcn_tui.relations.side import TableSide
from kitcn_tui.widgets.line_list import LineList

_MOST_STEPS = 2


class RelationsView(GraphPage):
    """The page with its keys."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS)]

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
        self.memory.set(LIST, None if side.display else False)

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
