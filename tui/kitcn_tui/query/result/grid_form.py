"""The objects of a list as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.actions import SkipAction
from textual.message import Message

from kitcn_repl.explore.browsing.rows import RowList
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import is_id
from kitcn_tui.grid.cells import Typing, table_number
from kitcn_tui.grid.grid import Grid
from kitcn_tui.results.followed import Followed

if TYPE_CHECKING:
    from kitcn_repl.explore.knowledge import Knowledge

_LOOKED_AT = 200


class GridForm(Grid):
    """The grid of a table, with rows that are all there."""

    class Left(Message):
        """Escape, and nothing was selected."""

    def show_rows(self, rows: Sequence[JsonObject], knowledge: Knowledge | None, *, reveals: bool) -> None:
        self.show(RowList(rows), typing_of(rows, knowledge, reveals=reveals))

    def learn(self, rows: Sequence[JsonObject], knowledge: Knowledge | None, *, reveals: bool) -> None:
        """More is known of the same rows."""
        self.know(typing_of(rows, knowledge, reveals=reveals))

    def on_grid_opened(self, message: Grid.Opened) -> None:
        """An id under the cursor leads to its document, any other cell to the row's own, and else shows its value."""
        message.stop()
        document = message.row.document
        for value in (document.get(message.column), document.get("_id")):
            if isinstance(value, str) and is_id(value):
                self.post_message(Followed(value))
                return
        self.action_value()

    def action_reveal(self) -> None:
        raise SkipAction  # the pane does it, for every form

    def action_unselect(self) -> None:
        if len(self.selection):
            super().action_unselect()
        else:
            self.post_message(self.Left())


def typing_of(rows: Sequence[JsonObject], knowledge: Knowledge | None, *, reveals: bool) -> Typing:
    """What is known of the rows: their fields too, where all that were looked at are documents of one table."""
    if knowledge is None:
        return Typing(reveals=reveals)
    numbers = {table_number(str(row.get("_id"))) for row in rows[:_LOOKED_AT]}
    name = knowledge.tables.get(number) if len(numbers) == 1 and (number := numbers.pop()) is not None else None
    table = knowledge.schema.tables.get(name) if name is not None else None
    fields = (table.fields if table is not None else None) or {}
    return Typing(name, fields, knowledge.tables, reveals)
