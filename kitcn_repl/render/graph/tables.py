"""Which tables and ties a picture shows, and what its boxes say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from kitcn_repl.render.graph.model import Box, Line
from kitcn_repl.render.graph.ties import Tie, ties
from kitcn_repl.render.quantity import count, counted
from kitcn_repl.render.text import visible
from kitcn_repl.schema.differences import Difference, Kind
from kitcn_repl.schema.model import Edge, Schema, Table

_WIDEST_TITLE = 30
_WIDEST_ROW = 32
_NARROWEST = 14
_HUB = 9
"""Tables that refer to one, from which on its lines are more clutter than help, if there are many tables."""
_MANY_TABLES = 20
_MOST_LINES, _MOST_EVER = 250, 600
"""Lines that are drawn at most, without and with those to hubs: more take seconds, and nobody can follow them."""

ONLY_SOURCE, ONLY_DEPLOYED, OTHERWISE = "+", "−", "≠"
_MARKS: Mapping[Kind, str] = {
    "missing-table": ONLY_SOURCE,
    "missing-field": ONLY_SOURCE,
    "extra-table": ONLY_DEPLOYED,
    "extra-field": ONLY_DEPLOYED,
}
"""Of what is on one side only; everything else is on both, and not the same."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to show. `plugins`: tables of kitcn itself and of plugins. `auth`: tables of the auth library that no other
    table refers to. `guessed`: what only data tells of. `hubs`: all lines to tables that many others refer to.

    `around` shows one table and those at most `depth` ties away, with all that is between them.
    """

    plugins: bool = False
    auth: bool = True
    guessed: bool = True
    hubs: bool = False
    around: str | None = None
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a box: fields that refer to another table. `text` is safe to show; `tie` is a position.

    A row that is not `drawn` says itself where it leads. `mark` is set where source and deployment differ.
    """

    text: str
    tie: int
    drawn: bool
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A table's box. `mark` is set where source and deployment differ, `note` stands below the rows."""

    name: str
    title: str
    count: str
    mark: str
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def height(self) -> int:
        """Rows below the title."""
        return len(self.rows) + bool(self.note)


@dataclass(frozen=True, slots=True)
class Graph:
    """`boxes` and `lines` are for the layout; `drawn` holds the position of the tie of each line.

    `hidden` are tables that the choice leaves out, `hubs` those whose lines are folded.
    """

    entries: Mapping[str, Entry]
    ties: tuple[Tie, ...]
    drawn: tuple[int, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    hidden: tuple[str, ...] = ()
    hubs: tuple[str, ...] = ()

    def of(self, table: str) -> list[int]:
        """Positions of a table's ties: first what it refers to, then what refers to it."""
        out = [at for at, tie in enumerate(self.ties) if tie.holder == table]
        return out + [at for at, tie in enumerate(self.ties) if tie.target == table and tie.holder != table]


def graph(schema: Schema, edges: Sequence[Edge], choice: Choice, differing: Iterable[Difference] = ()) -> Graph:
    """What `choice` shows of the tables and of the edges between them."""
    found = tuple(tie for tie in ties(schema, edges) if choice.guessed or not tie.is_guessed)
    names = _chosen(schema, found, choice)
    shown = set(names)
    hubs = set() if choice.hubs else _hubs(found, shown if choice.around is None else set(schema.tables))
    hubs |= _too_many(found, shown, hubs, choice)
    marks = _marks(differing)
    rows: dict[str, list[Row]] = {name: [] for name in names}
    folded = dict.fromkeys((name for name in schema.tables if name in hubs), 0)
    lines: list[Line] = []
    drawn: list[int] = []
    for at, tie in enumerate(found):
        if tie.holder not in shown:
            continue
        is_folded = tie.target in hubs and choice.around not in tie.tables
        is_drawn = tie.target in shown and not is_folded
        if is_drawn:
            lines.append(Line(tie.holder, len(rows[tie.holder]), tie.target))
            drawn.append(at)
        elif is_folded:
            folded[tie.target] += 1
        mark = next((marks[tie.holder, each] for each in tie.fields if (tie.holder, each) in marks), "")
        rows[tie.holder].append(Row(_row_text(tie, is_drawn=is_drawn), at, is_drawn, mark))
    entries = {
        name: _entry(name, schema.tables.get(name), marks.get((name, None), ""), tuple(rows[name]), folded.get(name, 0))
        for name in names
    }
    return Graph(
        entries,
        found,
        tuple(drawn),
        tuple(Box(name, _width(entry), entry.height) for name, entry in entries.items()),
        tuple(lines),
        tuple(name for name in schema.tables if name not in shown),
        tuple(name for name, number in folded.items() if number and name in shown),
    )


def _marks(differing: Iterable[Difference]) -> dict[tuple[str, str | None], str]:
    """By table and field; None is the table as a whole, which what matters little does not mark."""
    found: dict[tuple[str, str | None], str] = {}
    for each in differing:
        mark = _MARKS.get(each.kind, OTHERWISE)
        if "index" not in each.kind:
            found[each.table, each.member] = mark
        if each.level != "info":
            found.setdefault((each.table, None), OTHERWISE)
    return found


def _chosen(schema: Schema, found: Sequence[Tie], choice: Choice) -> list[str]:
    if choice.around is not None:
        return _near(schema, found, choice.around, choice.depth)
    referred = {tie.target for tie in found if tie.holder != tie.target and _owner(schema, tie.holder) == "own"}
    return [
        name
        for name, table in schema.tables.items()
        if table.owner == "own"
        or (table.owner == "auth" and (choice.auth or name in referred))
        or (table.owner in ("kitcn-internal", "plugin") and choice.plugins)
    ]


def _owner(schema: Schema, name: str) -> str | None:
    table = schema.tables.get(name)
    return None if table is None else table.owner


def _near(schema: Schema, found: Sequence[Tie], table: str, depth: int) -> list[str]:
    near = {table}
    for _ in range(depth):
        near |= {name for tie in found if not near.isdisjoint(tie.tables) for name in tie.tables}
    return [name for name in schema.tables if name in near]


def _hubs(found: Sequence[Tie], among: set[str]) -> set[str]:
    """Tables to which too many others refer to draw a line from each."""
    if len(among) <= _MANY_TABLES:
        return set()
    holders: dict[str, set[str]] = {}
    for tie in found:
        if tie.holder in among and tie.target in among and tie.holder != tie.target:
            holders.setdefault(tie.target, set()).add(tie.holder)
    return {name for name, some in holders.items() if len(some) >= _HUB}


def _too_many(found: Sequence[Tie], shown: set[str], hubs: set[str], choice: Choice) -> set[str]:
    """Tables whose lines are folded as well, those with most first, until what is left can be drawn."""
    lines = Counter(
        tie.target
        for tie in found
        if shown.issuperset(tie.tables) and tie.target not in hubs and choice.around not in tie.tables
    )
    left = lines.total()
    folded = set()
    for name, number in lines.most_common():
        if left <= (_MOST_EVER if choice.hubs else _MOST_LINES):
            break
        folded.add(name)
        left -= number
    return folded


def _row_text(tie: Tie, *, is_drawn: bool) -> str:
    fields = visible(", ".join(tie.fields))
    many = "[]" if tie.many_targets else ""
    leads = "" if is_drawn else f" → {visible(tie.target)}"
    return _cut(f"{fields}{many}{leads}", _WIDEST_ROW)


def _entry(name: str, table: Table | None, mark: str, rows: tuple[Row, ...], folded: int) -> Entry:
    documents = "" if table is None or table.count is None else count(table.count)
    note = f"← {counted(folded, 'field')}" if folded else ""
    return Entry(name, _cut(visible(name), _WIDEST_TITLE), documents, mark, rows, note)


def _cut(text: str, widest: int) -> str:
    return text if len(text) <= widest and cell_len(text) <= widest else f"{set_cell_size(text, widest - 1)}…"


def _width(entry: Entry) -> int:
    title = cell_len(entry.title) + len(entry.mark and f" {entry.mark}") + len(entry.count and f"  {entry.count}")
    rows = [*(row.text + " ≠" * bool(row.mark) for row in entry.rows), entry.note]
    return max(title + 4, _NARROWEST, *(cell_len(text) + 5 for text in rows))
