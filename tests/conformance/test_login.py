"""`login`, `login status` and `logout`: the same token is asked for, kept and removed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.genuine import HERE
from tests.support.control_plane import ACCESS_TOKEN, StandIn, Workplace, make_workplace, small_world, stand_in
from tests.support.node import genuine_cli, node

_PATIENCE = 120
"""Seconds; only ever spent on a client that hangs."""


@dataclass(frozen=True, slots=True)
class Home:
    """One of the two programs with a world and a home directory of its own, where Ada is logged in."""

    program: list[str]
    plane: StandIn
    place: Workplace

    @property
    def config(self) -> Path:
        return self.place.home / self.plane.config_directory / "config.json"

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self.program, *arguments], cwd=self.place.folder, stdin=subprocess.DEVNULL,
            env=self.place.variables(PATH=os.environ["PATH"], PYTHONPATH=str(HERE.parents[1]), NO_COLOR="1"),
            capture_output=True, text=True, timeout=_PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[tuple[Home, Home]]:
    """The genuine one's and ours."""
    programs = {
        "genuine": [node(), genuine_cli()],
        "ours": [sys.executable, "-m", "kitcn_repl"],
    }
    with stand_in(small_world()) as first, stand_in(small_world()) as second:
        made = []
        for (name, program), plane in zip(programs.items(), (first, second), strict=True):
            place = make_workplace(plane, tmp_path / name)
            place.log_in(ACCESS_TOKEN)
            made.append(Home(program, plane, place))
        yield made[0], made[1]


@pytest.mark.conforms("cli login", "", "--device-name", "--force", "--no-open")
@pytest.mark.conforms("cli login", "--override-auth-url", "--override-auth-client")
@pytest.mark.conforms("cli login status")
@pytest.mark.conforms("cli logout")
def test_what_is_asked_for_and_kept_is_the_same(homes: tuple[Home, Home]) -> None:
    with ThreadPoolExecutor(2) as pool:
        genuine, ours = pool.map(_whole_story, homes)
    assert ours == genuine


def _whole_story(home: Home) -> Any:
    """Who is logged in at first; what a second login leaves; that nothing is left after logging out."""
    before = home("login", "status")
    issuer = f"{home.plane.url}/oidc"
    flags = ("--override-auth-url", issuer, "--override-auth-client", "a client")
    home("login", "--force", "--no-open", "--device-name", "a test", *flags)
    token = home.plane.world.tokens[-1]
    asked = [one for one in home.plane.requests if one.path.startswith("/oidc/")]
    kept = json.loads(home.config.read_text())
    home("logout")
    return (
        [name for name in ("Acme", "acme", "Umbrella", "umbrella", "Nobody") if name in before],
        token.name,
        kept == {"accessToken": token.value},
        home.config.stat().st_mode if home.config.exists() else "gone",
        sorted((one.path, str(one.body)) for one in asked if one.path == "/oidc/device_authorization"),
        [one.body["client_id"] for one in asked if one.path == "/oidc/token"],
    )
