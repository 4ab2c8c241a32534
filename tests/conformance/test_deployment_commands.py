"""`deployment select` and `deployment create`, by the genuine CLI and by ours: the same files, and the same state."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.deployment_rows import LOCAL, PACKAGE, ROWS, Row
from tests.conformance.marks import conforms, shown_by
from tests.support.control_plane import ACCESS_TOKEN, StandIn, Workplace, World, make_workplace, small_world, stand_in
from tests.support.control_plane.small_world import PROJECT_KEY
from tests.support.node import genuine_cli, node

REPOSITORY = Path(__file__).parents[2]
_PATIENCE = 120
"""Seconds; only ever spent on a client that hangs."""


@dataclass(frozen=True)
class Outcome:
    """What a command left behind. Addresses of the stand-in are written as `<url NAME>`."""

    files: dict[str, Any]
    state: list[Any]
    succeeds: bool
    said: str


def _filled(text: str, world: World) -> str:
    ids = {one.slug: str(one.id) for one in world.projects if one.team.slug == "acme"}
    return re.sub(r"<project (\w+)>", lambda match: ids[match[1]], text)


def _laid_out(row: Row, plane: StandIn, folder: Path) -> Workplace:
    place = make_workplace(plane, folder)
    for name, text in {"package.json": PACKAGE, **row.files}.items():
        path = place.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(text, plane.world))
    if not row.files.get("package.json", PACKAGE):
        (place.folder / "package.json").unlink()
    if row.env_local is not None:
        (place.folder / ".env.local").write_bytes(row.env_local.encode())
    place.log_in(ACCESS_TOKEN)
    return place


def _left(folder: Path, plane: StandIn) -> dict[str, Any]:
    urls = {one.url: one.name for one in plane.world.deployments if one.url}
    found: dict[str, Any] = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_dir():
            found[name] = "a folder"
            continue
        text = path.read_bytes().decode()
        for url, deployment in urls.items():
            text = text.replace(url, f"<url {deployment}>")
        found[name] = json.loads(text) if path.name == "config.json" else text
    return found


def _known(world: World) -> list[Any]:
    return [
        (one.name, one.type, one.project.slug, one.reference, one.is_default, one.region, one.class_, one.is_active,
         one.expires_at, one.creator and one.creator.name, one.port)
        for one in world.deployments
    ]  # fmt: skip


def _run(program: list[str], row: Row, folder: Path) -> Outcome:
    world = small_world()
    world.add(world.projects[0], LOCAL, "dev", creator=world.members[0], port=3999, is_active=False)
    with stand_in(world) as plane:
        place = _laid_out(row, plane, folder)
        given = {name: value.replace("<project key>", PROJECT_KEY) for name, value in row.variables.items()}
        done = subprocess.run(
            [*program, "deployment", *shlex.split(row.command)],
            cwd=place.folder,
            env=place.variables(PATH=os.environ["PATH"], PYTHONPATH=str(REPOSITORY), NO_COLOR="1", **given),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PATIENCE, check=False,
        )  # fmt: skip
        return Outcome(_left(place.folder, plane), _known(world), done.returncode == 0, done.stdout + done.stderr)


def _marks(row: Row) -> list[pytest.MarkDecorator]:
    command = ["deployment", *shlex.split(row.command)]
    elsewhere = "in cases [below](#selecting-and-creating-deployments)" if row.because else ""
    return [conforms("deployment", row.title, better=row.because), *shown_by(command, better=elsewhere)]


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row.title.replace(": ", "-").replace(" ", "-"), marks=_marks(row)) for row in ROWS]
)
def test_leaves_the_same_behind(row: Row, tmp_path: Path) -> None:
    programs = {
        "genuine": [node(), genuine_cli()],
        "ours": [sys.executable, "-m", "kitcn_repl"],
    }
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(_run, program, row, tmp_path / name) for name, program in programs.items()]
        genuine, ours = (one.result() for one in running)
    said = f"genuine: {genuine.said}\nours: {ours.said}"
    different = {what for what in ("files", "state", "succeeds") if getattr(genuine, what) != getattr(ours, what)}
    if different - row.differs:
        assert (genuine.files, genuine.state, genuine.succeeds) == (ours.files, ours.state, ours.succeeds), said
    assert different == row.differs, said
    assert "Traceback" not in ours.said
    if not ours.succeeds:
        assert len(ours.said.splitlines()) == 1, ours.said


def test_every_difference_says_why() -> None:
    assert all(bool(row.because) == bool(row.differs) for row in ROWS)
    assert len({(row.command.split()[0], row.name) for row in ROWS}) == len(ROWS)
