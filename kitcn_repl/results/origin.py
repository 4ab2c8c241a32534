"""Where a result is from, and the way back to it for further questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from kitcn_repl.explore.knowledge import Knowledge
    from kitcn_repl.explore.workspace import Workspace

T = TypeVar("T")


class Wait(Protocol):
    """Runs asynchronous work where the deployment lives, and waits for it."""

    def __call__(self, work: Callable[[], Awaitable[T]], /) -> T: ...


@dataclass(slots=True, eq=False)
class Origin:
    """`wait` is None where the caller has an event loop of their own, and awaits. `knowledge` is what has been learnt
    of the tables so far."""

    workspace: Workspace
    wait: Wait | None = None
    knowledge: Knowledge | None = None

    @property
    def label(self) -> str:
        return self.workspace.target.label

    @property
    def is_prod(self) -> bool:
        return self.workspace.target.is_prod

    async def learn(self) -> Knowledge:
        """Raises KitcnError."""
        if self.knowledge is None:
            self.knowledge = await self.workspace.knowledge()
        return self.knowledge
