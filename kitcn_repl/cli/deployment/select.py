"""`kitcn deployment select`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of
from kitcn_repl.cli.options import quiet_option
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import UsageError
from kitcn_repl.render.text import visible

if TYPE_CHECKING:
    from kitcn_repl.explore.deployments.choosing import Choice
    from kitcn_repl.project.selected import Written


@click.command(
    "select",
    cls=HelpOnOurStdout,
    epilog="""
    kitcn deployment select dev
    kitcn deployment select dev/james
    kitcn deployment select some-team:some-project:dev/james
    kitcn deployment select local
    """,
)
@click.argument("selector")
@quiet_option
@click.pass_context
def select(context: click.Context, selector: str) -> None:
    """Use the deployment that SELECTOR names from now on, here and with npx convex.

    It is written to .env.local, with its addresses for the front end, and .env.local to .gitignore. SELECTOR is dev,
    local, a name such as happy-otter-123, a reference, PROJECT:REFERENCE or TEAM:PROJECT:REFERENCE. Prod is never
    selected; give --prod to the commands that need it.
    """
    session = session_of(context)
    refuse_target_flags(session, "select")
    session.run(lambda: _select(session, selector))


async def _select(session: Session, selector: str) -> None:
    from kitcn_repl.explore.deployments.choosing import choose

    choice = await choose(selector, session.environment.variables, session.environment.cwd)
    await write_choice(session, choice)


async def write_choice(session: Session, choice: Choice) -> None:
    """Write it, and say what was written where. Raises KitcnError."""
    from kitcn_repl.explore.deployments.choosing import use

    if choice.moves_from is not None:
        session.advise(f"{choice.entry.name} was in {choice.moves_from} until now; it moves to {choice.entry.place}.")
    choice, written = await use(choice)
    _tell(session, choice, written)


def refuse_target_flags(session: Session, command: str) -> None:
    """For commands that name their deployment themselves. Raises UsageError."""
    if session.flags:
        flag = "--" + next(iter(session.flags)).replace("_", "-")
        raise UsageError(f"kitcn deployment {command} takes no {flag}.")


def _tell(session: Session, choice: Choice, written: Written) -> None:
    entry = choice.entry
    style = session.environment.err_style
    file = os.path.relpath(written.env_file, session.environment.cwd)
    done = "Selected" if written.variables else "Selected already:"
    what = " · ".join(part for part in (entry.type, entry.reference, entry.name) if part)
    where = f" in {entry.place}" if entry.place else ""
    session.note_drawn(f"{style.green('✔')} {done} {style.bold(visible(what))}{visible(where)}")
    if not session.quiet:
        if written.variables:
            session.aside(f"  {file}: {', '.join(written.variables)}")
        if written.added_to_gitignore:
            session.aside(
                f"  {os.path.relpath(written.env_file.parent / '.gitignore', session.environment.cwd)}: .env.local"
            )
        if written.made_functions_folder is not None:
            session.aside(f"  {os.path.relpath(written.made_functions_folder, session.environment.cwd)}/ was made")
        if entry.dashboard:
            session.aside(f"  {entry.dashboard}")
    for problem in written.problems:
        session.advise(problem)
    if choice.still_winning:
        session.advise(
            f"{' and '.join(choice.still_winning)} still wins over {file}: unset it to use the selected deployment."
        )
