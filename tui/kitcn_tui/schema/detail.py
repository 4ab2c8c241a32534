"""The rows that describe one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kitcn_repl.render.edges import origins, via
from kitcn_repl.render.places import Places
from kitcn_repl.render.table import Cell as Told
from kitcn_repl.render.table_parts import (
    Part,
    PartRow,
    Subject,
    cases_part,
    fields_part,
    index_parts,
    places_in,
    rule_parts,
)
from kitcn_repl.render.text import visible
from kitcn_repl.schema.differences import LEVELS, Difference
from kitcn_repl.schema.model import AggregateIndex, Edge, Field, Index, Place, RankIndex, Table
from kitcn_repl.schema.validators import id_places
from kitcn_tui.outline.columns import Cell, CellsRow, Columns
from kitcn_tui.outline.prose import prose
from kitcn_tui.outline.rows import BLANK, Look, Row, Span, told
from kitcn_tui.schema.known import LOOKS, SIGNS, WORDS, Known

_MARGIN = 2
_WIDE = 90
_INVERSE = 5
"""The cell of a relation that tells its inverse."""


class FactRow(CellsRow):
    """A field, an index, a relation ...; `target` is the table that it leads to."""

    __slots__ = ("fact", "target")

    def __init__(
        self, cells: Sequence[Cell], columns: Columns, marks: Sequence[Span], fact: PartRow | Edge, target: str | None
    ) -> None:
        super().__init__(cells, columns, marks)
        self.fact = fact
        self.target = target

    @property
    def whole(self) -> str:
        """Everything that the row says, however narrow the screen is."""
        return "  ·  ".join(cell.text for cell in self.cells if cell.text)

    @property
    def subject(self) -> Subject | Edge | None:
        """What it is about."""
        return self.fact.subject if isinstance(self.fact, PartRow) else self.fact

    @property
    def place(self) -> Place | None:
        return None if self.subject is None else self.subject.place

    @property
    def member(self) -> str | None:
        subject = self.subject
        return subject.name if isinstance(subject, Field | Index | AggregateIndex | RankIndex) else None


class DifferenceRow(Row):
    """A difference between source and deployment; why it matters and what to do is said of the one under the cursor."""

    __slots__ = ("difference", "place")

    def __init__(self, difference: Difference, place: str) -> None:
        self.difference = difference
        self.place = place

    def left(self, width: int) -> Iterator[Span]:
        level = self.difference.level
        yield Span(f"{SIGNS[level]} ", LOOKS[level])
        yield Span(f"{WORDS[level][0]:<8} ", LOOKS[level])
        yield Span(visible(self.difference.what))

    def right(self, width: int) -> Sequence[Span]:
        return (Span(self.place, "muted"),) if self.place and width >= _WIDE else ()


def detail_rows(known: Known, table: Table, width: int, pattern: str = "") -> list[Row]:
    """Every fact of the table, part by part; with a pattern only rows that have it in them."""
    schema = known.knowledge.schema
    places = places_in(table, schema)
    rows: list[Row] = []
    found = known.of(table.name)
    if found and not pattern:
        _begin(rows, "Source and deployment differ")
        worst_first = sorted(found, key=lambda each: LEVELS.index(each.level))
        rows += [DifferenceRow(each, Places(schema.files).text(each.place)) for each in worst_first]
    _add(rows, fields_part(table, places), known, table, pattern, width)
    if table.fields is not None and table.discriminator is not None:
        _add(rows, cases_part(table.discriminator), known, table, pattern, width)
    for part in index_parts(table, places):
        _add(rows, part, known, table, pattern, width)
    _add_relations(rows, known, table, places, pattern, has_room=width >= _WIDE)
    for part in rule_parts(table, places):
        _add(rows, part, known, table, pattern, width)
    if pattern:
        return rows or [told(f"Nothing in {visible(table.name)} fits “{visible(pattern[:40])}”.")]
    _add_unknown(rows, known, table, places, width)
    return rows


def _add(rows: list[Row], part: Part, known: Known, table: Table, pattern: str, width: int) -> None:
    shown = [row for row in part.rows if _fits(" ".join(cell.text for cell in row.cells), pattern)]
    if pattern and not shown:
        return
    cells = [[_cell(cell, at, row, part) for at, cell in enumerate(row.cells)] for row in shown]
    headings = [Cell(name, "muted") for name in part.headings]
    _begin(rows, part.title)
    if shown:
        columns = _columns(cells, headings)
        rows.append(CellsRow(headings, columns, [Span(" " * _MARGIN)], can_stand=False))
        for row, its in zip(shown, cells, strict=True):
            rows.append(FactRow(its, columns, [_mark(known, table, row)], row, _target(row)))
    for remark in part.remarks:
        rows += prose(remark, width, "warning" if part.is_warning else "plain", indent=_MARGIN)


def _begin(rows: list[Row], title: str) -> None:
    rows += [*([BLANK] if rows else []), told(title, "title")]


def _columns(cells: Sequence[Sequence[Cell]], headings: Sequence[Cell]) -> Columns:
    columns = Columns.of([*cells, headings])
    for at in range(len(headings)):
        if all(not row[at].text for row in cells):
            columns.natural[at] = 0
    return columns


def _cell(told_: Told, at: int, row: PartRow, part: Part) -> Cell:
    target = _target(row)
    is_reference = target is not None and (
        told_.text.startswith("→ ") or (row.target is not None and at == 1 and part.title == "Foreign keys")
    )
    if is_reference:
        return Cell(told_.text, table=target, press=True)
    look: Look = "key" if at == 0 else "muted" if told_.style == "dim" or at == len(row.cells) - 1 else "plain"
    if at == 1 and isinstance(row.subject, Field):
        look = "number" if row.subject.validator is not None else "muted"
    return Cell(told_.text, look)


def _target(row: PartRow) -> str | None:
    """The table that a row's Enter goes to: what it refers to, or the one that its validator has ids of."""
    if row.target is not None:
        return row.target
    if isinstance(row.subject, Field):
        found = {place.target for place in id_places(row.subject.name, row.subject.validator)}
        return next(iter(found)) if len(found) == 1 else None
    return None


def _mark(known: Known, table: Table, row: PartRow) -> Span:
    subject = row.subject
    if isinstance(subject, Field | Index):
        level = known.worst(table.name, subject.name)
        if level is not None:
            return Span(f"{SIGNS[level]} ", LOOKS[level])
    return Span(" " * _MARGIN)


def _add_relations(
    rows: list[Row], known: Known, table: Table, places: Places, pattern: str, *, has_room: bool
) -> None:
    edges = known.knowledge.edges
    leading = [edge for edge in edges if edge.source == table.name]
    arriving = [edge for edge in edges if edge.target == table.name and edge.source != table.name]
    listed = [(edge, _edge(edge, places, forward=True), edge.target) for edge in leading]
    listed += [(edge, _edge(edge, places, forward=False), edge.source) for edge in arriving]
    listed = [each for each in listed if _fits(" ".join(cell.text for cell in each[1]), pattern)]
    if not listed:
        return
    _begin(rows, "Relations")
    columns = Columns.of([cells for _edge_, cells, _target_ in listed])
    if not has_room:
        columns.natural[_INVERSE] = 0  # it has a line of its own
    rows += [FactRow(cells, columns, [Span(" " * _MARGIN)], edge, target) for edge, cells, target in listed]


def _edge(edge: Edge, places: Places, *, forward: bool) -> list[Cell]:
    other = edge.target if forward else edge.source
    needed = ", required" if not edge.optional and edge.cardinality == "one" and "relation" in edge.origins else ""
    return [
        Cell(visible(edge.name if forward else f"{edge.source}.{edge.name}"), "key"),
        Cell(f"{'→' if forward else '←'} {edge.cardinality}{needed}", "muted"),
        Cell(visible(other), table=other, press=True),
        Cell(via(edge)),
        Cell(origins(edge), "warning" if edge.origins == ("data",) else "plain"),
        Cell(f"inverse {visible(f'{edge.target}.{edge.inverse}')}" if edge.inverse else "", "muted"),
        Cell(places.text(edge.place), "muted"),
    ]


def _add_unknown(rows: list[Row], known: Known, table: Table, places: Places, width: int) -> None:
    """What of this table's source is wrong, or only running it would tell."""
    schema = known.knowledge.schema
    ours = [(each.place, f"{each.what}: {each.why}") for each in schema.dynamic if _is_about(each.what, table)]
    ours += [(each.place, each.message) for each in schema.problems if f'"{table.name}"' in each.message]
    if ours:
        _begin(rows, "Not known without running the source")
        for place, text in ours:
            rows += prose(f"{places.text(place)}  {visible(text)}", width, "warning", indent=_MARGIN)


def _is_about(what: str, table: Table) -> bool:
    return any(part.strip('"') == table.name for word in what.split() for part in word.split("."))


def _fits(text: str, pattern: str) -> bool:
    return not pattern or pattern.lower() in text.lower()


def note(row: Row | None, width: int) -> str:
    """What is to be said of a row, more than it has room for."""
    if isinstance(row, DifferenceRow):
        each = row.difference
        place = f"  ({row.place})" if row.place else ""
        return f"{visible(each.what)}{place}\n{visible(each.why)}\n{visible(each.fix)}"
    if not isinstance(row, FactRow):
        return ""
    parts = [row.whole] if row.is_cut(width) else []
    if row.target is not None:
        parts.append(f"enter goes to {visible(row.target)}")
    return "\n".join(parts)
