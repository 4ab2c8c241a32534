"""From a magic's text to what it does; every failure comes out as one clean error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitcn_repl.errors import KitcnError
from kitcn_repl.magic.failing import Interrupted, clean

if TYPE_CHECKING:
    from kitcn_repl.magic.magics import KitcnMagics


def run_magic(magics: KitcnMagics, line: str, cell: str | None) -> Any:
    """What the cell shows. Raises KitcnError, ready to be shown by IPython."""
    colour = has_colour(magics)
    try:
        if cell is None:
            from kitcn_repl.magic.line import run_line

            return run_line(magics, line)
        from kitcn_repl.magic.cell import run_cell

        return run_cell(magics, line, cell)
    except KitcnError as error:
        failure: BaseException = clean(error, colour=colour, line_offset=0 if cell is None else 1)
    except KeyboardInterrupt:
        failure = Interrupted()
    raise failure


def has_colour(magics: KitcnMagics) -> bool:
    """Whether the shell shows colours; a notebook does."""
    return str(getattr(magics.shell, "colors", "")).lower() != "nocolor"
