"""What one can do in the Logs tab."""

from __future__ import annotations

from kitcn_tui.actions import Action

ACTIONS: tuple[Action, ...] = (
    Action("logs.filter", "Filter the log", "slash", "Words, level:warn, function:, request:, -without", "Filter"),
    Action("logs.pause", "Pause or go on", "space", "While paused, new lines are collected and counted", "Pause"),
    Action("logs.to_end", "Follow the end of the log", "G,end", "Go to the newest line, and stay there"),
    Action("logs.level", "Least severe level to show", "v", "All, warnings, errors", "Level"),
    Action("logs.failures", "Only failures", "x", "Only executions that failed", "Failures"),
    Action("logs.quiet", "Hide what went well", "o", "Leave out executions that succeeded"),
    Action("logs.this_function", "Only this function", "f", "Only lines of the function under the cursor; again: all"),
    Action("logs.this_request", "Only this request", "r", "Only lines of the request under the cursor; again: all"),
    Action(
        "logs.details", "Details and calls of the entry", "enter", "Everything about it, and its call tree", "Details"
    ),
    Action("logs.clear_filter", "Show everything again", "escape", "Close the details, or drop the filter"),
    Action("logs.wrap", "Wrap long lines", "w", "Long lines go on beneath, instead of sideways"),
    Action("logs.left", "Scroll texts left", "left,h", palette=False),
    Action("logs.right", "Scroll texts right", "right,l", palette=False),
    Action("logs.to_function", "Open the function", "F", "The function of this line, in the Functions tab"),
    Action("logs.to_insights", "Insights of the function", "i", "Limits and conflicts of this line's function"),
    Action("logs.to_document", "Open the document of the conflict", "d", "What another write changed at the same time"),
    Action("logs.copy", "Copy the line", "y", "Time, level, function and text of the line"),
    Action("logs.copy_entry", "Copy the entry as JSON", "Y", "The whole entry as the server sent it"),
    Action("logs.copy_request", "Copy the request id", "c", "For kitcn logs --request, or for Convex's support"),
)
