"""What is said of the selected table beside the graph: its relations, and how source and deployment differ."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kitcn_repl.render.graph.tables import ONLY_DEPLOYED, ONLY_SOURCE, OTHERWISE, Graph
from kitcn_repl.render.quantity import counted
from kitcn_repl.render.text import visible
from kitcn_tui.relations.load import Known
from kitcn_tui.relations.ties import TieList
from kitcn_tui.widgets.colours import table_variable


class TableSide(Vertical):
    """Hidden until there is a table."""

    DEFAULT_CSS = """
    TableSide {
        display: none; width: 30%; max-width: 56; border-left: solid $foreground 15%; padding: 0 0 0 1;
        & #relations-table { height: auto; max-height: 2; margin: 0 0 1 2; color: $text-muted; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static(id="relations-table", markup=False)
        yield TieList()

    def show(self, graph: Graph, table: str, known: Known) -> None:
        positions = graph.of(table)
        self.query_one(TieList).show(table, [(at, graph.ties[at]) for at in positions])
        out = sum(graph.ties[at].holder == table for at in positions)
        back = sum(graph.ties[at].target == table for at in positions)
        counts = f"  → {out}  ← {back}" if positions else "  no relations"
        name = (visible(table), f"bold ${table_variable(table)}")
        self.query_one("#relations-table", Static).update(Content.assemble(name, counts, *_differing(known, table)))


def _differing(known: Known, table: str) -> list[str | tuple[str, str]]:
    found = [each for each in known.differing if each.table == table and each.level != "info"]
    if not found:
        return []
    kinds = {each.kind for each in found}
    if "missing-table" in kinds:
        mark, said = ONLY_SOURCE, "not deployed"
    elif "extra-table" in kinds:
        mark, said = ONLY_DEPLOYED, "not in the source"
    else:
        mark, said = OTHERWISE, counted(len(found), "difference")
    return ["  ", (mark, "bold $text-warning"), f" {said}"]
