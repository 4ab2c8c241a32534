"""Several requests at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

Result = TypeVar("Result")


async def together(work: Sequence[Coroutine[Any, Any, Result]]) -> list[Result]:
    """All results, in order. The first failure, or being cancelled, ends the others before it is raised as it is.

    (`asyncio.TaskGroup` would wrap it in a group.)
    """
    tasks = [asyncio.ensure_future(each) for each in work]
    async with ending(*tasks):
        return await asyncio.gather(*tasks)


@asynccontextmanager
async def ending(*tasks: asyncio.Future[Any]) -> AsyncIterator[None]:
    """Whatever happens within, no task outlives it: for results of different types, which `asyncio.gather` keeps."""
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
