"""Ada at work on `acme:chess`: the command line in her project, against the stand-in for Convex."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.console import Console, Outcome
from tests.support.control_plane import ACCESS_TOKEN, StandIn, Workplace, make_workplace, small_world, stand_in

DEV, PROD, PREVIEW = "happy-otter-101", "brave-cat-103", "shy-bee-105"


@dataclass(frozen=True, slots=True)
class AtWork:
    """`work("env", "list")` runs a command; what else a Console takes comes by name."""

    plane: StandIn
    place: Workplace

    def __call__(self, *argv: str, variables: dict[str, str] | None = None, **console: Any) -> Outcome:
        return Console(cwd=self.place.folder, variables=self.place.variables(**(variables or {})), **console)(*argv)

    def variables(self, name: str = DEV) -> dict[str, str]:
        """Those of a deployment; they may be changed."""
        one = self.plane.world.deployment(name)
        assert one is not None
        return one.environment

    def defaults(self, deployment_type: str, project: str = "chess", team: str = "acme") -> dict[str, str]:
        found = self.plane.world.project(team, project)
        assert found is not None
        return {
            name: value
            for (owner, name, kind), value in self.plane.world.defaults.items()
            if (owner, kind) == (found.id, deployment_type)
        }

    def changes_sent(self) -> list[str]:
        """Requests that change variables, by deployment or path."""
        return [
            one.server if one.server != "control plane" else one.path
            for one in self.plane.requests
            if one.method == "POST" and "environment_variables" in one.path and "/update_" in one.path
        ]


@contextmanager
def at_work(folder: Path) -> Iterator[AtWork]:
    with stand_in(small_world()) as plane:
        place = make_workplace(plane, folder)
        place.env_local(f"CONVEX_DEPLOYMENT=dev:{DEV}\n")
        place.log_in(ACCESS_TOKEN)
        yield AtWork(plane, place)
