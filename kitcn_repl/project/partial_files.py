"""Files that are being written beside the one whose place they will take.

A file is locked while its process lives, so that what a killed one left behind can be told, and goes with the next
writing.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SUFFIX = ".partial"


@contextmanager
def partial_file(target: Path) -> Iterator[tuple[Path, int]]:
    """A new empty file that only its owner can open, and its descriptor; gone at the end unless it was renamed.

    Raises OSError.
    """
    partial, descriptor = _new_locked_file(target)
    try:
        yield partial, descriptor
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        os.close(descriptor)


def remove_abandoned(folder: Path, name: str = "") -> None:
    """Delete partial files in `folder`, of one file or of all, whose process has died."""
    import re

    ours = re.compile((re.escape(_beginning(name)) if name else r"\..+\.") + rf"[0-9a-f]{{12}}{re.escape(_SUFFIX)}")
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if ours.fullmatch(entry.name):
                with suppress(OSError):
                    _remove_if_abandoned(Path(entry.path))


def _beginning(name: str) -> str:
    return f"{name}." if name.startswith(".") else f".{name}."


def _new_locked_file(target: Path) -> tuple[Path, int]:
    import fcntl

    while True:
        partial = target.with_name(f"{_beginning(target.name)}{secrets.token_hex(6)}{_SUFFIX}")
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with suppress(OSError):  # a file system without locks: then nothing there is ever taken for abandoned
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        if partial.exists():
            return partial, descriptor
        # Between its making and its locking another process took it for abandoned.
        os.close(descriptor)


def _remove_if_abandoned(partial: Path) -> None:
    import fcntl

    descriptor = os.open(partial, os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        partial.unlink()
    finally:
        os.close(descriptor)
