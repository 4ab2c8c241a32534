"""`/v1/...`: the management API (control-plane.md 3.3). Everything here goes through the contract."""

from __future__ import annotations

import re
from typing import Any

from tests.support.control_plane.access import Call, Refusal
from tests.support.control_plane.legacy import Handler
from tests.support.control_plane.world import (
    CLASSES,
    NAME,
    REGIONS,
    RESERVED_REFERENCES,
    DeployKey,
    Deployment,
    Project,
    now,
)

EMPTY = object()
"""An empty 200."""

_HALF_AN_HOUR = 30 * 60 * 1000
_TYPES = ("dev", "prod", "preview", "custom")


def _project(call: Call, project: Project) -> Any:
    prod = call.world.default_prod(project)
    dev = call.world.default_dev(project, call.who.member)
    return {
        "id": project.id, "name": project.name, "slug": project.slug, "teamId": project.team.id,
        "teamSlug": project.team.slug, "createTime": project.create_time,
        "prodDeploymentName": prod.name if prod else None, "devDeploymentName": dev.name if dev else None,
    }  # fmt: skip


def _deployment(one: Deployment) -> Any:
    shared = {
        "name": one.name, "createTime": one.create_time, "deploymentType": one.type, "projectId": one.project.id,
        "creator": one.creator.id if one.creator else None,
    }  # fmt: skip
    if one.is_local:
        return {"kind": "local", **shared, "port": one.port, "deviceName": "a laptop", "isActive": one.is_active}
    preview = (one.reference or "").removeprefix("preview/") if one.type == "preview" else None
    return {
        "kind": "cloud", **shared, "id": one.id, "region": one.region, "isDefault": one.is_default,
        "reference": one.reference, "deploymentUrl": one.url, "expiresAt": one.expires_at, "class": one.class_,
        "lastDeployTime": one.last_deploy_time,
        "previewIdentifier": preview,
    }  # fmt: skip


def _page(call: Call, items: list[Any]) -> Any:
    size = min(int(call.query.get("limit", call.world.page_size)), call.world.page_size)
    start = int(call.query.get("cursor", "0"))
    more = start + size < len(items)
    cursor = str(start + size) if more else None
    return {"items": items[start : start + size], "pagination": {"hasMore": more, "nextCursor": cursor}}


def project_by_slugs(call: Call) -> Any:
    return _project(call, call.seen_project(call.params["team"], call.params["project"]))


def project_by_id(call: Call) -> Any:
    return _project(call, call.seen_project_by_id(call.params["project_id"]))


def team_projects(call: Call) -> Any:
    team = call.seen_team(call.params["team_id"])
    found = [one for one in call.world.projects if one.team is team and call.who.sees(one)]
    return _page(call, [_project(call, one) for one in found if call.query.get("q", "") in one.name.lower()])


def _one_deployment(call: Call, project: Project) -> Any:
    given = [name for name in ("reference", "defaultProd", "defaultDev") if name in call.query]
    if len(given) != 1:
        raise Refusal(400, "BadQueryParams", "Exactly one of reference, defaultProd and defaultDev is needed")
    if given == ["reference"]:
        candidates = call.world.in_project(project)
        found = next((one for one in candidates if one.reference == call.query["reference"]), None)
    elif given == ["defaultProd"]:
        found = call.world.default_prod(project)
    else:
        found = call.world.default_dev(project, call.who.member)
    if found is None:
        raise Refusal(404, "DeploymentNotFound", "Deployment not found")
    return _deployment(found)


def deployment_by_slugs(call: Call) -> Any:
    return _one_deployment(call, call.seen_project(call.params["team"], call.params["project"]))


def deployment_by_project_id(call: Call) -> Any:
    return _one_deployment(call, call.seen_project_by_id(call.params["project_id"]))


def deployment(call: Call) -> Any:
    return _deployment(call.seen_deployment(call.params["name"]))


def project_deployments(call: Call) -> Any:
    project = call.seen_project_by_id(call.params["project_id"])
    with_local = call.query.get("includeLocal") == "true"
    found = [one for one in call.world.in_project(project) if with_local or not one.is_local]
    wanted = call.query.get("deploymentType")
    return [_deployment(one) for one in found if wanted in (None, one.type)]


def team_deployments(call: Call) -> Any:
    team = call.seen_team(call.params["team_id"])
    found = [one for one in call.world.deployments if one.project.team is team and not one.is_local]
    wanted = call.query.get("projectId")
    return _page(call, [_deployment(one) for one in found if wanted in (None, str(one.project.id))])


def local_deployments(call: Call) -> Any:
    team = call.seen_team(call.params["team_id"])
    found = [one for one in call.world.deployments if one.project.team is team and one.is_local and one.is_registered]
    return {"items": [_deployment(one) for one in found if one.creator is call.who.member]}


def regions(call: Call) -> Any:
    call.seen_team(call.params["team_id"])
    return {"items": [{"name": name, "displayName": shown, "available": True} for name, shown in REGIONS.items()]}


def classes(call: Call) -> Any:
    call.seen_team(call.params["team_id"])
    return {"items": [{"type": name, "available": available} for name, available in CLASSES.items()]}


def members(call: Call) -> Any:
    team = call.seen_team(call.params["team_id"])
    return {"items": [{"id": one.id, "email": one.email, "name": one.name, "role": "admin"} for one in team.members]}


def create_project(call: Call) -> Any:
    team = call.seen_team(call.params["team_id"])
    name = call.field("projectName")
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    project = call.world.add_project(team, slug)
    project.name = name
    answer: dict[str, Any] = {"projectId": project.id, "id": project.id, "slug": slug}
    type_ = call.body.get("deploymentType")
    if type_ is not None:
        created = call.world.add(project, f"new-newt-{call.world.new_id()}", type_, is_default=True)
        created.reference = "production" if type_ == "prod" else "dev/new"
        answer |= {"deploymentName": created.name, "deploymentUrl": created.url}
    return answer


def create_deployment(call: Call) -> Any:
    project = call.seen_project_by_id(call.params["project_id"])
    body, world = call.body, call.world
    type_, reference = call.field("type"), body.get("reference")
    is_default = body.get("isDefault")
    if is_default is None:
        is_default = reference is None and type_ in ("dev", "prod")
    if is_default and type_ not in ("dev", "prod"):
        raise Refusal(400, "InvalidIsDefault", "Only dev and prod deployments can be default deployments")
    if is_default and (world.default_prod(project) if type_ == "prod" else world.default_dev(project, call.who.member)):
        raise Refusal(400, "DefaultDeploymentAlreadyExists", f"There is a default {type_} deployment already")
    if reference is None:
        number = len(world.in_project(project))
        reference = {"prod": "production", "preview": f"preview/p{number}"}.get(type_, f"{type_}/d{number}")
    _check_reference(reference)
    if any(one.reference == reference for one in world.in_project(project)):
        raise Refusal(400, "DeploymentReferenceNotUnique", f"A deployment with reference {reference} already exists")
    region = body.get("region") or project.team.default_region or "aws-us-east-1"
    class_ = body.get("class") or "s16"
    if not CLASSES.get(class_):
        raise Refusal(400, "DeploymentClassNotAvailable", f"Class {class_} is not available")
    created = world.add(
        project, f"fresh-frog-{world.new_id()}", type_, reference=reference, is_default=is_default,
        creator=call.who.member, region=region, class_=class_, create_time=now(), expires_at=_expiry(call, type_),
    )  # fmt: skip
    return _deployment(created)


def _check_reference(reference: str) -> None:
    problem = ""
    if not 3 <= len(reference) <= 100:
        problem = "must be between 3 and 100 characters long"
    elif not re.fullmatch(r"[a-z0-9/-]+", reference):
        problem = "can only contain lowercase letters, numbers, - and /"
    elif NAME.fullmatch(reference) or reference.startswith("local-") or reference in RESERVED_REFERENCES:
        problem = "is reserved"
    if problem:
        raise Refusal(400, "InvalidDeploymentReference", f'The deployment reference "{reference}" {problem}')


def _expiry(call: Call, type_: str) -> int | None:
    if "expiresAt" not in call.body:
        return now() + 5 * 24 * 60 * 60 * 1000 if type_ == "preview" else None
    wanted = call.body["expiresAt"]
    if wanted is None:
        return None
    assert isinstance(wanted, int)
    if wanted < now() + _HALF_AN_HOUR - 60_000:
        raise Refusal(400, "InvalidExpiration", "The expiration must be at least 30 minutes in the future")
    if wanted > now() + call.world.most_retention:
        raise Refusal(400, "InvalidExpiration", "The expiration is beyond what your plan allows")
    return wanted


def _named(call: Call) -> Deployment:
    return call.seen_deployment(call.params["name"])


def create_deploy_key(call: Call) -> Any:
    one = _named(call)
    number = call.world.new_id()
    key = f"{one.type}:{one.name}|ey{number}deploykey="
    call.world.deploy_keys.append(DeployKey(number, call.field("name"), key, one, call.who.member, now()))
    return {"deployKey": key}


def list_deploy_keys(call: Call) -> Any:
    one = _named(call)
    return [
        {"id": key.id, "name": key.name, "creationTime": key.create_time, "allowedActions": []}
        for key in call.world.deploy_keys
        if key.deployment is one
    ]


def delete_deploy_key(call: Call) -> Any:
    one, wanted = _named(call), call.field("id")
    kept = [key for key in call.world.deploy_keys if wanted not in (key.name, key.value.partition("|")[2])]
    if len(kept) == len(call.world.deploy_keys):
        raise Refusal(404, "DeployKeyNotFound", f"No deploy key {wanted} for {one.name}")
    call.world.deploy_keys[:] = kept
    return EMPTY


def list_defaults(call: Call) -> Any:
    project = call.seen_project_by_id(call.params["project_id"])
    wanted, type_ = call.query.get("name"), call.query.get("deploymentType")
    if type_ is not None and type_ not in _TYPES:
        raise Refusal(400, "BadQueryParams", f"unknown variant `{type_}`")
    merged: dict[tuple[str, str], list[str]] = {}
    for (owner, name, kind), value in call.world.defaults.items():
        if owner == project.id and wanted in (None, name) and type_ in (None, kind):
            merged.setdefault((name, value), []).append(kind)
    rows = [{"name": name, "value": value, "deploymentTypes": kinds} for (name, value), kinds in sorted(merged.items())]
    return _page(call, rows)


def update_defaults(call: Call) -> Any:
    project = call.seen_project_by_id(call.params["project_id"])
    changes = call.field("changes")
    for change in changes:
        if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", change["name"]):
            raise Refusal(400, "EnvironmentVariableNameInvalid", f"The name {change['name']} is invalid")
    for change in changes:
        place = (project.id, change["name"], change["deploymentType"])
        if change.get("value") is None:
            call.world.defaults.pop(place, None)
        else:
            call.world.defaults[place] = change["value"]
    return EMPTY


def create_access_token(call: Call) -> Any:
    owner = call.who.login or call.who.member
    if owner is None:
        raise Refusal(403, "OperationNotPermitted", "Only people can create personal access tokens")
    value = f"ey-access-token-{call.world.new_id()}-of-{owner.name.lower()}"
    call.world.add_token(owner, value, call.field("name"))
    return {"accessToken": value}


def list_access_tokens(call: Call) -> Any:
    mine = [one for one in call.world.tokens if one.owner is call.who.member]
    return _page(call, [{"id": one.id, "name": one.name, "creationTime": one.create_time} for one in mine])


def delete_access_token(call: Call) -> Any:
    wanted = str(call.field("id"))
    kept = [one for one in call.world.tokens if wanted not in (str(one.id), one.value)]
    if len(kept) == len(call.world.tokens):
        raise Refusal(404, "AccessTokenNotFound", "No such token")
    call.world.tokens[:] = kept
    return EMPTY


MANAGEMENT: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/v1/teams/{team}/projects/{project}/deployment", deployment_by_slugs),
    ("GET", "/v1/teams/{team}/projects/{project}", project_by_slugs),
    ("GET", "/v1/teams/{team_id}/projects", team_projects),
    ("GET", "/v1/teams/{team_id}/list_deployments", team_deployments),
    ("GET", "/v1/teams/{team_id}/list_local_deployments", local_deployments),
    ("GET", "/v1/teams/{team_id}/list_deployment_regions", regions),
    ("GET", "/v1/teams/{team_id}/list_deployment_classes", classes),
    ("GET", "/v1/teams/{team_id}/list_members", members),
    ("POST", "/v1/teams/{team_id}/create_project", create_project),
    ("GET", "/v1/projects/{project_id}", project_by_id),
    ("GET", "/v1/projects/{project_id}/deployment", deployment_by_project_id),
    ("GET", "/v1/projects/{project_id}/list_deployments", project_deployments),
    ("POST", "/v1/projects/{project_id}/create_deployment", create_deployment),
    ("GET", "/v1/projects/{project_id}/list_default_environment_variables", list_defaults),
    ("POST", "/v1/projects/{project_id}/update_default_environment_variables", update_defaults),
    ("GET", "/v1/deployments/{name}", deployment),
    ("POST", "/v1/deployments/{name}/create_deploy_key", create_deploy_key),
    ("GET", "/v1/deployments/{name}/list_deploy_keys", list_deploy_keys),
    ("POST", "/v1/deployments/{name}/delete_deploy_key", delete_deploy_key),
    ("POST", "/v1/create_personal_access_token", create_access_token),
    ("GET", "/v1/list_personal_access_tokens", list_access_tokens),
    ("POST", "/v1/delete_personal_access_token", delete_access_token),
)
