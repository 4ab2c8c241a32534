"""One open deployment and what has been learnt of it: what every front door that stays open works on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kitcn_repl.deployment.models import ROOT_COMPONENT
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.opening import open_target
from kitcn_repl.explore.sources import NO_CHOICE, SourceChoice, indexes_source
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.target import Target, TargetFlags

if TYPE_CHECKING:
    from kitcn_repl.explore.knowledge import Knowledge
    from kitcn_repl.offline.snapshot import ImportProgress
    from kitcn_repl.targets.selection import Selection


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where somebody works: the folder, and the environment's variables."""

    cwd: Path
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)


class Workspace:
    """An open deployment and one of its components. Switching makes a new one."""

    def __init__(
        self,
        target: Target,
        deployment: Deployment,
        surroundings: Surroundings,
        *,
        component: str = ROOT_COMPONENT,
        choice: SourceChoice = NO_CHOICE,
        flags: TargetFlags | None = None,
    ) -> None:
        self.target = target
        self.deployment = deployment
        self.surroundings = surroundings
        self.component = component
        self.choice = choice
        self.flags = flags or TargetFlags()
        """What named the deployment."""
        self._knowledge: asyncio.Task[Knowledge] | None = None

    @property
    def source(self) -> Path | None:
        """The schema's source that belongs to the deployment; None if there is none, or not one alone."""
        with suppress(KitcnError):
            return self.choice.locate(self.target, self.surroundings.cwd, self.component)
        return None

    def selection(self) -> Selection:
        """What its flags and the surroundings select now: somebody may have logged in meanwhile. Raises KitcnError."""
        return select(self.flags, self.surroundings.variables, self.surroundings.cwd)

    async def knowledge(self) -> Knowledge:
        """All that is known of the tables and the ways between them; asked for once, and shared.

        Who asks first starts the work, and nobody who stops waiting ends it for the others. A failure is not kept.
        Raises KitcnError.
        """
        if self._knowledge is None:
            self._knowledge = asyncio.create_task(self._learn())
        task = self._knowledge
        try:
            return await asyncio.shield(task)
        except KitcnError:
            if self._knowledge is task:
                self._knowledge = None
            raise

    async def _learn(self) -> Knowledge:
        # A tenth of a second of imports, and of reading source, in which nobody shall wait for the event loop.
        module = await asyncio.to_thread(import_module, "kitcn_repl.explore.knowledge")
        know: Callable[..., Awaitable[Knowledge]] = module.know
        return await know(self.deployment, source=self.source, component=self.component, sample=True)

    def forget(self) -> None:
        """Ask again next time."""
        if self._knowledge is not None:
            self._knowledge.cancel()
            self._knowledge = None

    def in_component(self, component: str) -> Workspace:
        """The same open deployment, seen from another component; only one of them is to be closed."""
        return Workspace(
            self.target,
            self.deployment,
            self.surroundings,
            component=component,
            choice=self.choice,
            flags=self.flags,
        )

    async def aclose(self) -> None:
        self.forget()
        await self.deployment.aclose()


async def open_workspace(
    flags: TargetFlags,
    surroundings: Surroundings,
    *,
    choice: SourceChoice = NO_CHOICE,
    component: str = ROOT_COMPONENT,
    progress: Callable[[ImportProgress], None] | None = None,
) -> Workspace:
    """Open what the flags and the surroundings select. A live deployment is not contacted yet.

    Raises KitcnError: no deployment, wrong usage, a bad file, a management service that refuses.
    """
    selection = select(flags, surroundings.variables, surroundings.cwd)
    if isinstance(selection.choice, Target):
        target = selection.choice
    else:
        from kitcn_repl.explore.selecting import find_target

        target = await find_target(selection)
    source = indexes_source(target, surroundings.cwd, choice, component)
    deployment = await open_target(target, source=source, component=component, progress=progress)
    return Workspace(target, deployment, surroundings, component=component, choice=choice, flags=flags)
