"""In which order the rows are to come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.browsing.table_view import SortChoice, TableView
from kitcn_repl.render.text import visible
from kitcn_tui.outline.rows import Line, Row, Span, told
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

    def __init__(self, choices: Callable[[], Awaitable[Sequence[SortChoice]]], view: TableView) -> None:
        """`choices` asks for them, and may raise KitcnError."""
        super().__init__()
        self._ask = choices
        self._choices: Sequence[SortChoice] | None = None
        self._problem: KitcnError | None = None
        self._view = view

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._learn(), group="orders", exclusive=True)

    async def _learn(self) -> None:
        """It is open before they are known: who types quickly types here, and not into the rows below."""
        try:
            self._choices = await self._ask()
        except KitcnError as error:
            self._problem = error
        self.draw(0)

    def rows(self, pattern: str) -> Iterator[Row]:
        if self._problem is not None:
            yield told(visible(self._problem.message), "error", indent=2)
        elif self._choices is None:
            yield told("Reading the indexes …", indent=2)
        low = pattern.lower()
        for choice in self._choices or ():
            name = choice.index or ("newest first" if choice.order == "desc" else "oldest first")
            words = f"{name} {' '.join(choice.fields)}".lower()
            if low in words:
                is_current = (choice.index, choice.order) == (self._view.index, self._view.order)
                yield _Choice(choice, is_current=is_current)

    def chosen(self, row: Row) -> None:
        if isinstance(row, _Choice):
            self.dismiss(row.choice)
