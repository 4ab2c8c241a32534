"""What one can do in the Functions tab."""

from __future__ import annotations

from kitcn_tui.actions import Action

FUNCTIONS = (
    Action("functions.run", "Run the query with these arguments", "ctrl+j,f9,ctrl+enter", footer="Run"),
    Action(
        "functions.watch",
        "Watch the query: show each new result",
        "f8,w",
        "Until it is pressed again, or another function is chosen.",
        footer="Watch",
    ),
    Action("functions.filter", "Filter the functions", "slash", "Type a part of a name.", footer="Filter"),
    Action("functions.switch_pane", "Go from list to arguments to result", "f6"),
    Action("functions.leave", "Back to the list; cancel what runs", "escape", palette=False),
    Action("functions.next_form", "Show the result as tree, JSON or logs", "f7,v"),
    Action("functions.earlier", "Fill in the arguments of the run before", "ctrl+up,alt+p"),
    Action("functions.later", "Fill in the arguments of the run after", "ctrl+down,alt+n"),
    Action("functions.copy", "Copy the call as a kitcn command", "y", footer="Copy"),
    Action("functions.logs", "Show the function's log", "l", footer="Logs"),
    Action("functions.insights", "Show the function's insights", "i", footer="Insights"),
    Action("functions.generated", "Show or hide functions that kitcn generates", "a"),
    Action("functions.fold_all", "Fold or unfold every module", "z"),
    Action("functions.reveal", "Show or hide credentials in the result", "x"),
)
FUNCTION_LIST = (
    Action("function_list.fold", "Fold or unfold the module", "space", palette=False),
    Action("function_list.close", "Fold the module", "left,h", palette=False),
    Action("function_list.open", "Unfold the module, or go to the arguments", "right", palette=False),
)
ACTIONS = (*FUNCTIONS, *FUNCTION_LIST)
