"""`kitcn serve`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of, whole_number
from kitcn_repl.cli.options import offline_target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import KitcnError, UsageError

if TYPE_CHECKING:
    from kitcn_repl.offline.offline import Offline


@click.command(
    cls=HelpOnOurStdout,
    epilog="""
    kitcn serve --demo
    kitcn serve --snapshot backup.zip --port 3210
    """,
)
@click.option(
    "--port", callback=whole_number(0, 65535), default="0", metavar="N", help="The port; by default a free one."
)
@click.option("--admin-key", "admin_key", metavar="KEY", help="The key that opens it; by default a new one.")
@offline_target_options
@click.pass_context
def serve(context: click.Context, port: int, admin_key: str | None) -> None:
    """Serve an offline deployment on this machine until ctrl-c, so that Convex clients can use it.

    Prints its address and its admin key, one per line.
    """
    session = session_of(context)
    if admin_key is not None and not admin_key.strip():
        raise click.UsageError("--admin-key must not be empty.")
    session.run(lambda: _serve(session, port, admin_key))


async def _serve(session: Session, port: int, admin_key: str | None) -> None:
    target = await session.target()
    if target.kind == "live":
        raise UsageError("kitcn serve serves offline deployments; use --demo or --snapshot FILE.zip.")
    offline = await _open_offline(session)
    try:
        from kitcn_repl.offline.server import serve as serve_offline
    except ModuleNotFoundError as error:
        await offline.aclose()
        raise KitcnError(
            f"kitcn serve needs the package {error.name}, which the extra offline brings.",
            hint="pip install 'kitcn-repl[offline]', in a clone '.[offline]'.",
        ) from error
    await serve_offline(offline, port=port, admin_key=admin_key, on_ready=lambda url, key: _ready(session, url, key))


async def _open_offline(session: Session) -> Offline:
    from kitcn_repl.offline.offline import Offline

    _target, deployment = await session.open()
    assert isinstance(deployment, Offline)
    return deployment


def _ready(session: Session, url: str, key: str) -> None:
    import shlex

    session.data(f"{url}\n{key}\n")
    session.flush()
    session.aside(f"Try it: npx convex data --url {url} --admin-key {shlex.quote(key)}")
    session.aside("ctrl-c ends it.")
    session.flush()
