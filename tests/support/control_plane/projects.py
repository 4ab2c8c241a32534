"""A project's folder and a home directory, for somebody who works against the stand-in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests.support.control_plane.serving import StandIn
from tests.support.control_plane.world import Deployment


@dataclass(frozen=True, slots=True)
class Workplace:
    """`folder` is the project's; `home` has nothing in it."""

    plane: StandIn
    folder: Path
    home: Path

    def variables(self, **more: str) -> dict[str, str]:
        return {"HOME": str(self.home), "CONVEX_PROVISION_HOST": self.plane.url, **more}

    def env_local(self, text: str) -> Path:
        path = self.folder / ".env.local"
        path.write_text(text)
        return path

    def log_in(self, token: str) -> Path:
        path = self.home / self.plane.config_directory / "config.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"accessToken": token}))
        return path

    def local_state(self, deployment: Deployment, *, port: int | None = None, project_id: int | None = None) -> Path:
        """Write `.convex/local/default` for a deployment; the port is its own unless one is given."""
        path = self.folder / ".convex" / "local" / "default" / "config.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        state: dict[str, object] = {
            "ports": {"cloud": port if port is not None else deployment.port, "site": 3211},
            "backendVersion": "precompiled", "adminKey": deployment.key, "deploymentName": deployment.name,
        }  # fmt: skip
        if project_id is not None:
            state["cloudProjectId"] = project_id
        path.write_text(json.dumps(state))
        return path


def make_workplace(plane: StandIn, folder: Path) -> Workplace:
    """A project with a `package.json` that depends on convex."""
    project, home = folder / "project", folder / "home"
    project.mkdir(parents=True)
    home.mkdir()
    (project / "convex").mkdir()
    (project / "package.json").write_text('{"name": "project", "dependencies": {"convex": "*"}}\n')
    return Workplace(plane, project, home)
