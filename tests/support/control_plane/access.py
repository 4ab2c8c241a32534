"""Who asks, and what they may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.control_plane.world import Deployment, Member, Project, Team, World


class Refusal(Exception):
    """An error in Convex's words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Caller:
    """A member with an access token, or a key: for one project, one project's previews, or one deployment."""

    member: Member | None = None
    project: Project | None = None
    deployment: Deployment | None = None
    login: Member | None = None

    def sees_team(self, team: Team) -> bool:
        if self.member is not None:
            return self.member in team.members
        return self.project is not None and self.project.team is team

    def sees(self, project: Project) -> bool:
        if self.deployment is not None:
            return self.deployment.project is project
        return project is self.project or (self.member is not None and self.member in project.team.members)

    def may_open(self, deployment: Deployment) -> bool:
        if self.deployment is not None:
            return self.deployment is deployment
        return self.sees(deployment.project)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as the routes see it."""

    world: World
    caller: Caller | None
    origin: str
    params: dict[str, str]
    query: dict[str, str]
    body: Any

    @property
    def who(self) -> Caller:
        """Raises Refusal without credentials."""
        if self.caller is None:
            raise Refusal(401, "MissingAccessToken", "An access token is required for this command.")
        return self.caller

    def field(self, name: str) -> Any:
        if not isinstance(self.body, dict) or name not in self.body:
            raise Refusal(400, "BadJsonBody", f"missing field `{name}`")
        return self.body[name]

    def seen_team(self, id_or_slug: str) -> Team:
        team = self.world.team(id_or_slug)
        if team is None or not self.who.sees_team(team):
            raise Refusal(404, "TeamNotFound", f"Team {id_or_slug} not found")
        return team

    def seen_project(self, team: str, slug: str) -> Project:
        found = self.world.project(self.seen_team(team).slug, slug)
        if found is None or not self.who.sees(found):
            raise Refusal(404, "ProjectNotFound", f"Project {slug} not found")
        return found

    def seen_project_by_id(self, number: str) -> Project:
        found = next((one for one in self.world.projects if str(one.id) == number), None)
        if found is None or not self.who.sees(found):
            raise Refusal(404, "ProjectNotFound", f"Project {number} not found")
        return found

    def seen_deployment(self, name: str) -> Deployment:
        found = self.world.deployment(name)
        if found is None or not found.is_registered or not self.who.sees(found.project):
            raise Refusal(404, "DeploymentNotFound", f"Deployment {name} not found")
        return found


def caller_of(world: World, authorization: str | None) -> Caller | None:
    """Raises Refusal for credentials that nobody gave out."""
    if authorization is None:
        return None
    scheme, _, value = authorization.partition(" ")
    if scheme != "Bearer" or not value:
        raise Refusal(400, "InvalidHeaderFailure", "Invalid authentication header")
    for token in world.tokens:
        if token.value == value:
            return Caller(member=token.owner)
    if value in world.login_tokens:
        return Caller(login=world.login_tokens[value])
    if value in world.project_keys:
        return Caller(project=world.project_keys[value])
    if value in world.preview_deploy_keys:
        return Caller(project=world.preview_deploy_keys[value])
    deployment = deployment_of_key(world, value)
    if deployment is not None:
        return Caller(deployment=deployment)
    raise Refusal(401, "AccessTokenInvalid", "The provided access token is invalid")


def deployment_of_key(world: World, key: str) -> Deployment | None:
    """A key opens what its secret belongs to, whatever type stands before the name."""
    public, _, secret = key.partition("|")
    name = public.rpartition(":")[2]
    for one in world.deployments:
        if one.name == name and (one.secret == secret or any(k.value == key for k in world.deploy_keys)):
            return one
    return None
