"""From a selection to a target, asked of the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import JSONResponse

from kitcn_repl.control_plane.access import Access
from kitcn_repl.control_plane.errors import LoginNeededError
from kitcn_repl.control_plane.exchange import Exchange
from kitcn_repl.errors import ExitCode, NoDeploymentError, UsageError
from kitcn_repl.explore.selecting import find_project, find_target
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.target import Target, TargetFlags
from tests.support.control_plane import ACCESS_TOKEN, StandIn, Workplace, make_workplace, small_world, stand_in
from tests.support.control_plane.small_world import PREVIEW_DEPLOY_KEY, PROJECT_KEY

OTTER = "CONVEX_DEPLOYMENT=dev:happy-otter-101\n"


@pytest.fixture
def plane() -> Iterator[StandIn]:
    world = small_world()
    world.add(world.projects[0], "local-acme-chess", "dev", creator=world.members[0], port=0)
    with stand_in(world) as running:
        yield running


@pytest.fixture
def place(plane: StandIn, tmp_path: Path) -> Workplace:
    return make_workplace(plane, tmp_path)


async def found(place: Workplace, flags: TargetFlags | None = None, **variables: str) -> Target:
    return await find_target(select(flags or TargetFlags(), place.variables(**variables), place.folder))


async def test_a_target_knows_all_that_the_service_said(place: Workplace) -> None:
    place.env_local(OTTER)
    place.log_in(ACCESS_TOKEN)
    target = await found(place)
    otter = place.plane.world.deployment("happy-otter-101")
    assert otter is not None
    assert (target.kind, target.url, target.admin_key) == ("live", otter.url, otter.key)
    assert (target.deployment_type, target.reference, target.is_default) == ("dev", "dev/ada", True)
    assert target.label == "dev · happy-otter-101 (CONVEX_DEPLOYMENT in .env.local)"
    assert otter.secret not in repr(target) + str(target)
    assert len(place.plane.requests) == 1


async def test_prod_is_prod(place: Workplace) -> None:
    place.env_local(OTTER)
    place.log_in(ACCESS_TOKEN)
    for flags in (TargetFlags(prod=True), TargetFlags(deployment="prod"), TargetFlags(deployment="acme:chess:prod")):
        assert (await found(place, flags)).is_prod
    assert (
        await found(place, CONVEX_DEPLOY_KEY="prod:brave-cat-103|" + place.plane.world.deployments[2].secret)
    ).is_prod


async def test_what_was_asked_for_as_prod_is_prod_also_where_the_service_does_not_say_so(place: Workplace) -> None:
    place.env_local(OTTER)
    place.log_in(ACCESS_TOKEN)
    cat = place.plane.world.deployments[2]
    answer = {"deploymentName": cat.name, "adminKey": cat.key, "url": cat.url}
    place.plane.fail("/api/deployment/authorize_prod", JSONResponse(answer))
    assert (await found(place, TargetFlags(prod=True))).is_prod


@pytest.mark.parametrize("flags", [TargetFlags(), TargetFlags(prod=True), TargetFlags(deployment="acme:bare:dev")])
async def test_nothing_is_created_on_the_way(place: Workplace, flags: TargetFlags) -> None:
    world = place.plane.world
    bare = next(one for one in world.projects if one.slug == "bare")
    keys = {"CONVEX_DEPLOY_KEY": "project:acme:bare|ey-bare="}
    world.project_keys["project:acme:bare|ey-bare="] = bare
    before = len(world.deployments)
    with pytest.raises(NoDeploymentError, match=r"There is no .* in acme:bare") as caught:
        await found(place, flags, **keys)
    assert caught.value.hint is not None
    assert "kitcn deployment create --type" in caught.value.hint
    world.preview_deploy_keys["preview:acme:bare|ey-bare="] = bare
    with pytest.raises(NoDeploymentError):
        await found(place, flags, CONVEX_DEPLOY_KEY="preview:acme:bare|ey-bare=")
    assert len(world.deployments) == before


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (TargetFlags(deployment="nowhere"), r"There is no deployment 'nowhere' in acme:chess\."),
        (TargetFlags(deployment="no-such-1"), "There is no deployment no-such-1, or your login may not open it"),
        (TargetFlags(deployment="acme:nowhere:dev"), "There is no such project"),
        (TargetFlags(deployment="nobody:chess:dev"), "There is no such team"),
        (TargetFlags(preview_name="pr-9"), "There is no preview deployment 'pr-9'"),
    ],
)
async def test_what_does_not_exist(place: Workplace, flags: TargetFlags, says: str) -> None:
    place.env_local(OTTER)
    place.log_in(ACCESS_TOKEN)
    with pytest.raises(Exception, match=says) as caught:
        await found(place, flags)
    assert getattr(caught.value, "exit_code", None) == ExitCode.NO_DEPLOYMENT


async def test_a_broken_login_file_is_part_of_the_story(place: Workplace) -> None:
    place.env_local(OTTER)
    place.log_in(ACCESS_TOKEN).write_text("{")
    with pytest.raises(LoginNeededError, match="You are not logged in") as caught:
        await found(place)
    assert caught.value.hint is not None
    assert "config.json is not a JSON object" in caught.value.hint
    assert "kitcn login" in caught.value.hint


async def test_a_running_local_backend_is_used(place: Workplace) -> None:
    local = place.plane.world.deployments[-1]
    place.local_state(local)
    place.env_local(f"CONVEX_DEPLOYMENT=local:{local.name}\n")
    target = await found(place)
    assert (target.kind, target.url, target.admin_key) == ("live", local.url, local.key)
    assert target.label == "local · local-acme-chess (CONVEX_DEPLOYMENT in .env.local)"
    assert all(one.authorization is None for one in place.plane.requests)


async def test_a_local_backend_that_does_not_run_leaves_its_file(place: Workplace) -> None:
    local = place.plane.world.deployments[-1]
    state = place.local_state(local, port=1)
    place.env_local(f"CONVEX_DEPLOYMENT=local:{local.name}\n")
    with pytest.raises(NoDeploymentError, match=r"its backend is not running, and .* does not exist") as caught:
        await found(place)
    assert caught.value.hint == "Start it with: npx convex dev"
    database = state.parent / "convex_local_backend.sqlite3"
    database.write_bytes(b"")
    target = await found(place)
    assert (target.kind, target.path, target.deployment_type) == ("sqlite", database, "local")
    assert "its backend is not running, so its file is read" in target.label


async def test_another_backend_at_the_port_gets_no_key(place: Workplace) -> None:
    local, world = place.plane.world.deployments[-1], place.plane.world
    state = place.local_state(local, port=int(world.deployments[0].url.rpartition(":")[2]))
    (state.parent / "convex_local_backend.sqlite3").write_bytes(b"")
    target = await found(place, TargetFlags(deployment="local"))
    assert target.kind == "sqlite"
    assert "'happy-otter-101' runs at" in target.label
    assert all(one.authorization is None for one in place.plane.requests)


async def test_the_project_of_a_local_deployment_is_checked(place: Workplace) -> None:
    local = place.plane.world.deployments[-1]
    chess, go = place.plane.world.projects[:2]
    place.env_local(OTTER)
    place.log_in(ACCESS_TOKEN)
    place.local_state(local, project_id=chess.id)
    assert (await found(place, TargetFlags(deployment="local"))).name == local.name
    assert (await found(place, TargetFlags(deployment="acme:chess:local"))).name == local.name
    place.local_state(local, project_id=go.id)
    for selector in ("local", "chess:local", "acme:chess:local"):
        with pytest.raises(NoDeploymentError, match="belongs to another project than acme:chess"):
            await found(place, TargetFlags(deployment=selector))
    assert (await found(place, TargetFlags(deployment="go:local"))).name == local.name


async def test_the_project_of_a_selection(place: Workplace) -> None:
    place.env_local(OTTER)
    place.log_in(ACCESS_TOKEN)
    place.local_state(place.plane.world.deployments[-1])

    async def project(flags: TargetFlags, **variables: str) -> str:
        selection = select(flags, place.variables(**variables), place.folder)
        exchange = Exchange(selection.control_plane, selection.authorization)
        try:
            found = await find_project(selection, Access(exchange))
        finally:
            await exchange.aclose()
        return f"{found.team}:{found.project}"

    assert await project(TargetFlags()) == "acme:chess"
    assert await project(TargetFlags(deployment="merry-hen-201")) == "acme:go"
    assert await project(TargetFlags(deployment="go:dev")) == "acme:go"
    assert await project(TargetFlags(deployment="umbrella:chess:dev")) == "umbrella:chess"
    assert await project(TargetFlags(deployment="local")) == "acme:chess"
    for key in (PROJECT_KEY, PREVIEW_DEPLOY_KEY, place.plane.world.deployments[0].key):
        assert await project(TargetFlags(), CONVEX_DEPLOY_KEY=key) == "acme:chess"
    with pytest.raises(UsageError, match="belongs to no project"):
        await project(TargetFlags(demo=True))
