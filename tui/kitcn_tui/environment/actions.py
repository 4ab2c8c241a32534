"""What one can do in the Environment tab."""

from __future__ import annotations

from kitcn_tui.actions import Action

ACTIONS: tuple[Action, ...] = (
    Action(
        "environment.reveal", "Show or mask the value", "space", "Only this one; leaving the tab masks all", "Reveal"
    ),
    Action("environment.edit", "Change the value", "enter,e", "What would change is shown first", "Edit"),
    Action("environment.add", "New variable", "n", "In the column under the cursor", "New"),
    Action("environment.remove", "Remove the variable", "delete,x", "Of the column under the cursor"),
    Action("environment.from_file", "Set the variables of a .env file", "i", "In the column under the cursor"),
    Action("environment.compare", "Compare two environments", "c", "Deployments, defaults, .env files", "Compare"),
    Action("environment.choose_a", "Choose the left side", "a", "While comparing", "Left"),
    Action("environment.choose_b", "Choose the right side", "b", "While comparing", "Right"),
    Action("environment.swap", "Swap the sides", "s", "While comparing", "Swap"),
    Action(
        "environment.all", "Also what is the same", "o", "While comparing: everything, or the differences only", "All"
    ),
    Action("environment.back", "Back from comparing", "escape"),
    Action("environment.copy", "Copy the name", "y", "The variable's name; never its value"),
    Action("environment.copy_value", "Copy the value", "Y", "To the clipboard, without showing it"),
)
