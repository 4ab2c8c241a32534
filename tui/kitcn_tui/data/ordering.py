"""In which order the rows are to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kitcn_repl.explore.browsing.table_view import SortChoice, TableView
from kitcn_repl.render.text import visible
from kitcn_tui.outline.rows import Line, Row, Span
from kitcn_tui.widgets.finder import Finder


class _Choice(Line):
    __slots__ = ("choice",)

    def __init__(self, choice: SortChoice, *, is_current: bool) -> None:
        arrow = "↓" if choice.order == "desc" else "↑"
        if choice.index is None:
            name = "newest first" if choice.order == "desc" else "oldest first"
            fields = "_creationTime"
        else:
            name, fields = choice.index, ", ".join(choice.fields)
        mark = Span("› " if is_current else "  ", "key")
        super().__init__(mark, Span(f"{arrow} "), Span(visible(name)), right=[Span(f"{visible(fields)} ", "muted")])
        self.choice = choice


class OrderChooser(Finder[SortChoice]):
    """Every order in which the table can be read without reading all of it."""

    HEADING = "Order by"
    PLACEHOLDER = "index or field"
    NOTHING = "No index of that name."

    def __init__(self, choices: Sequence[SortChoice], view: TableView) -> None:
        super().__init__()
        self._choices = choices
        self._view = view

    def rows(self, pattern: str) -> Iterator[Row]:
        low = pattern.lower()
        for choice in self._choices:
            name = choice.index or ("newest first" if choice.order == "desc" else "oldest first")
            words = f"{name} {' '.join(choice.fields)}".lower()
            if low in words:
                is_current = (choice.index, choice.order) == (self._view.index, self._view.order)
                yield _Choice(choice, is_current=is_current)

    def chosen(self, row: Row) -> None:
        if isinstance(row, _Choice):
            self.dismiss(row.choice)
