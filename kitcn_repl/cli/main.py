"""`kitcn`: from arguments to an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

import click

from kitcn_repl.cli.click_parts import Lazy, LazyGroup, help_without_command, session_of, unknown_option
from kitcn_repl.cli.complaint import complain, complain_unexpectedly
from kitcn_repl.cli.environment import Environment, real_environment
from kitcn_repl.cli.options import target_options
from kitcn_repl.cli.session import OutputClosedError, Session
from kitcn_repl.errors import ExitCode, KitcnError, UsageError
from kitcn_repl.version import __version__

OUTPUT_CLOSED = 141
"""What a shell reports for a program that a closed pipe ended (128 + SIGPIPE)."""

COMMANDS = {
    "run": Lazy("kitcn_repl.cli.run:run", "Evaluate a readonly query in JavaScript, or call a deployed function."),
    "data": Lazy("kitcn_repl.cli.data:data", "List tables, or the documents of one."),
    "get": Lazy("kitcn_repl.cli.get:get", "Show one document; its id says which table it is in."),
    "schema": Lazy("kitcn_repl.cli.schema:schema", "Show tables, fields and indexes; source against deployed."),
    "relations": Lazy("kitcn_repl.cli.relations:relations", "Show how tables refer to each other, or walk from an id."),
    "functions": Lazy("kitcn_repl.cli.functions:functions", "List functions with their arguments and kitcn's meta."),
    "logs": Lazy("kitcn_repl.cli.logs:logs", "Watch what functions log; past, filtered, or as trees of calls."),
    "state": Lazy("kitcn_repl.cli.state:state", "Show what kitcn keeps: aggregates, migrations, scheduled functions."),
    "doctor": Lazy("kitcn_repl.cli.doctor:doctor", "Find what is wrong with project, schema or data."),
    "function-spec": Lazy("kitcn_repl.cli.function_spec:function_spec", "Print what functions are deployed, as JSON."),
    "insights": Lazy("kitcn_repl.cli.insights:insights", "Show read limits and write conflicts, and what helps."),
    "deployment": Lazy("kitcn_repl.cli.deployment.group:deployment", "Show, list, select and create deployments."),
    "env": Lazy("kitcn_repl.cli.env:env", "Show, change and compare environment variables."),
    "login": Lazy("kitcn_repl.cli.login:login", "Log in to Convex, or see who is logged in."),
    "logout": Lazy("kitcn_repl.cli.login:logout", "Forget the login on this machine."),
    "serve": Lazy("kitcn_repl.cli.serve:serve", "Serve an offline deployment, so that Convex clients can use it."),
    "repl": Lazy("kitcn_repl.cli.repl:repl", "A shell for queries: completion, history, results to go on with."),
    "tui": Lazy("kitcn_repl.cli.tui:tui", "Browse tables, documents and relations, in the terminal."),
}


def _version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        session_of(context).drawn(f"kitcn {__version__}\n")
        context.exit()


@click.command(
    "kitcn",
    cls=LazyGroup,
    lazy=COMMANDS,
    help="Ask a Convex deployment readonly questions: live, or offline on a snapshot or the built-in demo.",
    foreign="Further commands (init, dev, codegen, add, deploy, migrate, import, export, dashboard, ...) are handed to"
    " the project's own npm kitcn, or convex, as they are.",
    epilog="""
    kitcn run --demo --inline-query 'await ctx.db.query("user").take(2)'
    kitcn data --snapshot backup.zip
    """,
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@target_options
@click.pass_context
def kitcn(context: click.Context) -> None:
    """The root of all commands."""
    help_without_command(context)


def main(argv: Sequence[str], environment: Environment) -> int:
    """Run the command line `argv` (without the program's name) and return its exit code (design 3)."""
    session = Session(environment)
    try:
        try:
            code = invoke(list(argv), session)
            session.flush()
        except KitcnError as error:
            complain(environment, error)
            code = error.exit_code
            with suppress(KitcnError):
                session.flush()
        return code
    except (OutputClosedError, BrokenPipeError):
        return OUTPUT_CLOSED
    except KeyboardInterrupt:
        if environment.stderr_is_tty:
            environment.stderr.write("\n")
        return ExitCode.INTERRUPTED
    except Exception as error:
        complain_unexpectedly(environment, error)
        return ExitCode.FAILED


def invoke(argv: list[str], session: Session) -> int:
    """As `main`, for a front door that tells failures in its own way. Raises KitcnError."""
    if not argv or argv[0] not in COMMANDS or argv[0] in ("deployment", "env"):
        from kitcn_repl.cli.passthrough import foreign_command, pass_on

        foreign = foreign_command(argv, COMMANDS)
        if foreign is not None:
            return pass_on(argv, foreign, session.environment, list(COMMANDS))
    try:
        context = kitcn.make_context("kitcn", argv, obj=session, terminal_width=min(session.environment.width, 100))
        with context:
            result = kitcn.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.NoSuchOption as error:
        raise unknown_option(error) from error
    except click.ClickException as error:
        raise UsageError(error.format_message()) from error
    return result if isinstance(result, int) else ExitCode.DONE


def console_main() -> None:
    """The console script: `main` on the process's own arguments and streams."""
    import io
    import os
    import sys

    stdout: TextIO = sys.stdout or io.StringIO()
    try:
        environment = real_environment()
        stdout = environment.stdout
        # Whatever the locale, a query is UTF-8.
        argv = [os.fsencode(argument).decode("utf-8", "surrogateescape") for argument in sys.argv[1:]]
        code = main(argv, environment)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    try:
        stdout.flush()
    except OSError:
        # Told already; the interpreter flushes once more on its way out, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())
    sys.exit(code)
