"""Making a new deployment: first everything is found out and checked, then one request makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal

from kitcn_repl.control_plane.access import ProjectPlace
from kitcn_repl.control_plane.client import ControlPlane, NewDeployment
from kitcn_repl.control_plane.errors import (
    ControlPlaneError,
    ControlPlaneUnavailableError,
    ControlPlaneUnreachableError,
    LoginNeededError,
)
from kitcn_repl.control_plane.models import CloudDeployment
from kitcn_repl.errors import KitcnError, NoDeploymentError, UsageError
from kitcn_repl.explore.deployments.choosing import Choice, check_selectable, cloud_choice
from kitcn_repl.explore.deployments.entries import entry_of
from kitcn_repl.explore.deployments.model import DeploymentEntry
from kitcn_repl.explore.deployments.references import NewReference
from kitcn_repl.explore.selecting import find_project
from kitcn_repl.explore.suggestions import nearest
from kitcn_repl.project.settings import settings_folder
from kitcn_repl.targets.configured import find_login
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.target import Target, TargetFlags

TYPES = ("dev", "preview", "prod")
REGION_ALIASES = {"us": "aws-us-east-1", "eu": "aws-eu-west-1"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the new deployment shall be. None leaves it to the service, `unset` too."""

    type: str
    reference: str | None
    region: str | None = None
    deployment_class: str | None = None
    is_default: bool = False
    expires: int | Literal["unset"] | None = "unset"


class Creator:
    """Makes deployments in one project. Use it with `async with`.

    Every method raises ControlPlaneError.
    """

    def __init__(self, control: ControlPlane, place: ProjectPlace, environment: Mapping[str, str], cwd: Path) -> None:
        self._control = control
        self._environment = environment
        self._cwd = cwd
        self.place = place

    async def __aenter__(self) -> Creator:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._control.aclose()

    async def regions(self) -> dict[str, str]:
        """Name to what people call it, of those that can be had."""
        return {one.name: one.display_name for one in await self._control.regions(self.place.team_id) if one.available}

    async def default_region(self) -> str | None:
        teams = await self._control.teams()
        return next((team.default_region for team in teams if team.id == self.place.team_id), None)

    async def check_region(self, wanted: str) -> str:
        """The region's name. Raises UsageError for one that cannot be had."""
        regions = await self.regions()
        name = REGION_ALIASES.get(wanted, wanted)
        if name in regions:
            return name
        short = {full: alias for alias, full in REGION_ALIASES.items()}
        choices = ", ".join(f"{short.get(one, one)} ({shown})" for one, shown in regions.items()) or "none"
        raise UsageError(f"There is no region {wanted!r} for this team; it can have {choices}.")

    async def check_class(self, wanted: str) -> str:
        """Raises UsageError for a class that cannot be had."""
        classes = [one.type for one in await self._control.classes(self.place.team_id) if one.available]
        if wanted in classes:
            return wanted
        near = nearest(wanted, classes)
        raise UsageError(
            f"There is no deployment class {wanted!r} for this team; it can have {', '.join(classes) or 'none'}."
            + (f" Did you mean {near!r}?" if near else "")
        )

    async def create(self, wishes: Wishes) -> DeploymentEntry:
        """Never asked twice: a second request might make a second deployment."""
        new = NewDeployment(
            wishes.type,
            wishes.reference,
            wishes.region,
            wishes.deployment_class,
            True if wishes.is_default else None,
            wishes.expires,
        )
        try:
            created = await self._control.create_deployment(self.place.project_id, new)
        except (ControlPlaneUnreachableError, ControlPlaneUnavailableError) as error:
            error.hint = "Whether it was made is not known; kitcn deployment list shows it."
            raise
        if not isinstance(created, CloudDeployment):
            raise KitcnError(f"{self._control.host} made {created.name}, which is no cloud deployment.")
        return entry_of(created, self._environment, team=self.place.team, project=self.place.project, members={})

    async def choice(self, created: DeploymentEntry) -> Choice:
        """The new deployment, to be selected. Raises DeploymentError too."""
        by_slugs = self.place.selection
        found = await self._control.access.credentials_by_name(created.name, by_slugs)
        target = Target(
            "live",
            found.name,
            "--select",
            url=found.url,
            admin_key=found.admin_key,
            deployment_type=found.deployment_type or created.type,
            reference=created.reference,
            is_default=created.is_default,
        )
        still_winning = check_selectable(self._environment, self._cwd)
        return await cloud_choice(target, self.place, settings_folder(self._cwd), self._environment, still_winning)


async def open_creator(wanted: NewReference | None, environment: Mapping[str, str], cwd: Path) -> Creator:
    """For the project that was named, else for the selected deployment's.

    Raises LoginNeededError where nobody is logged in, UsageError for a key that may not create deployments and for a
    selected deployment without a project, NoDeploymentError if nothing says which project, ControlPlaneError.
    """
    login = find_login(environment, cwd)
    authorization = login.authorization
    if authorization is None:
        problem = f"{login.problem} " if login.problem else ""
        raise LoginNeededError(f"{problem}Creating a deployment needs a login: run kitcn login.", status=401)
    if authorization.kind not in ("access token", "project key"):
        raise UsageError(
            f"The {authorization.kind} ({authorization.source}) may not create deployments: log in with kitcn login, or"
            " use a project key."
        )
    control = ControlPlane(login.control_plane, authorization)
    try:
        place = await _place(wanted, control, environment, cwd)
    except BaseException:
        await control.aclose()
        raise
    return Creator(control, place, environment, cwd)


async def _place(
    wanted: NewReference | None, control: ControlPlane, environment: Mapping[str, str], cwd: Path
) -> ProjectPlace:
    if wanted is not None and wanted.team is not None and wanted.project is not None:
        return await control.access.project(wanted.team, wanted.project)
    try:
        selection = select(TargetFlags(), environment, cwd)
    except NoDeploymentError as error:
        raise NoDeploymentError(
            "Nothing here says in which project the deployment shall be.", hint="Write TEAM:PROJECT:REFERENCE."
        ) from error
    try:
        return await find_project(selection, control.access)
    except UsageError as error:
        raise UsageError(error.message, hint="Write TEAM:PROJECT:REFERENCE.") from error
    except ControlPlaneError as error:
        if error.status == 404:
            error.hint = f"It comes from {selection.reason}; TEAM:PROJECT:REFERENCE names another project."
        raise
