"""Files of a project, changed whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.partial_files import partial_file, remove_abandoned

_PATIENCE = 10.0
_INTERVAL = 0.02
_NO_LOCKS = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)
_NEW_FILE = 0o666


def read_text(path: Path) -> str | None:
    """The text of a file, None if there is none; bytes that are no UTF-8 come out of `replace_text` as they were.

    Raises KitcnError.
    """
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KitcnError(f"{path} cannot be read: {error.strerror}.") from error


def replace_text(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it. It keeps its permissions and, as far as that is allowed, its
    owner; of a symbolic link, the file that it leads to is written. Raises KitcnError; the file is then as it was."""
    target = Path(os.path.realpath(path))
    try:
        mode, owner = _mode_and_owner(target)
        remove_abandoned(target.parent, target.name)
        with partial_file(target) as (partial, descriptor):
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                file.write(text.encode("utf-8", "surrogateescape"))
            os.fsync(descriptor)
            if owner is not None:
                with suppress(OSError):
                    os.fchown(descriptor, *owner)
            os.fchmod(descriptor, mode)
            partial.replace(target)
    except OSError as error:
        raise KitcnError(f"{path} cannot be written: {error.strerror}.") from error


def check_writable(path: Path) -> None:
    """Raises KitcnError if `replace_text` could not write the file as things are now."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise KitcnError(f"{path} cannot be written: it is a directory.")
    if not os.access(target.parent, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise KitcnError(f"{path} cannot be written: the directory {target.parent} is read-only.")


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Nobody else who uses this changes files in `folder` meanwhile. Leaves nothing behind, whoever is killed.

    Raises KitcnError when the other one does not come to an end.
    """
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise KitcnError(f"{folder} cannot be opened: {error.strerror}.") from error
    try:
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise KitcnError(f"Another kitcn is writing in {folder}: try again.") from None
                time.sleep(_INTERVAL)
            except OSError as error:
                if error.errno not in _NO_LOCKS:
                    raise KitcnError(f"{folder} cannot be locked: {error.strerror}.") from error
                break  # a file system without locks: replacing files whole has to be enough
        yield
    finally:
        os.close(handle)


def _mode_and_owner(target: Path) -> tuple[int, tuple[int, int] | None]:
    try:
        status = target.stat()
    except FileNotFoundError:
        mask = os.umask(0o077)  # it cannot be read without; other threads' files are private meanwhile
        os.umask(mask)
        return _NEW_FILE & ~mask, None
    return stat.S_IMODE(status.st_mode), (status.st_uid, status.st_gid)
