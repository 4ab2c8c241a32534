"""The same folder, variables and flags, given to the genuine CLI and to ours: the same deployment, the same key."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.conformance.genuine import Ran
from tests.conformance.marks import conforms
from tests.conformance.one_process import AnyWorld
from tests.conformance.selection_rows import ANONYMOUS, DIFFERENCES, LOCAL, ROWS, Row
from tests.support.control_plane import ACCESS_TOKEN, StandIn, World, small_world, stand_in

REPOSITORY = Path(__file__).parents[2]
_PATIENCE = 120
"""Seconds; only ever spent on a client that hangs."""


@pytest.fixture
def plane(genuine_anywhere: AnyWorld) -> Iterator[StandIn]:
    """Each test has a world of its own: asking may create deployments."""
    world = small_world()
    ada = world.members[0]
    chess = world.projects[0]
    world.add(chess, LOCAL, "dev", creator=ada, port=0)
    world.add(chess, ANONYMOUS, "dev", port=0, is_registered=False)
    with stand_in(world, genuine_anywhere.door) as running:
        yield running


class Command(Protocol):
    def __call__(self, *arguments: str, cwd: Path, variables: dict[str, str]) -> Ran: ...


@dataclass(frozen=True)
class Outcome:
    """Which deployments were asked with which keys, what the service was asked with, and how the command ended."""

    reached: tuple[tuple[str, str], ...]
    credentials: frozenset[str | None]
    exit_code: int
    said: str


def _filled(text: str, world: World) -> str:
    def value(match: re.Match[str]) -> str:
        what, name = match.groups()
        if what == "project":
            return str(next(one.id for one in world.projects if one.slug == name))
        one = world.deployment(name)
        assert one is not None
        return {"url": one.url, "key": one.key, "secret": one.secret, "port": str(one.port)}[what]

    return re.sub(r"<(url|key|secret|port|project) ([a-z0-9-]+)>", value, text)


def _laid_out(row: Row, plane: StandIn, folder: Path) -> Path:
    """A workspace with one project in it, as the row wants it; the folder to run in."""
    workspace = folder / "repository"
    project = workspace / "packages" / "backend"
    (project / "src" / "deep").mkdir(parents=True)
    (project / "convex").mkdir()
    (workspace / "package.json").write_text('{"name": "all", "workspaces": ["packages/*"]}\n')
    (workspace / ".git").mkdir()
    (project / "package.json").write_text('{"name": "backend", "dependencies": {"convex": "*"}}\n')
    config = folder / "home" / plane.config_directory
    texts = {project / name: text for name, text in row.files.items()}
    texts |= {config / name: text for name, text in row.home.items()}
    for name, text in ((".env.local", row.env_local), (".env", row.dotenv)):
        if text is not None:
            texts[project / name] = text
    if row.login == "stored":
        texts[config / "config.json"] = json.dumps({"accessToken": ACCESS_TOKEN})
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(text, plane.world))
    return workspace if row.cwd == ".." else project / row.cwd


def _run(command: Command, row: Row, plane: StandIn, folder: Path) -> Outcome:
    folder.mkdir()
    cwd = _laid_out(row, plane, folder)
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "NO_COLOR": "1",
        "CONVEX_PROVISION_HOST": plane.url,
        **({"CONVEX_OVERRIDE_ACCESS_TOKEN": ACCESS_TOKEN} if row.login == "override" else {}),
        **{name: _filled(value, plane.world) for name, value in row.variables.items()},
    }
    flags = shlex.split(_filled(row.flags, plane.world).replace("|", r"\|"))
    ran = command("data", *flags, cwd=cwd, variables=variables)
    seen = [one for one in plane.requests if (one.client or "npm").startswith("kitcn") == (command is _ours)]
    reached = dict.fromkeys(
        (one.server, one.authorization) for one in seen if one.server != "control plane" and one.authorization
    )
    credentials = frozenset(one.authorization for one in seen if one.server == "control plane")
    return Outcome(tuple(reached), credentials, ran.exit_code, ran.stdout.decode() + ran.stderr)


def _ours(*arguments: str, cwd: Path, variables: dict[str, str]) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "kitcn_repl", *arguments],
        cwd=cwd, env={**variables, "PYTHONPATH": str(REPOSITORY)}, stdin=subprocess.DEVNULL, capture_output=True,
        timeout=_PATIENCE, check=False,
    )  # fmt: skip
    return Ran(done.stdout, done.stderr.decode(), done.returncode)


def _expected(name: str | None, world: World) -> tuple[tuple[str, str], ...]:
    if name is None:
        return ()
    one = world.deployment(name)
    assert one is not None
    return ((name, one.key),)


def _marks(row: Row) -> list[pytest.MarkDecorator]:
    flags = [word for word in row.flags.split() if word.startswith("--")]
    reached = flags if row.reaches is not None and row.genuine == "same" else []
    return [conforms("selection", row.name, better=row.because), *([conforms("cli data", *reached)] if reached else [])]


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name.replace(" ", "-"), marks=_marks(row)) for row in ROWS])
def test_reaches_the_same_deployment_with_the_same_credentials(
    row: Row, plane: StandIn, genuine_anywhere: AnyWorld, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(_run, genuine_anywhere.program, row, plane, tmp_path / "genuine")
        ours = _run(_ours, row, plane, tmp_path / "ours")
        genuine = running.result()
    assert _without_type(genuine.reached) == _without_type(_expected(row.genuine_reaches, plane.world)), genuine.said
    assert _without_type(ours.reached) == _without_type(_expected(row.reaches, plane.world)), ours.said
    assert (genuine.exit_code == 0) == (row.genuine_reaches is not None), genuine.said
    assert (ours.exit_code == 0) == (row.reaches is not None), ours.said
    if row.genuine == "same":
        assert genuine.reached == ours.reached
        if genuine.credentials and ours.credentials:
            assert genuine.credentials == ours.credentials
    if row.reaches is None:
        assert ours.exit_code in (2, 3, 4), ours.said
        assert len(ours.said.splitlines()) == 1, ours.said


def _without_type(reached: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """A key may be given with or without its type; rows that agree are compared exactly."""
    return tuple((name, key.rpartition(":")[2]) for name, key in reached)


def test_every_difference_says_why() -> None:
    assert all(row.because and row.genuine != "same" for row in DIFFERENCES)
    assert all(row.genuine == "same" for row in ROWS if row not in DIFFERENCES)
    assert len({row.name for row in ROWS}) == len(ROWS)
