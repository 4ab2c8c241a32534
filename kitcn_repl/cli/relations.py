"""`kitcn relations`: the graph between tables, and the related documents of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, did_you_mean, session_of, whole_number
from kitcn_repl.cli.knowing import knowledge, source_choice, source_options
from kitcn_repl.cli.options import OWN_FORMATS, component_option, component_path, format_option, target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import KitcnError

if TYPE_CHECKING:
    from kitcn_repl.explore.knowledge import Knowledge
    from kitcn_repl.explore.sources import SourceChoice

_SHORTEST_ID = 31
_ORIGINS = ("relation", "foreign_key", "validator", "data")
_FORMATS = (*OWN_FORMATS, "mermaid", "dot")


def _origins(context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if value not in _ORIGINS:
            near = did_you_mean(value, _ORIGINS)
            raise click.UsageError(f"Unknown origin {value!r}; it is one of {', '.join(_ORIGINS)}.{near}", context)
    return values


@click.command(
    cls=HelpOnOurStdout,
    epilog="""
    kitcn relations --demo
    kitcn relations user --demo
    kitcn relations --source convex/schema.ts --format json
    kitcn relations --source . --format mermaid > relations.mmd
    """,
)
@click.argument("subject", required=False, metavar="[TABLE|ID]")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    callback=_origins,
    metavar="ORIGIN",
    help=f"Only what this tells of: {', '.join(_ORIGINS)}; may be repeated. Without data no document is looked into.",
)
@click.option(
    "--limit",
    callback=whole_number(1),
    default="5",
    metavar="N",
    help="For an ID: show at most N documents of each relation (5).",
)
@source_options
@component_option
@format_option("How to print; by default a tree.", _FORMATS)
@target_options
@click.pass_context
def relations(
    context: click.Context,
    subject: str | None,
    origins: tuple[str, ...],
    limit: int,
    source: str | None,
    no_source: bool,
    component: str | None,
    format_: str | None,
) -> None:
    """Show how tables refer to each other, or with an ID the documents that one refers to and that refer to it.

    Known from relations and foreign keys in the schema's source, which is read and not run, from v.id in the deployed
    schema, and from ids in documents, of which a sample is read. With --source and no deployment named, the source is
    enough.
    """
    session = session_of(context)
    choice = source_choice(source, no_source)
    path = component_path(component)
    if subject is not None and _is_id(subject):
        from kitcn_repl.cli.related import show_related

        within = None if component is None else path
        session.run(lambda: show_related(session, choice, subject, within, limit, format_))
        return
    session.run(lambda: _relations(session, choice, path, subject, origins, format_ or "table"))


def _is_id(text: str) -> bool:
    from kitcn_repl.values.ids import is_id

    return is_id(text)


def _check_id(text: str, known: Knowledge) -> None:
    """Raises KitcnError for what was meant as an id, and is none."""
    from kitcn_repl.values.ids import IdError, decode_id

    if text in known.schema.tables or len(text) < _SHORTEST_ID or "_" in text:
        return
    try:
        decode_id(text)
    except IdError as error:
        raise KitcnError(f"{text!r} is neither a table nor a document id: {error}.") from None


async def _relations(
    session: Session, choice: SourceChoice, component: str, table: str | None, origins: tuple[str, ...], format_: str
) -> None:
    wants_data = not origins or "data" in origins
    async with knowledge(session, choice, component, sample=wants_data) as (known, _deployment):
        if table is not None:
            from kitcn_repl.explore.tables import find_table

            _check_id(table, known)
            table = find_table(known, table).name
    edges = [
        edge
        for edge in known.edges
        if (table is None or table in (edge.source, edge.target))
        and (not origins or not set(origins).isdisjoint(edge.origins))
    ]
    known = replace(known, edges=tuple(edges))
    tables = list(known.schema.tables)
    if table is not None:
        near = {name for edge in edges for name in (edge.source, edge.target)}
        tables = [name for name in tables if name == table or name in near]
    if format_ == "table":
        _draw(session, known, table)
    else:
        _write(session, known, tables, format_)
    if not edges and format_ != "json":
        session.note("No relations are known." if table is None else f"No relations of {table} are known.")


def _draw(session: Session, known: Knowledge, table: str | None) -> None:
    from kitcn_repl.render.edges import edges_tree, table_tree
    from kitcn_repl.render.places import Places
    from kitcn_repl.render.text import visible
    from kitcn_repl.render.tree import draw_tree

    environment = session.environment
    width = environment.width if environment.stdout_is_tty else None
    style = environment.out_style
    places = Places(known.schema.files)
    tables = known.schema.tables
    if table is not None:
        trees = [table_tree(known.edges, table, places)] if known.edges else []
    else:
        trees = edges_tree(known.edges, tables, places)
    session.drawn("".join(f"{line}\n" for line in draw_tree(trees, style, width)))
    joined = {name for edge in known.edges for name in (edge.source, edge.target)}
    alone = [visible(name) for name, each in tables.items() if name not in joined and each.owner != "kitcn-internal"]
    if table is None and known.edges and alone:
        session.aside(f"Without relations: {', '.join(alone)}.")


def _write(session: Session, known: Knowledge, tables: Iterable[str], format_: str) -> None:
    from kitcn_repl.render.edges import EDGE_COLUMNS, edge_json, edge_row

    if format_ == "mermaid":
        from kitcn_repl.render.mermaid import mermaid

        session.data(mermaid(known.edges, tables))
    elif format_ == "dot":
        from kitcn_repl.render.dot import dot

        session.data(dot(known.edges, tables))
    elif format_ in ("json", "jsonl"):
        from kitcn_repl.render.schema_json import json_text

        rows: list[Any] = [edge_json(edge) for edge in known.edges]
        texts = [json_text(rows)] if format_ == "json" else [json_text(row, None) for row in rows]
        session.data("".join(f"{text}\n" for text in texts))
    else:
        from kitcn_repl.cli.output import write_rows

        write_rows(session, [edge_row(edge) for edge in known.edges], format_, columns=EDGE_COLUMNS)
