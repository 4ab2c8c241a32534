"""Deploy keys of every form (control-plane.md 1.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from kitcn_repl.errors import UsageError

DEPLOY_KEY_VARIABLES = ("CONVEX_DEPLOY_KEY", "CONVEX_DEPLOYMENT_TOKEN")
"""The second is another name of the first, which wins."""

_MISSING = re.compile(r"<missing_deploy_key:(.+)>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DeployKey:
    """`deployment` opens one deployment, `preview` creates and opens the previews of a project, `project` opens all of
    a project. `opens_control_plane` tells which ones the management service takes for a login.
    """

    value: str = field(repr=False)
    kind: Literal["deployment", "preview", "project"]
    deployment_type: str | None = None
    name: str | None = None
    team: str | None = None
    project: str | None = None

    @property
    def opens_control_plane(self) -> bool:
        return self.kind != "deployment" or self.value.startswith(("dev:", "prod:"))


def parse_deploy_key(value: str) -> DeployKey:
    """Raises UsageError for a text that is no key of today's forms."""
    public, bar, _secret = value.partition("|")
    if not bar:
        raise UsageError(
            "CONVEX_DEPLOY_KEY is no deploy key of today's form (TYPE:NAME|SECRET): create a new one in the dashboard."
        )
    parts = public.split(":")
    if parts[0] == "preview" and len(parts) == 3:
        return DeployKey(value, "preview", team=parts[1], project=parts[2])
    if parts[0] == "project" and len(parts) > 1:
        team, project = (parts[1], parts[2]) if len(parts) == 3 else (None, None)
        return DeployKey(value, "project", team=team, project=project)
    # As the genuine CLI has it: the type is what stands first in the whole key, and prod if there is no colon at all.
    kind = parts[0] if len(parts) > 1 else "prod"
    return DeployKey(value, "deployment", deployment_type=kind, name=parts[-1])


def usable_deploy_key(value: str) -> str | None:
    """The key, or None for the placeholder that stands for no key. Raises UsageError with the text of the one that
    stands for a missing key."""
    if value == "<ignore_deploy_key>":
        return None
    missing = _MISSING.fullmatch(value)
    if missing:
        raise UsageError(missing[1])
    return value
