"""The rows of the list of tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from textual.fuzzy import FuzzySearch

from kitcn_repl.render.places import Places
from kitcn_repl.render.quantity import count, counted
from kitcn_repl.render.schema_overview import table_facts
from kitcn_repl.render.text import visible
from kitcn_repl.schema.model import Owner, Place, Table
from kitcn_tui.outline.columns import Cell, CellsRow, Columns
from kitcn_tui.outline.rows import BLANK, Line, Row, Span, told
from kitcn_tui.schema.known import LOOKS, SIGNS, Known

GROUPS: Mapping[Owner, str] = {"auth": "auth", "plugin": "plugins", "kitcn-internal": "kitcn"}


class TableRow(CellsRow):
    """A table."""

    __slots__ = ("table",)

    def __init__(self, table: Table, cells: Sequence[Cell], columns: Columns, marks: Sequence[Span]) -> None:
        super().__init__(cells, columns, marks)
        self.table = table


class GroupRow(Row):
    """Tables that are not the app's own."""

    __slots__ = ("is_open", "name", "tables", "verdict")

    def __init__(self, name: str, tables: Sequence[Table], verdict: str, *, is_open: bool) -> None:
        self.verdict = verdict
        self.name = name
        self.tables = tables
        self.is_open = is_open

    def left(self, width: int) -> Iterator[Span]:
        yield Span("▾ " if self.is_open else "▸ ", "muted", press="enter")
        yield Span(f"{self.name}  ", "title", press="enter")
        counts = [table.count for table in self.tables if table.count is not None]
        text = counted(len(self.tables), "table") if width >= 24 else str(len(self.tables))
        if counts and width >= 40:
            text += f", {counted(sum(counts), 'document')}"
        yield Span(text, "muted")
        if self.verdict and not self.is_open:
            yield Span("  ≠" if width < 40 else f"  ≠ {self.verdict}", "warning")
        if not self.is_open and width >= 60:
            yield Span(f"   {', '.join(visible(table.name) for table in self.tables)}", "muted")


def table_rows(known: Known, unfolded: Collection[str], pattern: str, *, is_narrow: bool) -> list[Row]:
    """The app's own tables, then those of others in groups; with a pattern all that fit, the best first."""
    tables = list(known.tables.values())
    rows: list[Row] = []
    if pattern:
        found = _fitting(tables, pattern)
        rows += _rows(known, [table for table, _why in found], is_narrow=is_narrow, why=dict(_named(found)))
        return rows or [told(f"Nothing fits “{visible(pattern[:40])}”.")]
    own = [table for table in tables if table.owner not in GROUPS]
    groups = [(name, [table for table in tables if table.owner == owner]) for owner, name in GROUPS.items()]
    opened = [*own, *(table for name, some in groups if name in unfolded for table in some)]
    columns = _columns(known, opened, is_narrow=is_narrow)
    if not is_narrow and opened:
        rows.append(_heading(columns))
    rows += _rows(known, own, is_narrow=is_narrow, columns=columns)
    for name, some in groups:
        if some:
            if rows and not isinstance(rows[-1], GroupRow):
                rows.append(BLANK)
            rows.append(GroupRow(name, some, known.verdict(*(table.name for table in some)), is_open=name in unfolded))
            if name in unfolded:
                rows += _rows(known, some, is_narrow=is_narrow, columns=columns)
    return rows or [told("There are no tables.")]


_HEADINGS = ("table", "documents", "fields", "indexes", "differs", "kitcn")


def _heading(columns: Columns) -> Row:
    cells = [Cell(name, "muted", align_right=at in (1, 2)) for at, name in enumerate(_HEADINGS)]
    return CellsRow(cells, columns, [Span("  ")], can_stand=False)


def _columns(known: Known, tables: Iterable[Table], *, is_narrow: bool) -> Columns:
    rows = [_cells(known, table, is_narrow=is_narrow) for table in tables]
    if is_narrow:
        return Columns.of(rows)
    columns = Columns.of([*rows, [Cell(name) for name in _HEADINGS]])
    for at in range(len(_HEADINGS)):
        if all(not row[at].text for row in rows):
            columns.natural[at] = 0
    columns.firm = 3
    return columns


def _rows(
    known: Known,
    tables: Sequence[Table],
    *,
    is_narrow: bool,
    columns: Columns | None = None,
    why: Mapping[str, str] | None = None,
) -> Iterator[Row]:
    columns = columns or _columns(known, tables, is_narrow=is_narrow)
    for table in tables:
        cells = _cells(known, table, is_narrow=is_narrow)
        level = known.worst(table.name)
        mark = Span("  ") if level is None else Span(f"{SIGNS[level]} ", LOOKS[level])
        yield TableRow(table, cells, columns, [mark])
        if why is not None and why.get(table.name):
            yield told(why[table.name], indent=4)


def _cells(known: Known, table: Table, *, is_narrow: bool) -> list[Cell]:
    name = Cell(visible(table.name), table=table.name)
    number = Cell("" if table.count is None else count(table.count), "number", align_right=True)
    if is_narrow:
        return [name, number]
    facts = ", ".join(table_facts(table))
    return [
        name,
        number,
        Cell("any" if table.fields is None else str(len(table.fields)), "plain", align_right=True),
        Cell(visible(", ".join(index.name for index in table.indexes)), "muted"),
        Cell(known.verdict(table.name), LOOKS[known.worst(table.name) or "info"]),
        Cell(visible(facts), "muted"),
    ]


def _fitting(tables: Sequence[Table], pattern: str) -> list[tuple[Table, str]]:
    """Tables by how well their names fit, then those that have fields or indexes of such a name."""
    search = FuzzySearch()
    by_name, by_member = [], []
    for table in tables:
        score, _places = search.match(pattern, table.name)
        if score > 0:
            by_name.append((-score, table.name, table))
            continue
        names = [*(table.fields or {}), *(index.name for index in table.indexes)]
        members = [name for name in names if pattern.lower() in name.lower()]
        if members:
            by_member.append((table, ", ".join(visible(name) for name in dict.fromkeys(members))))
    return [*((table, "") for _score, _name, table in sorted(by_name, key=lambda each: each[:2])), *by_member]


def _named(found: Iterable[tuple[Table, str]]) -> Iterator[tuple[str, str]]:
    return ((table.name, why) for table, why in found)


def remark_rows(known: Known, width: int) -> list[Row]:
    """What is wrong with the source, what of it only running it would tell, and what is not known at all."""
    from kitcn_tui.outline.prose import prose

    schema = known.knowledge.schema
    places = Places(schema.files)
    rows: list[Row] = []
    if known.is_compared:
        verdict = known.verdict()
        rows += [
            BLANK,
            Line(
                Span("Source and deployment differ: " if verdict else "Source and deployment say the same.", "muted"),
                Span(verdict, "warning"),
                can_stand=False,
            ),
        ]
    for title, found in (
        ("Problems in the source", [(each.place, each.message) for each in schema.problems]),
        ("Only running the source would tell", [(each.place, f"{each.what}: {each.why}") for each in schema.dynamic]),
    ):
        if found:
            rows += [BLANK, told(title, "title")]
            rows += [row for place, text in found for row in _remark(place, text, places, width)]
    for note in known.knowledge.notes:
        rows += [BLANK, *prose(visible(note), width, "muted")]
    return rows


def _remark(place: Place, text: str, places: Places, width: int) -> Iterator[Row]:
    from kitcn_tui.outline.prose import prose

    yield from prose(f"{places.text(place)}  {visible(text)}", width, "warning", indent=2)
