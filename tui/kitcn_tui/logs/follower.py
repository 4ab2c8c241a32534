"""Reads the deployment's log for as long as the tab lives, whatever happens to the connection."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from kitcn_repl.deployment.errors import DeploymentError, UnreachableError
from kitcn_repl.explore.logs.following import Trouble, follow, patience
from kitcn_repl.explore.logs.kept import KeptLog, PackedLine

if TYPE_CHECKING:
    from kitcn_repl.explore.workspace import Workspace

_AGAIN: Final = 3.0
"""Seconds until one that was never reached is asked once more."""
_SLICE: Final = 200
"""Entries that are taken in at a time."""


class Follower:
    """Fills `kept`. `on_lines` gets what came, `on_state` hears that the connection is another than before."""

    def __init__(
        self,
        workspace: Workspace,
        kept: KeptLog,
        *,
        on_lines: Callable[[list[PackedLine]], None],
        on_state: Callable[[], None],
    ) -> None:
        self.kept = kept
        self.trouble: Trouble | None = None
        """Set while polls fail."""
        self.failure: DeploymentError | None = None
        """Set while the log cannot be read, and was not before."""
        self.is_begun = False
        """Whether what the deployment remembers has come."""
        self._workspace = workspace
        self._present: float | None = None
        self._cursor = 0.0
        self._on_lines = on_lines
        self._on_state = on_state

    @property
    def present(self) -> float:
        """The deployment's own time, in milliseconds since 1970, where it is not the world's."""
        return time.time() * 1000 if self._present is None else self._present

    async def run(self) -> None:
        """Until cancelled; raises DeploymentError for what trying again will not mend."""
        while True:
            try:
                await self._follow()
            except UnreachableError as error:
                self.failure, self.trouble = error, None
                self._on_state()
                await asyncio.sleep(_AGAIN)
            except DeploymentError as error:
                self.failure, self.trouble = error, None
                self._on_state()
                raise

    async def _follow(self) -> None:
        workspace = self._workspace
        pages = follow(
            workspace.deployment, self._cursor, patience=patience(workspace.target), on_trouble=self._on_trouble
        )
        async with aclosing(pages):
            async for page in pages:
                if page.present is not None:
                    self._present = page.present
                self._cursor = page.cursor
                for at in range(0, len(page.entries), _SLICE):
                    self._on_lines(self.kept.add(page.entries[at : at + _SLICE]))
                    await asyncio.sleep(0)
                if self.trouble is not None or self.failure is not None or not self.is_begun:
                    self.trouble = self.failure = None
                    self.is_begun = True
                    self._on_state()

    def _on_trouble(self, trouble: Trouble) -> None:
        self.trouble = trouble
        self._on_state()
