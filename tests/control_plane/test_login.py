"""The device flow, against the stand-in's identity provider."""

from __future__ import annotations

import json

import pytest

from kitcn_repl.control_plane.errors import ControlPlaneError, LoginNeededError, UnexpectedAnswerError
from kitcn_repl.control_plane.login import DeviceLogin
from kitcn_repl.targets.authorization import Authorization
from tests.control_plane.conftest import MakePlane
from tests.deployment.support import FakeTime
from tests.support.control_plane import StandIn, html, status


def _login(plane: StandIn, time: FakeTime) -> DeviceLogin:
    return DeviceLogin(f"{plane.url}/oidc", sleep=time.sleep, clock=lambda: time.now)


async def test_waits_for_the_user_and_gets_an_access_token(plane: StandIn, connect: MakePlane) -> None:
    time = FakeTime()
    plane.world.logins_pending = 3
    login = _login(plane, time)
    code = await login.start()
    assert (code.user_code, code.address) == ("ABCD-1234", f"{plane.url}/activate?user_code=ABCD-1234")
    assert "a-device-code" not in repr(code)
    token = await login.finish(code)
    assert time.slept == [1.0] * 4
    access = await connect(Authorization("access token", token, "the login")).create_access_token("my laptop")
    assert plane.world.tokens[-1].name == "my laptop"
    assert len(await connect(Authorization("access token", access, "the test")).teams()) == 2


@pytest.mark.parametrize(
    ("ends_with", "says"),
    [("access_denied", "refused in the browser"), ("expired_token", "not finished in time"), ("odd", "odd: as the")],
)
async def test_says_why_there_is_no_login(plane: StandIn, ends_with: str, says: str) -> None:
    plane.world.login_ends_with = ends_with
    login = _login(plane, FakeTime())
    with pytest.raises(LoginNeededError, match=says):
        await login.finish(await login.start())


async def test_gives_up_when_the_code_expires(plane: StandIn) -> None:
    plane.world.logins_pending = 10_000
    time = FakeTime()
    login = _login(plane, time)
    with pytest.raises(LoginNeededError, match="not finished in time"):
        await login.finish(await login.start())
    assert sum(time.slept) <= 301


async def test_slows_down_when_told(plane: StandIn) -> None:
    time = FakeTime()
    login = _login(plane, time)
    code = await login.start()
    plane.world.login_ends_with = "slow_down"
    time_limit = code.lifetime
    with pytest.raises(LoginNeededError, match="not finished in time"):
        await login.finish(code)
    assert time.slept[:3] == [1.0, 6.0, 11.0]
    assert sum(time.slept) < 2 * time_limit


@pytest.mark.parametrize("path", ["/oidc/.well-known", "/oidc/device", "/oidc/token"])
async def test_a_provider_that_answers_with_a_page(plane: StandIn, path: str) -> None:
    plane.fail(path, html())
    login = _login(plane, FakeTime())
    with pytest.raises(UnexpectedAnswerError, match="did not answer with JSON"):
        await login.finish(await login.start())


@pytest.mark.parametrize("issuer", ["http://auth.example", "nonsense", "file:///etc"])
async def test_only_secure_providers(issuer: str) -> None:
    with pytest.raises(ControlPlaneError, match="not a secure one"):
        await DeviceLogin(issuer).start()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "-version", "vscode://x/y", ""])
async def test_no_page_but_one_of_the_web_is_opened(plane: StandIn, address: str) -> None:
    """The browser is started with it."""
    code = {"device_code": "d", "user_code": "u", "verification_uri_complete": address, "verification_uri": address}
    plane.fail("/oidc/device", status(200, body=json.dumps(code).encode()))
    with pytest.raises(UnexpectedAnswerError, match="gave no code to log in with"):
        await _login(plane, FakeTime()).start()
