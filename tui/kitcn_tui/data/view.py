"""The Data tab."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from kitcn_repl.errors import ExitCode, KitcnError
from kitcn_repl.explore.browsing.announcing import Announcement, announce
from kitcn_repl.explore.browsing.table_rows import TableRows
from kitcn_repl.explore.browsing.table_view import Prepared, TableView, prepare
from kitcn_repl.explore.workspace import Workspace
from kitcn_tui.actions import bindings
from kitcn_tui.data.actions import ACTIONS
from kitcn_tui.data.doing import DataActions
from kitcn_tui.data.filter_bar import FilterBar
from kitcn_tui.data.status import StatusLine, status_of
from kitcn_tui.grid.cells import Typing
from kitcn_tui.grid.grid import Grid
from kitcn_tui.places import Place, TablePlace
from kitcn_tui.views.view import Settled, View
from kitcn_tui.widgets.failure import Failure, Nothing

if TYPE_CHECKING:
    from kitcn_repl.deployment.models import IndexInfo
    from kitcn_repl.explore.knowledge import Knowledge

_KEPT = 8
"""Views whose rows stay, so that going back to one shows it at once."""
_EVERY = 2.0
"""Seconds between two looks of a live view, and between two tries to reach a deployment."""


class Instead(Vertical, can_focus=True):
    """What stands in the place of rows; it has the keys while the grid is hidden."""


class DataView(DataActions, View):
    """A table in the grid."""

    TAB = "data"
    SETTLES = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS)]
    DEFAULT_CSS = """
    DataView #data-body { height: 1fr; }
    DataView .data-instead { display: none; height: 1fr; }
    DataView.-instead Grid { display: none; }
    DataView.-instead .data-instead { display: block; }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.shown: Prepared | None = None
        self.rows: TableRows | None = None
        self.is_live = False
        self._view: TableView | None = None
        self._wanted_document: str | None = None
        self._knowledge: Knowledge | None = None
        self.tables: dict[int, str] = {}
        self._counts: dict[str, int | None] = {}
        self._names: list[str] | None = None
        self.indexes: list[IndexInfo] = []
        self._problem: KitcnError | None = None
        self._instead: str | KitcnError | None = None
        self._kept: OrderedDict[TableView, tuple[Prepared, TableRows, int]] = OrderedDict()
        self.note = ""
        self._is_settled = False

    def compose(self) -> ComposeResult:
        yield FilterBar()
        with Vertical(id="data-body"):
            yield Grid()
            yield Instead(classes="data-instead")
        yield StatusLine()

    def on_mount(self) -> None:
        self.run_worker(self._watch(), group="watch", exclusive=True)

    # Places ----------------------------------------------------------------------------------------------------------

    def visit(self, place: Place) -> None:
        if not isinstance(place, TablePlace):
            return
        if place.table is None:
            self._view = None
            self._say("Choose a table at the left; t finds one by its name.")
            return
        view = TableView(place.table, place.conditions, place.order, place.index, self.workspace.component)
        self._wanted_document = place.document_id
        if view == self._view and self.rows is not None and self._problem is None:
            self._look_again()
            self._stand_on_document()
            return
        self.open(view)

    def here(self) -> Place:
        view = self._view
        if view is None:
            return TablePlace()
        row = self.grid.row
        return TablePlace(view.table, view.conditions, view.order, view.index, row.key if row is not None else None)

    def leave(self) -> None:
        if self.rows is not None:
            self.rows.stop()

    def on_unmount(self) -> None:
        self.leave()

    def on_show(self) -> None:
        self._look_again()

    def _look_again(self) -> None:
        if self.rows is not None and self.is_mounted:
            self.rows.look(*self.grid.window)

    def take_focus(self) -> None:
        failures = self.query(Failure)
        if self._instead is None:
            self.grid.focus(scroll_visible=False)
        elif failures:
            failures.first().focus()
        else:
            self.query_one(Instead).focus(scroll_visible=False)

    # Opening ---------------------------------------------------------------------------------------------------------

    def open(self, view: TableView, *, afresh: bool = False) -> None:
        """Show other rows."""
        self._keep()
        if self.rows is not None:
            self.rows.stop()
        self._view = view
        self._problem = None
        self.run_worker(self._open(view, afresh=afresh), group="open", exclusive=True)

    def _keep(self) -> None:
        if self.shown is not None and self.rows is not None and self._problem is None:
            self._kept[self.shown.view] = (self.shown, self.rows, self.grid.cursor_row)
            self._kept.move_to_end(self.shown.view)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    async def _open(self, view: TableView, *, afresh: bool) -> None:
        if afresh:
            self._kept.pop(view, None)
        kept = self._kept.get(view)
        self.bar.show(view, Announcement(""))
        if kept is not None:
            self._show(kept[0], kept[1], kept[2])
        else:
            try:
                prepared = await prepare(self.workspace.deployment, view)
            except KitcnError as error:
                self._problem = error
                self._say(error)
                return
            self._show(prepared, prepared.rows(self.workspace.deployment), 0)
        self.run_worker(self._learn(view), group="learn", exclusive=True)

    def _show(self, prepared: Prepared, rows: TableRows, at: int) -> None:
        if self.rows is not None and self.rows is not rows:
            self.rows.listener = None
        self.shown, self.rows = prepared, rows
        grid = self.grid
        grid.arrows = self._arrows()
        remembered = self.memory.get(f"columns.{prepared.view.table}")
        grid.show(rows, self._typing(), remembered=remembered if isinstance(remembered, dict) else None, at=at)
        self._give_total()
        self._announce()
        if not grid.size.height:
            # Asked for before the grid knows its size: so the first picture of it has rows.
            rows.look(0, self.screen.size.height)
        self.draw_state()

    def _arrows(self) -> dict[str, str]:
        assert self.shown is not None
        ordering = self.shown.ordering
        return {ordering.fields[0]: "↓" if ordering.descending else "↑"}

    def _typing(self) -> Typing:
        table = self._view.table if self._view is not None else None
        known = self._knowledge.schema.tables.get(table or "") if self._knowledge is not None else None
        fields = (known.fields if known is not None else None) or {}
        return Typing(table, fields, self.tables, self.grid.typing.reveals)

    async def _learn(self, view: TableView) -> None:
        """What makes the picture better, and can come after the first rows."""
        deployment, component = self.workspace.deployment, self.workspace.component
        with suppress(KitcnError):
            if not self.tables:
                self.tables = await deployment.table_mapping(component)
                self.grid.know(self._typing())
            if view.table not in self._counts:
                await self._count()
            self._give_total()
            self._stand_on_document()
            self.draw_state()
            if not self.indexes:
                self.indexes = await deployment.indexes(component)
            await self.drawn.wait()
            if self._knowledge is None:
                self._knowledge = await self.workspace.knowledge()
            self.grid.know(self._typing())
            self._announce()
            self.teach_bar()

    async def _count(self) -> None:
        found = await self.workspace.deployment.tables(self.workspace.component)
        self._counts = {table.name: table.count for table in found}
        self._names = list(self._counts)

    def _give_total(self) -> None:
        if self.shown is None or self.rows is None or self.shown.request.filters or self.shown.request.bounds:
            return
        total = self._counts.get(self.shown.view.table)
        if total is not None and self.rows.total is None:
            self.rows.set_total(total)

    def _announce(self) -> None:
        if self.shown is None:
            return
        schema = self._knowledge.schema if self._knowledge is not None else None
        said = announce(self.shown, self._counts.get(self.shown.view.table), schema)
        self.bar.show(self.shown.view, said)

    def teach_bar(self) -> None:
        table = self._view.table if self._view is not None else ""
        indexes = [one for one in self.indexes if one.table == table]
        self.bar.known = (self.grid.typing.fields, indexes, self.grid.seen_values())

    # What is shown ---------------------------------------------------------------------------------------------------

    def on_canvas_moved(self) -> None:
        self.draw_state()

    def draw_state(self) -> None:
        """The status line, and what stands instead of rows where there are none."""
        rows = self.rows
        if rows is None or self.shown is None:
            return
        if rows.failure is not None and not rows.known:
            self._say(rows.failure)
        elif rows.is_complete and rows.size == 0:
            self._say(self._why_empty())
        else:
            self._say(None)
            if rows.known:
                self._settle()
        self.query_one(StatusLine).status = status_of(
            self.grid, rows, self._activity(rows), is_wrong=rows.failure is not None
        )

    def _activity(self, rows: TableRows) -> str:
        if rows.failure is not None:
            return "not reached, trying again" if self._is_lost(rows.failure) else "not read"
        parts = []
        if self.note:
            parts.append(self.note)
        if rows.paused:
            parts.append("found little so far: m searches on")
        elif rows.is_reading:
            parts.append("reading …")
        if self.is_live:
            parts.append("● live")
        return "  ".join(parts)

    @staticmethod
    def _is_lost(error: KitcnError) -> bool:
        return error.exit_code is ExitCode.NOT_REACHED

    def _why_empty(self) -> str:
        assert self.shown is not None
        view = self.shown.view
        if view.conditions:
            reasons = [*self.shown.terms.unknown, *self.shown.terms.doubts]
            lines = ["No document matches.", *reasons, "", "F drops the last condition, / adds one."]
            return "\n".join(lines)
        if self._names is not None and view.table not in self._names and not view.table.startswith("_"):
            from kitcn_repl.explore.suggestions import no_such_table

            return f"{no_such_table(view.table, self._names)}\n\nt finds a table."
        return f"{view.table} is empty."

    def _say(self, what: str | KitcnError | None) -> None:
        """Show this instead of the grid; None is the grid itself."""
        if what is not None:
            self._settle()
        if what == self._instead:
            return
        focused = self.screen.focused
        had_focus = focused is None or self in focused.ancestors
        self._instead = what
        self.set_class(what is not None, "-instead")
        box = self.query_one(Instead)
        box.remove_children()
        if isinstance(what, str):
            box.mount(Nothing(what))
        elif what is not None:
            box.mount(Failure(what))
        if had_focus and self.display and not self.bar.is_open:
            self.call_after_refresh(self.take_focus)

    def _settle(self) -> None:
        if not self._is_settled:
            self._is_settled = True
            self.post_message(Settled(self))

    def _stand_on_document(self) -> None:
        """Where the place says that the cursor stands, if the document can be found without reading up to it."""
        wanted, self._wanted_document = self._wanted_document, None
        if wanted is None or self.rows is None:
            return
        position = self.rows.position_of(wanted)
        if position is not None:
            self.grid.stand(position)
        elif self.rows.can_seek:
            self.run_worker(self._seek(self.rows, wanted), group="seek", exclusive=True)

    async def _seek(self, rows: TableRows, document_id: str) -> None:
        """Who moves meanwhile stays where he is."""
        before = self.grid.cursor_row
        with suppress(KitcnError):
            await rows.at_rest()
            position = rows.position_of(document_id)
            if position is None:
                document = await self.workspace.deployment.get(document_id, self.workspace.component)
                position = await rows.seek(document) if document is not None else None
            if position is not None and rows is self.rows and self.grid.cursor_row == before:
                self.grid.stand(position)

    def action_reload(self) -> None:
        if self._view is not None:
            row = self.grid.row
            self._wanted_document = row.key if row is not None else None
            self._counts = {}
            self.open(self._view, afresh=True)

    def on_failure_retry(self, message: Failure.Retry) -> None:
        message.stop()
        if self.rows is not None and self.rows.failure is not None:
            self.rows.retry()
        elif self._view is not None:
            self.open(self._view, afresh=True)

    def on_grid_columns_changed(self) -> None:
        if self._view is not None:
            self.memory.set(f"columns.{self._view.table}", self.grid.columns.remember() or None)

    # Live ------------------------------------------------------------------------------------------------------------

    def action_live(self) -> None:
        """Look again and again, as long as somebody looks."""
        self.is_live = not self.is_live
        self.draw_state()

    async def _watch(self) -> None:
        """Every two seconds: what a live view shows, and whether a deployment that did not answer does again."""
        while True:
            await asyncio.sleep(_EVERY)
            rows = self.rows
            if rows is None or not self.is_on_screen or self.app.screen is not self.screen:
                continue
            if rows.failure is not None and self._is_lost(rows.failure):
                rows.retry()
            elif self.is_live and not rows.is_reading:
                try:
                    await rows.refresh()
                except KitcnError as error:
                    self.note = "" if not self._is_lost(error) else "not reached, trying again"
                else:
                    self.note = ""
                self.draw_state()
