"""The way to one deployment: which one is meant, where it is, and what opens it.

Every command that talks to a cloud deployment goes through here, so these few answers are read by hand: importing
pydantic and the models of everything else would take longer than the questions.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import quote

from kitcn_repl.control_plane.errors import UnexpectedAnswerError
from kitcn_repl.control_plane.exchange import Exchange
from kitcn_repl.deployment.secret import Secret
from kitcn_repl.values import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens one deployment. A local deployment has no reference."""

    name: str
    url: str
    admin_key: str = field(repr=False)
    deployment_type: str | None = None
    reference: str | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class ProjectPlace:
    """The project of a deployment or key. `team` and `project` are slugs."""

    team: str
    project: str
    team_id: int
    project_id: int

    @property
    def selection(self) -> JsonObject:
        return by_slugs(self.team, self.project)


def by_slugs(team: str, project: str) -> JsonObject:
    """A project as the `credentials_*` methods want it named."""
    return {"kind": "teamAndProjectSlugs", "teamSlug": team, "projectSlug": project}


def by_deployment(name: str, deployment_type: str | None) -> JsonObject:
    """The project that a cloud deployment belongs to."""
    return {"kind": "deploymentName", "deploymentName": name, "deploymentType": deployment_type}


class Access:
    """Every method raises ControlPlaneError: NotFoundError for what does not exist or may not be seen."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def project_of_deployment(self, name: str) -> ProjectPlace:
        """Also of a registered local deployment."""
        path = f"/api/deployment/{part(name)}/team_and_project"
        return self._place(await self._exchange.get(path), path)

    async def project_of_key(self, key: Secret) -> ProjectPlace:
        path = "/api/deployment/team_and_project_for_key"
        return self._place(await self._exchange.ask_about_key(path, key), path)

    async def project(self, team: str, slug: str) -> ProjectPlace:
        path = f"/v1/teams/{part(team)}/projects/{part(slug)}"
        match await self._exchange.get(path):
            case {"id": int(project_id), "teamId": int(team_id), "teamSlug": str(team_slug), "slug": str(found)}:
                return ProjectPlace(team_slug, found, team_id, project_id)
        raise self._unknown(path)

    async def name_by_reference(self, team: str, slug: str, reference: str) -> str:
        return await self._name(team, slug, {"reference": reference})

    async def default_name(self, team: str, slug: str, which: Literal["dev", "prod"]) -> str:
        """Of the caller's own default cloud dev deployment, or of the project's default prod one."""
        return await self._name(team, slug, {"defaultDev" if which == "dev" else "defaultProd": "true"})

    async def credentials_by_name(self, name: str, project: JsonObject) -> Credentials:
        """Of a deployment in `project`, which `by_slugs` or `by_deployment` names."""
        body: JsonObject = {"selectedDeploymentName": name, "projectSelection": project}
        return await self._credentials("/api/deployment/authorize_within_current_project", body)

    async def credentials_of_prod(self, deployment_name: str) -> Credentials:
        """Of the default prod deployment in the project of another one."""
        found = await self._credentials("/api/deployment/authorize_prod", {"deploymentName": deployment_name})
        return found if found.deployment_type is not None else replace(found, deployment_type="prod")

    async def credentials_of_preview(self, preview_name: str, project: JsonObject) -> Credentials:
        body: JsonObject = {"previewName": preview_name, "projectSelection": project}
        return await self._credentials("/api/deployment/authorize_preview", body)

    async def provision_and_authorize(
        self, team: str | None, slug: str | None, deployment_type: Literal["dev", "prod"]
    ) -> Credentials:
        """Of a default deployment, which is *created* if there is none. With a project key both slugs are None."""
        body: JsonObject = {"teamSlug": team, "projectSlug": slug, "deploymentType": deployment_type}
        found = await self._credentials("/api/deployment/provision_and_authorize", body, is_read=False)
        return replace(found, deployment_type=deployment_type)

    async def url_of_key(self, key: Secret) -> str:
        path = "/api/deployment/url_for_key"
        url = await self._exchange.ask_about_key(path, key)
        if not isinstance(url, str):
            raise self._unknown(path)
        return url

    async def _name(self, team: str, slug: str, query: dict[str, str]) -> str:
        path = f"/v1/teams/{part(team)}/projects/{part(slug)}/deployment"
        match await self._exchange.get(path, query):
            case {"name": str(name)}:
                return name
        raise self._unknown(path)

    async def _credentials(self, path: str, body: JsonObject, *, is_read: bool = True) -> Credentials:
        match await self._exchange.post(path, body, is_read=is_read):
            case {"deploymentName": str(name), "adminKey": str(key), "url": str(url), **more}:
                kind, reference = more.get("deploymentType"), more.get("reference")
                return Credentials(
                    name,
                    url,
                    key,
                    kind if isinstance(kind, str) else None,
                    reference if isinstance(reference, str) else None,
                    more.get("isDefault") is True,
                )
        raise self._unknown(path)

    def _place(self, value: JsonValue, path: str) -> ProjectPlace:
        match value:
            case {"team": str(team), "project": str(slug), "teamId": int(team_id), "projectId": int(project_id)}:
                return ProjectPlace(team, slug, team_id, project_id)
        raise self._unknown(path)

    def _unknown(self, path: str) -> UnexpectedAnswerError:
        return UnexpectedAnswerError(
            f"{self._exchange.host} answered {path} in a form that we do not know: kitcn may be too old for it."
        )


def part(text: str) -> str:
    """A name as one part of a path, whatever it holds."""
    return quote(text, safe="")
