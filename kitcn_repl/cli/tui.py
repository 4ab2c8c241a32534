"""`kitcn tui`."""

from __future__ import annotations

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout
from kitcn_repl.cli.options import target_options
from kitcn_repl.errors import KitcnError


@click.command(cls=HelpOnOurStdout)
@target_options
def tui() -> None:
    """The terminal application (comes later)."""
    raise KitcnError("The terminal application comes in a later version of kitcn.")
