"""The command line in a project whose control plane is the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cli.console import Console, Outcome
from tests.support.control_plane import ACCESS_TOKEN, StandIn, Workplace, World, make_workplace, small_world, stand_in

DEV = "CONVEX_DEPLOYMENT=dev:happy-otter-101 # team: acme, project: chess\n"


class At:
    """A workplace, and `kitcn` run in it; Ada is logged in."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        self.plane: StandIn = place.plane
        self.world: World = place.plane.world
        self.folder: Path = place.folder
        self.env_file: Path = place.folder / ".env.local"

    def __call__(self, *argv: str, cwd: Path | None = None, env: dict[str, str] | None = None, **more: Any) -> Outcome:
        return Console(cwd=cwd or self.folder, variables=self.place.variables(**(env or {})), **more)(*argv)

    def on_terminal(self, *argv: str, answers: str = "", **more: Any) -> Outcome:
        return self(*argv, tty=True, stdin_tty=True, stdin=answers, **more)

    def files(self) -> dict[str, str]:
        """All that is in the project's folder."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes().decode("utf-8") for path in found}


@contextmanager
def at_work(folder: Path, *, env_local: str | None = DEV, token: str | None = ACCESS_TOKEN) -> Iterator[At]:
    with stand_in(small_world()) as plane:
        place = make_workplace(plane, folder)
        if env_local is not None:
            place.env_local(env_local)
        if token is not None:
            place.log_in(token)
        yield At(place)
