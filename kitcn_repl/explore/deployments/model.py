"""One deployment as people look for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["running", "stopped"]


@dataclass(frozen=True, slots=True)
class DeploymentEntry:
    """What is known of a deployment; None where it is not, or where there is no such thing.

    `type` is dev, prod, preview, custom, local, anonymous, self-hosted, or the kind of an offline deployment. `team`
    and `project` are slugs. Times are in milliseconds since 1970. `state` is that of a local backend, `device` the
    computer that a registered one is on. `reason` says why it is the selected one.
    """

    name: str
    type: str | None = None
    reference: str | None = None
    is_default: bool = False
    team: str | None = None
    project: str | None = None
    region: str | None = None
    deployment_class: str | None = None
    created: int | None = None
    last_deployed: int | None = None
    creator: str | None = None
    expires: int | None = None
    url: str | None = None
    dashboard: str | None = None
    state: State | None = None
    device: str | None = None
    selected: bool = False
    reason: str | None = None

    @property
    def place(self) -> str | None:
        """`team:project`."""
        return None if self.team is None or self.project is None else f"{self.team}:{self.project}"

    @property
    def selector(self) -> str:
        """A text that `kitcn deployment select` and `--deployment` understand anywhere."""
        return self.name if self.place is None or self.reference is None else f"{self.place}:{self.reference}"
