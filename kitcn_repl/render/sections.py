"""Titled tables one under another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kitcn_repl.render.style import Style
from kitcn_repl.render.table import Cell, Column, draw

_INDENT = "  "


@dataclass(slots=True)
class Sections:
    """Collects `lines`. `cut_cells` were shortened to fit `width`; columns in `left_out` found no place."""

    style: Style
    width: int | None
    lines: list[str] = field(default_factory=list)
    cut_cells: int = 0
    left_out: list[str] = field(default_factory=list)

    def title(self, text: str) -> None:
        """`text` is safe to show."""
        self.lines += [*([""] if self.lines else []), self.style.bold(text)]

    def rows(
        self, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], *, indent: str = _INDENT, wrap: bool = False
    ) -> None:
        """Aligned rows under their headings, as `table.draw` does them; a column without any content is no column."""
        kept = [at for at in range(len(columns)) if any(row[at].text for row in rows)]
        width = None if self.width is None else max(1, self.width - len(indent))
        cells = [[row[at] for at in kept] for row in rows]
        drawn = draw([columns[at] for at in kept], cells, self.style, width, wrap=wrap)
        self.lines += [indent + line for line in drawn.lines]
        self.cut_cells += drawn.cut_cells
        self.left_out += [name for name in drawn.left_out if name not in self.left_out]

    def table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """A title and rows that are all there, in more lines where they must be; nothing at all without rows."""
        if rows:
            self.title(title)
            columns = [Column(name, whole=at == 0) for at, name in enumerate(headings)]
            self.rows(columns, rows, wrap=True)
