"""The genuine CLI works against our stand-in for the control plane, and finds in it what it expects."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitcn_repl.project.env_files import parse_env_file
from tests.project.test_env_files import VECTORS
from tests.support.control_plane import (
    ACCESS_TOKEN,
    StandIn,
    Workplace,
    html,
    make_workplace,
    refused,
    small_world,
    stand_in,
    status,
)
from tests.support.node import genuine_cli, node

pytestmark = pytest.mark.slow

_PATIENCE = 120
"""Seconds; only ever spent on a client that hangs."""


@pytest.fixture
def plane() -> Iterator[StandIn]:
    with stand_in(small_world()) as running:
        yield running


class Genuine:
    """The genuine CLI in a project whose selected deployment is Ada's."""

    def __init__(self, place: Workplace) -> None:
        self.place = place

    def __call__(self, *arguments: str, code: int = 0, stdin: str = "", **variables: str) -> str:
        """What it printed, on both streams. `code` is the exit code that it has to have."""
        done = subprocess.run(
            [node(), genuine_cli(), *arguments],
            cwd=self.place.folder,
            env={"PATH": os.environ["PATH"], "NO_COLOR": "1", "CI": "1", **self.place.variables(**variables)},
            input=stdin, capture_output=True, text=True, timeout=_PATIENCE, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        return said


@pytest.fixture
def genuine(plane: StandIn, tmp_path: Path) -> Genuine:
    place = make_workplace(plane, tmp_path)
    place.env_local("CONVEX_DEPLOYMENT=dev:happy-otter-101\n")
    place.log_in(ACCESS_TOKEN)
    return Genuine(place)


def test_deployments_are_shown(genuine: Genuine) -> None:
    said = genuine("deployments")
    for line in ("Team: acme", "Project: chess", "Deployment: happy-otter-101", "Type: dev"):
        assert line in said


def test_environment_variables(genuine: Genuine, plane: StandIn) -> None:
    otter = plane.world.deployments[0]
    assert "Successfully set A (on dev deployment happy-otter-101)" in genuine("env", "set", "A", "1")
    genuine("env", "set", "B", "2", "--prod")
    assert (otter.environment, plane.world.deployments[2].environment) == ({"A": "1"}, {"B": "2"})
    assert "A=1" in genuine("env", "list")
    assert genuine("env", "get", "A").startswith("1\n")
    genuine("env", "remove", "A")
    assert otter.environment == {}


def test_default_environment_variables(genuine: Genuine, plane: StandIn) -> None:
    chess = plane.world.projects[0].id
    said = genuine("env", "default", "list", "--type", "dev")
    assert "API_HOST=https://dev.example\nONLY_DEV='yes # no'\n" in said
    genuine("env", "default", "set", "NEW", "x", "--type", "preview")
    genuine("env", "default", "remove", "API_HOST", "--type", "prod")
    assert plane.world.defaults[chess, "NEW", "preview"] == "x"
    assert (chess, "API_HOST", "prod") not in plane.world.defaults
    assert "bogus" in genuine("env", "default", "list", "--type", "bogus", code=1)


def test_creating_and_selecting(genuine: Genuine, plane: StandIn) -> None:
    said = genuine("deployment", "create", "dev/new", "--type", "dev", "--region", "eu", "--select")
    created = plane.world.deployments[-1]
    assert (created.reference, created.region, created.is_default) == ("dev/new", "aws-eu-west-1", False)
    assert "acme:chess:dev/new" in said
    env_local = genuine.place.folder / ".env.local"
    assert f"CONVEX_DEPLOYMENT=dev:{created.name} # team: acme, project: chess\n" in env_local.read_text()
    assert "Selected deployment" in genuine("deployment", "select", "umbrella:chess:dev")
    assert parse_env_file(env_local.read_text()) == {
        "CONVEX_DEPLOYMENT": "dev:wise-owl-301",
        "CONVEX_URL": plane.world.deployments[8].url,
        "CONVEX_SITE_URL": "https://wise-owl-301.site.example",
    }
    assert "already exists" in genuine("deployment", "create", "dev/ada", "--type", "dev", code=1)
    assert "is reserved" not in genuine("deployment", "select", "prod", code=1)


def test_keys_and_projects(genuine: Genuine, plane: StandIn) -> None:
    key = genuine("deployment", "token", "create", "ci").splitlines()[0]
    assert key == plane.world.deploy_keys[0].value
    assert "account" in genuine("data", CONVEX_DEPLOY_KEY=key)
    genuine("deployment", "token", "delete", "ci")
    assert plane.world.deploy_keys == []
    assert "shiny" in genuine("project", "create", "shiny", "--team", "acme")
    assert plane.world.projects[-1].slug == "shiny"


def test_logging_in_and_out(genuine: Genuine, plane: StandIn) -> None:
    plane.world.logins_pending = 1
    config = genuine.place.home / plane.config_directory / "config.json"
    assert "You have been logged out" in genuine("logout")
    assert not config.exists()
    said = genuine("login", "--device-name", "a test", "--no-open", "--override-auth-url", f"{plane.url}/oidc")
    assert "ABCD-1234" in said
    token = plane.world.tokens[-1]
    assert (token.name, json.loads(config.read_text())) == ("a test", {"accessToken": token.value})
    said = genuine("login", "status")
    for line in ("Status: Logged in", "Teams: 2 teams accessible", "  - Acme (acme)"):
        assert line in said


def test_insights(genuine: Genuine, plane: StandIn) -> None:
    details = json.dumps({"occCalls": 3, "occTableName": "messages", "hourlyCounts": [], "recentEvents": []})
    plane.world.usage["happy-otter-101"] = [["occRetried", "messages:send", "-root-component-", details]]
    assert "[WARNING] OCC Retried: messages:send — 3 OCC conflicts on table messages" in genuine("insights")


def test_faults_are_told(genuine: Genuine, plane: StandIn) -> None:
    for fault, says in (
        (refused(403, "OperationNotPermitted", "You may not do this"), "You may not do this"),
        (refused(401, "AccessTokenInvalid", "Bad token"), "AccessTokenInvalid: Bad token"),
        (status(500), "500 Internal Server Error"),
        (html(), "Unexpected token"),
    ):
        plane.fail("/", fault)
        assert says in genuine("data", code=1)
        plane.recover()


def test_env_files_are_read_as_the_genuine_cli_reads_them(genuine: Genuine, plane: StandIn) -> None:
    """Each text on its own would take too long; joined, every one still has its say."""
    texts = [text.replace("A", f"A{number}", 1) for number, (text, _) in enumerate(VECTORS) if "CONVEX_" not in text]
    texts = [text for text in texts if "a.b-c" not in text]  # a name that no deployment takes
    whole = "\n".join(text for text in texts if "unterminated" not in text)
    (genuine.place.folder / "vectors.env").write_bytes(whole.encode())
    genuine("env", "set", "--from-file", "vectors.env")
    ours = parse_env_file(whole)
    assert len(ours) > 20
    assert plane.world.deployments[0].environment == ours
