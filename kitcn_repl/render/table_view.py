"""One table of a schema in full: every fact, and where it is from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kitcn_repl.render.edges import table_tree
from kitcn_repl.render.sections import Sections
from kitcn_repl.render.style import Style
from kitcn_repl.render.table_parts import (
    Part,
    cases_part,
    fields_part,
    index_parts,
    places_in,
    rule_parts,
    summary_of,
)
from kitcn_repl.render.text import visible
from kitcn_repl.render.tree import draw_tree
from kitcn_repl.schema.model import Edge, Schema, Table


def draw_table(table: Table, schema: Schema, edges: Sequence[Edge], style: Style, width: int | None) -> Sections:
    """The table's sections under a line that sums it up; what it does not have takes no room."""
    sections = Sections(style, width)
    sections.lines += _headline(visible(table.name), map(visible, summary_of(table, schema)), style, width)
    places = places_in(table, schema)
    _add(sections, fields_part(table, places))
    if table.fields is not None and table.discriminator is not None:
        _add(sections, cases_part(table.discriminator))
    for part in index_parts(table, places):
        _add(sections, part)
    tree = table_tree(edges, table.name, places)
    if tree.children:
        sections.title("Relations")
        sections.lines += draw_tree(tree.children, style, width, indent="  ")
    for part in rule_parts(table, places):
        _add(sections, part)
    return sections


def _add(sections: Sections, part: Part) -> None:
    if part.rows:
        sections.table(part.title, part.headings, [row.cells for row in part.rows])
    elif not part.is_warning:
        sections.title(part.title)
    paint = sections.style.yellow if part.is_warning else str
    sections.lines += [f"  {paint(remark)}" for remark in part.remarks]


def _headline(name: str, facts: Iterable[str], style: Style, width: int | None) -> Iterator[str]:
    """`user · auth · 60 documents`, in further lines where a fact finds no room."""
    from rich.cells import cell_len

    line, used = style.bold(name), cell_len(name)
    for fact in facts:
        part = f" · {fact}"
        if width is not None and used + cell_len(part) > width:
            yield line
            line, used = "", 0
        line += style.dim(part)
        used += cell_len(part)
    yield line
