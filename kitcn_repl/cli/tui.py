"""`kitcn tui`."""

from __future__ import annotations

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of
from kitcn_repl.cli.options import component_option, component_path, target_options
from kitcn_repl.errors import KitcnError
from kitcn_repl.targets.target import TargetFlags

_CANNOT_DRAW = frozenset({"dumb", "unknown"})


@click.command(cls=HelpOnOurStdout)
@click.argument("start", metavar="[TABLE or ID]", required=False)
@component_option
@target_options
@click.pass_context
def tui(context: click.Context, start: str | None, component: str | None) -> int:
    """Browse tables, documents and relations in the terminal; opens at a table or a document."""
    session = session_of(context)
    environment = session.environment
    if not (environment.stdin_is_tty and environment.stdout_is_tty):
        raise KitcnError("kitcn tui needs a terminal for its input and output.", hint="kitcn data prints to a pipe.")
    if not environment.stderr_is_tty:
        raise KitcnError("kitcn tui draws on its standard error, which is not a terminal.", hint="Leave out 2>.")
    from kitcn_repl.explore.workspace import Surroundings

    if environment.variables.get("TERM") in _CANNOT_DRAW:
        raise KitcnError(
            f"kitcn tui cannot draw on this terminal: it says that it is {environment.variables['TERM']!r} (TERM).",
            hint="If it is a usual one: TERM=xterm-256color kitcn tui",
        )
    from kitcn_tui.launch import launch

    surroundings = Surroundings(environment.cwd, environment.variables)
    return launch(TargetFlags(**session.flags), surroundings, start, component_path(component))
