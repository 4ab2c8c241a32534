"""The rows of a view into a file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.browsing.exporting import all_pages
from kitcn_repl.explore.browsing.table_view import Prepared
from kitcn_repl.render.row_file import RowFile, format_of


async def export(deployment: Deployment, prepared: Prepared, path: Path, progress: Callable[[int], None]) -> int:
    """Write every row; `progress` is told how many there are so far. Without success there is no file.

    Raises KitcnError.
    """
    file = await asyncio.to_thread(RowFile, path)
    written = 0
    try:
        async with aclosing(all_pages(deployment, prepared)) as pages:
            async for page in pages:
                await asyncio.to_thread(file.write, page)
                written += len(page)
                progress(written)
    except BaseException:
        file.abandon()
        raise
    await asyncio.to_thread(file.finish)
    return written


def check_path(path: Path) -> None:
    """That rows can be written there. Raises KitcnError."""
    format_of(path)
    if path.exists():
        raise KitcnError(f"There is a file {path.name} already; choose another name.")
    if not path.parent.is_dir():
        raise KitcnError(f"There is no folder {path.parent}.")
