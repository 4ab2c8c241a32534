"""Meanwhile note what the log says, so that there are insights of this time later."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Final

from kitcn_repl.explore.workspace import Workspace

_LATER: Final = 2.0
"""Seconds: first there shall be something to look at."""


async def remember(workspace: Workspace) -> None:
    """For ever; it never fails and nobody waits for it."""
    await asyncio.sleep(_LATER)
    await asyncio.to_thread(import_module, "kitcn_repl.explore.insights.live")
    from kitcn_repl.explore.insights.history import history_folder
    from kitcn_repl.explore.insights.live import remembering

    async with remembering(workspace.deployment, history_folder(workspace.surroundings.variables)):
        await asyncio.get_running_loop().create_future()
