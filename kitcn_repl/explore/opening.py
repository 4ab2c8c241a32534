"""From a target to an open deployment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kitcn_repl.targets.target import Target

if TYPE_CHECKING:
    from kitcn_repl.deployment.protocol import Deployment
    from kitcn_repl.offline.snapshot import ImportProgress


async def open_target(target: Target, *, progress: Callable[[ImportProgress], None] | None = None) -> Deployment:
    """The deployment that the target names. The caller closes it with `aclose`.

    `progress` is called while a snapshot is imported for the first time. Raises SnapshotError for a file that is
    none or not there; a live deployment is not contacted yet.
    """
    if target.kind == "live":
        from kitcn_repl.deployment.remote import Remote

        assert target.url is not None
        assert target.admin_key is not None
        return Remote(target.url, target.admin_key)
    from kitcn_repl.offline.offline import Offline

    if target.kind == "demo":
        from kitcn_repl.offline.demo import demo_dataset

        return Offline(demo_dataset())
    import asyncio

    from kitcn_repl.offline.snapshot import open_snapshot

    assert target.path is not None
    path = target.path
    return Offline(await asyncio.to_thread(lambda: open_snapshot(path, progress=progress)))
