"""What the stand-in knows: teams, projects, deployments, keys, default variables, usage."""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import dataclass, field

DAY = 24 * 60 * 60 * 1000
REGIONS = {"aws-us-east-1": "US East (N. Virginia)", "aws-eu-west-1": "Europe (Ireland)"}
CLASSES = {"s16": True, "s256": True, "d1024": False}
RESERVED_REFERENCES = frozenset(
    {"prod", "dev", "cloud", "local", "default", "name", "new", "existing", "deployment", "preview"}
)
"""control-plane.md 3.3"""
NAME = re.compile(r"[a-z]+-[a-z]+-[0-9]+")

DefaultKey = tuple[int, str, str]
"""Project id, variable name, deployment type."""


@dataclass(slots=True)
class Member:
    id: int
    email: str
    name: str


@dataclass(slots=True)
class Team:
    id: int
    name: str
    slug: str
    members: list[Member]
    default_region: str | None = None


@dataclass(slots=True)
class Project:
    id: int
    name: str
    slug: str
    team: Team
    create_time: int = 1_760_000_000_000


@dataclass(slots=True)
class Deployment:
    """A cloud deployment, or with `port` a local one that is registered. Times are in milliseconds."""

    id: int
    name: str
    type: str
    project: Project
    secret: str
    reference: str | None = None
    is_default: bool = False
    creator: Member | None = None
    region: str = "aws-us-east-1"
    class_: str = "s16"
    create_time: int = 1_760_000_000_000
    last_deploy_time: int | None = None
    expires_at: int | None = None
    url: str = ""
    port: int | None = None
    is_active: bool = True
    is_registered: bool = True
    """Whether the service knows it; nobody registers an anonymous deployment."""
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        return self.port is not None

    @property
    def key(self) -> str:
        """The admin key that `authorize_*` gives, with its type before it; a local backend's has none."""
        return f"{self.name}|{self.secret}" if self.is_local else f"{self.type}:{self.name}|{self.secret}"


@dataclass(slots=True)
class Token:
    id: int
    name: str
    value: str
    owner: Member
    create_time: int


@dataclass(slots=True)
class DeployKey:
    id: int
    name: str
    value: str
    deployment: Deployment
    creator: Member | None
    create_time: int


@dataclass(slots=True)
class World:
    members: list[Member] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    login_tokens: dict[str, Member] = field(default_factory=dict)
    """What the identity provider hands out; only good for creating an access token."""
    deploy_keys: list[DeployKey] = field(default_factory=list)
    project_keys: dict[str, Project] = field(default_factory=dict)
    preview_deploy_keys: dict[str, Project] = field(default_factory=dict)
    defaults: dict[DefaultKey, str] = field(default_factory=dict)
    usage: dict[str, list[list[str | None]]] = field(default_factory=dict)
    page_size: int = 100
    most_retention: int = 30 * DAY
    spare_urls: list[str] = field(default_factory=list)
    """Addresses that deployments take when they are created."""
    logins_pending: int = 0
    """How often the identity provider still answers `authorization_pending`."""
    login_ends_with: str | None = None
    """An OAuth error instead of a token, such as `access_denied`."""
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1001))

    def new_id(self) -> int:
        return next(self._ids)

    def add_member(self, name: str) -> Member:
        member = Member(self.new_id(), f"{name}@example.com", name.title())
        self.members.append(member)
        return member

    def add_team(self, slug: str, *members: Member, region: str | None = None) -> Team:
        team = Team(self.new_id(), slug.title(), slug, list(members), region)
        self.teams.append(team)
        return team

    def add_project(self, team: Team, slug: str) -> Project:
        project = Project(self.new_id(), slug.title(), slug, team)
        self.projects.append(project)
        return project

    def add(
        self,
        project: Project,
        name: str,
        type_: str,
        *,
        reference: str | None = None,
        is_default: bool = False,
        creator: Member | None = None,
        port: int | None = None,
        **more: object,
    ) -> Deployment:
        number = self.new_id()
        deployment = Deployment(number, name, type_, project, f"ey{number:04d}secretof{name.replace('-', '')}=")
        deployment.reference = reference
        deployment.is_default = is_default
        deployment.creator = creator
        deployment.port = port
        for field_name, value in more.items():
            setattr(deployment, field_name, value)
        if port is None and not deployment.url and self.spare_urls:
            deployment.url = self.spare_urls.pop(0)
        self.deployments.append(deployment)
        return deployment

    def add_token(self, owner: Member, value: str, name: str = "a laptop") -> Token:
        token = Token(self.new_id(), name, value, owner, now())
        self.tokens.append(token)
        return token

    def deployment(self, name: str) -> Deployment | None:
        return next((one for one in self.deployments if one.name == name), None)

    def project(self, team: str, slug: str) -> Project | None:
        return next((one for one in self.projects if one.slug == slug and _is_team(one.team, team)), None)

    def team(self, id_or_slug: str) -> Team | None:
        return next((one for one in self.teams if _is_team(one, id_or_slug)), None)

    def in_project(self, project: Project) -> list[Deployment]:
        """Those that the service knows."""
        return [one for one in self.deployments if one.project is project and one.is_registered]

    def default_prod(self, project: Project) -> Deployment | None:
        return next((one for one in self.in_project(project) if one.type == "prod" and one.is_default), None)

    def default_dev(self, project: Project, member: Member | None) -> Deployment | None:
        """The member's own; without a member (a key) the first there is."""
        owned = (
            one
            for one in self.in_project(project)
            if one.type == "dev" and one.is_default and not one.is_local and (member is None or one.creator is member)
        )
        return next(owned, None)


def _is_team(team: Team, id_or_slug: str) -> bool:
    return id_or_slug in (team.slug, str(team.id))


def now() -> int:
    return int(time.time() * 1000)
