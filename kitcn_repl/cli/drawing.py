"""Tables of our own making on stdout, for commands that show no documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kitcn_repl.cli.session import Session
from kitcn_repl.render.quantity import counted

if TYPE_CHECKING:
    from kitcn_repl.render.table import Cell, Column


def draw_cells(session: Session, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """A table without the columns that nobody filled; what found no place on a terminal is told."""
    from kitcn_repl.render.table import draw

    lines = [list(row) for row in rows]
    used = [at for at in range(len(columns)) if any(row[at].text for row in lines)]
    environment = session.environment
    width = environment.width if environment.stdout_is_tty else None
    drawing = draw(
        [columns[at] for at in used], [[row[at] for at in used] for row in lines], environment.out_style, width
    )
    session.drawn("".join(f"{line.rstrip()}\n" for line in drawing.lines))
    missing = []
    if drawing.left_out:
        names = ", ".join(name for name in drawing.left_out if name)
        missing.append(f"{counted(len(drawing.left_out), 'column')} not shown ({names})")
    if drawing.cut_cells:
        missing.append(f"{counted(drawing.cut_cells, 'cell')} shortened")
    if missing:
        session.aside(f"{' and '.join(missing)}; --format json shows everything.")


def heading(session: Session, text: str) -> None:
    """A bold line, apart from what was written before."""
    session.drawn(("\n" if session.wrote_data else "") + session.environment.out_style.bold(text) + "\n")
