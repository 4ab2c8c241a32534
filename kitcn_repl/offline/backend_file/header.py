"""Whether a file can be a backend's at all: what its first bytes and its size say (offline-formats.md 4.1)."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from kitcn_repl.offline.backend_file.errors import BackendFileError, BackendFileMissingError
from kitcn_repl.project.local_state import DATABASE

MAGIC: Final = b"SQLite format 3\0"
HEADER_BYTES: Final = 100

_SAMPLE_BYTES: Final = 1 << 20
_REPLACEMENT: Final = "\ufffd".encode()
_USUAL_NAMES: Final = (DATABASE, "db.sqlite3")


def check_header(path: Path, *, is_settled: bool) -> None:
    """Raises BackendFileError for what is no whole SQLite database.

    `is_settled` says that no journal is beside the file, so that its size must be right.
    """
    name = path.name
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise BackendFileError(f"{name} is a folder, not a backend's file.", hint=_hint_for_folder(path))
        if not stat.S_ISREG(status.st_mode):
            raise BackendFileError(f"{name} is no regular file.")
        with path.open("rb") as file:
            beginning = file.read(_SAMPLE_BYTES)
    except FileNotFoundError:
        raise BackendFileMissingError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BackendFileError(f"Cannot read {path}: {reason}.") from None
    if not beginning:
        raise BackendFileError(f"{name} is empty.")
    if not beginning.startswith(MAGIC):
        raise BackendFileError(f"{name} {_what_it_is(beginning)}")
    if is_settled:
        _check_size(name, beginning, status.st_size)


def change_counter(descriptor: int) -> bytes:
    """The bytes of the header that every commit changes."""
    return os.pread(descriptor, 4, 24)


def _check_size(name: str, beginning: bytes, size: int) -> None:
    if size < HEADER_BYTES:
        raise BackendFileError(f"{name} is truncated: it has {size} bytes, less than an SQLite header.")
    page_size = int.from_bytes(beginning[16:18], "big")
    page_size = 65536 if page_size == 1 else page_size
    # Writers before SQLite 3.7 left the count as it was: it holds only if these two agree.
    is_stated = beginning[24:28] == beginning[92:96]
    expected = page_size * int.from_bytes(beginning[28:32], "big") if is_stated else size
    if size == expected:
        return
    if beginning.count(_REPLACEMENT) * 100 > len(beginning):
        raise BackendFileError(
            f"{name} was saved as text, which replaced every byte that is no UTF-8: its data is lost.",
            hint="Get the file again from where it came from, as binary.",
        )
    if size < expected:
        raise BackendFileError(f"{name} is truncated: {size:,} of {expected:,} bytes are there.")


def _what_it_is(beginning: bytes) -> str:
    if beginning.startswith(b"PK\x03\x04"):
        return "is a ZIP, not a backend's SQLite file; a snapshot export is opened as snapshot:FILE.zip."
    if beginning.startswith(b"\x1f\x8b"):
        return "is compressed with gzip; unpack it first."
    if beginning.startswith(b"version https://git-lfs"):
        return "is a Git LFS pointer, not the file itself; fetch it with `git lfs pull`."
    return "is not an SQLite database."


def _hint_for_folder(path: Path) -> str | None:
    for name in _USUAL_NAMES:
        if (path / name).is_file():
            return f"The file in it is {path / name}."
    return None
