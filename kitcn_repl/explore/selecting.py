"""From a selection to a target: asking the management service, and whether a local backend runs."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

from kitcn_repl.control_plane.access import Access, Credentials, ProjectPlace, by_deployment, by_slugs
from kitcn_repl.control_plane.errors import (
    ControlPlaneError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    explain_login,
)
from kitcn_repl.control_plane.exchange import Exchange
from kitcn_repl.deployment.secret import Secret
from kitcn_repl.errors import NoDeploymentError, UsageError
from kitcn_repl.targets.choices import (
    DeploymentChoice,
    InProject,
    OfKey,
    OnDisk,
    ProjectBySlugs,
    ProjectChoice,
    ProjectOfDeployment,
    ProjectOfKey,
    Sibling,
)
from kitcn_repl.targets.selection import Selection
from kitcn_repl.targets.target import Target
from kitcn_repl.values import JsonObject

DefaultKind = Literal["dev", "prod"]


async def find_target(selection: Selection) -> Target:
    """The deployment that is meant, with what opens it. Nothing is created on the way.

    Raises ControlPlaneError, NoDeploymentError for a deployment that does not exist, UsageError for a choice that the
    credentials do not allow.
    """
    choice = selection.choice
    if isinstance(choice, Target):
        return choice
    exchange = Exchange(selection.control_plane, selection.authorization)
    try:
        return await _Finder(selection, Access(exchange)).find()
    except ControlPlaneError as error:
        explain_login(error, selection.login_problem)
        raise
    finally:
        await exchange.aclose()


async def find_project(selection: Selection, access: Access) -> ProjectPlace:
    """The project that the selected deployment belongs to.

    Raises UsageError for a deployment that belongs to none: offline, self-hosted, anonymous.
    """
    match selection.choice:
        case InProject(project, DeploymentChoice("name", name)) if not isinstance(project, Sibling):
            return await access.project_of_deployment(name)
        case InProject(project):
            return await place_of(project, access)
        case OfKey(key):
            return await access.project_of_key(Secret(key.value))
        case OnDisk(state) if state.kind == "local":
            return await access.project_of_deployment(state.name)
        case OnDisk(state):
            raise UsageError(f"{state.name} is anonymous: it belongs to no project.")
        case Target() as target:
            raise UsageError(f"{target.name} ({target.reason}) belongs to no project of Convex's cloud.")


async def place_of(project: ProjectChoice, access: Access) -> ProjectPlace:
    match project:
        case ProjectBySlugs(team, slug):
            return await access.project(team, slug)
        case ProjectOfDeployment(name):
            return await access.project_of_deployment(name)
        case ProjectOfKey(key):
            return await access.project_of_key(Secret(key.value))
        case Sibling(of, slug):
            return await access.project((await place_of(of, access)).team, slug)


class _Finder:
    """Asks for one selection."""

    def __init__(self, selection: Selection, access: Access) -> None:
        self._selection = selection
        self._access = access

    async def find(self) -> Target:
        match self._selection.choice:
            case Target() as target:
                return target
            case OfKey(key):
                url = await self._access.url_of_key(Secret(key.value))
                assert key.name is not None
                return self._live(Credentials(key.name, url, key.value, key.deployment_type))
            case OnDisk() as local:
                return await self._local(local)
            case InProject(project, choice):
                return self._live(await self._in_project(project, choice))

    def _live(self, found: Credentials) -> Target:
        return Target(
            "live",
            found.name,
            self._selection.reason,
            url=found.url,
            admin_key=found.admin_key,
            deployment_type=found.deployment_type,
            reference=found.reference,
            is_default=found.is_default,
        )

    async def _in_project(self, project: ProjectChoice, choice: DeploymentChoice) -> Credentials:
        match choice.kind:
            case "name":
                return await self._by_name(choice.value, project)
            case "preview":
                return await self._preview(choice.value, project)
            case "own" | "dev":
                return await self._default(project, "dev")
            case "prod":
                if isinstance(project, ProjectOfDeployment):
                    return await self._prod_beside(project.name)
                return await self._default(project, "prod")
            case "reference":
                return await self._by_reference(choice.value, project)

    async def _by_name(self, name: str, project: ProjectChoice) -> Credentials:
        try:
            return await self._access.credentials_by_name(name, await self._named(project))
        except NotFoundError as error:
            raise NoDeploymentError(
                f"There is no deployment {name}, or your login may not open it ({self._selection.reason})."
            ) from error

    async def _prod_beside(self, name: str) -> Credentials:
        try:
            return await self._access.credentials_of_prod(name)
        except NotFoundError as error:
            raise NoDeploymentError(
                f"The project of {name} has no default prod deployment, or your login may not open it."
            ) from error

    async def _preview(self, preview: str, project: ProjectChoice) -> Credentials:
        try:
            return await self._access.credentials_of_preview(preview, await self._named(project))
        except NotFoundError as error:
            raise NoDeploymentError(f"There is no preview deployment {preview!r} in this project.") from error

    async def _default(self, project: ProjectChoice, kind: DefaultKind) -> Credentials:
        """Of the caller's default dev deployment, or of the project's default prod one; never a new one."""
        if isinstance(project, ProjectOfKey):
            return await self._default_by_project_key(project, kind)
        team, slug = await self._slugs(project)
        name = await self._default_name(team, slug, kind)
        return await self._access.credentials_by_name(name, by_slugs(team, slug))

    async def _default_by_project_key(self, project: ProjectOfKey, kind: DefaultKind) -> Credentials:
        """A project key opens default deployments through `provision_and_authorize` alone, which creates a missing
        one; so whether it is there is asked first, if the key may ask that."""
        place = await self._access.project_of_key(Secret(project.key.value))
        with suppress(ForbiddenError, RefusedError):
            await self._default_name(place.team, place.project, kind)
        return await self._access.provision_and_authorize(None, None, kind)

    async def _default_name(self, team: str, slug: str, kind: DefaultKind) -> str:
        try:
            return await self._access.default_name(team, slug, kind)
        except NotFoundError as error:
            if error.code != "DeploymentNotFound":
                raise
            whose = "no default prod deployment" if kind == "prod" else "no dev deployment of yours"
            raise NoDeploymentError(
                f"There is {whose} in {team}:{slug}.",
                hint=f"kitcn deployment create --type {kind} --default makes one.",
            ) from error

    async def _by_reference(self, reference: str, project: ProjectChoice) -> Credentials:
        team, slug = await self._slugs(project)
        try:
            name = await self._access.name_by_reference(team, slug, reference)
        except NotFoundError as error:
            if error.code != "DeploymentNotFound":
                raise
            raise NoDeploymentError(
                f"There is no deployment {reference!r} in {team}:{slug}.",
                hint=f"kitcn deployment list shows what there is; kitcn deployment create {team}:{slug}:{reference}"
                " makes it.",
            ) from error
        return await self._access.credentials_by_name(name, by_slugs(team, slug))

    async def _named(self, project: ProjectChoice) -> JsonObject:
        """The project as the service wants it named. It knows no local deployments there."""
        if isinstance(project, ProjectOfDeployment) and project.type != "local":
            return by_deployment(project.name, project.type)
        return by_slugs(*await self._slugs(project))

    async def _slugs(self, project: ProjectChoice) -> tuple[str, str]:
        match project:
            case ProjectBySlugs(team, slug):
                return team, slug
            case Sibling(of, slug):
                return (await self._slugs(of))[0], slug
            case _:
                place = await place_of(project, self._access)
                return place.team, place.project

    async def _local(self, local: OnDisk) -> Target:
        from kitcn_repl.explore.local_backend import local_target

        if local.project is not None and local.state.project_id is not None:
            await self._check_project(local.project, local.state.project_id, local.state.name)
        return await local_target(local.state, self._selection.reason)

    async def _check_project(self, project: ProjectChoice, project_id: int, name: str) -> None:
        """That the local deployment belongs to the project that is meant, as far as that can be asked."""
        try:
            place = await place_of(project, self._access)
        except ControlPlaneError as error:
            if isinstance(project, ProjectOfDeployment) or error.status == 0:
                return  # the data are here, and opening them needs no permission
            raise
        if place.project_id != project_id:
            raise NoDeploymentError(
                f"The local deployment {name} belongs to another project than {place.team}:{place.project}.",
                hint=f"npx convex deployment select {place.team}:{place.project}:local moves it there.",
            )
