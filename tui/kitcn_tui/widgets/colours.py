"""The colour of a table: its name, its ids and its box in the graph have it everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

from textual._context import active_app

from kitcn_tui.themes.ours import TABLE_COLOURS, table_variables

_given: dict[str, int] = {}


def give_colours(tables: Iterable[str]) -> None:
    """Give each of a deployment's tables its colour: the one that its name has by itself, as far as no other table has
    that one and there are others left. The same tables have the same colours in every run."""
    numbers: dict[str, int] = {}
    uses = [0] * TABLE_COLOURS
    for table in sorted(tables):
        own = _by_name(table)
        number = min(range(TABLE_COLOURS), key=lambda one: (uses[one], (one - own) % TABLE_COLOURS))
        numbers[table] = number
        uses[number] += 1
    _given.clear()
    _given.update(numbers)


def table_variable(table: str) -> str:
    """The theme variable that holds it, such as `table-3`. For CSS and `Content`: `$table-3`."""
    number = _given.get(table)
    return f"table-{_by_name(table) if number is None else number}"


def table_colour(table: str) -> str:
    """Its colour in the application's present theme, as `#rrggbb`: for styles of strips and of rich."""
    app = active_app.get(None)
    variables = app.theme_variables if app is not None else {}
    variable = table_variable(table)
    return variables.get(variable) or table_variables(dark=True)[variable]


def _by_name(table: str) -> int:
    return crc32(table.encode("utf-8", "surrogatepass")) % TABLE_COLOURS
