"""The line under the grid: where one is, what is under the cursor, what is going on."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from kitcn_repl.explore.browsing.table_rows import TableRows
from kitcn_repl.render.quantity import count
from kitcn_repl.render.text import visible
from kitcn_tui.grid.cells import fitted, one_line
from kitcn_tui.grid.grid import Grid
from kitcn_tui.widgets.painted import MUTED


@dataclass(frozen=True, slots=True)
class Status:
    """`activity` is shown at the right; `is_wrong` in the colour of errors."""

    position: str = ""
    selected: int = 0
    column: str = ""
    value: str = ""
    activity: str = ""
    is_wrong: bool = False


def position_text(rows: TableRows, position: int) -> str:
    """`row 12 of 60`, `≈ row 500,012 of 1,000,000`, `row 12 of at least 200`, `last but 3 of at least 300`."""
    if not rows.known:
        return ""
    from_end = rows.from_end(position)
    if from_end is not None:
        where = "last row" if from_end == 1 else f"last row but {count(from_end - 1)}"
    else:
        about = "" if rows.is_exact(position) or rows.row(position) is None else "≈ "
        where = f"{about}row {count(position + 1)}"
    if rows.total is not None:
        return f"{where} of {count(rows.total)}"
    return f"{where} of at least {count(rows.known)}"


def status_of(grid: Grid, rows: TableRows | None, activity: str = "", *, is_wrong: bool = False) -> Status:
    if rows is None:
        return Status(activity=activity, is_wrong=is_wrong)
    column, row = grid.column, grid.row
    value = ""
    if column is not None and row is not None:
        from kitcn_tui.grid.cells import cell_of

        value = cell_of(row.document, column.name, grid.typing).text
        if value == "·":
            value = "not set"
    name = visible(column.name) if column is not None else ""
    return Status(position_text(rows, grid.cursor_row), len(grid.selection), name, value, activity, is_wrong)


class StatusLine(Widget):
    """One line."""

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; background: $surface; text-wrap: nowrap; text-overflow: clip; }
    """
    status: reactive[Status] = reactive(Status())

    def render(self) -> RenderResult:
        status, width = self.status, self.size.width - 2
        left: list[Content] = [Content(status.position)]
        if status.selected:
            left.append(Content.styled(f"  {count(status.selected)} selected", "$text-primary"))
        right = status.activity
        used = sum(part.cell_length for part in left) + len(right) + 6
        if status.column and width - used > 12:
            name = f"   {status.column}  "
            left.append(Content.styled(name, MUTED))
            room = width - used - len(name)
            if room > 4:
                left.append(Content(fitted(one_line(status.value), min(room, 200)).rstrip()))
        line = Content.assemble(*left)
        gap = max(1, width - line.cell_length - len(right))
        style = "$text-error" if status.is_wrong else MUTED
        return Content.assemble(line, " " * gap, (right, style))
