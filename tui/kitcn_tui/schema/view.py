"""The Schema tab."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.workspace import Workspace
from kitcn_repl.schema.model import Table
from kitcn_tui.actions import bindings
from kitcn_tui.outline.outline import Outline
from kitcn_tui.outline.rows import Row, told
from kitcn_tui.places import Place, RelationsPlace, SchemaPlace, TablePlace
from kitcn_tui.schema.actions import ACTIONS
from kitcn_tui.schema.detail import DifferenceRow, FactRow, detail_rows, note
from kitcn_tui.schema.header import TableHeader
from kitcn_tui.schema.known import Known, compare
from kitcn_tui.schema.spellings import spellings
from kitcn_tui.schema.tables import GROUPS, GroupRow, TableRow, remark_rows, table_rows
from kitcn_tui.views.view import View
from kitcn_tui.widgets.copy_as import copy_one_of
from kitcn_tui.widgets.failure import Failure

_BOTH = 116
"""Cells from which on the list of tables stands beside a table's description."""


class SchemaView(View):
    """All tables, or one in full; where there is room, both."""

    TAB = "schema"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS)]
    DEFAULT_CSS = """
    SchemaView {
        & > #schema-filter { display: none; }
        & > #schema-filter, & > #schema-filter:focus { border: none; height: 1; padding: 0 2; background: $panel; }
        &.-filtering > #schema-filter { display: block; }
        & #schema-tables { width: 1fr; }
        & #schema-detail { width: 1fr; display: none; }
        & #schema-note { height: auto; max-height: 3; padding: 0 2; color: $text-muted; background: $surface; }
        &.-detail #schema-tables { display: none; }
        &.-detail #schema-detail, &.-both #schema-detail { display: block; }
        &.-both #schema-tables { width: 30; border-right: vkey $foreground 15%; }
        & > #schema-failure { display: none; height: auto; max-height: 50%; }
        &.-failed > #schema-failure { display: block; }
        &.-instead > Horizontal { display: none; }
        &.-instead > #schema-failure { display: block; height: 1fr; max-height: 100%; }
    }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._place = SchemaPlace()
        self._known: Known | None = None
        self._table: Table | None = None
        self._unfolded: set[str] = set()
        self._pattern = ""

    def compose(self) -> ComposeResult:
        yield Input(placeholder="Tables, fields, indexes", compact=True, id="schema-filter")
        with Horizontal():
            yield Outline(id="schema-tables")
            with Vertical(id="schema-detail"):
                yield TableHeader()
                yield Outline(id="schema-facts")
                yield Static("", id="schema-note", markup=False)
        yield Container(id="schema-failure")

    @property
    def tables(self) -> Outline:
        return self.query_one("#schema-tables", Outline)

    @property
    def facts(self) -> Outline:
        return self.query_one("#schema-facts", Outline)

    def on_mount(self) -> None:
        self.tables.show([told("Loading …")])
        self._ask()

    # Going, and coming back

    def visit(self, place: Place) -> None:
        assert isinstance(place, SchemaPlace)
        self._place = place
        if self.is_mounted and self._known is not None:
            self._show_place()

    def here(self) -> Place:
        return self._place if self._known is None else SchemaPlace(self._table.name if self._table else None)

    def action_reload(self) -> None:
        self.workspace.forget()
        self._place = SchemaPlace(self._table.name if self._table else None)
        self._ask()

    def _ask(self) -> None:
        self.run_worker(self._load(), group="schema", exclusive=True)

    async def _load(self) -> None:
        try:
            knowledge = await self.workspace.knowledge()
        except KitcnError as error:
            await self._fail(error, instead=self._known is None)
            return
        self._known = await asyncio.to_thread(compare, knowledge)
        await self.query("#schema-failure > *").remove()
        self.remove_class("-failed")
        self._show_place(keep_cursor=True)

    async def _fail(self, error: KitcnError, *, instead: bool) -> None:
        """Say what went wrong: beneath what was known before, or instead of it."""
        had_keys = self._has_keys
        place = self.query_one("#schema-failure")
        failure = Failure(error)
        await place.remove_children()
        await place.mount(failure)
        self.set_class(instead, "-instead")
        self.set_class(not instead, "-failed")
        if instead and had_keys:
            failure.focus()

    def on_failure_retry(self) -> None:
        self.workspace.forget()
        self._ask()

    # Showing

    def _show_place(self, *, keep_cursor: bool = False) -> None:
        from kitcn_repl.explore.tables import find_table

        known, before = self._known, self._table
        assert known is not None
        try:
            self._table = None if self._place.table is None else find_table(known.knowledge, self._place.table)
        except KitcnError as error:
            self._table = None
            self.run_worker(self._fail(error, instead=True), group="schema", exclusive=True)
            return
        self.remove_class("-instead")
        self._lay_out()
        self._show_tables()
        is_same = before is not None and self._table is not None and before.name == self._table.name
        self._show_detail(None if keep_cursor and is_same else 0)
        if not is_same:
            self._had_focus = None
        if self._has_keys or self.screen.focused is None:
            self.take_focus()

    @property
    def _has_keys(self) -> bool:
        """Whether keys come here, but for those that somebody types into the filter."""
        return self.has_focus_within and not self.query_one("#schema-filter").has_focus

    def take_focus(self) -> None:
        # What is to have them may only be shown with the next frame.
        self.call_after_refresh(self._focus_list)

    def _focus_if_nothing_has_it(self) -> None:
        if self.screen.focused is None:
            self._focus_list(again=False)

    def _focus_list(self, *, again: bool = True) -> None:
        failures = self.query("#schema-failure > Failure")
        if not self.display:
            return  # somebody is elsewhere already
        if again:  # the answer that comes meanwhile may hide what has just got them
            self.call_after_refresh(self._focus_if_nothing_has_it)
        if self.has_class("-instead") and failures:
            failures.first().focus()
        elif self._table is None or (self.has_class("-both") and self._had_focus is self.tables):
            self.tables.focus()
        else:
            self.facts.focus()

    def on_resize(self, event: events.Resize) -> None:
        if self._known is not None:
            self._lay_out()
            self.call_after_refresh(self._show_again)

    def _show_again(self) -> None:
        self._show_tables()
        self._show_detail()

    def _lay_out(self) -> None:
        has_room = self.size.width >= _BOTH
        self.set_class(self._table is not None and has_room, "-both")
        self.set_class(self._table is not None and not has_room, "-detail")

    @property
    def _is_narrow(self) -> bool:
        return self._table is not None or self.size.width < 50

    def _show_tables(self, cursor: int | None = None) -> None:
        known = self._known
        if known is None:
            return
        if self._table is not None and (group := GROUPS.get(self._table.owner)) is not None:
            self._unfolded.add(group)
        rows = table_rows(known, self._unfolded, self._pattern, is_narrow=self._is_narrow)
        if self._table is not None:
            cursor = self._place_of(rows, self._table)
        if self._table is None and not self._pattern:
            rows += remark_rows(known, self.size.width - 6)
        self.tables.show(rows, cursor)

    def _place_of(self, rows: list[Row], table: Table) -> int | None:
        return next((at for at, row in enumerate(rows) if isinstance(row, TableRow) and row.table is table), None)

    def _show_detail(self, cursor: int | None = None) -> None:
        known, table = self._known, self._table
        if known is None or table is None:
            return
        width = self.size.width - (31 if self.has_class("-both") else 0) - 3
        pattern = self._pattern if self.has_class("-detail") else ""
        self.query_one(TableHeader).show(known, table)
        self.facts.show(detail_rows(known, table, width, pattern), cursor)
        if cursor == 0:
            self.facts.scroll_to(y=0, animate=False, immediate=True)
        self._update_note()

    def _update_note(self) -> None:
        self.query_one("#schema-note", Static).update(Content(note(self.facts.row, self.facts.size.width - 3)))

    # What one can do

    def on_outline_moved(self, message: Outline.Moved) -> None:
        message.stop()
        if message.outline is self.facts:
            self._update_note()
        elif self.has_class("-both") and isinstance(message.outline.row, TableRow):
            self._table = message.outline.row.table
            self._show_detail(0)

    def on_outline_pressed(self, message: Outline.Pressed) -> None:
        message.stop()
        row = message.row
        if isinstance(row, TableRow):
            if self.has_class("-both"):
                self.facts.focus()
            else:
                self._go_to(row.table.name)
        elif isinstance(row, GroupRow):
            self._toggle(row)
        elif isinstance(row, FactRow) and row.target is not None:
            self._go_to(row.target)
        elif isinstance(row, DifferenceRow):
            self._jump_to(row.difference.member)

    def _go_to(self, table: str) -> None:
        if table.startswith("_"):
            self.go(TablePlace(table))
        else:
            self.go(SchemaPlace(table))

    def _jump_to(self, member: str | None) -> None:
        for at, row in enumerate(self.facts.rows):
            if member is not None and isinstance(row, FactRow) and row.member == member:
                self.facts.move_to(at)
                return

    def _toggle(self, row: GroupRow) -> None:
        self._unfolded ^= {row.name}
        self._show_tables()

    @property
    def _chosen(self) -> str | None:
        """The table that is shown, or under the cursor."""
        row = self.tables.row
        if self._table is not None:
            return self._table.name
        return row.table.name if isinstance(row, TableRow) else None

    def action_open(self) -> None:
        (self.tables if self.tables.has_focus else self.facts).action_press()

    def action_in_data(self) -> None:
        if (name := self._chosen) is not None:
            self.go(TablePlace(name))

    def action_in_relations(self) -> None:
        if (name := self._chosen) is not None:
            self.go(RelationsPlace(name))

    def action_overview(self) -> None:
        if self._table is not None:
            self.go(SchemaPlace())

    def action_next_table(self) -> None:
        self._step(1)

    def action_previous_table(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        rows = [row for row in self.tables.rows if isinstance(row, TableRow)]
        names = [row.table.name for row in rows]
        if self._table is not None and self._table.name in names:
            self.visit(SchemaPlace(names[(names.index(self._table.name) + by) % len(names)]))

    def action_fold(self) -> None:
        if isinstance(row := self.tables.row, GroupRow) and self.tables.has_focus:
            self._toggle(row)

    def action_next_difference(self) -> None:
        """The next marked row of this table; behind the last one, the next table that has any."""
        known, table = self._known, self._table
        if known is None:
            return
        if table is not None:
            for at in range(self.facts.cursor + 1, len(self.facts.rows)):
                row = self.facts.rows[at]
                marked = isinstance(row, FactRow) and row.member and known.of(table.name, row.member)
                if marked or isinstance(row, DifferenceRow):
                    self.facts.move_to(at)
                    return
        names = [name for name in known.tables if known.of(name)]
        if not names:
            self.notify("Source and deployment say the same." if known.is_compared else "There is nothing to compare.")
            return
        later = names[names.index(table.name) + 1 :] if table is not None and table.name in names else names
        self.go(SchemaPlace((later or names)[0]))

    def action_filter(self) -> None:
        self.add_class("-filtering")
        self.query_one("#schema-filter", Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._pattern = event.value.strip()
        self._show_tables(0)
        self._show_detail(0)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._leave_filter()

    def on_key(self, event: events.Key) -> None:
        line = self.query_one("#schema-filter", Input)
        if event.key == "escape" and (self._pattern or line.has_focus):
            event.stop()
            line.value = ""
            self._leave_filter()
        elif event.key == "down" and line.has_focus:
            event.stop()
            self._leave_filter()

    def _leave_filter(self) -> None:
        self.set_class(bool(self._pattern), "-filtering")
        (self.facts if self.has_class("-detail") else self.tables).focus()

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        known, name = self._known, self._chosen
        if known is not None and name is not None:
            row = self.facts.row if self._table is not None else None
            await copy_one_of(self, spellings(known, known.tables[name], row, self.workspace.target))
