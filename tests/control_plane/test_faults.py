"""What happens when the service is down, slow, busy, or not itself; and what is asked again."""

from __future__ import annotations

import socket

import pytest
from starlette.types import ASGIApp

from kitcn_repl.control_plane.client import ControlPlane, NewDeployment
from kitcn_repl.control_plane.errors import (
    ControlPlaneError,
    ControlPlaneUnavailableError,
    ControlPlaneUnreachableError,
    ForbiddenError,
    LoginNeededError,
    NotFoundError,
    RefusedError,
    UnexpectedAnswerError,
)
from kitcn_repl.control_plane.exchange import RETRIES, TIMEOUTS
from kitcn_repl.deployment.retry import NO_RETRIES
from kitcn_repl.deployment.transport import Timeouts
from kitcn_repl.errors import ExitCode, UsageError
from kitcn_repl.targets.authorization import Authorization
from tests.control_plane.conftest import ADA, MakePlane
from tests.deployment.support import FakeTime
from tests.support.control_plane import StandIn, half_an_answer, html, refused, slow, status


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        (refused(401, "AccessTokenInvalid", "Bad token"), LoginNeededError, "does not accept the access token"),
        (status(401), LoginNeededError, "does not accept the access token"),
        (refused(403, "OperationNotPermitted", "Ask Bob"), ForbiddenError, "may not do this: Ask Bob"),
        (status(403), ForbiddenError, "answered 403"),
        (refused(404, "TeamNotFound", "Team x"), NotFoundError, "no such team"),
        (refused(404, "ThingNotFound", "No thing."), NotFoundError, r"No thing \(ThingNotFound\)\."),
        (refused(400, "Weird", "Too weird"), RefusedError, r"Too weird \(Weird\)\."),
        (status(404), UnexpectedAnswerError, "answered 404 where Convex would not"),
        (refused(429, "RateLimited", "Slow", retry_after=7), ControlPlaneUnavailableError, "too often: try again in 7"),
        (status(429), ControlPlaneUnavailableError, "try again later"),
        (status(500), ControlPlaneUnavailableError, r"cannot answer now \(HTTP 500\)"),
        (html(503), ControlPlaneUnavailableError, r"cannot answer now \(HTTP 503\)"),
        (html(), UnexpectedAnswerError, "text/html instead of JSON"),
        (half_an_answer(), ControlPlaneUnreachableError, "stopped in the middle"),
        (status(200, body=b"[]"), UnexpectedAnswerError, "something instead of JSON"),
        (status(302), UnexpectedAnswerError, "answered 302"),
    ],
)  # fmt: skip
async def test_each_fault_is_one_clear_line(
    plane: StandIn, ada: ControlPlane, fault: ASGIApp, error: type[ControlPlaneError], says: str
) -> None:
    plane.fail("/", fault)
    with pytest.raises(error, match=says) as caught:
        await ada.teams()
    assert "\n" not in caught.value.message
    assert type(caught.value) is error
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_json_of_another_shape(plane: StandIn, ada: ControlPlane) -> None:
    from starlette.responses import JSONResponse

    plane.fail("/", JSONResponse([{"id": "x", "name": "secret-value", "slug": "s"}]))
    with pytest.raises(UnexpectedAnswerError, match=r"a form that we do not know \(0.id") as caught:
        await ada.teams()
    assert "secret-value" not in caught.value.message
    with pytest.raises(UnexpectedAnswerError, match="a form that we do not know"):
        await ada.access.project_of_deployment("happy-otter-101")


async def test_a_dead_service_is_told_within_seconds(connect: MakePlane) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        time = FakeTime()
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        with pytest.raises(ControlPlaneUnreachableError, match=r"Nothing answers at 127\.0\.0\.1"):
            await connect(url=url, retry=time.policy()).teams()
        assert sum(time.slept) < 5


async def test_a_slow_service_is_not_waited_for(plane: StandIn) -> None:
    plane.fail("/", slow(30))
    client = ControlPlane(plane.url, ADA, timeouts=Timeouts(read=0.2, total=1.0), retry=NO_RETRIES)
    with pytest.raises(ControlPlaneUnreachableError, match="did not answer in time"):
        await client.teams()
    await client.aclose()


def test_patience_is_seconds() -> None:
    assert TIMEOUTS.read <= 10
    assert TIMEOUTS.total <= 20
    assert RETRIES.budget <= 10


@pytest.mark.parametrize("fault", [status(500), status(503), status(429), html(502)], ids=["500", "503", "429", "502"])
async def test_reads_are_asked_again(plane: StandIn, connect: MakePlane, fault: ASGIApp) -> None:
    time = FakeTime()
    plane.fail("/", fault, times=2)
    assert len(await connect(retry=time.policy()).teams()) == 2
    assert len(plane.requests) == 3
    assert time.slept == sorted(time.slept)
    plane.fail("/", fault, times=1)
    assert (await connect(retry=time.policy()).access.credentials_of_prod("happy-otter-101")).name == "brave-cat-103"


async def test_retry_after_is_respected(plane: StandIn, connect: MakePlane) -> None:
    time = FakeTime()
    plane.fail("/", refused(429, "RateLimited", "Slow", retry_after=3), times=1)
    await connect(retry=time.policy()).teams()
    assert time.slept == [3.0]


@pytest.mark.parametrize("fault", [status(500), status(429)], ids=["500", "429"])
async def test_changes_are_asked_once(plane: StandIn, connect: MakePlane, fault: ASGIApp) -> None:
    plane.fail("/", fault, times=1)
    time = FakeTime()
    client = connect(retry=time.policy())
    before = len(plane.world.deployments)
    with pytest.raises(ControlPlaneUnavailableError):
        await client.create_deployment(plane.world.projects[0].id, NewDeployment("dev", "dev/once"))
    assert (len(plane.requests), len(plane.world.deployments), time.slept) == (1, before, [])


async def test_nobody_logged_in(connect: MakePlane) -> None:
    with pytest.raises(LoginNeededError, match="You are not logged in to Convex") as caught:
        await connect(None).teams()
    assert caught.value.hint == "Log in with: kitcn login"
    assert caught.value.exit_code == ExitCode.NOT_REACHED


async def test_a_key_that_is_refused_names_the_key(connect: MakePlane) -> None:
    wrong = Authorization("project key", "project:acme:chess|wrong", "CONVEX_DEPLOY_KEY in .env.local")
    with pytest.raises(LoginNeededError, match=r"project key \(CONVEX_DEPLOY_KEY in .env.local\)") as caught:
        await connect(wrong).teams()
    assert caught.value.hint == "Create a new key in the Convex dashboard."


@pytest.mark.parametrize("url", ["not an address", "ftp://x", "https://", "http://user:pw@host"])
def test_a_host_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="CONVEX_PROVISION_HOST") as caught:
        ControlPlane(url, ADA)
    assert "pw" not in caught.value.message


@pytest.mark.parametrize("value", ["", " ", "two words", "line\nbreak", "żółw"])
def test_a_token_that_cannot_be_one(value: str) -> None:
    with pytest.raises(UsageError, match="holds characters that none has") as caught:
        ControlPlane("http://127.0.0.1:1", Authorization("access token", value, "~/.convex/config.json"))
    assert not value.strip() or value not in caught.value.message
