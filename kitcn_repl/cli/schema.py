"""`kitcn schema`: tables as the deployment has them and the source declares them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of
from kitcn_repl.cli.knowing import find_source, knowledge, source_choice, source_options, told
from kitcn_repl.cli.options import OWN_FORMATS, component_option, component_path, format_option, target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import ExitCode, KitcnError

if TYPE_CHECKING:
    from kitcn_repl.explore.knowledge import Knowledge
    from kitcn_repl.explore.sources import SourceChoice
    from kitcn_repl.render.sections import Sections


@click.command(
    cls=HelpOnOurStdout,
    epilog="""
    kitcn schema --demo
    kitcn schema user --demo
    kitcn schema --diff
    kitcn schema --source convex/schema.ts --format json
    """,
)
@click.argument("table", required=False)
@click.option("--all", "everything", is_flag=True, help="Also the tables of kitcn, of plugins and of auth, one by one.")
@click.option(
    "--diff",
    is_flag=True,
    help="What the source says and the deployment does not, or otherwise; exit 1 if something of it is an error.",
)
@source_options
@component_option
@format_option("How to print; csv and markdown have a row for each field.", OWN_FORMATS)
@target_options
@click.pass_context
def schema(
    context: click.Context,
    table: str | None,
    everything: bool,
    diff: bool,
    source: str | None,
    no_source: bool,
    component: str | None,
    format_: str | None,
) -> int:
    """Show all tables, or TABLE in full: fields, indexes, and what kitcn adds to them.

    The deployment is asked and the schema's source is read, without running it; each fact says where it is from. With
    --source and no deployment named, the source is enough.
    """
    session = session_of(context)
    choice = source_choice(source, no_source)
    path = component_path(component)
    if diff:
        if no_source:
            raise click.UsageError("--diff compares the source with the deployment; --no-source leaves nothing to do.")
        return session.run(lambda: _diff(session, choice, path, table, format_))
    return session.run(lambda: _schema(session, choice, path, table, format_, everything))


async def _schema(
    session: Session, choice: SourceChoice, component: str, name: str | None, format_: str | None, everything: bool
) -> int:
    from kitcn_repl.explore.tables import find_table

    # Only the relations of one table are shown, and only they are worth a look into documents.
    async with knowledge(session, choice, component, sample=name is not None) as (known, _deployment):
        if name is not None:
            table = find_table(known, name)
            edges = tuple(edge for edge in known.edges if name in (edge.source, edge.target))
            known = replace(known, schema=replace(known.schema, tables={table.name: table}), edges=edges)
    if format_ in (None, "table"):
        _draw(session, known, name, everything=everything)
    else:
        _write(session, known, format_)
    if not known.schema.tables:
        session.note("There are no tables.")
    return ExitCode.DONE


def _draw(session: Session, known: Knowledge, name: str | None, *, everything: bool) -> None:
    environment = session.environment
    width = environment.width if environment.stdout_is_tty else None
    if name is not None:
        from kitcn_repl.render.table_view import draw_table

        (table,) = known.schema.tables.values()
        sections = draw_table(table, known.schema, known.edges, environment.out_style, width)
    else:
        from kitcn_repl.render.schema_overview import draw_overview

        sections = draw_overview(known.schema, environment.out_style, width, everything=everything)
    _print(session, sections)


def _print(session: Session, sections: Sections) -> None:
    from kitcn_repl.cli.output import note_missing

    session.drawn("".join(f"{line}\n" for line in sections.lines))
    note_missing(session, sections.cut_cells, sections.left_out)


def _write(session: Session, known: Knowledge, format_: str) -> None:
    from kitcn_repl.cli.output import write_rows
    from kitcn_repl.render.edges import edge_json
    from kitcn_repl.render.schema_json import FIELD_COLUMNS, field_rows, json_text, schema_json, table_json

    if format_ == "json":
        described = schema_json(known.schema) | {"relations": [edge_json(edge) for edge in known.edges]}
        session.data(json_text(described) + "\n")
    elif format_ == "jsonl":
        for name, table in known.schema.tables.items():
            session.data(json_text({"table": name, **table_json(table)}, None) + "\n")
    else:
        write_rows(session, list(field_rows(known.schema)), format_, columns=FIELD_COLUMNS)


async def _diff(session: Session, choice: SourceChoice, component: str, name: str | None, format_: str | None) -> int:
    from kitcn_repl.render.differences import DIFFERENCE_COLUMNS, difference_json, difference_row, draw_differences
    from kitcn_repl.render.places import Places
    from kitcn_repl.schema.differences import differences

    async with session.deployment(choice, component) as (target, deployment):
        from kitcn_repl.explore.knowledge import know
        from kitcn_repl.explore.tables import find_table

        source = find_source(session, choice, target, component)
        if source is None:
            raise KitcnError("There is no schema source to compare with; name it with --source PATH.")
        known = await know(deployment, source=source, component=component, sample=False)
    told(session, known)
    assert known.source is not None
    assert known.deployed is not None
    if name is not None and name not in known.deployed.tables:
        name = find_table(known, name).name
    found = [each for each in differences(known.source, known.deployed) if name in (None, each.table)]
    environment = session.environment
    if format_ in (None, "table"):
        width = environment.width if environment.stdout_is_tty else None
        lines = draw_differences(found, Places(known.schema.files), environment.out_style, width)
        session.drawn("".join(f"{line}\n" for line in lines))
    elif format_ == "json":
        from kitcn_repl.render.schema_json import json_text

        session.data(json_text([difference_json(each) for each in found]) + "\n")
    else:
        from kitcn_repl.cli.output import write_rows

        write_rows(session, [difference_row(each) for each in found], format_, columns=DIFFERENCE_COLUMNS)
    if not found:
        session.note("Source and deployment say the same.")
    return ExitCode.FAILED if any(each.level == "error" for each in found) else ExitCode.DONE
