"""`kitcn insights`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, did_you_mean, one_of, session_of
from kitcn_repl.cli.options import OWN_FORMATS, format_option, target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import ExitCode

if TYPE_CHECKING:
    from kitcn_repl.explore.insights.finding import Wanted
    from kitcn_repl.explore.insights.model import Report


@click.command(
    cls=HelpOnOurStdout,
    epilog="""
    kitcn insights
    kitcn insights --demo --details
    kitcn insights --prod --since 24h --kind occRetried --fail-on error
    kitcn insights --deployment local --json
    """,
)
@click.option("--details", is_flag=True, help="Show every event of each insight.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as the genuine CLI does, and what that leaves out.")
@click.option("--live", is_flag=True, help="Tell them from the function log, also of a cloud deployment.")
@click.option(
    "--since", metavar="TIME", help="Only what happened in the last 90m, 24h, 2d12h, or since 2026-03-02T09:00."
)
@click.option("--kind", "kinds", multiple=True, metavar="K", help="Only this kind of insight; may be repeated.")
@click.option("--function", metavar="PATTERN", help="Only functions with PATTERN in their name; wildcards are * and ?.")
@click.option(
    "--fail-on",
    callback=one_of("severity", ("error", "warning")),
    metavar="error|warning",
    help="End with exit code 1 if there is an insight of this severity, or of a worse one.",
)
@format_option("How to print; by default laid out on a terminal, the genuine CLI's text on a pipe.", OWN_FORMATS)
@target_options
@click.pass_context
def insights(
    context: click.Context,
    details: bool,
    as_json: bool,
    live: bool,
    since: str | None,
    kinds: tuple[str, ...],
    function: str | None,
    fail_on: str | None,
    format_: str | None,
) -> int:
    """Show read limits and write conflicts of the last 72 hours, and what helps against them.

    Of a cloud deployment they come from Convex, if you are logged in. Of any other, they come from the function log:
    what kitcn has seen of it is kept for 72 hours. K is one of documentsReadLimit, bytesReadLimit, occFailedPermanently
    (errors), documentsReadThreshold, bytesReadThreshold and occRetried (warnings).
    """
    from kitcn_repl.explore.insights.finding import Wanted
    from kitcn_repl.explore.insights.kinds import KINDS
    from kitcn_repl.explore.logs.moments import Moment

    session = session_of(context)
    if as_json and format_ not in (None, "json"):
        raise click.UsageError(f"--json and --format {format_} contradict each other.")
    for kind in kinds:
        if kind not in KINDS:
            raise click.UsageError(
                f"There is no kind {kind!r}; it is one of {', '.join(KINDS)}.{did_you_mean(kind, list(KINDS))}"
            )
    wanted = Wanted(None if since is None else Moment(since), kinds, function, live)
    report = session.run(lambda: _find(session, wanted))
    _write(session, report, "json" if as_json else format_, details=details)
    return ExitCode.FAILED if _fails(report, fail_on) else ExitCode.DONE


def _fails(report: Report, fail_on: str | None) -> bool:
    """A kind that we do not know may be a warning."""
    if fail_on is None:
        return False
    return any(fail_on == "warning" or insight.severity == "error" for insight in report.insights)


async def _find(session: Session, wanted: Wanted) -> Report:
    import time

    from kitcn_repl.explore.insights.advice import advised
    from kitcn_repl.explore.insights.finding import find_insights
    from kitcn_repl.explore.insights.history import history_folder

    environment = session.environment
    selection = session.selection()
    async with session.deployment() as (target, deployment):
        report = await find_insights(
            target,
            deployment,
            selection,
            wanted,
            now=time.time() * 1000,
            environment=environment.variables,
            folder=history_folder(environment.variables),
        )
        return await advised(report, target, deployment, environment.cwd)


def _write(session: Session, report: Report, format_: str | None, *, details: bool) -> None:
    from kitcn_repl.render.insights import machine

    flags = _target_flags(session)
    is_tty = session.environment.stdout_is_tty
    if format_ == "table" or (format_ is None and is_tty):
        from kitcn_repl.render.insights.terminal import lines

        width = session.environment.width if is_tty else 100
        text = lines(report, session.environment.out_style, width, details=details, flags=flags)
        session.drawn("".join(f"{line}\n" for line in text))
        return
    if format_ is None:
        from kitcn_repl.render.insights.genuine import as_text

        session.data(as_text(report, details=details))
    elif format_ == "json":
        session.data(machine.json_text(machine.as_object(report, details=details, flags=flags), 2) + "\n")
    elif format_ == "jsonl":
        for insight in report.insights:
            session.data(machine.json_text(machine.as_record(insight, details=details, flags=flags)) + "\n")
    else:
        from kitcn_repl.cli.records import write_records

        write_records(session, [machine.as_flat(insight) for insight in report.insights], format_)
    if report.source == "live":
        from kitcn_repl.render.insights.wording import basis

        session.aside(basis(report))
    for note in report.notes:
        session.advise(note)


def _target_flags(session: Session) -> list[str]:
    """Those that select the deployment once more; never a key."""
    flags = []
    for name, value in session.flags.items():
        flag = f"--{name.replace('_', '-')}"
        if name != "admin_key":
            flags += [flag] if value is True else [flag, str(value)]
    return flags
