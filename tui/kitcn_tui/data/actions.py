"""What one can do with a table's documents."""

from __future__ import annotations

from kitcn_tui.actions import Action

ACTIONS: tuple[Action, ...] = (
    Action("data.filter", "Filter", "slash", "field op value, such as: age >= 18", footer="filter"),
    Action("data.filter_by_cell", "Only rows with this value", "f", "Adds a condition for the cell under the cursor"),
    Action("data.drop_condition", "Drop the last condition", "F"),
    Action("data.clear_filter", "Drop all conditions"),
    Action("data.sort", "Order by this column", "s", "By the index that begins with it; again turns it round"),
    Action("data.order", "Order …", "o", "By creation time or any index, either way round", footer="order"),
    Action("data.references", "Who points here", "r", "The document's relations", footer="points here"),
    Action("data.copy", "Copy as …", "y", "JSON, id, CSV, command, query, notebook cell", footer="copy"),
    Action("data.export", "Export …", "e", "What is shown, in full, to a file"),
    Action("data.live", "Live: mark what changes", "L", "Reads what is on the screen again and again", footer="live"),
    Action("data.read_on", "Search on", "m", "Go on with a scan that found little"),
    Action("data.query", "Open as a query", "Q", "The same rows in the Query tab"),
    Action("data.schema", "Show the table's schema", "S"),
    Action("data.cancel_export", "Stop the export"),
)
