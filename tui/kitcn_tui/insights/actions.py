"""What one can do in the Insights tab."""

from __future__ import annotations

from kitcn_tui.actions import Action

ACTIONS: tuple[Action, ...] = (
    Action("insights.filter", "Filter the insights", "slash", "Words of function, table or kind", "Filter"),
    Action("insights.kind", "Only one kind of insight", "v", "Goes through the kinds that there are", "Kind"),
    Action("insights.source", "From Convex or from the log", "s", "Cloud deployments have both", "Source"),
    Action("insights.events", "Go to the events", "enter,right", "And back: escape", "Events"),
    Action("insights.back", "Back to the list, or show all", "escape,left"),
    Action("insights.to_function", "Open the function", "F", "In the Functions tab"),
    Action("insights.to_table", "Open the table", "T", "The table that is conflicted on, or most read"),
    Action("insights.to_document", "Open the document", "d", "That the event, or the newest one, is about"),
    Action("insights.to_logs", "Log of the request", "l", "Of the event's request; else of the function", "Log"),
    Action("insights.to_function_logs", "Log of the function", "L"),
    Action("insights.export", "Export as Markdown or JSON", "e", "To a file; its name decides", "Export"),
    Action("insights.copy", "Copy the insight as Markdown", "y"),
    Action("insights.copy_index", "Copy the index that would help", "I", "The line that declares it"),
)
