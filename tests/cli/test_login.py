"""`kitcn login`, `login status` and `logout`, against the stand-in's identity provider."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.workplace import At, at_work
from tests.support.control_plane import ACCESS_TOKEN, half_an_answer, html, status
from tests.support.control_plane.small_world import PROJECT_KEY

ROOT = Path(__file__).parents[2]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[At]:
    with at_work(tmp_path, token=None) as place:
        yield place


def config(at: At) -> Path:
    return at.place.home / at.plane.config_directory / "config.json"


def log_in(at: At, *flags: str, tty: bool = True, **more: Any) -> Any:
    return at("login", "--override-auth-url", f"{at.plane.url}/oidc", *flags, tty=tty, **more)


def test_a_login_in_a_browser(at: At) -> None:
    opened: list[str] = []

    def open_page(address: str) -> bool:
        opened.append(address)
        return True

    outcome = log_in(at, "--device-name", "the test", open_page=open_page)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.lines == [
        f"Visit {at.plane.url}/activate?user_code=ABCD-1234 to log in.",
        "It should show the code ABCD-1234, which is good for 5 min.",
        "A browser window was opened.",
        "Waiting until that is done; ctrl-c ends it.",
        f"✔ You are logged in. The token is in {config(at)}.",
    ]
    assert opened == [f"{at.plane.url}/activate?user_code=ABCD-1234"]
    made = at.world.tokens[-1]
    assert made.name == "the test"
    assert json.loads(config(at).read_text()) == {"accessToken": made.value}
    assert stat.S_IMODE(config(at).stat().st_mode) == 0o600
    assert made.value not in outcome.err
    assert at("deployment", "list").code == 0


def test_it_waits_as_long_as_it_takes(at: At) -> None:
    at.world.logins_pending = 1
    assert log_in(at, "--no-open").code == 0
    assert len([request for request in at.plane.asked() if request == "POST /oidc/token"]) == 2


def test_no_open_opens_nothing_and_needs_no_terminal(at: At) -> None:
    def open_page(_address: str) -> bool:
        raise AssertionError("a browser was opened")

    outcome = log_in(at, "--no-open", tty=False, open_page=open_page)
    assert outcome.code == 0
    assert "Visit " in outcome.err


def test_without_a_terminal_it_does_not_wait_for_nobody(at: At) -> None:
    outcome = log_in(at, tty=False)
    assert (outcome.code, len(outcome.lines)) == (2, 1)
    assert "--no-open" in outcome.err
    assert "CONVEX_DEPLOY_KEY" in outcome.err
    assert at.plane.requests == []


def test_whoever_is_logged_in_stays_so(at: At) -> None:
    path = at.place.log_in(ACCESS_TOKEN)
    outcome = log_in(at)
    assert (outcome.code, outcome.lines) == (0, [f"✔ You are logged in already ({path})."])
    assert json.loads(path.read_text()) == {"accessToken": ACCESS_TOKEN}
    assert log_in(at, "--force").code == 0
    assert json.loads(path.read_text()) != {"accessToken": ACCESS_TOKEN}


def test_a_login_that_is_no_longer_good_is_replaced_and_the_rest_kept(at: At) -> None:
    path = at.place.log_in("ey-old")
    path.write_text('{"accessToken": "ey-old", "other": 1}')
    assert log_in(at).code == 0
    stored = json.loads(path.read_text())
    assert (stored["other"], stored["accessToken"]) == (1, at.world.tokens[-1].value)


def test_the_override_is_told(at: At) -> None:
    override = {"CONVEX_OVERRIDE_ACCESS_TOKEN": ACCESS_TOKEN}
    outcome = log_in(at, env=override)
    assert outcome.lines == ["✔ You are logged in already (CONVEX_OVERRIDE_ACCESS_TOKEN in the environment)."]
    outcome = log_in(at, "--force", env=override)
    assert outcome.lines[-2:] == [
        "CONVEX_OVERRIDE_ACCESS_TOKEN in the environment is used instead of it: unset it",
        "to use the new login.",
    ]
    outcome = at("logout", env=override)
    assert "CONVEX_OVERRIDE_ACCESS_TOKEN in the environment is still used: unset it too." in outcome.err


@pytest.mark.parametrize(
    ("ends_with", "says"),
    [("access_denied", "refused in the browser"), ("expired_token", "not finished in time: run kitcn login again")],
)
def test_a_login_that_comes_to_nothing(ends_with: str, says: str, at: At) -> None:
    at.world.login_ends_with = ends_with
    outcome = log_in(at)
    assert outcome.code == 4
    assert says in outcome.lines[-1]
    assert not config(at).exists()


@pytest.mark.parametrize("fault", [status(500), status(404), html(), half_an_answer()])
@pytest.mark.parametrize("path", ["/oidc/.well-known", "/oidc/device", "/oidc/token", "/v1/create_personal"])
def test_a_service_that_is_ill(path: str, fault: Any, at: At) -> None:
    before = '{"accessToken": "ey-old"}'
    at.place.log_in("ey-old").write_text(before)
    at.plane.fail(path, fault)
    outcome = log_in(at, "--force")
    assert outcome.code == 4
    assert outcome.lines[-1].startswith("Error: ")
    assert config(at).read_text() == before
    assert [one.name for one in config(at).parent.iterdir()] == ["config.json"]


def test_a_broken_file_is_not_written_over(at: At) -> None:
    config(at).parent.mkdir()
    config(at).write_text('{"accessToken": "half')
    outcome = log_in(at)
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert "is not a JSON object: mend or remove it" in outcome.err
    assert config(at).read_text() == '{"accessToken": "half'
    assert not [request for request in at.plane.asked() if "oidc" in request]
    assert "half" not in outcome.err


def test_ctrl_c_ends_the_wait(at: At) -> None:
    at.world.logins_pending = 10_000
    with subprocess.Popen(
        [sys.executable, "-m", "kitcn_repl", "login", "--no-open", "--override-auth-url", f"{at.plane.url}/oidc"],
        cwd=at.folder, stderr=subprocess.PIPE, text=True,
        env=at.place.variables(PATH=os.environ["PATH"], PYTHONPATH=str(ROOT), NO_COLOR="1"),
    ) as running:  # fmt: skip
        assert running.stderr is not None
        while "Waiting" not in running.stderr.readline():
            pass
        running.send_signal(signal.SIGINT)
        assert running.stderr.read() == ""
        assert running.wait(60) == 130
    assert not config(at).exists()


def test_status(at: At) -> None:
    outcome = at("login", "status")
    assert (outcome.code, outcome.out) == (4, f"Token:  none in {config(at)}\nStatus: not logged in\n")
    assert outcome.lines == ["Log in with: kitcn login"]
    assert at.plane.requests == []
    at.place.log_in(ACCESS_TOKEN)
    outcome = at("login", "status")
    assert outcome.code == 0
    assert outcome.out == (
        f"Token:  {config(at)}\nUsed:   access token ({config(at)})\nStatus: logged in\n"
        "Teams:  acme (Acme), umbrella (Umbrella)\n"
    )
    at.place.log_in("ey-wrong")
    outcome = at("login", "status")
    assert (outcome.code, outcome.out.splitlines()[-1]) == (4, "Status: not logged in")
    assert len(outcome.lines) == 1
    assert "ey-wrong" not in outcome.err


def test_status_tells_of_keys_and_overrides(at: At) -> None:
    at.place.log_in(ACCESS_TOKEN)
    outcome = at("login", "status", env={"CONVEX_DEPLOY_KEY": PROJECT_KEY})
    assert outcome.code == 0
    assert "Used:   project key (CONVEX_DEPLOY_KEY in the environment)\nStatus: the key is accepted\n" in outcome.out
    outcome = at("login", "status", env={"CONVEX_DEPLOY_KEY": "project:acme:chess|ey-wrong"})
    assert outcome.code == 4
    assert "ey-wrong" not in outcome.out + outcome.err
    outcome = at("login", "status", env={"CONVEX_OVERRIDE_ACCESS_TOKEN": ACCESS_TOKEN})
    assert outcome.lines == ["CONVEX_OVERRIDE_ACCESS_TOKEN in the environment is used instead of the stored login."]
    assert ACCESS_TOKEN not in outcome.out + outcome.err


def test_status_when_nobody_can_be_asked(at: At) -> None:
    at.place.log_in(ACCESS_TOKEN)
    for fault in (status(503), html()):
        at.plane.recover()
        at.plane.fail("/", fault)
        outcome = at("login", "status")
        assert (outcome.code, len(outcome.lines)) == (4, 1)
    config(at).write_text("[")
    outcome = at("login", "status")
    assert outcome.code == 4
    assert "is not a JSON object" in outcome.err


def test_logout(at: At) -> None:
    path = at.place.log_in(ACCESS_TOKEN)
    assert at("logout").lines == [f"✔ You are logged out: {path} is gone."]
    assert not path.exists()
    assert at("logout").lines == ["✔ Nobody was logged in."]
    assert at.plane.requests == []
    path.write_text("{")
    assert at("logout").code == 0
    assert not path.exists()
