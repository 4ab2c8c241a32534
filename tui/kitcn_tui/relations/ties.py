"""The relations of the selected table, beside the graph."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from kitcn_repl.render.graph.ties import Tie
from kitcn_repl.render.graph.words import describe
from kitcn_tui.widgets.line_list import LineList, Part, columns, fit

_NONE = -1
"""Where the cursor is while no tie is picked."""
_ROOMY = 70
"""Cells that are enough to say everything in one line."""


class TieList(LineList):
    """What the table refers to, then what refers to it. The picked one, if any, is that of the graph."""

    DEFAULT_CSS = """
    TieList { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.id = "ties"
        self._ties: Sequence[tuple[int, Tie]] = ()
        self.table = ""
        self._sizes: tuple[int, ...] = (0, 0, 0)

    @property
    def count(self) -> int:
        return len(self._ties)

    @property
    def picked(self) -> int | None:
        """The position of the picked tie."""
        return self._ties[self.cursor][0] if 0 <= self.cursor < self.count else None

    def show(self, table: str, ties: Sequence[tuple[int, Tie]]) -> None:
        """The ties of a table; the picked one stays so while it is among them."""
        picked = self._ties[self.cursor][1] if table == self.table and self.picked is not None else None
        cursor = next((at for at, (_, tie) in enumerate(ties) if tie == picked), _NONE)
        self.table, self._ties = table, ties
        words = [describe(tie, table) for _, tie in ties]
        self._sizes = tuple(
            max((min(most, cell_len(text)) for text in texts), default=0)
            for most, texts in (
                (26, [f"{each.arrow} {each.other}" for each in words]),
                (26, [each.fields for each in words]),
                (24, [each.names for each in words]),
            )
        )
        self.set_reactive(LineList.cursor, cursor)
        if cursor == _NONE:
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self.changed()

    def pick(self, tie: int | None) -> None:
        """Pick a tie by its position, or none."""
        numbers = [number for number, _ in self._ties]
        self.set_reactive(LineList.cursor, numbers.index(tie) if tie in numbers else _NONE)
        if tie in numbers:
            self.show_cursor()
        self.refresh()

    def next(self, step: int) -> int | None:
        """The tie after the picked one, or before; the first, or the last, if none is picked."""
        if not self._ties:
            return None
        at = self.cursor + step if self.picked is not None else (0 if step > 0 else -1)
        return self._ties[at % len(self._ties)][0]

    @property
    def _lines(self) -> int:
        return 1 if self.room >= _ROOMY else 3

    def top_of(self, index: int) -> int:
        return index * self._lines

    def lines_of(self, index: int) -> int:
        return self._lines

    def item_at(self, line: int) -> tuple[int, int]:
        return divmod(line, self._lines)

    @property
    def height_of_all(self) -> int:
        return self.count * self._lines

    def parts(self, index: int, width: int) -> Sequence[Part]:
        return self.parts_of_line(index, 0, width)

    def parts_of_line(self, index: int, line: int, width: int) -> Sequence[Part]:
        words = describe(self._ties[index][1], self.table)
        tone = "warning" if self._ties[index][1].is_guessed else "muted"
        if self._lines == 1:
            sizes = self._sizes
            cells = [
                (f"{words.arrow} {words.other}", "strong", sizes[0]),
                (words.cardinality, "muted", 5),
                (words.fields, "plain", sizes[1]),
                (words.names, "accent", sizes[2]),
                (words.origins, tone, 0),
            ]
            return columns([cell for cell in cells if cell[2] or cell[0]], width)
        if line == 0:
            return columns([(f"{words.arrow} {words.other}", "strong", 0), (words.cardinality, "muted", 5)], width)
        if line == 1:
            names = f" · {words.names}" if words.names else ""
            return [(fit(f"  {words.fields.removesuffix(' → _id')}{names}", width), "plain")]
        return [(fit(f"  {words.origins}", width), tone)]
