"""What one can do anywhere, and in the sidebar."""

from __future__ import annotations

from kitcn_tui.actions import Action
from kitcn_tui.views.tabs import TABS

APP = (
    Action("app.help", "Help: every key and what it does", "question_mark,f1", footer="Help"),
    Action("app.palette", "Find any action, table or theme", "ctrl+p", footer="Palette", palette=False, priority=True),
    Action(
        "app.switch",
        "Switch to another deployment",
        "ctrl+d",
        "A fuzzy list of every deployment that can be reached; makes new ones too.",
        footer="Switch",
        priority=True,
    ),
    Action("app.switch_back", "Switch back to the deployment before", "minus"),
    Action(
        "app.find_table",
        "Find a table",
        "t,ctrl+t",
        "Type a part of its name; Enter opens it.",
        footer="Tables",
    ),
    Action("app.back", "Go back to where you were", "backspace,alt+left", footer="Back"),
    Action("app.forward", "Go forward again", "alt+right"),
    Action("app.jump", "Jump: a letter for every place on the screen", "ctrl+o", priority=True),
    Action("app.reload", "Ask again for what is shown", "ctrl+r,f5"),
    Action("app.sidebar", "Show or hide the sidebar", "ctrl+b", priority=True),
    Action("app.theme", "Choose a theme", help="Two of ours, and Textual's."),
    Action("app.create_deployment", "Create a deployment"),
    Action("app.frames", "How fast it draws", help="Times from a key to the picture that shows it."),
    Action("app.suspend_process", "Suspend it; fg in the shell comes back", "ctrl+z"),
    Action("app.help_quit", "How to quit", "ctrl+c", palette=False),
    Action("app.quit", "Quit", "ctrl+q", priority=True),
    *(
        Action(
            f"app.tab_{tab.name}",
            f"Go to {tab.title}",
            str(number),
            call=f"tab('{tab.name}')",
        )
        for number, tab in enumerate(TABS, 1)
    ),
)

SIDEBAR = (
    Action("sidebar.filter", "Filter the tables", "slash", footer="Filter"),
    Action("sidebar.fold_all", "Fold or unfold every group of tables", "z"),
    Action("sidebar.narrower", "Make the sidebar narrower", "left_square_bracket,shift+left"),
    Action("sidebar.wider", "Make the sidebar wider", "right_square_bracket,shift+right"),
)

TABLES = (
    Action("sidebar.schema", "Show the schema of the table in the sidebar", "s", footer="Schema"),
    Action("sidebar.relations", "Show the tables around the one in the sidebar", "r", footer="Relations"),
    Action("sidebar.leave", "Go from the sidebar to the view", "escape,right", palette=False),
)

ACTIONS = (*APP, *SIDEBAR, *TABLES)
