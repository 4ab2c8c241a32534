"""What somebody does with the rows of the Data tab."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import work

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.browsing.table_view import TableView, sort_by, sort_choices
from kitcn_repl.render.quantity import count, counted
from kitcn_repl.render.text import visible
from kitcn_tui.data.filter_bar import FilterBar
from kitcn_tui.grid.cells import table_number
from kitcn_tui.grid.grid import Grid
from kitcn_tui.places import DocumentPlace, QueryPlace, SchemaPlace, TablePlace
from kitcn_tui.views.view import View

if TYPE_CHECKING:
    from kitcn_repl.deployment.models import IndexInfo
    from kitcn_repl.explore.browsing.table_rows import TableRows
    from kitcn_repl.explore.browsing.table_view import Prepared, SortChoice

_LONGEST_VALUE = 200


class DataActions(View):
    """The actions of the view; what they act on is the view's own."""

    shown: Prepared | None
    rows: TableRows | None
    is_live: bool
    indexes: list[IndexInfo]
    tables: dict[int, str]
    note: str

    @property
    def grid(self) -> Grid:
        return self.query_one(Grid)

    @property
    def bar(self) -> FilterBar:
        return self.query_one(FilterBar)

    def draw_state(self) -> None:
        raise NotImplementedError

    def teach_bar(self) -> None:
        raise NotImplementedError

    @property
    def table_view(self) -> TableView | None:
        return None if self.shown is None else self.shown.view

    # Going elsewhere -------------------------------------------------------------------------------------------------

    def on_grid_opened(self, message: Grid.Opened) -> None:
        message.stop()
        self.open_cell(message.row.document.get(message.column), message.column)

    def open_cell(self, value: object, column: str) -> None:
        """Follow an id, else open the row's own document."""
        number = table_number(value) if isinstance(value, str) else None
        row, view = self.grid.row, self.table_view
        if column != "_id" and isinstance(value, str) and number is not None:
            self.go(DocumentPlace(value, self.tables.get(number)))
        elif view is not None and row is not None and row.key:
            self.go(DocumentPlace(row.key, view.table))

    def action_references(self) -> None:
        row, view = self.grid.row, self.table_view
        if row is not None and view is not None:
            self.go(DocumentPlace(row.key, view.table, "←"))

    def action_schema(self) -> None:
        if (view := self.table_view) is not None:
            self.go(SchemaPlace(view.table))

    def action_query(self) -> None:
        from kitcn_repl.explore.spelling.views import view_query

        if self.shown is not None:
            self.go(QueryPlace(view_query(self.shown)))

    def change(self, view: TableView) -> None:
        """Show other rows of the same table; going back shows these."""
        self.go(TablePlace(view.table, view.conditions, view.order, view.index))

    # Filter ----------------------------------------------------------------------------------------------------------

    def action_filter(self) -> None:
        self.teach_bar()
        self.bar.open()

    def on_filter_bar_closed(self) -> None:
        self.take_focus()

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        if (view := self.table_view) is not None:
            self.change(replace(view, conditions=message.conditions))

    def action_filter_by_cell(self) -> None:
        from kitcn_repl.explore.spelling.conditions import condition_text

        row, column, view = self.grid.row, self.grid.column, self.table_view
        if row is None or column is None or view is None:
            return
        text = condition_text(column.name, row.document.get(column.name), is_set=column.name in row.document)
        if text is None or len(text) > _LONGEST_VALUE:
            self.notify("This value is too long to filter by.", severity="warning")
        elif text not in view.conditions:
            self.change(replace(view, conditions=(*view.conditions, text)))

    def action_drop_condition(self) -> None:
        view = self.table_view
        if view is not None and view.conditions:
            self.change(replace(view, conditions=view.conditions[:-1]))

    def action_clear_filter(self) -> None:
        view = self.table_view
        if view is not None and view.conditions:
            self.change(replace(view, conditions=()))

    def action_read_on(self) -> None:
        if self.rows is not None:
            self.rows.read_on()

    # Order -----------------------------------------------------------------------------------------------------------

    async def _choices(self) -> list[SortChoice]:
        view = self.table_view
        if view is None:
            return []
        if not self.indexes:
            self.indexes = await self.workspace.deployment.indexes(view.component)
        return sort_choices(view.table, self.indexes)

    def action_sort(self) -> None:
        if (column := self.grid.column) is not None:
            self._sort_by(column.name)

    def on_grid_header_chosen(self, message: Grid.HeaderChosen) -> None:
        self._sort_by(message.column)

    @work(group="order", exclusive=True)
    async def _sort_by(self, field: str) -> None:
        view = self.table_view
        if view is None:
            return
        try:
            choice = sort_by(field, await self._choices(), view)
        except KitcnError as error:
            self.notify(error.message, severity="error", markup=False)
            return
        if choice is None:
            self.notify(
                f"No index of {visible(view.table)} begins with {visible(field)}, so nothing gives this order without"
                " reading all of the table. S shows the schema, o the orders that there are.",
                title="No such order",
                severity="warning",
                markup=False,
            )
            return
        self._order(choice)

    def _order(self, choice: SortChoice) -> None:
        if (view := self.table_view) is not None:
            self.change(replace(view, index=choice.index, order=choice.order))

    def on_filter_bar_order_wanted(self) -> None:
        self.action_order()

    @work(group="order", exclusive=True)
    async def action_order(self) -> None:
        from kitcn_tui.data.ordering import OrderChooser

        view = self.table_view
        if view is None:
            return
        choice = await self.app.push_screen_wait(OrderChooser(self._choices, view))
        if choice is not None:
            self._order(choice)

    # Copy and export -------------------------------------------------------------------------------------------------

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        from kitcn_tui.data.copying import spellings
        from kitcn_tui.widgets.copy_as import copy_one_of

        if self.shown is not None:
            await copy_one_of(self, spellings(self.grid, self.shown, self.workspace.target))

    @work(group="export", exclusive=True)
    async def action_export(self) -> None:
        from kitcn_tui.data.export import check_path, export
        from kitcn_tui.widgets.export_dialog import ExportDialog

        shown, rows = self.shown, self.rows
        if shown is None or rows is None:
            return
        view = shown.view
        what = f"all {count(rows.total)} rows" if rows.total is not None else "all rows"
        matching = f" that meet {', '.join(view.conditions)}" if view.conditions else ""
        name = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in view.table) or "rows"
        path = await self.app.push_screen_wait(
            ExportDialog(
                f"{what} of {view.table}{matching}, credentials as they are stored.\n"
                "The name's end decides: .csv, .json or .jsonl.",
                f"{name}.csv",
                self.workspace.surroundings.cwd,
                check_path,
            )
        )
        if path is None:
            return

        def progress(written: int) -> None:
            of = f" of {count(rows.total)}" if rows.total is not None else ""
            self._export_note(f"exporting {count(written)}{of}, escape stops")

        progress(0)
        try:
            written = await export(self.workspace.deployment, shown, path, progress)
        except KitcnError as error:
            self.notify(error.message, title="Not exported", severity="error", timeout=10, markup=False)
            return
        except asyncio.CancelledError:
            if self.is_attached:
                self.notify("The export was stopped; there is no file.", markup=False)
            raise
        finally:
            self._export_note("")
        self.notify(f"{counted(written, 'row')} written to {path}", markup=False)

    def _export_note(self, text: str) -> None:
        self.note = text
        if self.is_attached:
            self.draw_state()

    def on_grid_escaped(self) -> None:
        self.action_cancel_export()

    def action_cancel_export(self) -> None:
        self.workers.cancel_group(self, "export")
