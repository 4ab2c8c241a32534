"""Which deployment lies open: opening one, closing the one before, and going back to it."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.workspace import Surroundings, Workspace, open_workspace
from kitcn_repl.targets.target import TargetFlags
from kitcn_tui.places import DocumentPlace, Place, TablePlace
from kitcn_tui.shell.main import Main
from kitcn_tui.shell.opening import Opening
from kitcn_tui.state.memory import Memory
from kitcn_tui.widgets.failure import Failure

if TYPE_CHECKING:
    from kitcn_repl.explore.opening import ImportProgress

_PROGRESS_EVERY: Final = 0.1


class Desk:
    """`flags` are those that opened what lies open, or tried to; `before` those of the deployment before it."""

    def __init__(self, main: Main, surroundings: Surroundings, memory: Memory, flags: TargetFlags) -> None:
        self.surroundings = surroundings
        self.flags = flags
        self.before: TargetFlags | None = None
        self.opened: Workspace | None = None
        self._main = main
        self._memory = memory

    def open(
        self, flags: TargetFlags, place: Place | None = None, *, start: str | None = None, component: str = ""
    ) -> None:
        """Open what the flags name instead of what lies open, in a worker. It begins at `place`, or at `start`: a
        table's name or a document's id, which is looked for while the shell is there already."""
        if flags != self.flags:
            self.before, self.flags = self.flags, flags
        self._main.run_worker(self._open(flags, place, start, component), group="open", exclusive=True)

    async def _open(self, flags: TargetFlags, place: Place | None, start: str | None, component: str) -> None:
        await self._main.opening()
        await self.close()
        try:
            workspace = await open_workspace(
                flags, self.surroundings, component=component, progress=_Progress(self._main)
            )
        except KitcnError as error:
            await self._main.failed(error)
            return
        self.opened = workspace
        if start is not None:
            from kitcn_repl.values import is_id

            place = DocumentPlace(start) if is_id(start) else TablePlace(start)
        await self._main.begin(workspace, self._memory, place)
        if start is not None:
            self._main.run_worker(self._check_start(workspace, start), group="start", exclusive=True)
        if workspace.target.kind == "live":
            from kitcn_tui.shell.insights import remember

            self._main.run_worker(remember(workspace), group="remember", exclusive=True)

    async def _check_start(self, workspace: Workspace, start: str) -> None:
        """That what was asked for is there, and in which component. Who has gone elsewhere meanwhile is left alone."""
        from kitcn_repl.explore.starting import find_start

        try:
            found = await find_start(workspace.deployment, start, workspace.component)
        except KitcnError as error:
            if self._is_at_start(workspace):
                await self._main.stage.put(Failure(error))
            return
        if found.component != workspace.component and self._is_at_start(workspace):
            place = DocumentPlace(found.document_id, found.table) if found.document_id else TablePlace(found.table)
            await self._main.begin(workspace.in_component(found.component), self._memory, place)

    def _is_at_start(self, workspace: Workspace) -> bool:
        return workspace is self._main.workspace and not self._main.navigation.behind

    async def look_into(self, component: str) -> None:
        """Another component of the deployment that lies open."""
        seen = self._main.workspace
        if self.opened is not None and seen is not None and component != seen.component:
            await self._main.begin(self.opened.in_component(component), self._memory, None)

    def switch(self, flags: TargetFlags) -> None:
        """Open another one at the same tab, and at the same table as far as it has that."""
        if flags == self.flags and self.opened is not None:
            return
        here = self._main.here()
        self.open(flags, TablePlace(here.table) if isinstance(here, TablePlace) else here)

    async def close(self) -> None:
        opened, self.opened = self.opened, None
        if opened is not None:
            for group in ("remember", "start"):
                self._main.workers.cancel_group(self._main, group)
            await opened.aclose()


class _Progress:
    """Called in the thread that imports a snapshot; shows it now and then."""

    def __init__(self, main: Main) -> None:
        self._main = main
        self._loop = asyncio.get_running_loop()
        self._next = 0.0

    def __call__(self, progress: ImportProgress) -> None:
        now = monotonic()
        if now >= self._next:
            self._next = now + _PROGRESS_EVERY
            self._loop.call_soon_threadsafe(self._show, progress)

    def _show(self, progress: ImportProgress) -> None:
        for opening in self._main.query(Opening):
            opening.progress = progress
