"""`kitcn doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, did_you_mean, session_of, whole_number
from kitcn_repl.cli.knowing import source_choice, source_options
from kitcn_repl.cli.options import target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.cli.subject import subject
from kitcn_repl.errors import ExitCode

if TYPE_CHECKING:
    from kitcn_repl.explore.doctor.model import Report
    from kitcn_repl.explore.sources import SourceChoice
    from kitcn_repl.values import JsonObject


@click.command(
    cls=HelpOnOurStdout,
    epilog="""
    kitcn doctor
    kitcn doctor --source . --json
    kitcn doctor --snapshot backup.zip --rule orphan-reference
    kitcn doctor --list
    """,
)
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only this rule; may be repeated.")
@click.option("--no-data", is_flag=True, help="Do not look at documents.")
@click.option(
    "--sample",
    callback=whole_number(1),
    default="1000",
    metavar="N",
    help="Look at N documents of every table, the newest and the oldest (1000).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as a JSON list.")
@click.option("--list", "list_rules", is_flag=True, help="Print the rules.")
@source_options
@target_options
@click.pass_context
def doctor(
    context: click.Context,
    rules: tuple[str, ...],
    no_data: bool,
    sample: int,
    as_json: bool,
    list_rules: bool,
    source: str | None,
    no_source: bool,
) -> int:
    """Check the project's files, its schema, its deployment and its data; each finding comes with its fix.

    Whatever of these is not there is left out. Nothing is changed, and only so much is read as is said. The exit code
    is 1 if there is an error.
    """
    from kitcn_repl.explore.doctor.rules import RULES

    session = session_of(context)
    for rule in rules:
        if rule not in RULES:
            near = did_you_mean(rule, list(RULES)) or " kitcn doctor --list shows them."
            raise click.UsageError(f"There is no rule {rule!r}.{near}")
    if list_rules:
        _list(session, as_json)
        return ExitCode.DONE
    choice = source_choice(source, no_source)
    report = session.run(lambda: _examine(session, rules, not no_data, sample, choice))
    if as_json:
        _write(session, report)
    else:
        from kitcn_repl.cli.doctor_report import draw_report

        draw_report(session, report)
    return ExitCode.FAILED if report.of_level("error") else ExitCode.DONE


async def _examine(session: Session, rules: tuple[str, ...], data: bool, sample: int, choice: SourceChoice) -> Report:
    from kitcn_repl.explore.doctor.examination import examine

    async with subject(session, choice) as looked_at:
        return await examine(
            looked_at.deployment,
            looked_at.project,
            source=looked_at.source,
            rules=rules,
            data=data,
            sample=sample,
        )


def _list(session: Session, as_json: bool) -> None:
    from kitcn_repl.explore.doctor.rules import RULES

    if as_json:
        from kitcn_repl.cli.records import record, write_records

        write_records(session, [record(rule) for rule in RULES.values()], "json")
        return
    from kitcn_repl.cli.drawing import draw_cells
    from kitcn_repl.render.table import Cell, Column

    columns = [Column("rule", whole=True), Column("level", whole=True), Column("looks at", whole=True), Column("title")]
    draw_cells(
        session,
        columns,
        [[Cell(rule.id), Cell(rule.level), Cell(rule.group, "dim"), Cell(rule.title)] for rule in RULES.values()],
    )


def _write(session: Session, report: Report) -> None:
    from kitcn_repl.cli.doctor_report import not_checked
    from kitcn_repl.cli.records import record, write_records
    from kitcn_repl.explore.doctor.rules import RULES

    rows: list[JsonObject] = []
    for finding in report.findings:
        rule = RULES[finding.rule]
        facts = record(finding)
        level = facts.pop("level")
        head: JsonObject = {"rule": facts.pop("rule"), "level": level, "title": rule.title, "what": facts.pop("what")}
        where = ", ".join(finding.documents) or str(finding.place or finding.table or "")
        reasons: JsonObject = {"where": where, "why": rule.why, "fix": facts.pop("fix")}
        rows.append({**head, **reasons, **facts, "docs": rule.docs})
    write_records(session, rows, "json")
    for text in not_checked(report):
        session.aside(text)
    for note in report.notes:
        session.aside(note)
