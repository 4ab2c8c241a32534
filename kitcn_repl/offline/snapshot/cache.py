"""Where imported snapshots are kept, so that opening one again costs milliseconds.

One store file per snapshot, with its index files beside it, in a folder that only its owner can read. Stores that
nobody opened for 30 days go, and of the others all but the 20 opened last, whenever a new one is made.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from kitcn_repl.offline.snapshot.errors import SnapshotError
from kitcn_repl.offline.store.format import FORMAT_VERSION, StoreFileError
from kitcn_repl.offline.store.indexes import INDEX_SUFFIX
from kitcn_repl.offline.store.private_files import completed_file, remove_abandoned
from kitcn_repl.offline.store.reader import SqliteStore
from kitcn_repl.project.private_files import private_folder

CACHE_VARIABLE: Final = "KITCN_CACHE_DIR"
IMPORT_VERSION: Final = 1
"""Part of every key; raise it when the same ZIP would be stored differently."""

_SUFFIX: Final = ".store"
_KEPT_SECONDS: Final = 30 * 24 * 3600.0
_KEPT_STORES: Final = 20


class SnapshotCache:
    """`folder` None means `$KITCN_CACHE_DIR`, else the user's cache folder. It is created by the first import."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = (folder or default_folder()) / "snapshots"

    def open(self, identity: bytes) -> SqliteStore | None:
        """The store of the snapshot with this identity, or None when it must be imported (again)."""
        path = self._path(identity)
        try:
            if not path.exists():
                return None
            store = SqliteStore.open(path)
        except (OSError, StoreFileError):
            return None
        with suppress(OSError):
            os.utime(path)  # marks its use
        return store

    @contextmanager
    def creating(self, identity: bytes) -> Iterator[Path]:
        """A file to fill with the store; it counts only if the block ends without exception. Raises SnapshotError."""
        with ExitStack() as stack:
            with self._writing():
                private_folder(self.folder)
                remove_abandoned(self.folder)
                self._remove_old()
                partial = stack.enter_context(completed_file(self._path(identity)))
            yield partial
            with self._writing():
                stack.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SnapshotError(
                f"Cannot write to the cache folder {self.folder}: {error.strerror or error}",
                hint=f"Set {CACHE_VARIABLE} to a folder that you can write to.",
            ) from None

    def _path(self, identity: bytes) -> Path:
        return self.folder / f"{identity.hex()[:40]}-{IMPORT_VERSION}.{FORMAT_VERSION}{_SUFFIX}"

    def _remove_old(self) -> None:
        used: list[tuple[float, Path]] = []
        for path in self.folder.glob(f"*{_SUFFIX}"):
            with suppress(OSError):
                used.append((path.stat().st_mtime, path))
        used.sort(reverse=True)
        oldest = time.time() - _KEPT_SECONDS
        kept = {path.name for at, path in used[: _KEPT_STORES - 1] if at >= oldest}
        for _, path in used:
            if path.name not in kept:
                with suppress(OSError):
                    path.unlink()
        for path in self.folder.glob(f"*{INDEX_SUFFIX}"):
            if path.name.partition(_SUFFIX)[0] + _SUFFIX not in kept:
                with suppress(OSError):
                    path.unlink()


def default_folder() -> Path:
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("kitcn")
