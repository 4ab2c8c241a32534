"""`kitcn deployment` and the commands below it."""

from __future__ import annotations

import click

from kitcn_repl.cli.click_parts import Lazy, LazyGroup, help_without_command
from kitcn_repl.cli.options import target_options

_HERE = "kitcn_repl.cli.deployment"


@click.group(
    cls=LazyGroup,
    lazy={
        "show": Lazy(f"{_HERE}.show:show", "Show the deployment that is used, and why that one."),
        "list": Lazy(f"{_HERE}.list:list_", "List every deployment that can be reached."),
        "select": Lazy(f"{_HERE}.select:select", "Use another deployment from now on."),
        "create": Lazy(f"{_HERE}.create:create", "Make a new deployment."),
    },
    epilog="""
    kitcn deployment list
    kitcn deployment select dev/james
    kitcn deployment create preview/pr-12 --type preview --expiration 7d --select
    """,
)
@target_options
@click.pass_context
def deployment(context: click.Context) -> None:
    """Show, list, select and create deployments.

    token, usage and usage-limits are handed to the project's own convex.
    """
    help_without_command(context)
