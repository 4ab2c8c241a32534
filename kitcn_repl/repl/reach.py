"""Which deployments `.use` could open, for the menu: asked for when somebody first wants to know."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from kitcn_repl.explore.completion.suggestion import Candidate
from kitcn_repl.explore.workspace import Surroundings
from kitcn_repl.repl.background import Background

if TYPE_CHECKING:
    from kitcn_repl.explore.deployments.reachable import Reachable


class Reach:
    """Nobody waits: what is not known yet is there with one of the next keys."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._asked: concurrent.futures.Future[None] | None = None
        self._found: tuple[Reachable, ...] = ()

    def selectors(self, surroundings: Surroundings, env_file: str | None) -> Iterator[Candidate]:
        """What is known by now, as `.use` takes it."""
        if self._asked is None:
            self._asked = self._background.start(self._ask(surroundings, env_file))
        for one in self._found:
            text = _selector(one)
            if text is not None:
                detail = " · ".join(part for part in (one.entry.type, one.entry.project, one.detail) if part)
                yield Candidate(text, "value", detail)

    async def _ask(self, surroundings: Surroundings, env_file: str | None) -> None:
        from kitcn_repl.explore.deployments.reachable import reachable

        async with aclosing(reachable(surroundings.variables, surroundings.cwd, env_file=env_file)) as answers:
            async for reach in answers:
                self._found = reach.found


def _selector(one: Reachable) -> str | None:
    """None for what only other flags open."""
    if one.flags is None:
        return None
    if one.flags.snapshot is not None:
        return f"snapshot:{one.flags.snapshot}"
    return one.flags.deployment or one.entry.name
