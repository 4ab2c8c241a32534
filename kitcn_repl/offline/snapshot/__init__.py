"""Snapshot export ZIPs as datasets: `open_snapshot`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.snapshot.cache import SnapshotCache
from kitcn_repl.offline.snapshot.container import Container
from kitcn_repl.offline.snapshot.errors import SnapshotError
from kitcn_repl.offline.snapshot.naming import snapshot_name
from kitcn_repl.offline.snapshot.progress import ImportProgress

if TYPE_CHECKING:
    from kitcn_repl.offline.store.reader import SqliteStore

__all__ = ["ImportProgress", "SnapshotError", "open_snapshot"]


def open_snapshot(
    path: Path,
    *,
    cache_dir: Path | None = None,
    progress: Callable[[ImportProgress], None] | None = None,
) -> Dataset:
    """Open a snapshot ZIP. The first time its documents are imported into a store in the cache (see `cache.py`).

    `progress` is called some times a second during the import; an exception from it ends the import and leaves nothing
    behind. Raises SnapshotError, with one clear line, for whatever is wrong with the file or the cache folder.
    """
    with Container(path) as container:
        name = snapshot_name(path)
        cache = SnapshotCache(cache_dir)
        identity = container.identity()
        store = cache.open(identity) or _import(container, cache, identity, name.time, progress)
    return Dataset(name=name.deployment, store=store, note=name.note)


def _import(
    container: Container,
    cache: SnapshotCache,
    identity: bytes,
    import_time: float,
    progress: Callable[[ImportProgress], None] | None,
) -> SqliteStore:
    # Not needed, and so not loaded, to open a snapshot again.
    from kitcn_repl.offline.snapshot.importing import import_snapshot
    from kitcn_repl.offline.snapshot.layout import read_layout

    layout = read_layout(container)
    with cache.creating(identity) as partial:
        import_snapshot(container, layout, partial, import_time, progress)
    store = cache.open(identity)
    if store is None:
        raise SnapshotError(f"The imported store of {container.name} vanished from {cache.folder}; try again")
    return store
