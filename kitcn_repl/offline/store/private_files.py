"""Files that hold people's data: readable by their owner only, and either complete or absent."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_PARTIAL: Final = ".partial"


@contextmanager
def completed_file(target: Path) -> Iterator[Path]:
    """A new empty file to fill, which takes the place of `target` if the block ends without exception.

    The file is locked while its process lives, so `remove_abandoned` can tell what a killed one left behind.
    """
    partial, descriptor = _new_locked_file(target)
    try:
        yield partial
        os.fsync(descriptor)
        partial.replace(target)
        _sync_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
    finally:
        os.close(descriptor)


def remove_abandoned(folder: Path) -> None:
    """Delete partial files in `folder` whose process has died."""
    for partial in folder.glob(f"*{_PARTIAL}"):
        with suppress(OSError):
            if _is_abandoned(partial):
                partial.unlink()


def _new_locked_file(target: Path) -> tuple[Path, int]:
    while True:
        partial = target.with_name(f"{target.name}.{secrets.token_hex(6)}{_PARTIAL}")
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if partial.exists():
            return partial, descriptor
        # Between its making and its locking another process took it for abandoned.
        os.close(descriptor)


def _is_abandoned(partial: Path) -> bool:
    descriptor = os.open(partial, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _sync_folder(folder: Path) -> None:
    # Not every file system can; the rename itself is atomic anyway.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
