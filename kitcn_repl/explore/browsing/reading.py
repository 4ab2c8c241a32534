"""One page, without holding up whoever shares the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from kitcn_repl.deployment.models import Page, PageRequest
from kitcn_repl.deployment.protocol import Deployment


async def read_page(deployment: Deployment, request: PageRequest) -> Page:
    """As `Deployment.page`. An offline deployment reads up to 10,000 documents for a page and never waits, so it does
    that in a thread."""
    if not _is_offline(deployment):
        return await deployment.page(request)
    # Made in the thread: a coroutine of somebody who is cancelled before that would never be awaited.
    return await asyncio.to_thread(lambda: _run(deployment.page(request)))


def _is_offline(deployment: Deployment) -> bool:
    # a live deployment's session need not import the other kind
    import sys

    offline = sys.modules.get("kitcn_repl.offline.offline")
    return offline is not None and isinstance(deployment, offline.Offline)


def _run(work: Coroutine[Any, Any, Page]) -> Page:
    """What a coroutine returns that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as end:
        page: Page = end.value
        return page
    work.close()
    raise RuntimeError("an offline deployment waited for something")
