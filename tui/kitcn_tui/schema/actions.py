"""What one can do with the schema."""

from __future__ import annotations

from kitcn_tui.actions import Action

ACTIONS = (
    Action("schema.open", "Open what is under the cursor", help="A table, or what a field or relation refers to."),
    Action(
        "schema.filter",
        "Filter tables and fields",
        "slash",
        help="Tables whose name, fields or indexes fit; within a table its rows that do.",
        footer="filter",
    ),
    Action(
        "schema.in_data",
        "Show the table's documents",
        "d",
        help="Open the table in the grid.",
        footer="documents",
    ),
    Action(
        "schema.in_relations",
        "Show the table in the graph of relations",
        "r",
        help="Open the Relations tab around this table.",
        footer="relations",
    ),
    Action(
        "schema.overview", "Show all tables", "a", help="The list of all tables, over the whole width.", footer="all"
    ),
    Action("schema.next_difference", "Go to the next difference between source and deployment", "n"),
    Action("schema.next_table", "Show the next table", "right_square_bracket"),
    Action("schema.previous_table", "Show the table before", "left_square_bracket"),
    Action("schema.fold", "Fold or unfold a group of tables", "space"),
    Action(
        "schema.copy", "Copy the table as …", "y", help="Its place in the source, JSON, or its name.", footer="copy"
    ),
)
