"""What one can do with a document."""

from __future__ import annotations

from kitcn_tui.actions import Action

ACTIONS = (
    Action(
        "document.follow",
        "Follow what is under the cursor",
        help="An id, a relation or a related document; Enter does it too.",
    ),
    Action(
        "document.relations",
        "Go to the document's relations, and back to its fields",
        "r",
        help="Move between the fields and what the document refers to or is referred to by.",
        footer="relations",
    ),
    Action(
        "document.list_in_data",
        "Show all documents of this relation in the Data tab",
        "a",
        help="Open the other table in the grid, filtered by the relation under the cursor.",
        footer="all in grid",
    ),
    Action(
        "document.open_by_id",
        "Open a document by its id",
        "i",
        help="Type or paste an id; its table is found from the id itself.",
        footer="open id",
    ),
    Action(
        "document.next_form",
        "Show the document as stored, as the ORM gives it, or as JSON",
        "o",
        help="Stored fields, then the row that kitcn's ORM makes of them, then the encoded JSON.",
        footer="stored/ORM/JSON",
    ),
    Action(
        "document.reveal",
        "Show or hide credentials",
        "x",
        help="Passwords and tokens of the auth tables are masked until somebody asks for them.",
    ),
    Action("document.fold", "Fold or unfold what is under the cursor", "space", help="Containers and long texts."),
    Action("document.open", "Unfold, or go to the first item", "right,l"),
    Action("document.close", "Fold, or go to the container", "left,h"),
    Action(
        "document.unfold_all",
        "Unfold everything under the cursor",
        "E",
        help="All containers within the one under the cursor.",
    ),
    Action("document.more", "Show more documents of this relation", "m", help="Up to a hundred of them."),
    Action("document.in_data", "Show the document in its table", "d", help="Open its table in the grid, there."),
    Action("document.in_schema", "Show the document's table in the Schema tab", "S"),
    Action(
        "document.copy",
        "Copy as …",
        "y",
        help="The value under the cursor, the id, or the whole document in several forms.",
        footer="copy",
    ),
    Action("document.copy_id", "Copy the document's id", "c"),
)
