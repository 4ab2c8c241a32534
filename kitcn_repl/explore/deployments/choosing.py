"""Using another deployment from now on: what `kitcn deployment select` does.

Nothing is written before everything that could be wrong has been asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from kitcn_repl.control_plane.access import ProjectPlace
from kitcn_repl.control_plane.client import ControlPlane
from kitcn_repl.control_plane.errors import ControlPlaneError, explain_login
from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.explore.deployments.canonical import canonical_urls
from kitcn_repl.explore.deployments.entries import dashboard_link
from kitcn_repl.explore.deployments.model import DeploymentEntry
from kitcn_repl.explore.deployments.naming import select_named
from kitcn_repl.explore.selecting import find_target, place_of
from kitcn_repl.project.local_state import LocalState
from kitcn_repl.project.local_writing import write_local_state
from kitcn_repl.project.selected import VARIABLE, Written, check_selection_can_be_written, write_selection
from kitcn_repl.project.settings import settings_folder
from kitcn_repl.targets.choices import OnDisk
from kitcn_repl.targets.deploy_keys import DEPLOY_KEY_VARIABLES, usable_deploy_key
from kitcn_repl.targets.precedence import KEY_VARIABLE, URL_VARIABLE
from kitcn_repl.targets.selection import Login, Selection
from kitcn_repl.targets.selectors import OfflineSelector, UrlSelector, parse_selector
from kitcn_repl.targets.shown import shown
from kitcn_repl.targets.target import Target
from kitcn_repl.targets.variables import variables_of

PROD_REFUSED = "A prod deployment is never selected for good: give --deployment {} to the single commands that need it."


@dataclass(frozen=True, slots=True)
class Choice:
    """A deployment that may be selected, and with which addresses. `moves_from` is the project that a local deployment
    leaves for another."""

    folder: Path
    entry: DeploymentEntry
    cloud_url: str
    site_url: str | None = None
    still_winning: tuple[str, ...] = ()
    local: LocalState | None = field(default=None, repr=False)
    place: ProjectPlace | None = None
    moves_from: str | None = None
    login: Login | None = None


async def choose(selector: str, environment: Mapping[str, str], cwd: Path) -> Choice:
    """The deployment that `selector` names, ready to be written with `use`. Nothing is changed.

    Raises UsageError for what cannot be selected and for variables that would contradict it, NoDeploymentError,
    ControlPlaneError and DeploymentError for what cannot be found or asked, KitcnError for prod and for files that
    cannot be written.
    """
    parsed = parse_selector(selector)
    if isinstance(parsed, OfflineSelector | UrlSelector):
        raise UsageError(
            f"{shown(selector)} cannot be selected for good, only Convex's own deployments: give it as --deployment."
        )
    folder = settings_folder(cwd)
    still_winning = _check_variables(environment, folder, cwd)
    selection = select_named(selector, environment, cwd)
    check_selection_can_be_written(folder)
    if isinstance(selection.choice, OnDisk):
        return await _local_choice(selection, selection.choice, folder, environment, still_winning)
    target = await find_target(selection)
    control = ControlPlane(selection.control_plane, selection.authorization)
    try:
        place = await control.access.project_of_deployment(target.name)
    finally:
        await control.aclose()
    return await cloud_choice(target, place, folder, environment, still_winning)


def check_selectable(environment: Mapping[str, str], cwd: Path) -> tuple[str, ...]:
    """What would go on winning over a selection here. Raises KitcnError if nothing could be selected."""
    folder = settings_folder(cwd)
    still_winning = _check_variables(environment, folder, cwd)
    check_selection_can_be_written(folder)
    return still_winning


async def cloud_choice(
    target: Target,
    place: ProjectPlace,
    folder: Path,
    environment: Mapping[str, str],
    still_winning: tuple[str, ...] = (),
) -> Choice:
    """A live deployment of a project. Raises as `choose`."""
    assert target.url is not None
    assert target.admin_key is not None
    reference = f"{place.team}:{place.project}:{target.reference}" if target.reference else target.name
    if target.is_prod:
        raise KitcnError(PROD_REFUSED.format(reference))
    urls = await canonical_urls(target.url, target.admin_key)
    entry = DeploymentEntry(
        target.name,
        target.deployment_type,
        target.reference,
        bool(target.is_default),
        place.team,
        place.project,
        url=target.url,
        dashboard=dashboard_link(environment, target.name, place.team, place.project),
    )
    return Choice(folder, entry, urls.cloud, urls.site, still_winning)


async def use(choice: Choice) -> tuple[Choice, Written]:
    """Write the choice down. A local deployment that moves is registered with its new project first, which gives it
    another name. Raises KitcnError."""
    if choice.local is not None and choice.place is not None:
        choice = await _settled(choice, choice.local, choice.place)
    entry = choice.entry
    written = write_selection(
        choice.folder,
        f"{entry.type}:{entry.name}",
        team=entry.team,
        project=entry.project,
        cloud_url=choice.cloud_url,
        site_url=choice.site_url,
    )
    return choice, written


async def _local_choice(
    selection: Selection,
    choice: OnDisk,
    folder: Path,
    environment: Mapping[str, str],
    still_winning: tuple[str, ...],
) -> Choice:
    state = choice.state
    entry = DeploymentEntry(state.name, state.kind, url=state.url)
    if state.kind == "anonymous":
        return Choice(folder, entry, state.url, still_winning=still_winning, local=state)
    control = ControlPlane(selection.control_plane, selection.authorization)
    moves_from = None
    try:
        wanted = None if choice.project is None else await place_of(choice.project, control.access)
        is_move = wanted is not None and state.project_id is not None and wanted.project_id != state.project_id
        if is_move:
            assert state.project_id is not None
            moves_from = await _project_name(control, state.project_id)
        place = wanted if is_move else await control.access.project_of_deployment(state.name)
    except ControlPlaneError as error:
        explain_login(error, selection.login_problem)
        raise
    finally:
        await control.aclose()
    assert place is not None
    entry = replace(
        entry,
        team=place.team,
        project=place.project,
        dashboard=dashboard_link(environment, state.name, place.team, place.project),
    )
    return Choice(
        folder,
        entry,
        state.url,
        still_winning=still_winning,
        local=state,
        place=place if is_move or (wanted is not None and state.project_id is None) else None,
        moves_from=moves_from,
        login=Login(selection.control_plane, selection.authorization),
    )


async def _project_name(control: ControlPlane, project_id: int) -> str:
    try:
        project = await control.project_by_id(project_id)
    except ControlPlaneError:
        return f"project {project_id}"
    return f"{project.team_slug}:{project.slug}"


async def _settled(choice: Choice, state: LocalState, place: ProjectPlace) -> Choice:
    """The local deployment's own file says its project; a move is told to the service."""
    if choice.moves_from is None:
        write_local_state(state, state.name, place.project_id)
        return choice
    assert choice.login is not None
    control = ControlPlane(choice.login.control_plane, choice.login.authorization)
    try:
        team, colon, project = choice.moves_from.partition(":")
        if colon:
            with suppress(ControlPlaneError):  # the old project may be gone, and its registrations with it
                await control.pause_local(team, project)
        registered = await control.start_local(place.team, place.project, state.port)
    finally:
        await control.aclose()
    write_local_state(state, registered.deployment_name, place.project_id)
    return replace(choice, entry=replace(choice.entry, name=registered.deployment_name))


def _check_variables(environment: Mapping[str, str], folder: Path, cwd: Path) -> tuple[str, ...]:
    """What will go on winning over `.env.local`. Raises UsageError for what would contradict it there."""
    variables = variables_of(environment, folder, cwd)
    hosted = variables.first(URL_VARIABLE, KEY_VARIABLE)
    if hosted is not None:
        raise UsageError(
            f"{variables.where(hosted)} names a self-hosted deployment already: take it out before another is selected."
        )
    winning = []
    for name in DEPLOY_KEY_VARIABLES:
        value = variables.get(name)
        if value is not None and usable_deploy_key(value) is not None:
            winning.append(variables.where(name))
    if environment.get(VARIABLE) is not None:
        winning.append(f"{VARIABLE} in the environment")
    return tuple(winning)
