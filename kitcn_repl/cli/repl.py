"""`kitcn repl`."""

from __future__ import annotations

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, one_of, session_of
from kitcn_repl.cli.options import component_option, component_path, target_options
from kitcn_repl.targets.target import TargetFlags

_FORMATS = ("auto", "table", "tree", "json", "jsonl", "csv", "markdown")


@click.command(
    cls=HelpOnOurStdout,
    epilog="""
    kitcn repl --demo
    kitcn repl --prod -c 'ctx.db.query("user").take(2)' -c .tables
    kitcn repl --demo < script.js
    """,
)
@click.argument("file", required=False)
@click.option("-c", "--command", "commands", multiple=True, metavar="TEXT", help="Run this query or .command, and end.")
@click.option(
    "--format",
    "format_",
    callback=one_of("format", _FORMATS),
    metavar="FORMAT",
    help=f"How results show. FORMAT is one of {', '.join(_FORMATS)}.",
)
@component_option
@target_options
@click.pass_context
def repl(
    context: click.Context, file: str | None, commands: tuple[str, ...], format_: str | None, component: str | None
) -> int:
    """A shell for readonly queries: completion, history, results that later queries can use, and .commands.

    With FILE, or through a pipe, what it holds is run like typed lines: each query up to a blank line, data to stdout,
    errors with their line to stderr, and the first one ends it.
    """
    session = session_of(context)
    from kitcn_repl.repl.start import Start, start

    flags = TargetFlags(**session.flags)
    return start(
        session.environment, Start(flags, component_path(component), file, commands, format_, is_quiet=session.quiet)
    )
