"""`kitcn env`: the environment variables of a deployment."""

from __future__ import annotations

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, Lazy, help_without_command, session_of
from kitcn_repl.cli.env_options import list_arguments, remove_arguments, set_arguments
from kitcn_repl.cli.env_parts import EnvGroup, TakesAnyValue, deployment_place
from kitcn_repl.cli.options import format_option, target_options
from kitcn_repl.cli.session import Session

_HERE = "kitcn_repl.cli.env"


@click.group(
    cls=EnvGroup,
    lazy={
        "list": Lazy(f"{_HERE}:list_variables", "List all variables and their values."),
        "get": Lazy(f"{_HERE}:get_variables", "Print the value of a variable."),
        "set": Lazy(f"{_HERE}:set_variables", "Set variables: one, several, or those of a dotenv file."),
        "remove": Lazy(f"{_HERE}:remove_variables", "Remove variables (also: rm, unset)."),
        "diff": Lazy("kitcn_repl.cli.env_diff:diff", "Compare two deployments, a deployment and its defaults, a file."),
        "default": Lazy("kitcn_repl.cli.env_default:default", "The same for what new deployments of a project get."),
    },
    epilog="""
    kitcn env set API_HOST https://example.com --deployment dev
    kitcn env diff dev prod
    kitcn env list --deployment dev | kitcn env set --deployment staging --dry-run
    """,
)
@target_options
@click.pass_context
def env(context: click.Context) -> None:
    """Show, change and compare the environment variables of a deployment."""
    help_without_command(context)


@click.command(
    "list",
    cls=HelpOnOurStdout,
    epilog="""
    kitcn env list --demo --names-only
    kitcn env list --demo > .env.convex
    """,
)
@list_arguments
@format_option("How to print; by default lines of a .env file.")
@target_options
@click.pass_context
def list_variables(context: click.Context, names_only: bool, show: bool, format_: str | None) -> None:
    """List environment variables by name."""
    from kitcn_repl.cli.env_reading import Listing, list_in

    session = session_of(context)
    listing = Listing(names_only, show, format_)

    async def work() -> None:
        async with deployment_place(session) as place:
            await list_in(session, place, listing)

    session.run(work)


@click.command("get", cls=HelpOnOurStdout)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@target_options
@click.pass_context
def get_variables(context: click.Context, names: tuple[str, ...]) -> None:
    """Print the value of the environment variable NAME; of several, as lines of a .env file."""
    from kitcn_repl.cli.env_reading import get_in

    session = session_of(context)

    async def work() -> None:
        async with deployment_place(session) as place:
            await get_in(session, place, names)

    session.run(work)


@click.command(
    "set",
    cls=TakesAnyValue,
    epilog="""
    kitcn env set API_HOST https://example.com
    kitcn env set API_KEY            asks for the value, and does not show it
    pbpaste | kitcn env set API_KEY
    kitcn env set API_KEY --from-file key.pem
    kitcn env set A=1 B=2 --dry-run
    kitcn env set --from-file .env.convex --force
    """,
)
@set_arguments
@target_options
@click.pass_context
def set_variables(
    context: click.Context,
    assignments: tuple[str, ...],
    from_file: str | None,
    force: bool,
    dry_run: bool,
    yes: bool,
    show: bool,
) -> None:
    """Set environment variables; what changes is shown first.

    Without a value it is read from stdin, or asked for on a terminal. Variables of a dotenv file that have another
    value already are not overwritten without --force, and then nothing is changed. Production is changed only with
    --yes or after a question.
    """
    from kitcn_repl.cli.env_changing import How, Setting, set_in

    session: Session = session_of(context)
    setting = Setting.of(assignments, from_file, session)

    async def work() -> None:
        async with deployment_place(session, for_change=not dry_run) as place:
            await set_in(session, place, setting, How(dry_run, yes, show), force=force)

    session.run(work)


@click.command(
    "remove",
    cls=TakesAnyValue,
    epilog="""
    kitcn env remove API_HOST
    kitcn env remove A B C --dry-run
    """,
)
@remove_arguments
@target_options
@click.pass_context
def remove_variables(
    context: click.Context,
    names: tuple[str, ...],
    from_file: str | None,
    ignore_missing: bool,
    dry_run: bool,
    yes: bool,
    show: bool,
) -> None:
    """Remove environment variables: all that are named, or none if one is missing."""
    from kitcn_repl.cli.env_changing import How, names_to_remove, remove_in

    session = session_of(context)
    wanted = names_to_remove(session, names, from_file)

    async def work() -> None:
        async with deployment_place(session, for_change=not dry_run) as place:
            await remove_in(session, place, wanted, How(dry_run, yes, show), ignore_missing=ignore_missing)

    session.run(work)
