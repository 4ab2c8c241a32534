"""Entries from what the management service and this machine say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from kitcn_repl.control_plane.models import CloudDeployment, LocalDeployment, Member
from kitcn_repl.explore.deployments.model import DeploymentEntry
from kitcn_repl.project.credentials import HOST_VARIABLE
from kitcn_repl.project.local_state import LocalState
from kitcn_repl.targets.target import Target

_DASHBOARD = "https://dashboard.convex.dev"
_DASHBOARD_OF_ANOTHER_SERVICE = "http://localhost:6789"


def dashboard_link(
    environment: Mapping[str, str], name: str, team: str | None = None, project: str | None = None
) -> str:
    """The page of a cloud deployment, or of a local one that is registered."""
    host = _DASHBOARD_OF_ANOTHER_SERVICE if environment.get(HOST_VARIABLE) else _DASHBOARD
    parts = ("d", name) if team is None or project is None else ("t", team, project, name)
    return "/".join((host, *(quote(part, safe="") for part in parts)))


def entry_of(
    found: CloudDeployment | LocalDeployment,
    environment: Mapping[str, str],
    *,
    team: str | None,
    project: str | None,
    members: Mapping[int, str],
) -> DeploymentEntry:
    """`members` are names by id."""
    creator = None if found.creator is None else members.get(found.creator, f"member {found.creator}")
    link = dashboard_link(environment, found.name, team, project)
    if isinstance(found, LocalDeployment):
        return DeploymentEntry(
            found.name,
            "local",
            team=team,
            project=project,
            created=found.create_time,
            creator=creator,
            url=f"http://127.0.0.1:{found.port}",
            dashboard=link,
            state="running" if found.is_active else "stopped",
            device=found.device_name,
        )
    return DeploymentEntry(
        found.name,
        found.deployment_type,
        found.reference,
        found.is_default,
        team,
        project,
        found.region,
        found.class_,
        found.create_time,
        found.last_deploy_time,
        creator,
        found.expires_at,
        found.deployment_url,
        link,
    )


def entry_on_disk(state: LocalState, *, is_running: bool) -> DeploymentEntry:
    """A local or anonymous deployment of this machine."""
    return DeploymentEntry(state.name, state.kind, url=state.url, state="running" if is_running else "stopped")


def entry_of_target(target: Target) -> DeploymentEntry:
    """A deployment that no project knows: self-hosted, at an address, or offline."""
    kind = target.deployment_type or ("self-hosted" if target.kind == "live" else target.kind)
    url = target.url if target.path is None else None
    return DeploymentEntry(target.name, kind, target.reference, bool(target.is_default), url=url, selected=True)


def names_of(members: Sequence[Member]) -> dict[int, str]:
    """By what people call each other: the name, else the address."""
    return {member.id: member.name or member.email for member in members}
