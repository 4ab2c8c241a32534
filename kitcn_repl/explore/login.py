"""Who is logged in to Convex on this machine, and logging in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kitcn_repl.control_plane.client import ControlPlane
from kitcn_repl.control_plane.errors import LoginNeededError
from kitcn_repl.control_plane.login import DeviceCode, DeviceLogin
from kitcn_repl.control_plane.models import OptIn, Team
from kitcn_repl.deployment.secret import Secret
from kitcn_repl.errors import KitcnError
from kitcn_repl.project.credentials import check_token_file, control_plane_url, read_token, write_token
from kitcn_repl.targets.authorization import OVERRIDE_VARIABLE, Authorization
from kitcn_repl.targets.configured import find_login
from kitcn_repl.targets.selection import Login


@dataclass(frozen=True, slots=True)
class LoginStatus:
    """`used` says with what commands in this folder ask Convex, `is_accepted` whether Convex takes that.

    `stored` is the path of the token file, None if there is no token in it; `problem` is why a file that is there
    gives none. `teams` are those of an access token.
    """

    token_file: Path
    has_token: bool
    used: Authorization | None
    is_accepted: bool
    teams: tuple[Team, ...] = ()
    problem: str | None = None
    refusal: KitcnError | None = None


async def login_status(environment: Mapping[str, str], cwd: Path) -> LoginStatus:
    """Ask Convex whether it knows who asks. Raises ControlPlaneError if it cannot be asked."""
    stored = read_token(environment)
    login = find_login(environment, cwd)
    problem = stored.problem
    if login.authorization is None:
        return LoginStatus(stored.path, stored.token is not None, None, False, problem=problem)
    teams: Sequence[Team] = ()
    refusal = None
    try:
        teams = await _known_to(login, login.authorization)
    except LoginNeededError as error:
        refusal = error
    return LoginStatus(
        stored.path,
        stored.token is not None,
        login.authorization,
        refusal is None,
        tuple(teams),
        problem,
        refusal,
    )


async def is_logged_in(environment: Mapping[str, str]) -> Authorization | None:
    """The access token that commands use, if Convex still accepts it: the override, else the stored one.

    Raises ControlPlaneError if it cannot be asked.
    """
    override, stored = environment.get(OVERRIDE_VARIABLE), read_token(environment)
    if override:
        authorization = Authorization("access token", override, f"{OVERRIDE_VARIABLE} in the environment")
    elif stored.token is not None:
        authorization = Authorization("access token", stored.token, str(stored.path))
    else:
        return None
    try:
        await _known_to(Login(control_plane_url(environment)), authorization)
    except LoginNeededError:
        return None
    return authorization


async def log_in(
    environment: Mapping[str, str],
    device_name: str,
    identity: DeviceLogin,
    show: Callable[[DeviceCode], Awaitable[None]],
) -> Path:
    """Log in with the browser: `show` is given the code to show. The file where the new token is.

    Nothing is written before all has gone well. Raises ControlPlaneError, and KitcnError for a token file that cannot
    be written; that is found out first.
    """
    check_token_file(environment)
    code = await identity.start()
    await show(code)
    return await exchange_token(environment, device_name, await identity.finish(code))


async def exchange_token(environment: Mapping[str, str], device_name: str, token: str) -> Path:
    """Trade the identity provider's token for one of Convex's, and store that. Raises as `log_in`."""
    check_token_file(environment)
    control = ControlPlane(control_plane_url(environment), Authorization("access token", token, "the login just made"))
    try:
        created = await control.create_access_token(device_name)
    finally:
        await control.aclose()
    return write_token(environment, created)


async def terms_to_accept(environment: Mapping[str, str]) -> list[OptIn]:
    """What the one who has just logged in has not accepted yet. Raises ControlPlaneError."""
    control = _as_stored(environment)
    try:
        return await control.opt_ins()
    finally:
        await control.aclose()


async def accept_terms(environment: Mapping[str, str], terms: Sequence[OptIn]) -> None:
    """Raises ControlPlaneError."""
    control = _as_stored(environment)
    try:
        await control.accept_opt_ins(terms)
    finally:
        await control.aclose()


def _as_stored(environment: Mapping[str, str]) -> ControlPlane:
    stored = read_token(environment)
    authorization = None if stored.token is None else Authorization("access token", stored.token, str(stored.path))
    return ControlPlane(control_plane_url(environment), authorization)


async def _known_to(login: Login, authorization: Authorization) -> Sequence[Team]:
    """Raises LoginNeededError for what Convex does not accept."""
    control = ControlPlane(login.control_plane, authorization)
    try:
        if authorization.kind == "access token":
            return await control.teams()
        if authorization.kind != "preview deploy key":
            await control.access.project_of_key(Secret(authorization.value))
        return ()
    finally:
        await control.aclose()
