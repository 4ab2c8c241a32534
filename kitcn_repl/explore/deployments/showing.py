"""One deployment: all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kitcn_repl.control_plane.access import ProjectPlace
from kitcn_repl.control_plane.client import ControlPlane
from kitcn_repl.control_plane.errors import (
    ControlPlaneError,
    ForbiddenError,
    LoginNeededError,
    NotFoundError,
    explain_login,
)
from kitcn_repl.control_plane.models import CloudDeployment
from kitcn_repl.errors import KitcnError, NoDeploymentError
from kitcn_repl.explore.deployments.entries import (
    dashboard_link,
    entry_of,
    entry_of_target,
    entry_on_disk,
    names_of,
)
from kitcn_repl.explore.deployments.model import DeploymentEntry
from kitcn_repl.explore.deployments.selected import known_name, selected_name
from kitcn_repl.explore.local_backend import who_answers
from kitcn_repl.explore.selecting import find_project, find_target
from kitcn_repl.targets.choices import InProject, OfKey, OnDisk
from kitcn_repl.targets.selection import Selection
from kitcn_repl.targets.target import Target


@dataclass(frozen=True, slots=True)
class Shown:
    """`entry` is what is known; `failure` is why it is not more."""

    entry: DeploymentEntry | None
    failure: KitcnError | None = None


async def show_deployment(selection: Selection, environment: Mapping[str, str]) -> Shown:
    """The deployment that is selected. Nothing is opened but what a deploy key opens."""
    entry: DeploymentEntry | None
    match selection.choice:
        case Target() as target:
            entry = replace(entry_of_target(target), reason=selection.reason)
            missing = target.path is not None and not target.path.exists()
            return Shown(entry, NoDeploymentError(f"There is no file {target.path}.") if missing else None)
        case OnDisk(state):
            entry = entry_on_disk(state, is_running=await who_answers(state) == state.name)
        case _:
            name = known_name(selection)
            entry = None if name is None else DeploymentEntry(name, _known_type(selection))
    if entry is not None:
        entry = replace(entry, selected=True, reason=selection.reason)
    if entry is not None and entry.type == "anonymous":
        return Shown(entry)
    control = ControlPlane(selection.control_plane, selection.authorization)
    try:
        return Shown(await _asked(selection, entry, control, environment))
    except (ControlPlaneError, NoDeploymentError) as error:
        if isinstance(selection.choice, OnDisk):
            return Shown(entry)  # what is here needs nobody's permission
        explain_login(error, selection.login_problem)
        return Shown(entry, error)
    finally:
        await control.aclose()


async def _asked(
    selection: Selection, entry: DeploymentEntry | None, control: ControlPlane, environment: Mapping[str, str]
) -> DeploymentEntry:
    name = entry.name if entry is not None else await selected_name(selection, control.access)
    if name is None:
        name = (await find_target(selection)).name
    place = await _place(selection, name, control)
    if entry is None or not isinstance(selection.choice, OnDisk):
        entry = await _cloud(selection, name, place, control, environment)
        return replace(entry, selected=True, reason=selection.reason)
    link = dashboard_link(environment, name, place.team, place.project)
    return replace(entry, team=place.team, project=place.project, dashboard=link)


async def _place(selection: Selection, name: str, control: ControlPlane) -> ProjectPlace:
    if isinstance(selection.choice, OfKey):
        return await find_project(selection, control.access)
    try:
        return await control.access.project_of_deployment(name)
    except NotFoundError as error:
        if error.code != "DeploymentNotFound":
            raise
        raise NoDeploymentError(
            f"There is no deployment {name}, or your login may not see it ({selection.reason}).",
            hint="kitcn deployment list shows those that there are.",
        ) from error


async def _cloud(
    selection: Selection, name: str, place: ProjectPlace, control: ControlPlane, environment: Mapping[str, str]
) -> DeploymentEntry:
    try:
        found = await control.deployment(name)
    except (ForbiddenError, LoginNeededError):
        if not isinstance(selection.choice, OfKey):
            raise
        target = await find_target(selection)
        link = dashboard_link(environment, name, place.team, place.project)
        return DeploymentEntry(
            name, target.deployment_type, team=place.team, project=place.project, url=target.url, dashboard=link
        )
    members: dict[int, str] = {}
    if isinstance(found, CloudDeployment) and found.creator is not None:
        try:
            members = names_of(await control.members(place.team_id))
        except ControlPlaneError:
            members = {}  # a name is worth no failure
    return entry_of(found, environment, team=place.team, project=place.project, members=members)


def _known_type(selection: Selection) -> str | None:
    match selection.choice:
        case OfKey(key):
            return key.deployment_type
        case InProject(project):
            return getattr(project, "type", None)
    return None
