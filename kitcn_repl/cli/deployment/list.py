"""`kitcn deployment list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of
from kitcn_repl.cli.options import OWN_FORMATS, format_option, target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import NoDeploymentError

if TYPE_CHECKING:
    from kitcn_repl.explore.deployments.listing import Listing
    from kitcn_repl.targets.selection import Selection


@click.command(
    "list",
    cls=HelpOnOurStdout,
    epilog="""
    kitcn deployment list
    kitcn deployment list --all --format csv > deployments.csv
    """,
)
@click.option("--all", "everywhere", is_flag=True, help="Of all projects in all teams, not of this project alone.")
@format_option("How to print; by default a table.", OWN_FORMATS)
@target_options
@click.pass_context
def list_(context: click.Context, everywhere: bool, format_: str | None) -> None:
    """List every deployment that can be reached: the project's in Convex's cloud, and those on this machine.

    Where no project is selected, those of all projects.
    """
    session = session_of(context)
    session.run(lambda: _list(session, everywhere, format_ or "table"))


async def _list(session: Session, everywhere: bool, format_: str) -> None:
    from kitcn_repl.cli.deployment.rows import write_entries
    from kitcn_repl.control_plane.errors import explain_login
    from kitcn_repl.explore.deployments.listing import list_deployments
    from kitcn_repl.targets.configured import find_login

    environment = session.environment
    selection = _selection(session)
    login = find_login(environment.variables, environment.cwd, session.flags.get("env_file"))
    listing = await list_deployments(selection, login, environment.variables, environment.cwd, everywhere=everywhere)
    if listing.entries or (listing.failure is None and format_ != "table"):
        write_entries(session, listing.entries, format_)
    _tell(session, selection, listing)
    failure = listing.failure
    if failure is None:
        return
    explain_login(failure, login.problem)
    if login.authorization is not None or not listing.entries:
        raise failure
    session.advise(f"Only deployments on this machine are shown. {failure.message} {failure.hint or ''}".rstrip())


def _selection(session: Session) -> Selection | None:
    from kitcn_repl.project.layout import SeveralProjectsError

    try:
        return session.selection()
    except (NoDeploymentError, SeveralProjectsError):
        if session.flags:
            raise
        return None


def _tell(session: Session, selection: Selection | None, listing: Listing) -> None:
    """On stderr: where was looked, which one is selected and why, and what could not be shown."""
    for note in listing.notes:
        session.advise(note)
    selected = next((entry for entry in listing.entries if entry.selected), None)
    if selected is not None:
        session.aside(f"* is used here: {selected.name} ({selected.reason})")
    elif selection is None and listing.failure is None:
        session.aside("None is selected here; kitcn deployment select SELECTOR selects one.")
    elif selection is not None and listing.failure is None:
        session.aside(f"The selected deployment ({selection.reason}) is not among them.")
    if listing.project is not None and listing.failure is None:
        place = f"{listing.project.team}:{listing.project.project}"
        session.aside(f"These are of {place}; --all lists those of all projects.")
