"""Files that hold people's data: readable by their owner only, and either complete or absent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kitcn_repl.project.partial_files import partial_file, remove_abandoned

__all__ = ["completed_file", "remove_abandoned"]


@contextmanager
def completed_file(target: Path) -> Iterator[Path]:
    """A new empty file to fill, which takes the place of `target` if the block ends without exception."""
    with partial_file(target) as (partial, descriptor):
        yield partial
        os.fsync(descriptor)
        partial.replace(target)
        _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    # Not every file system can; the rename itself is atomic anyway.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
