"""Which table this is."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from kitcn_repl.render.table_parts import summary_of
from kitcn_repl.render.text import visible
from kitcn_repl.schema.model import Table
from kitcn_tui.schema.known import Known
from kitcn_tui.widgets.colours import table_variable
from kitcn_tui.widgets.painted import MUTED


class TableHeader(Static):
    """The table's name and what sums it up, on one line."""

    DEFAULT_CSS = """
    TableHeader { height: 1; padding: 0 2; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def show(self, known: Known, table: Table) -> None:
        facts = "  ·  ".join(visible(fact) for fact in summary_of(table, known.knowledge.schema))
        verdict = known.verdict(table.name)
        self.update(
            Content.assemble(
                (visible(table.name), f"bold ${table_variable(table.name)}"),
                (f"  ≠ {verdict}" if verdict else "", "$text-warning"),
                (f"  {facts}", MUTED),
            )
        )
