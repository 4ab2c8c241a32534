"""`kitcn env list` and `kitcn env get`."""

from __future__ import annotations

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, Lazy, LazyGroup, did_you_mean, help_without_command, session_of
from kitcn_repl.cli.options import format_option, target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import KitcnError
from kitcn_repl.values import JsonObject

_HERE = "kitcn_repl.cli.env"


@click.group(
    cls=LazyGroup,
    lazy={
        "list": Lazy(f"{_HERE}:list_variables", "List all variables and their values."),
        "get": Lazy(f"{_HERE}:get_variable", "Print the value of one variable."),
    },
)
@target_options
@click.pass_context
def env(context: click.Context) -> None:
    """Show the environment variables of a deployment."""
    help_without_command(context)


@click.command(
    "list",
    cls=HelpOnOurStdout,
    epilog="""
    kitcn env list --demo --names-only
    kitcn env list --demo > .env.convex
    """,
)
@click.option("--names-only", is_flag=True, help="Only the names.")
@click.option(
    "--show",
    "--include-values",
    "--show-secrets",
    "show",
    is_flag=True,
    help="Show the values on a terminal too; a pipe always gets them.",
)
@format_option("How to print; by default lines of a .env file.")
@target_options
@click.pass_context
def list_variables(context: click.Context, names_only: bool, show: bool, format_: str | None) -> None:
    """List environment variables by name."""
    if names_only and show:
        raise click.UsageError("--names-only and --show contradict each other.")
    session = session_of(context)
    session.run(lambda: _list(session, names_only, show, format_))


async def _list(session: Session, names_only: bool, show: bool, format_: str | None) -> None:
    from kitcn_repl.cli.output import write_rows

    async with session.deployment() as (_target, deployment):
        variables = await deployment.environment_variables()
    if not variables:
        session.note("No environment variables set")
    names = sorted(variables)
    human = session.environment.stdout_is_tty and format_ in (None, "pretty", "table") and not show
    if format_ is not None:
        from kitcn_repl.render.secrets import MASK

        rows: list[JsonObject] = [
            {"name": name} if names_only else {"name": name, "value": MASK if human else variables[name]}
            for name in names
        ]
        write_rows(session, rows, format_)
    else:
        _print_lines(session, variables, names, names_only, masked=human)
    if human and names and not names_only:
        session.advise("Values are masked on a terminal; --show shows them.")


def _print_lines(
    session: Session, variables: dict[str, str], names: list[str], names_only: bool, *, masked: bool
) -> None:
    from kitcn_repl.render.dotfile import dotfile_value
    from kitcn_repl.render.secrets import MASK

    for name in names:
        if names_only:
            session.data(f"{name}\n")
        elif masked:
            session.data(f"{name}={MASK}\n")
        else:
            formatted, warning = dotfile_value(variables[name])
            if warning:
                session.note(f"Warning ({name}): {warning}")
            session.data(f"{name}={formatted}\n")


@click.command("get", cls=HelpOnOurStdout)
@click.argument("name")
@target_options
@click.pass_context
def get_variable(context: click.Context, name: str) -> None:
    """Print the value of the environment variable NAME."""
    session = session_of(context)
    session.run(lambda: _get(session, name))


async def _get(session: Session, name: str) -> None:
    async with session.deployment() as (_target, deployment):
        variables = await deployment.environment_variables()
    if name not in variables:
        raise KitcnError(f"Environment variable {name!r} not found.{did_you_mean(name, sorted(variables))}")
    session.data(variables[name] + "\n")
