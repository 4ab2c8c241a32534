"""`kitcn deployment show`."""

from __future__ import annotations

import time

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of
from kitcn_repl.cli.options import OWN_FORMATS, format_option, target_options
from kitcn_repl.cli.session import Session


@click.command(
    "show",
    cls=HelpOnOurStdout,
    epilog="""
    kitcn deployment show
    kitcn deployment show prod
    kitcn deployment show --format json
    """,
)
@click.argument("selector", required=False, metavar="[SELECTOR]")
@format_option("How to print; by default a line for each thing that is known.", OWN_FORMATS)
@target_options
@click.pass_context
def show(context: click.Context, selector: str | None, format_: str | None) -> None:
    """Show the deployment that is used, and why that one; or the one that SELECTOR names."""
    session = session_of(context)
    named = next((name for name in session.flags if name != "env_file"), None)
    if selector is not None and named is not None:
        flag = "--" + named.replace("_", "-")
        raise click.UsageError(f"SELECTOR and {flag} each name a deployment; give only one of them.")
    session.run(lambda: _show(session, selector, format_ or "table"))


async def _show(session: Session, selector: str | None, format_: str) -> None:
    from kitcn_repl.cli.deployment.rows import draw_one, row_of
    from kitcn_repl.cli.records import write_records
    from kitcn_repl.explore.deployments.showing import show_deployment

    environment = session.environment
    if selector is None:
        selection = session.selection()
    else:
        from kitcn_repl.explore.deployments.naming import select_named

        env_file = session.flags.get("env_file")
        selection = select_named(selector, environment.variables, environment.cwd, env_file=env_file)
    shown = await show_deployment(selection, environment.variables)
    if shown.entry is not None:
        if format_ == "table":
            draw_one(session, shown.entry, time.time())
        elif format_ == "json":
            import json

            session.data(json.dumps(row_of(shown.entry), indent=2, ensure_ascii=False) + "\n")
        else:
            write_records(session, [row_of(shown.entry)], format_)
    if shown.failure is not None:
        raise shown.failure
