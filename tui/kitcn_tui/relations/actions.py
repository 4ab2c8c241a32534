"""What one can do in the Relations tab."""

from __future__ import annotations

from kitcn_tui.actions import Action

ACTIONS = (
    Action("relations.open", "Open the selected table's documents", "enter", footer="Open"),
    Action("relations.left", "Select the table to the left", "left,h", palette=False),
    Action("relations.right", "Select the table to the right", "right,l", palette=False),
    Action("relations.up", "Select the table above", "up,k", palette=False),
    Action("relations.down", "Select the table below", "down,j", palette=False),
    Action("relations.next_tie", "Pick the table's next relation", "tab", "Its line becomes heavy.", footer="Relation"),
    Action("relations.previous_tie", "Pick the table's relation before", "shift+tab"),
    Action(
        "relations.walk",
        "Go to the other end of the picked relation",
        "space",
        "Without a picked one, to the end of the table's first.",
        footer="Walk",
    ),
    Action(
        "relations.around",
        "Show only the tables around the selected one",
        "f",
        "Once more shows those two relations away, and then all tables again.",
        footer="Around",
    ),
    Action("relations.all", "Show all tables", "escape", "Ends the view around a table, or the picking of a relation."),
    Action("relations.find", "Find a table in the graph", "slash", footer="Find"),
    Action("relations.schema", "Show the selected table's schema", "s", footer="Schema"),
    Action("relations.pan_left", "Move the picture to the right", "shift+left,H", palette=False),
    Action("relations.pan_right", "Move the picture to the left", "shift+right,L", palette=False),
    Action("relations.pan_up", "Move the picture down", "shift+up,K", palette=False),
    Action("relations.pan_down", "Move the picture up", "shift+down,J", palette=False),
    Action("relations.page_up", "Move the picture down by a screen", "pageup", palette=False),
    Action("relations.page_down", "Move the picture up by a screen", "pagedown", palette=False),
    Action("relations.centre", "Bring the selected table to the middle", "g"),
    Action("relations.hubs", "Draw or fold the lines to tables that many refer to", "u"),
    Action("relations.auth", "Show or hide the auth library's tables", "a"),
    Action("relations.plugins", "Show or hide tables of kitcn and of plugins", "i"),
    Action("relations.guessed", "Show or hide relations that only the data tells of", "d"),
    Action("relations.list", "Show or hide the list of relations", "e"),
    Action("relations.mermaid", "Copy what is shown as a Mermaid diagram", "y"),
)
