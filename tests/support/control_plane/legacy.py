"""`/api/...`: what the genuine CLI uses to find a deployment and its credentials (control-plane.md 3.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.control_plane.access import Call, Refusal, deployment_of_key
from tests.support.control_plane.world import Deployment, Project

Handler = Callable[[Call], Any]


def teams(call: Call) -> Any:
    return [
        {
            "id": team.id, "name": team.name, "slug": team.slug, "suspended": False, "referralCode": "CODE",
            "creator": team.members[0].id, "defaultRegion": team.default_region,
        }
        for team in call.world.teams
        if call.who.sees_team(team)
    ]  # fmt: skip


def team_projects(call: Call) -> Any:
    team = call.seen_team(call.params["team"])
    return [
        {"id": one.id, "name": one.name, "slug": one.slug, "teamId": team.id, "createTime": one.create_time}
        for one in call.world.projects
        if one.team is team and call.who.sees(one)
    ]


def has_projects(call: Call) -> Any:
    return any(call.who.sees(one) for one in call.world.projects)


def authorize(call: Call) -> Any:
    _ = call.who
    return {}


def check_opt_ins(call: Call) -> Any:
    _ = call.who
    return {"optInsToAccept": []}


def _about(deployment: Deployment) -> Any:
    project = deployment.project
    return {
        "team": project.team.slug, "project": project.slug, "teamId": project.team.id, "projectId": project.id,
        "deploymentId": deployment.id, "isDefault": deployment.is_default and not deployment.is_local,
        "reference": None if deployment.is_local else deployment.reference,
    }  # fmt: skip


def team_and_project(call: Call) -> Any:
    return _about(call.seen_deployment(call.params["name"]))


def _by_key(call: Call) -> Deployment:
    found = deployment_of_key(call.world, call.field("deployKey"))
    if found is None:
        raise Refusal(401, "BadDeployKey", "The provided deploy key is invalid")
    return found


def team_and_project_for_key(call: Call) -> Any:
    key = call.field("deployKey")
    project = call.world.project_keys.get(key)
    if project is not None:
        return {
            "team": project.team.slug, "project": project.slug, "teamId": project.team.id, "projectId": project.id,
            "reference": None, "isDefault": False,
        }  # fmt: skip
    return _about(_by_key(call))


def url_for_key(call: Call) -> Any:
    return _by_key(call).url


def _credentials(call: Call, deployment: Deployment) -> Any:
    if not call.who.may_open(deployment):
        raise Refusal(403, "OperationNotPermitted", f"You may not open {deployment.name}")
    return {
        "deploymentName": deployment.name, "adminKey": deployment.key, "url": deployment.url,
        "deploymentType": deployment.type, "reference": deployment.reference, "isDefault": deployment.is_default,
    }  # fmt: skip


def _selected_project(call: Call) -> Project:
    selection = call.field("projectSelection")
    match selection:
        case {"kind": "teamAndProjectSlugs", "teamSlug": str(team), "projectSlug": str(slug), **rest} if not rest:
            return call.seen_project(team, slug)
        case {"kind": "deploymentName", "deploymentName": str(name), "deploymentType": kind, **rest} if not rest:
            if kind not in (None, "dev", "prod", "preview", "custom"):
                raise Refusal(400, "BadJsonBody", f"unknown variant `{kind}`")
            return call.seen_deployment(name).project
    raise Refusal(400, "BadJsonBody", "projectSelection is malformed")


def authorize_within_current_project(call: Call) -> Any:
    project = _selected_project(call)
    deployment = call.seen_deployment(call.field("selectedDeploymentName"))
    if deployment.project is not project:
        raise Refusal(404, "DeploymentNotFound", f"Deployment {deployment.name} is not in project {project.slug}")
    return _credentials(call, deployment)


def authorize_prod(call: Call) -> Any:
    project = call.seen_deployment(call.field("deploymentName")).project
    found = call.world.default_prod(project)
    if found is None:
        raise Refusal(404, "DeploymentNotFound", f"Project {project.slug} has no production deployment")
    return _credentials(call, found)


def authorize_preview(call: Call) -> Any:
    project = _selected_project(call)
    name = call.field("previewName")
    for one in call.world.in_project(project):
        if one.type == "preview" and one.reference in (name, f"preview/{name}"):
            return _credentials(call, one)
    raise Refusal(404, "DeploymentNotFound", f"No preview deployment {name}")


def provision_and_authorize(call: Call) -> Any:
    """Creates what is missing, as the service does."""
    team, slug, type_ = call.field("teamSlug"), call.field("projectSlug"), call.field("deploymentType")
    project = call.who.project if slug is None else call.seen_project(team, slug)
    if project is None:
        raise Refusal(400, "BadJsonBody", "Without a project key, teamSlug and projectSlug are needed")
    world = call.world
    found = world.default_prod(project) if type_ == "prod" else world.default_dev(project, call.who.member)
    if found is None:
        name = f"new-newt-{world.new_id()}"
        reference = "production" if type_ == "prod" else "dev/new"
        found = world.add(project, name, type_, reference=reference, is_default=True, creator=call.who.member)
    answer = _credentials(call, found)
    del answer["deploymentType"]
    return answer


def existing_dev(call: Call) -> Any:
    project = call.seen_project(call.field("teamSlug"), call.field("projectSlug"))
    return {"kind": "Exists" if call.world.default_dev(project, call.who.member) else "DoesNotExist"}


def local_start(call: Call) -> Any:
    project = call.seen_project(call.field("teamSlug"), call.field("projectSlug"))
    name = f"local-{project.team.slug.replace('-', '_')}-{project.slug.replace('-', '_')}"
    found = call.world.deployment(name)
    if found is None:
        found = call.world.add(project, name, "dev", creator=call.who.member, port=call.field("port"))
    found.is_active, found.port = True, call.field("port")
    return {"deploymentName": name, "adminKey": found.key, "projectId": project.id}


def local_pause(call: Call) -> Any:
    project = call.seen_project(call.field("teamSlug"), call.field("projectSlug"))
    for one in call.world.in_project(project):
        if one.is_local and one.creator is call.who.member:
            one.is_active = False
    return {}


def acknowledged(call: Call) -> Any:
    _ = call.who
    return {}


def feature_metadata(call: Call) -> Any:
    count = sum(call.who.sees(one) for one in call.world.projects)
    return {"totalProjects": {"kind": ("none", "one", "multiple")[min(count, 2)]}}


LEGACY: tuple[tuple[str, str, Handler], ...] = (
    ("HEAD", "/api/authorize", authorize),
    ("POST", "/api/check_opt_ins", check_opt_ins),
    ("POST", "/api/accept_opt_ins", acknowledged),
    ("GET", "/api/teams", teams),
    ("GET", "/api/teams/{team}/projects", team_projects),
    ("GET", "/api/has_projects", has_projects),
    ("GET", "/api/deployment/{name}/team_and_project", team_and_project),
    ("POST", "/api/deployment/team_and_project_for_key", team_and_project_for_key),
    ("POST", "/api/deployment/url_for_key", url_for_key),
    ("POST", "/api/deployment/authorize_within_current_project", authorize_within_current_project),
    ("POST", "/api/deployment/authorize_prod", authorize_prod),
    ("POST", "/api/deployment/authorize_preview", authorize_preview),
    ("POST", "/api/deployment/provision_and_authorize", provision_and_authorize),
    ("POST", "/api/deployment/existing_dev", existing_dev),
    ("POST", "/api/local_deployment/start", local_start),
    ("POST", "/api/local_deployment/pause", local_pause),
    ("POST", "/api/local_deployment/record_activity", acknowledged),
    ("POST", "/api/local_deployment/enable_feature_metadata", feature_metadata),
)
