"""`kitcn env default`: the variables that new deployments of a project get."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, Lazy, help_without_command, session_of
from kitcn_repl.cli.env_options import list_arguments, remove_arguments, set_arguments
from kitcn_repl.cli.env_parts import EnvGroup, TakesAnyValue, defaults_place
from kitcn_repl.cli.options import format_option, target_options

_HERE = "kitcn_repl.cli.env_default"
F = TypeVar("F", bound=Callable[..., Any])


def _which(command: F) -> F:
    for option in (
        click.option(
            "--project",
            metavar="[TEAM:]PROJECT",
            help="Another project than that of the current deployment; needs --type.",
        ),
        click.option(
            "--type",
            "deployment_type",
            metavar="TYPE",
            help="dev, preview or prod; by default the type of the current deployment.",
        ),
    ):
        command = option(command)
    return command


@click.group(
    "default",
    cls=EnvGroup,
    lazy={
        "list": Lazy(f"{_HERE}:list_defaults", "List all default variables and their values."),
        "get": Lazy(f"{_HERE}:get_defaults", "Print the value of a default variable."),
        "set": Lazy(f"{_HERE}:set_defaults", "Set default variables: one, several, or those of a dotenv file."),
        "remove": Lazy(f"{_HERE}:remove_defaults", "Remove default variables (also: rm, unset)."),
    },
    epilog="""
    kitcn env default list --type preview
    kitcn env default get A --type dev | kitcn env default set A --type preview
    """,
)
@target_options
@click.pass_context
def default(context: click.Context) -> None:
    """Show and change the variables that new deployments of a project get, by type of deployment."""
    help_without_command(context)


@click.command("list", cls=HelpOnOurStdout)
@_which
@list_arguments
@format_option("How to print; by default lines of a .env file.")
@target_options
@click.pass_context
def list_defaults(
    context: click.Context,
    deployment_type: str | None,
    project: str | None,
    names_only: bool,
    show: bool,
    format_: str | None,
) -> None:
    """List default variables by name."""
    from kitcn_repl.cli.env_reading import Listing, list_in

    session = session_of(context)
    listing = Listing(names_only, show, format_)

    async def work() -> None:
        async with defaults_place(session, deployment_type, project) as place:
            await list_in(session, place, listing)

    session.run(work)


@click.command("get", cls=HelpOnOurStdout)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_which
@target_options
@click.pass_context
def get_defaults(
    context: click.Context, names: tuple[str, ...], deployment_type: str | None, project: str | None
) -> None:
    """Print the value of the default variable NAME; of several, as lines of a .env file."""
    from kitcn_repl.cli.env_reading import get_in

    session = session_of(context)

    async def work() -> None:
        async with defaults_place(session, deployment_type, project) as place:
            await get_in(session, place, names)

    session.run(work)


@click.command(
    "set",
    cls=TakesAnyValue,
    epilog="""
    kitcn env default set API_HOST https://pre.example.com --type preview
    kitcn env default set --from-file .env.defaults --type dev --dry-run
    """,
)
@set_arguments
@_which
@target_options
@click.pass_context
def set_defaults(
    context: click.Context,
    assignments: tuple[str, ...],
    deployment_type: str | None,
    project: str | None,
    from_file: str | None,
    force: bool,
    dry_run: bool,
    yes: bool,
    show: bool,
) -> None:
    """Set default variables, as kitcn env set does. Deployments that are there already keep theirs."""
    from kitcn_repl.cli.env_changing import How, Setting, set_in

    session = session_of(context)
    setting = Setting.of(assignments, from_file, session)

    async def work() -> None:
        async with defaults_place(session, deployment_type, project) as place:
            await set_in(session, place, setting, How(dry_run, yes, show), force=force)

    session.run(work)


@click.command("remove", cls=TakesAnyValue)
@remove_arguments
@_which
@target_options
@click.pass_context
def remove_defaults(
    context: click.Context,
    names: tuple[str, ...],
    deployment_type: str | None,
    project: str | None,
    from_file: str | None,
    ignore_missing: bool,
    dry_run: bool,
    yes: bool,
    show: bool,
) -> None:
    """Remove default variables: all that are named, or none if one is missing."""
    from kitcn_repl.cli.env_changing import How, names_to_remove, remove_in

    session = session_of(context)
    wanted = names_to_remove(session, names, from_file)

    async def work() -> None:
        async with defaults_place(session, deployment_type, project) as place:
            await remove_in(session, place, wanted, How(dry_run, yes, show), ignore_missing=ignore_missing)

    session.run(work)
