"""Where variables are: in a deployment, or among a project's defaults for new deployments of a type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from kitcn_repl.deployment.discretion import discreet
from kitcn_repl.explore.environment.rules import BUILT_IN

if TYPE_CHECKING:
    from kitcn_repl.control_plane.access import ProjectPlace
    from kitcn_repl.control_plane.client import ControlPlane
    from kitcn_repl.deployment.protocol import Deployment
    from kitcn_repl.targets.target import Target


class Variables(Protocol):
    """Reading and changing may raise a KitcnError; none of them repeats a value that was sent."""

    @property
    def title(self) -> str:
        """For people: `dev · happy-otter-101`, `defaults of acme:chess for dev`."""
        ...

    @property
    def name(self) -> str:
        """What somebody types to confirm a change of it: `happy-otter-101`, `acme:chess`."""
        ...

    @property
    def notice(self) -> str:
        """What the genuine CLI ends its sentences with: ` (on dev deployment happy-otter-101)`, or nothing."""
        ...

    @property
    def is_prod(self) -> bool: ...

    @property
    def is_deployment(self) -> bool: ...

    async def read(self) -> dict[str, str]:
        """By name."""
        ...

    async def one(self, name: str) -> str | None:
        """One value, also of a variable that is built in and in no list."""
        ...

    async def change(self, changes: Mapping[str, str | None]) -> None:
        """All of them, or none; None removes."""
        ...


class DeploymentVariables:
    """Those of a deployment, which stays the caller's to close."""

    is_deployment = True

    def __init__(self, deployment: Deployment, target: Target) -> None:
        self._deployment = deployment
        self._target = target

    @property
    def title(self) -> str:
        target = self._target
        return f"{target.deployment_type} · {target.name}" if target.deployment_type else target.name

    @property
    def name(self) -> str:
        return self._target.name

    @property
    def notice(self) -> str:
        target = self._target
        return f" (on {target.deployment_type} deployment {target.name})" if target.deployment_type else ""

    @property
    def is_prod(self) -> bool:
        return self._target.is_prod

    async def read(self) -> dict[str, str]:
        return await self._deployment.environment_variables()

    async def one(self, name: str) -> str | None:
        if name not in BUILT_IN:
            return (await self.read()).get(name)
        answer = await self._deployment.system("_system/cli/queryEnvironmentVariables:get", {"name": name})
        match answer.value:
            case {"value": str(value)}:
                return value
        return None

    async def change(self, changes: Mapping[str, str | None]) -> None:
        await self._deployment.change_environment_variables(changes)


def refuse_offline(target: Target) -> None:
    """Raises ReadonlyError for a deployment whose variables can only be read, before anybody is asked for anything."""
    if target.kind == "live":
        return
    from kitcn_repl.deployment.errors import ReadonlyError

    is_local = target.deployment_type in ("local", "anonymous")
    raise ReadonlyError(
        f"{target.name} is an offline deployment: its variables can only be read.",
        hint="Start its backend to change them: npx convex dev" if is_local else None,
    )


class DefaultVariables:
    """What new deployments of a type get in a project: `deployment_type` is dev, preview, prod or custom."""

    is_deployment = False

    def __init__(self, plane: ControlPlane, project: ProjectPlace, deployment_type: str) -> None:
        self._plane = plane
        self.project = project
        self.deployment_type = deployment_type

    def of_type(self, deployment_type: str) -> DefaultVariables:
        """The same project's for another type."""
        return DefaultVariables(self._plane, self.project, deployment_type)

    @property
    def title(self) -> str:
        return f"defaults of {self.name} for {self.deployment_type}"

    @property
    def name(self) -> str:
        return f"{self.project.team}:{self.project.project}"

    @property
    def notice(self) -> str:
        return f" (in default env vars for {self.deployment_type} deployments)"

    @property
    def is_prod(self) -> bool:
        return self.deployment_type == "prod"

    async def read(self) -> dict[str, str]:
        found = await self._plane.default_variables(self.project.project_id, self.deployment_type)
        return {one.name: one.value for one in sorted(found, key=lambda one: one.name)}

    async def one(self, name: str) -> str | None:
        return (await self.read()).get(name)

    async def change(self, changes: Mapping[str, str | None]) -> None:
        from kitcn_repl.control_plane.client import DefaultChange

        rows = [DefaultChange(name, self.deployment_type, value) for name, value in changes.items()]
        with discreet(changes.values()):
            await self._plane.change_default_variables(self.project.project_id, rows)
