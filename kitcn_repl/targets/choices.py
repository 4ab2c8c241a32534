"""What can be selected that is no target yet: it takes the management service, or a look at what runs here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kitcn_repl.project.local_state import LocalState
    from kitcn_repl.targets.deploy_keys import DeployKey


@dataclass(frozen=True, slots=True)
class ProjectBySlugs:
    team: str
    project: str


@dataclass(frozen=True, slots=True)
class ProjectOfDeployment:
    """The project that a deployment belongs to. `type` as CONVEX_DEPLOYMENT has it, if that says."""

    name: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class ProjectOfKey:
    key: DeployKey


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another project of the team that `of` belongs to: what `project:ref` means."""

    of: ProjectBySlugs | ProjectOfDeployment | ProjectOfKey
    project: str


ProjectChoice = ProjectBySlugs | ProjectOfDeployment | ProjectOfKey | Sibling


@dataclass(frozen=True, slots=True)
class DeploymentChoice:
    """Which one in a project. `value` is the name, the preview's name or the reference; `dev` is the caller's own
    default cloud one, and `own` is `dev` when nothing was said."""

    kind: Literal["own", "dev", "prod", "name", "preview", "reference"]
    value: str = ""


@dataclass(frozen=True, slots=True)
class InProject:
    """A cloud deployment that the management service has to look up."""

    project: ProjectChoice
    choice: DeploymentChoice


@dataclass(frozen=True, slots=True)
class OfKey:
    """The one deployment that a deploy key opens; its URL has to be asked for."""

    key: DeployKey


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A local deployment. `project` is the one that it has to belong to, if it was named or is known."""

    state: LocalState
    project: ProjectChoice | None = None


Choice = InProject | OfKey | OnDisk
