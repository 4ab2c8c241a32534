"""What one can do in the Query tab."""

from __future__ import annotations

from textual.binding import BindingType

from kitcn_tui.actions import Action, bindings

QUERY_ACTIONS: tuple[Action, ...] = (
    Action("query.run", "Run", "ctrl+j,f9,ctrl+enter", "Run the selection, or all if nothing is selected", "run"),
    Action(
        "query.run_statement",
        "Run the statement at the cursor",
        "f8,alt+enter",
        "Run it with the declarations above that it uses; of a declaration, show the value",
    ),
    Action("query.cancel", "Cancel the running query", "ctrl+c", "Stop waiting, and stop the query where it runs"),
    Action("query.new", "New query", "ctrl+n", "Open an empty buffer", "new"),
    Action("query.close", "Close this query", "ctrl+w", "Close the buffer; it can be reopened"),
    Action("query.reopen", "Reopen the query closed last", "", "Bring back the buffer that was closed last"),
    Action("query.rename", "Rename this query", "f2", "Give the buffer another name"),
    Action("query.next", "Next query", "ctrl+pagedown", "Show the buffer to the right"),
    Action("query.previous", "Previous query", "ctrl+pageup", "Show the buffer to the left"),
    Action("query.save", "Save this query", "ctrl+s", "Keep it among the saved queries of this project", "save"),
    Action("query.saved", "Saved queries", "f3", "Find a saved query", "saved"),
    Action("query.history", "History of queries", "f4", "Find a query that was run, here or in the REPL", "history"),
    Action("query.edit_outside", "Edit in $EDITOR", "ctrl+g", "Hand the text over to $VISUAL or $EDITOR"),
    Action("query.switch_pane", "Go to the result, or back to the editor", "f6", "Editor and result, in turn"),
    Action("query.layout", "Change the layout", "ctrl+l", "Below each other, side by side, or one alone"),
    Action("query.next_form", "Show the result in another form", "f7", "Grid, tree, JSON, logs, in turn"),
)

EDITOR_ACTIONS: tuple[Action, ...] = (
    Action("editor.complete", "Complete", "ctrl+space,ctrl+@", "Offer what may stand at the cursor", "complete"),
    Action("editor.toggle_comment", "Comment or uncomment", "ctrl+slash,ctrl+underscore", "The selected lines"),
    Action("editor.dedent", "Indent less", "shift+tab", "The selected lines"),
    Action("editor.find", "Find in the query", "ctrl+f", "Enter and ↓ go to the next place, ↑ to the one before"),
    Action("editor.undo", "Undo", "ctrl+z,super+z", "Take back the last edit"),
    Action("editor.redo", "Redo", "ctrl+y,super+y", "Do again what was undone"),
    Action("editor.select_all", "Select all", "ctrl+a", "Select the whole text"),
    Action("editor.copy", "Copy; cancel a running query", "ctrl+c,super+c", "Copy the selection", palette=False),
    Action("editor.leave", "Cancel, or go to the result", "escape", "Close, cancel, or leave", palette=False),
)

RESULT_ACTIONS: tuple[Action, ...] = (
    Action("result.next_form", "Next form of the result", "right_square_bracket", "Grid, tree, JSON, logs"),
    Action("result.previous_form", "Previous form of the result", "left_square_bracket", "Logs, JSON, tree, grid"),
    Action("result.copy_as", "Copy as…", "y", "JSON, id, CLI command, query, notebook cell", "copy as"),
    Action(
        "result.export", "Export the result to a file", "e", "JSON, JSON lines or CSV, by the file's name", "Export"
    ),
    Action("result.reveal", "Show or mask credentials", "asterisk", "Passwords and tokens in this result"),
    Action("result.leave", "Back to the editor", "escape,i", "Or cancel the running query", "editor"),
    Action(
        "failed.jump", "Go to the place of the error", "enter", "The cursor goes there", "go to line", palette=False
    ),
)

ACTIONS: tuple[Action, ...] = (*QUERY_ACTIONS, *EDITOR_ACTIONS, *RESULT_ACTIONS)


def bindings_of(scope: str) -> list[BindingType]:
    """For the `BINDINGS` of the widget of that scope."""
    return [*bindings(action for action in ACTIONS if action.scope == scope)]
