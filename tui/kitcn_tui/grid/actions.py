"""What one can do in a grid."""

from __future__ import annotations

from kitcn_tui.actions import Action

ACTIONS: tuple[Action, ...] = (
    Action("grid.open", "Follow the id, or open the document", "enter", footer="open"),
    Action("grid.up", "Row up", "up,k", palette=False),
    Action("grid.down", "Row down", "down,j", palette=False),
    Action("grid.left", "Column to the left", "left,h", palette=False),
    Action("grid.right", "Column to the right", "right,l", palette=False),
    Action("grid.page_up", "Page up", "pageup", palette=False),
    Action("grid.page_down", "Page down", "pagedown", palette=False),
    Action("grid.first_row", "First row", "g,ctrl+home"),
    Action("grid.last_row", "Last row", "G,ctrl+end", "Read from the end, not through the table"),
    Action("grid.first_column", "First column", "home,0", palette=False),
    Action("grid.last_column", "Last column", "end,dollar_sign", palette=False),
    Action("grid.select", "Select the row", "space", "And go to the next one", footer="select"),
    Action("grid.select_up", "Select upwards", "shift+up", palette=False),
    Action("grid.select_down", "Select downwards", "shift+down", palette=False),
    Action("grid.select_all", "Select all rows that were read", "ctrl+a"),
    Action("grid.unselect", "Select nothing", "escape", palette=False),
    Action("grid.value", "View the value", "v", "The whole value of the cell, with sizes", footer="value"),
    Action("grid.columns", "Columns …", "c", "Show, hide, pin and arrange columns"),
    Action("grid.hide_column", "Hide the column", "z"),
    Action("grid.pin_column", "Pin the column, or let it go", "p", "Pinned columns stay at the left"),
    Action("grid.narrower", "Narrower column", "less_than_sign"),
    Action("grid.wider", "Wider column", "greater_than_sign"),
    Action("grid.fit_column", "Fit the column to its contents", "equals_sign", "And back again"),
    Action("grid.move_left", "Move the column to the left", "shift+left"),
    Action("grid.move_right", "Move the column to the right", "shift+right"),
    Action("grid.reset_columns", "All columns as they were at first"),
    Action("grid.reveal", "Show or mask credentials", "x", "Passwords, tokens and keys are masked until then"),
)
