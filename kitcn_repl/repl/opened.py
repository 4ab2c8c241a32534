"""The deployment that a shell asks: opened once, switched on request, and what is learnt of it meanwhile."""

from __future__ import annotations

import concurrent.futures
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from kitcn_repl.cli.environment import Environment
from kitcn_repl.cli.progress import ImportProgressBar
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.workspace import Surroundings, Workspace, open_workspace
from kitcn_repl.repl.background import Background
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.target import Target, TargetFlags

if TYPE_CHECKING:
    from kitcn_repl.explore.completion import Words
    from kitcn_repl.explore.knowledge import Knowledge

_SOON = 0.3
"""Seconds to wait for a deployment before the prompt comes without it."""


class Opened:
    """One open deployment at a time. Where the management service is needed to find it, the prompt does not wait."""

    def __init__(self, background: Background, environment: Environment) -> None:
        self._background = background
        self._environment = environment
        self.flags = TargetFlags()
        self.component = ""
        self.learns_at_once = True
        """False where `learn` says when: what is learnt would take the processor from what draws the first prompt."""
        self._opening: concurrent.futures.Future[Workspace] | None = None
        self._learning: concurrent.futures.Future[tuple[Knowledge, tuple[str, ...]]] | None = None
        self._remembering: concurrent.futures.Future[None] | None = None
        self._words: Words | None = None
        # What is learnt starts in the event loop's thread, and must not start behind the closing.
        self._changing = threading.Lock()

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(self._environment.cwd, self._environment.variables)

    def open(self, flags: TargetFlags, component: str = "") -> None:
        """Open what the flags select in place of what is open. Raises KitcnError, and keeps what was open then."""
        choice = select(flags, self._environment.variables, self._environment.cwd).choice
        target = choice if isinstance(choice, Target) else None
        if target is not None and target.path is not None:
            doing = "Importing" if target.kind == "snapshot" else "Copying"
            with ImportProgressBar(self._environment, doing, target.name) as progress:
                opening = self._background.start(
                    open_workspace(flags, self.surroundings, component=component, progress=progress)
                )
                self._background.wait(opening)
        else:
            opening = self._background.start(open_workspace(flags, self.surroundings, component=component))
            with suppress(TimeoutError):
                opening.result(_SOON)
        self.close()
        with self._changing:
            self.flags, self.component, self._opening = flags, component, opening
        if self.learns_at_once:
            opening.add_done_callback(self._learn)

    def learn(self) -> None:
        """From now on learn at once, beginning with what is open."""
        if not self.learns_at_once:
            self.learns_at_once = True
            if self._opening is not None:
                self._opening.add_done_callback(self._learn)

    def workspace(self) -> Workspace:
        """Waits until it is open. Raises KitcnError."""
        assert self._opening is not None
        return self._background.wait(self._opening)

    @property
    def is_opening(self) -> bool:
        return self._opening is not None and not self._opening.done()

    @property
    def target(self) -> Target | None:
        """None while it is not known, or where opening failed."""
        if self._opening is None or not self._opening.done() or self._opening.exception() is not None:
            return None
        return self._opening.result().target

    @property
    def failure(self) -> KitcnError | None:
        """Why it could not be opened."""
        if self._opening is None or not self._opening.done():
            return None
        error = self._opening.exception()
        return error if isinstance(error, KitcnError) else None

    # What is learnt meanwhile

    def _learn(self, opening: concurrent.futures.Future[Workspace]) -> None:
        if opening.cancelled() or opening.exception() is not None:
            return
        with self._changing:
            if opening is not self._opening:
                return
            workspace = opening.result()
            self._learning = self._background.start(_learnt(workspace))
            if workspace.target.kind == "live":
                self._remembering = self._background.start(_remember(workspace))
            else:
                self._background.start(_warm_up(workspace))

    def learn_again(self) -> None:
        """After the schema may have changed."""
        if self._opening is not None and self.target is not None:
            self._background.run(_forget(self._opening.result()))
            self._words = None
            self._learn(self._opening)

    @property
    def is_learning(self) -> bool:
        return not self.learns_at_once or (self._learning is not None and not self._learning.done())

    @property
    def knowledge(self) -> Knowledge | None:
        """None until it is there; nobody waits for it."""
        learning = self._learning
        if learning is None or not learning.done() or learning.cancelled() or learning.exception() is not None:
            return None
        return learning.result()[0]

    def await_knowledge(self, seconds: float) -> Knowledge | None:
        """A moment's patience, for values that show nicer with it."""
        if self._learning is not None:
            with suppress(concurrent.futures.CancelledError, TimeoutError, KitcnError):
                return self._learning.result(seconds)[0]
        return None

    @property
    def words(self) -> Words | None:
        """What completion knows; None until it is there."""
        learning = self._learning
        if self._words is None and self.knowledge is not None and learning is not None:
            from kitcn_repl.explore.completion import Words

            knowledge, functions = learning.result()
            self._words = Words.of(knowledge, functions=functions)
        return self._words

    def close(self) -> None:
        """Close what is open; never fails."""
        with self._changing:
            for future in (self._remembering, self._learning):
                if future is not None:
                    future.cancel()
            opening, self._opening = self._opening, None
            self._learning = self._remembering = self._words = None
        if opening is not None and not opening.cancel() and opening.exception() is None:
            with suppress(KitcnError, KeyboardInterrupt):
                self._background.run(opening.result().aclose())


async def _learnt(workspace: Workspace) -> tuple[Knowledge, tuple[str, ...]]:
    knowledge = await workspace.knowledge()
    functions: tuple[str, ...] = ()
    with suppress(KitcnError):
        spec = await workspace.deployment.function_spec(workspace.component)
        functions = tuple(
            sorted(
                one.identifier.replace(".js:", ":") for one in spec if one.function_type == "Query" and one.identifier
            )
        )
    return knowledge, functions


async def _warm_up(workspace: Workspace) -> None:
    """Have a process ready for each query that comes. Without Deno the query says what is missing."""
    from kitcn_repl.offline.offline import Offline

    if isinstance(workspace.deployment, Offline):
        with suppress(KitcnError):
            workspace.deployment.engine.prewarm()


async def _forget(workspace: Workspace) -> None:
    workspace.forget()


async def _remember(workspace: Workspace) -> None:
    """Note what `.insights` may be asked about later."""
    import asyncio

    from kitcn_repl.explore.insights.history import history_folder
    from kitcn_repl.explore.insights.live import remembering

    async with remembering(workspace.deployment, history_folder(workspace.surroundings.variables)):
        await asyncio.get_running_loop().create_future()
