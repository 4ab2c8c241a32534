"""`kitcn login`, `kitcn login status` and `kitcn logout`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, Lazy, LazyGroup, session_of
from kitcn_repl.cli.options import quiet_option
from kitcn_repl.cli.prompts import agree, can_ask
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import ExitCode, KitcnError, UsageError
from kitcn_repl.render.text import visible

if TYPE_CHECKING:
    from kitcn_repl.control_plane.login import DeviceCode
    from kitcn_repl.explore.login import LoginStatus

_OVERRIDE = "CONVEX_OVERRIDE_ACCESS_TOKEN"
_VERCEL = "Log in with `npx convex login --vercel`: kitcn then uses that login."
_ELSEWHERE = {
    "--vercel": _VERCEL,
    "--vercel-override": _VERCEL,
    "--login-flow": "kitcn login shows an address and a code, for a browser here or on any other device.",
    "--link-deployments": "Link them with `npx convex login --link-deployments`.",
}


@click.group(
    cls=LazyGroup,
    elsewhere=_ELSEWHERE,
    lazy={"status": Lazy("kitcn_repl.cli.login:status", "Show who is logged in, and which teams they can reach.")},
    epilog="""
    kitcn login
    kitcn login --no-open
    kitcn login status
    """,
)
@click.option(
    "--device-name", metavar="NAME", help="What this device is called in the dashboard; else the host's name."
)
@click.option("-f", "--force", is_flag=True, help="Log in again, even if somebody is logged in.")
@click.option("--no-open", is_flag=True, help="Only print the address; do not open a browser.")
@click.option("--accept-opt-ins", is_flag=True, help="Accept Convex's terms without being asked.")
@click.option("--override-auth-url", "issuer", hidden=True)
@click.option("--override-auth-client", "client_id", hidden=True)
@quiet_option
@click.pass_context
def login(
    context: click.Context,
    device_name: str | None,
    force: bool,
    no_open: bool,
    accept_opt_ins: bool,
    issuer: str | None,
    client_id: str | None,
) -> int | None:
    """Log in to Convex in a browser, on this machine or on any other.

    The token is stored where Convex's own CLI keeps it, for you alone to read. In CI there is nobody to log in: set
    CONVEX_DEPLOY_KEY there.
    """
    if context.invoked_subcommand is not None:
        return None
    session = session_of(context)
    if not session.environment.stderr_is_tty and not no_open:
        raise UsageError(
            "kitcn login needs a terminal: give --no-open to print the address and wait, or in CI set"
            " CONVEX_DEPLOY_KEY."
        )
    return session.run(lambda: _login(session, device_name, force, no_open, accept_opt_ins, issuer, client_id))


async def _login(
    session: Session,
    device_name: str | None,
    force: bool,
    no_open: bool,
    accept_opt_ins: bool,
    issuer: str | None,
    client_id: str | None,
) -> int:
    from kitcn_repl.control_plane.login import CLIENT_ID, ISSUER, DeviceLogin
    from kitcn_repl.explore.login import is_logged_in, log_in

    environment = session.environment
    variables = environment.variables
    if not force and (there := await is_logged_in(variables)) is not None:
        _done(session, f"You are logged in already ({there.source}).")
        return ExitCode.DONE

    async def show(code: DeviceCode) -> None:
        _show(session, code, opens=not no_open)

    identity = DeviceLogin(issuer or ISSUER, client_id or CLIENT_ID)
    path = await log_in(variables, device_name or _host_name(), identity, show)
    _done(session, f"You are logged in. The token is in {path}.")
    await _terms(session, accepted=accept_opt_ins)
    if variables.get(_OVERRIDE):
        session.advise(f"{_OVERRIDE} in the environment is used instead of it: unset it to use the new login.")
    return ExitCode.DONE


def _show(session: Session, code: DeviceCode, *, opens: bool) -> None:
    style = session.environment.err_style
    minutes = max(1, round(code.lifetime / 60))
    session.note_drawn(f"Visit {style.bold(visible(code.address))} to log in.")
    session.note_drawn(
        f"It should show the code {style.bold(visible(code.user_code))}, which is good for {minutes} min."
    )
    if opens and session.environment.open_page(code.address):
        session.aside("A browser window was opened.")
    session.aside("Waiting until that is done; ctrl-c ends it.")
    session.flush()


def _host_name() -> str:
    import socket

    return socket.gethostname() or "a computer"


async def _terms(session: Session, *, accepted: bool) -> None:
    from kitcn_repl.explore.login import accept_terms, terms_to_accept

    environment = session.environment
    terms = await terms_to_accept(environment.variables)
    if not terms:
        return
    if not accepted and not can_ask(environment):
        raise KitcnError("Convex's terms have to be accepted first: run kitcn login --force on a terminal.")
    for each in terms:
        if not accepted and not agree(environment, visible(each.message), default=True):
            raise KitcnError("Without accepting its terms Convex cannot be used.")
    await accept_terms(environment.variables, terms)


def _done(session: Session, text: str) -> None:
    session.note_drawn(f"{session.environment.err_style.green('✔')} {visible(text)}")


@click.command("status", cls=HelpOnOurStdout)
@quiet_option
@click.pass_context
def status(context: click.Context) -> int:
    """Show who is logged in here, and which teams they can reach. Exits with 4 if nobody is."""
    session = session_of(context)
    return session.run(lambda: _status(session))


async def _status(session: Session) -> int:
    from kitcn_repl.explore.login import login_status

    found = await login_status(session.environment.variables, session.environment.cwd)
    for line in _status_lines(found):
        session.data(f"{line}\n")
    if found.used is not None and found.used.source.startswith(_OVERRIDE):
        session.advise(f"{found.used.source} is used instead of the stored login.")
    elif found.used is not None and found.used.kind != "access token":
        session.advise(f"{found.used.source} is used here, not the stored login.")
    if found.problem is not None:
        session.advise(found.problem)
    if found.is_accepted:
        return ExitCode.DONE
    if found.refusal is not None:
        raise found.refusal
    session.note("Log in with: kitcn login")
    return ExitCode.NOT_REACHED


def _status_lines(found: LoginStatus) -> list[str]:
    lines = [f"Token:  {found.token_file}" if found.has_token else f"Token:  none in {found.token_file}"]
    if found.used is not None:
        lines.append(f"Used:   {found.used.kind} ({found.used.source})")
    if found.is_accepted and found.used is not None and found.used.kind != "access token":
        lines.append("Status: the key is accepted")
    else:
        lines.append(f"Status: {'logged in' if found.is_accepted else 'not logged in'}")
    if found.is_accepted and found.used is not None and found.used.kind == "access token":
        names = [f"{team.slug} ({team.name})" for team in found.teams]
        lines.append(f"Teams:  {', '.join(names) or 'none'}")
    return lines


@click.command("logout", cls=HelpOnOurStdout)
@quiet_option
@click.pass_context
def logout(context: click.Context) -> None:
    """Forget the login on this machine. The token itself stays good; delete it in the dashboard."""
    from kitcn_repl.project.credentials import remove_token

    session = session_of(context)
    variables = session.environment.variables
    path = remove_token(variables)
    _done(session, "Nobody was logged in." if path is None else f"You are logged out: {path} is gone.")
    if variables.get(_OVERRIDE):
        session.advise(f"{_OVERRIDE} in the environment is still used: unset it too.")
