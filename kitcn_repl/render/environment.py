"""Environment variables for people: what would change, and what is different."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kitcn_repl.render.secrets import MASK
from kitcn_repl.render.style import Style
from kitcn_repl.render.table import Cell, Column, Drawing, draw, shorten
from kitcn_repl.render.text import visible

if TYPE_CHECKING:
    from kitcn_repl.explore.environment.comparison import Compared, Fingerprints, State
    from kitcn_repl.explore.environment.plan import Change, Kind, Plan
    from kitcn_repl.values import JsonObject

_SIGNS: dict[Kind, tuple[str, str, str]] = {
    "added": ("+", "new", "green"),
    "changed": ("~", "changed", "yellow"),
    "removed": ("-", "removed", "red"),
    "same": ("=", "unchanged", "dim"),
}
_NOTHING = "–"


def draw_plan(plan: Plan, style: Style, width: int | None, *, show: bool) -> list[str]:
    """A line for each change, values only if `show`; what stays is counted."""
    if not plan.knows_present:
        return [style.yellow("This key may not see the variables that are there; so what changes is not known.")]
    changes = [change for change in plan.changes if change.kind != "same"]
    longest = max((len(change.name) for change in changes), default=0)
    lines = [_line(change, longest, style, width, show=show) for change in changes]
    if same := plan.of("same"):
        missing = sum(change.after is None for change in same)
        if missing < len(same):
            lines.append(style.dim(f"  = {len(same) - missing} unchanged"))
        if missing:
            lines.append(style.dim(f"  = {missing} not there"))
    return lines


def _line(change: Change, longest: int, style: Style, width: int | None, *, show: bool) -> str:
    sign, word, colour = _SIGNS[change.kind]
    text = f"  {sign} {visible(change.name):<{longest}}  {word}"
    if show:
        values = [_shown(value) for value in (change.before, change.after) if value is not None]
        text = f"{text:<{longest + 15}}{' → '.join(values)}"
    if width is not None:
        from rich.cells import cell_len

        if cell_len(text) > width:
            text = shorten(text, width)
    painted: str = getattr(style, colour)(text)
    return painted


def _shown(value: str) -> str:
    return visible(value) or "(empty)"


def draw_comparison(
    rows: Sequence[Compared],
    headings: tuple[str, str],
    fingerprints: Fingerprints,
    style: Style,
    width: int | None,
    *,
    show: bool,
) -> Drawing:
    """A table; masked values are told apart by their fingerprints."""
    columns = [Column("name", whole=True), Column("", whole=True)]
    columns += [Column(f"{letter}: {visible(heading)}") for letter, heading in zip("AB", headings, strict=True)]

    def cell(value: str | None) -> Cell:
        if value is None:
            return Cell(_NOTHING, "dim")
        if show:
            return Cell(_shown(value))
        mark = fingerprints.of(value)
        return Cell(f"{MASK} {mark}" if mark.startswith("#") else mark, "masked")

    cells = [
        [Cell(visible(row.name)), Cell(row.state, "dim" if row.state == "same" else "plain"), cell(row.a), cell(row.b)]
        for row in rows
    ]
    return draw(columns, cells, style, width)


def comparison_row(row: Compared, fingerprints: Fingerprints, *, show: bool) -> JsonObject:
    """For machines: `state`, and as `a` and `b` the values, or if they are masked their fingerprints; null where the
    variable is not there."""

    def told(value: str | None) -> str | None:
        return value if show or value is None else fingerprints.of(value)

    return {"name": row.name, "state": _STATES[row.state], "a": told(row.a), "b": told(row.b)}


_STATES: dict[State, str] = {
    "different": "different",
    "only in A": "onlyInA",
    "only in B": "onlyInB",
    "same": "same",
}
