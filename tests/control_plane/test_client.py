"""Every question and change, asked of the stand-in, which checks bodies against Convex's own document."""

from __future__ import annotations

import pytest

from kitcn_repl.control_plane.access import by_deployment, by_slugs
from kitcn_repl.control_plane.client import ControlPlane, DefaultChange, NewDeployment
from kitcn_repl.control_plane.errors import ForbiddenError, NotFoundError, RefusedError
from kitcn_repl.control_plane.models import CloudDeployment, LocalDeployment
from kitcn_repl.deployment.secret import Secret
from kitcn_repl.targets.authorization import Authorization
from tests.control_plane.conftest import MakePlane
from tests.support.control_plane import StandIn
from tests.support.control_plane.small_world import PREVIEW_DEPLOY_KEY, PROJECT_KEY
from tests.support.control_plane.world import now


async def test_teams_members_and_projects(plane: StandIn, ada: ControlPlane) -> None:
    teams = await ada.teams()
    assert [(team.slug, team.default_region) for team in teams] == [("acme", "aws-us-east-1"), ("umbrella", None)]
    acme = teams[0]
    assert [member.email for member in await ada.members(acme.id)] == ["ada@example.com", "bob@example.com"]
    projects = await ada.projects(acme.id)
    assert [(one.team_slug, one.slug) for one in projects] == [("acme", "chess"), ("acme", "go"), ("acme", "bare")]
    assert (projects[0].prod_deployment_name, projects[0].dev_deployment_name) == ("brave-cat-103", "happy-otter-101")
    assert await ada.project("acme", "chess") == projects[0] == await ada.project_by_id(projects[0].id)


async def test_all_pages_are_read(plane: StandIn, ada: ControlPlane) -> None:
    world = plane.world
    acme, chess = world.teams[0], world.projects[0]
    for number in range(25):
        world.add(chess, f"many-mice-{number}", "preview", reference=f"preview/m{number:03}", url="http://127.0.0.1:9")
    world.page_size = 10
    everything = [one.name for one in world.deployments if one.project.team is acme]
    assert [one.name for one in await ada.team_deployments(acme.id)] == everything
    cursors = [one.target for one in plane.requests if "list_deployments" in one.target]
    assert [target.partition("?")[2] for target in cursors] == ["", "cursor=10", "cursor=20", "cursor=30"]
    for number in range(21):
        world.defaults[chess.id, f"NAME_{number:02}", "dev"] = "x"
    assert len(await ada.default_variables(chess.id, "dev")) == 23


async def test_deployments(plane: StandIn, ada: ControlPlane) -> None:
    world = plane.world
    chess = world.projects[0]
    world.add(chess, "local-acme-chess", "dev", creator=world.members[0], port=3210)
    found = await ada.project_deployments(chess.id)
    assert [one.name for one in found] == [one.name for one in world.in_project(chess)]
    bee = next(one for one in found if one.name == "shy-bee-105")
    assert isinstance(bee, CloudDeployment)
    assert (bee.reference, bee.preview_identifier, bee.expires_at) == ("preview/pr-1", "pr-1", 1_900_000_000_000)
    assert (bee.class_, bee.region, bee.deployment_url) == ("s16", "aws-us-east-1", world.deployments[4].url)
    assert await ada.deployment("shy-bee-105") == bee
    (local,) = await ada.local_deployments(chess.team.id)
    assert isinstance(local, LocalDeployment)
    assert (local.port, local.is_active, local.device_name) == (3210, True, "a laptop")


async def test_creates_deployments(plane: StandIn, ada: ControlPlane) -> None:
    chess = plane.world.projects[0]
    made = await ada.create_deployment(chess.id, NewDeployment("dev", "dev/new"))
    assert isinstance(made, CloudDeployment)
    assert (made.reference, made.is_default, made.expires_at, made.region) == ("dev/new", False, None, "aws-us-east-1")
    later = now() + 3_600_000
    new = NewDeployment("preview", "preview/x", region="aws-eu-west-1", class_="s256", expires_at=later)
    made = await ada.create_deployment(chess.id, new)
    assert isinstance(made, CloudDeployment)
    assert (made.region, made.class_, made.expires_at) == ("aws-eu-west-1", "s256", later)
    assert plane.requests[-1].body == {
        "type": "preview", "reference": "preview/x", "region": "aws-eu-west-1", "class": "s256", "isDefault": None,
        "expiresAt": later,
    }  # fmt: skip
    kept = await ada.create_deployment(chess.id, NewDeployment("preview", "preview/y", expires_at=None))
    assert isinstance(kept, CloudDeployment)
    assert kept.expires_at is None
    with pytest.raises(RefusedError, match="already exists") as refused:
        await ada.create_deployment(chess.id, NewDeployment("dev", "dev/new"))
    assert refused.value.code == "DeploymentReferenceNotUnique"


async def test_regions_and_classes(plane: StandIn, ada: ControlPlane) -> None:
    acme = plane.world.teams[0]
    names = [one.name for one in await ada.regions(acme.id) if one.available]
    assert names == ["aws-us-east-1", "aws-eu-west-1"]
    assert [(one.type, one.available) for one in await ada.classes(acme.id)][-1] == ("d1024", False)


async def test_registers_local_deployments(plane: StandIn, ada: ControlPlane) -> None:
    registered = await ada.start_local("acme", "chess", 4321)
    assert (registered.deployment_name, registered.project_id) == ("local-acme-chess", plane.world.projects[0].id)
    await ada.pause_local("acme", "chess")
    found = plane.world.deployment("local-acme-chess")
    assert found is not None
    assert (found.port, found.is_active) == (4321, False)


async def test_default_variables(plane: StandIn, ada: ControlPlane) -> None:
    chess = plane.world.projects[0].id
    listed = await ada.default_variables(chess)
    assert [(one.name, one.deployment_types) for one in listed if one.name == "ONLY_DEV"] == [("ONLY_DEV", ["dev"])]
    assert "https://dev.example" not in repr(listed)
    changes = [DefaultChange("ONLY_DEV", "dev", None), DefaultChange("FRESH", "prod", "a\nb")]
    await ada.change_default_variables(chess, changes)
    assert plane.world.defaults[chess, "FRESH", "prod"] == "a\nb"
    assert (chess, "ONLY_DEV", "dev") not in plane.world.defaults
    with pytest.raises(RefusedError, match="bad-name"):
        await ada.change_default_variables(chess, [DefaultChange("bad-name", "dev", "x")])


async def test_usage_rows(plane: StandIn, ada: ControlPlane) -> None:
    plane.world.usage["happy-otter-101"] = [["occRetried", "messages:send", None, "{}"]]
    acme = plane.world.teams[0].id
    rows = await ada.usage_rows(acme, "the-query", "happy-otter-101", "2026-01-01", "2026-01-04")
    assert rows == [["occRetried", "messages:send", None, "{}"]]
    assert plane.requests[-1].target.endswith(
        "usage/query?queryId=the-query&deploymentName=happy-otter-101&from=2026-01-01&to=2026-01-04"
    )


async def test_tokens(plane: StandIn, ada: ControlPlane) -> None:
    token = await ada.create_access_token("a test")
    assert token in {one.value for one in plane.world.tokens}
    names = [one.name for one in await ada.access_tokens()]
    assert names == ["a laptop", "a test"]
    await ada.delete_access_token((await ada.access_tokens())[1].id)
    assert [one.name for one in await ada.access_tokens()] == ["a laptop"]
    assert await ada.opt_ins() == []


async def test_credentials(plane: StandIn, ada: ControlPlane) -> None:
    world, access = plane.world, ada.access
    otter, cat, bee = (world.deployment(name) for name in ("happy-otter-101", "brave-cat-103", "shy-bee-105"))
    assert otter is not None and cat is not None and bee is not None
    found = await access.credentials_by_name(otter.name, by_deployment(otter.name, "dev"))
    assert (found.url, found.admin_key, found.deployment_type) == (otter.url, otter.key, "dev")
    assert (found.reference, found.is_default) == ("dev/ada", True)
    assert await access.credentials_by_name(otter.name, by_slugs("acme", "chess")) == found
    assert (await access.credentials_of_prod(otter.name)).admin_key == cat.key
    assert (await access.credentials_of_preview("pr-1", by_slugs("acme", "chess"))).admin_key == bee.key
    assert await access.default_name("acme", "chess", "dev") == otter.name
    assert await access.name_by_reference("acme", "chess", "production") == cat.name
    place = await access.project_of_deployment(otter.name)
    assert (place.team, place.project, place.team_id) == ("acme", "chess", otter.project.team.id)
    assert await access.project("acme", "chess") == place
    assert otter.key not in repr(found)


async def test_keys_are_asked_about_without_a_login(plane: StandIn, connect: MakePlane) -> None:
    access = connect(None).access
    elk = plane.world.deployment("odd-elk-106")
    assert elk is not None
    assert await access.url_of_key(Secret(elk.key)) == elk.url
    assert (await access.project_of_key(Secret(elk.key))).project == "chess"
    assert plane.requests[-1].authorization is None


async def test_a_project_key_opens_what_is_there(plane: StandIn, connect: MakePlane) -> None:
    access = connect(Authorization("project key", PROJECT_KEY, "the test")).access
    assert (await access.provision_and_authorize(None, None, "prod")).name == "brave-cat-103"
    assert (await access.project_of_key(Secret(PROJECT_KEY))).project == "chess"
    with pytest.raises(NotFoundError):
        await access.project("acme", "go")


async def test_a_preview_deploy_key_may_not_everything(connect: MakePlane) -> None:
    client = connect(Authorization("preview deploy key", PREVIEW_DEPLOY_KEY, "CONVEX_DEPLOY_KEY in .env"))
    with pytest.raises(ForbiddenError, match=r"The preview deploy key \(CONVEX_DEPLOY_KEY in .env\) may not do this"):
        await client.create_access_token("x")


async def test_names_in_paths_are_escaped(plane: StandIn, ada: ControlPlane) -> None:
    with pytest.raises(NotFoundError):
        await ada.deployment("a/../b?c#d")
    assert plane.requests[-1].target == "/v1/deployments/a%2F..%2Fb%3Fc%23d"
