"""`ControlPlane`: the management service, typed. One method per question or change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from kitcn_repl.control_plane import models
from kitcn_repl.control_plane.access import Access, part
from kitcn_repl.control_plane.errors import UnexpectedAnswerError
from kitcn_repl.control_plane.exchange import RETRIES, TIMEOUTS, Exchange
from kitcn_repl.deployment.answers import misfit
from kitcn_repl.values import JsonObject, JsonValue

if TYPE_CHECKING:
    from kitcn_repl.control_plane.models import (
        AccessToken,
        CloudDeployment,
        DefaultVariable,
        DeploymentClass,
        LocalDeployment,
        LocalRegistration,
        Member,
        OptIn,
        Page,
        Project,
        Region,
        Team,
        UsageRow,
    )
    from kitcn_repl.deployment.retry import RetryPolicy
    from kitcn_repl.deployment.transport import Timeouts, Transport
    from kitcn_repl.targets.authorization import Authorization

Shape = TypeVar("Shape")
Item = TypeVar("Item")


_MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class NewDeployment:
    """What `create_deployment` is told. `expires_at` is in milliseconds, or None for never; `unset` leaves it to the
    service, as None does for the others."""

    type: str
    reference: str | None = None
    region: str | None = None
    class_: str | None = None
    is_default: bool | None = None
    expires_at: int | Literal["unset"] | None = "unset"


@dataclass(frozen=True, slots=True)
class DefaultChange:
    """`value` None removes the variable for that type."""

    name: str
    deployment_type: str
    value: str | None


class ControlPlane:
    """The management service, as one login or key may see it. Close it with `aclose`.

    `access` finds single deployments and what opens them.

    Every method raises ControlPlaneError. Reads are asked again when the service is busy; changes never are.
    """

    def __init__(
        self,
        url: str,
        authorization: Authorization | None,
        *,
        timeouts: Timeouts = TIMEOUTS,
        retry: RetryPolicy = RETRIES,
        transport: Transport | None = None,
    ) -> None:
        self.authorization = authorization
        self._exchange = Exchange(url, authorization, timeouts=timeouts, retry=retry, transport=transport)
        self.access = Access(self._exchange)

    def __repr__(self) -> str:
        return f"ControlPlane({self._exchange.host!r})"

    @property
    def host(self) -> str:
        return self._exchange.host

    async def aclose(self) -> None:
        await self._exchange.aclose()

    # Teams and projects

    async def teams(self) -> list[Team]:
        return await self._get(models.TEAMS, "/api/teams")

    async def members(self, team_id: int) -> list[Member]:
        return (await self._get(models.MEMBERS, f"/v1/teams/{team_id}/list_members")).items

    async def projects(self, team_id: int) -> list[Project]:
        return await self._pages(models.PROJECTS, f"/v1/teams/{team_id}/projects")

    async def project(self, team: str, slug: str) -> Project:
        return await self._get(models.PROJECT, f"/v1/teams/{part(team)}/projects/{part(slug)}")

    async def project_by_id(self, project_id: int) -> Project:
        return await self._get(models.PROJECT, f"/v1/projects/{project_id}")

    # Deployments

    async def deployment(self, name: str) -> CloudDeployment | LocalDeployment:
        return await self._get(models.DEPLOYMENT, f"/v1/deployments/{part(name)}")

    async def project_deployments(self, project_id: int) -> list[CloudDeployment | LocalDeployment]:
        """All of a project, registered local ones too."""
        path = f"/v1/projects/{project_id}/list_deployments"
        return await self._get(models.DEPLOYMENTS, path, {"includeLocal": "true"})

    async def team_deployments(self, team_id: int) -> list[CloudDeployment | LocalDeployment]:
        """All cloud deployments of a team."""
        return await self._pages(models.DEPLOYMENT_PAGE, f"/v1/teams/{team_id}/list_deployments")

    async def local_deployments(self, team_id: int) -> list[CloudDeployment | LocalDeployment]:
        """The caller's registered local deployments."""
        return (await self._get(models.LOCAL_DEPLOYMENTS, f"/v1/teams/{team_id}/list_local_deployments")).items

    async def create_deployment(self, project_id: int, new: NewDeployment) -> CloudDeployment | LocalDeployment:
        body: JsonObject = {
            "type": new.type,
            "region": new.region,
            "reference": new.reference,
            "isDefault": new.is_default,
        }
        if new.expires_at != "unset":
            body["expiresAt"] = new.expires_at
        if new.class_ is not None:
            body["class"] = new.class_
        return await self._change(models.DEPLOYMENT, f"/v1/projects/{project_id}/create_deployment", body)

    async def regions(self, team_id: int) -> list[Region]:
        return (await self._get(models.REGIONS, f"/v1/teams/{team_id}/list_deployment_regions")).items

    async def classes(self, team_id: int) -> list[DeploymentClass]:
        return (await self._get(models.CLASSES, f"/v1/teams/{team_id}/list_deployment_classes")).items

    async def start_local(self, team: str, slug: str, port: int) -> LocalRegistration:
        """Register a local deployment with a project; the service names it."""
        body: JsonObject = {"teamSlug": team, "projectSlug": slug, "port": port, "instanceName": None}
        return await self._change(models.LOCAL_REGISTRATION, "/api/local_deployment/start", body)

    async def pause_local(self, team: str, slug: str) -> None:
        await self._exchange.post("/api/local_deployment/pause", {"teamSlug": team, "projectSlug": slug})

    # Default environment variables

    async def default_variables(self, project_id: int, deployment_type: str | None = None) -> list[DefaultVariable]:
        query = {} if deployment_type is None else {"deploymentType": deployment_type}
        path = f"/v1/projects/{project_id}/list_default_environment_variables"
        return await self._pages(models.DEFAULT_VARIABLES, path, query)

    async def change_default_variables(self, project_id: int, changes: Sequence[DefaultChange]) -> None:
        """All changes, or none of them."""
        rows: list[JsonValue] = [
            {"name": change.name, "deploymentType": change.deployment_type, "value": change.value} for change in changes
        ]
        await self._exchange.post(f"/v1/projects/{project_id}/update_default_environment_variables", {"changes": rows})

    # Usage

    async def usage_rows(
        self, team_id: int, query_id: str, deployment_name: str, first_day: str, last_day: str
    ) -> list[UsageRow]:
        """Rows of a usage query between two days (`YYYY-MM-DD`, UTC), both included."""
        path = f"/api/dashboard/teams/{team_id}/usage/query"
        query = {"queryId": query_id, "deploymentName": deployment_name, "from": first_day, "to": last_day}
        return await self._get(models.USAGE_ROWS, path, query)

    # Tokens

    async def create_access_token(self, name: str) -> str:
        """With the identity provider's token as authorization; the answer is the secret."""
        created = await self._change(models.CREATED_TOKEN, "/v1/create_personal_access_token", {"name": name})
        return created.access_token.get_secret_value()

    async def access_tokens(self) -> list[AccessToken]:
        return await self._pages(models.ACCESS_TOKENS, "/v1/list_personal_access_tokens")

    async def delete_access_token(self, token_id: int) -> None:
        await self._exchange.post("/v1/delete_personal_access_token", {"id": str(token_id)})

    async def opt_ins(self) -> list[OptIn]:
        """Terms that the caller still has to accept."""
        return (await self._read(models.OPT_INS, "/api/check_opt_ins", {})).opt_ins_to_accept

    async def accept_opt_ins(self, accepted: Sequence[OptIn]) -> None:
        given: list[JsonValue] = [dict(one.opt_in) for one in accepted]  # type: ignore[arg-type]
        await self._exchange.post("/api/accept_opt_ins", {"optInsAccepted": given})

    async def _get(self, shape: TypeAdapter[Shape], path: str, query: dict[str, str] | None = None) -> Shape:
        return self._parsed(shape, await self._exchange.get(path, query), path)

    async def _read(self, shape: TypeAdapter[Shape], path: str, body: JsonObject) -> Shape:
        return self._parsed(shape, await self._exchange.post(path, body, is_read=True), path)

    async def _change(self, shape: TypeAdapter[Shape], path: str, body: JsonObject) -> Shape:
        return self._parsed(shape, await self._exchange.post(path, body), path)

    async def _pages(
        self, shape: TypeAdapter[Page[Item]], path: str, query: dict[str, str] | None = None
    ) -> list[Item]:
        found: list[Item] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            asked = {**(query or {}), **({} if cursor is None else {"cursor": cursor})}
            page = await self._get(shape, path, asked)
            found += page.items
            following = page.pagination.next_cursor
            if not page.pagination.has_more or following is None or following == cursor:
                return found
            cursor = following
        raise UnexpectedAnswerError(f"{self.host} does not come to an end with {path}.")

    def _parsed(self, shape: TypeAdapter[Shape], value: JsonValue, path: str) -> Shape:
        try:
            return shape.validate_python(value)
        except ValidationError as problem:
            first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
        raise UnexpectedAnswerError(
            f"{self.host} answered {path} in a form that we do not know ({misfit(first, 'the whole answer')}):"
            " kitcn may be too old for it."
        )
