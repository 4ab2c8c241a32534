"""Keys and tokens are in no output, log, exception or repr, whatever happens."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from kitcn_repl.control_plane.client import ControlPlane
from kitcn_repl.control_plane.models import CreatedToken
from kitcn_repl.deployment.retry import NO_RETRIES
from kitcn_repl.explore.selecting import find_target
from kitcn_repl.targets.authorization import Authorization
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.target import TargetFlags
from tests.cli.console import Console
from tests.deployment.support import everything_said
from tests.support.control_plane import (
    ACCESS_TOKEN,
    StandIn,
    Workplace,
    echo,
    half_an_answer,
    html,
    make_workplace,
    refused,
    small_world,
    stand_in,
    status,
)
from tests.support.control_plane.small_world import PREVIEW_DEPLOY_KEY, PROJECT_KEY

FAULTS: dict[str, ASGIApp | None] = {
    "none": None,
    "echo 400": echo(400),
    "echo 401": echo(401),
    "echo 403": echo(403),
    "echo 404": echo(404),
    "echo 500": echo(500),
    "refused": refused(403, "OperationNotPermitted", "no"),
    "html": html(),
    "half": half_an_answer(b'{"adminKey": "dev:happy-otter-101|ey1009secretofhappyotter101=", "url'),
    "404": status(404),
}


@pytest.fixture
def plane() -> Iterator[StandIn]:
    world = small_world()
    world.add(world.projects[0], "local-acme-chess", "dev", creator=world.members[0], port=0)
    with stand_in(world) as running:
        yield running


@pytest.fixture
def place(plane: StandIn, tmp_path: Path) -> Workplace:
    made = make_workplace(plane, tmp_path)
    made.env_local("CONVEX_DEPLOYMENT=dev:happy-otter-101\n")
    made.log_in(ACCESS_TOKEN)
    made.local_state(plane.world.deployments[-1])
    return made


def secrets_of(plane: StandIn) -> list[str]:
    whole = [ACCESS_TOKEN, PROJECT_KEY, PREVIEW_DEPLOY_KEY]
    return [one.rpartition("|")[2] for one in whole] + [one.secret for one in plane.world.deployments]


def situations(place: Workplace) -> Iterator[tuple[TargetFlags, list[str], dict[str, str]]]:
    """Flags, the same as arguments, and variables."""
    world = place.plane.world
    otter, elk = world.deployments[0], world.deployments[5]
    yield TargetFlags(), [], {}
    yield TargetFlags(prod=True), ["--prod"], {}
    yield TargetFlags(deployment="staging"), ["--deployment", "staging"], {}
    yield TargetFlags(deployment="local"), ["--deployment", "local"], {}
    yield TargetFlags(deployment=otter.key), ["--deployment", otter.key], {}
    yield TargetFlags(url=otter.url, admin_key=otter.key), ["--url", otter.url, "--admin-key", otter.key], {}
    yield TargetFlags(url=otter.key, admin_key="k"), ["--url", otter.key, "--admin-key", "k"], {}
    yield TargetFlags(url=elk.url, admin_key=otter.key), ["--url", elk.url, "--admin-key", otter.key], {}
    yield TargetFlags(), [], {"CONVEX_OVERRIDE_ACCESS_TOKEN": ACCESS_TOKEN}
    for key in (otter.key, elk.key, elk.key.partition(":")[2], PROJECT_KEY, PREVIEW_DEPLOY_KEY, otter.secret):
        yield TargetFlags(), [], {"CONVEX_DEPLOY_KEY": key}
        yield TargetFlags(preview_name="pr-1"), ["--preview-name", "pr-1"], {"CONVEX_DEPLOY_KEY": key}
        yield TargetFlags(deployment="staging"), ["--deployment", "staging"], {"CONVEX_DEPLOY_KEY": key}
    yield TargetFlags(), [], {"CONVEX_SELF_HOSTED_ADMIN_KEY": otter.key, "CONVEX_DEPLOYMENT": ""}
    yield TargetFlags(), [], {"CONVEX_SELF_HOSTED_ADMIN_KEY": otter.key}
    yield TargetFlags(), [], {"CONVEX_SELF_HOSTED_URL": otter.key, "CONVEX_SELF_HOSTED_ADMIN_KEY": otter.key}
    yield TargetFlags(), [], {otter.secret.rstrip("="): ""}


@pytest.mark.parametrize("fault", list(FAULTS))
async def test_selecting_repeats_no_secret(place: Workplace, fault: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    behaviour = FAULTS[fault]
    if behaviour is not None:
        place.plane.fail("/", behaviour)
    said: list[str] = []
    for flags, _argv, variables in situations(place):
        said.append(repr(flags))
        try:
            selection = select(flags, place.variables(**variables), place.folder)
        except Exception as error:
            said += ["".join(traceback.format_exception(error)), repr(error), repr(vars(error))]
            continue
        said.append(repr(selection))
        try:
            target = await find_target(selection)
        except Exception as error:
            said.append(everything_said(error))
        else:
            said += [repr(target), target.label]
    assert len(said) > 30
    text = "\n".join(said) + caplog.text
    assert [one for one in secrets_of(place.plane) if one in text] == []


@pytest.mark.parametrize("fault", ["none", "echo 400", "echo 401", "echo 403", "half"])
@pytest.mark.parametrize("debug", [False, True], ids=["quiet", "debug"])
def test_the_command_line_prints_no_secret(
    place: Workplace, fault: str, debug: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    behaviour = FAULTS[fault]
    if behaviour is not None:
        place.plane.fail("/", behaviour)
    said: list[str] = []
    for _flags, argv, variables in situations(place):
        all_variables = place.variables(**variables, **({"KITCN_DEBUG": "1"} if debug else {}))
        outcome = Console(cwd=place.folder, variables=all_variables)("env", "list", *argv)
        said += [outcome.out, outcome.err]
        assert "failed unexpectedly" not in outcome.err
    text = "\n".join(said) + caplog.text
    assert [one for one in secrets_of(place.plane) if one in text] == []


async def test_the_client_shows_no_secret(plane: StandIn) -> None:
    for kind, value in (("access token", ACCESS_TOKEN), ("project key", PROJECT_KEY)):
        authorization = Authorization("access token" if kind == "access token" else "project key", value, "a test")
        client = ControlPlane(plane.url, authorization, retry=NO_RETRIES)
        said = [repr(authorization), repr(client), repr(vars(client)), repr(client.access), str(client)]
        said.append(repr(await client.access.project("acme", "chess")))
        plane.fail("/", echo(400))
        try:
            await client.teams()
        except Exception as error:
            said.append(everything_said(error))
        plane.recover()
        await client.aclose()
        assert len(said) == 7
        assert value.rpartition("|")[2] not in "\n".join(said)


def test_created_secrets_are_in_no_repr() -> None:
    shown = [CreatedToken(access_token="planted")]  # type: ignore[arg-type]
    assert "planted" not in repr(shown)
