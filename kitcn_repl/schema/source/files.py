"""Reading source files, within bounds."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path
from typing import Final

LARGEST_FILE: Final = 3_000_000
MOST_FILES: Final = 500
MOST_BYTES: Final = 12_000_000


class UnreadableError(Exception):
    """Says of a file, as the end of a sentence about it, why it is not read."""


class Files:
    """The files of one reading. `root` is what names of files are relative to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._real_root = os.path.realpath(root)
        self.names: list[str] = []
        self._bytes = 0

    def name(self, path: Path) -> str:
        """The file's name from the root, with `/`."""
        own, root = str(path), str(self.root)
        if not own.startswith(root.rstrip(os.sep) + os.sep):
            own, root = os.path.realpath(path), self._real_root
        try:
            return Path(os.path.relpath(own, root)).as_posix()
        except ValueError:
            return Path(own).as_posix()  # another drive of Windows

    def read(self, path: Path) -> bytes:
        """The file, in UTF-8 if it is in any encoding that TypeScript knows. Raises UnreadableError."""
        if len(self.names) >= MOST_FILES:
            raise UnreadableError(f"is not read: {MOST_FILES} other files were")
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableError("is not a file")
            if status.st_size > LARGEST_FILE:
                size = status.st_size / 1e6
                raise UnreadableError(f"is too large to read: {size:.1f} MB, at most {LARGEST_FILE / 1e6:.0f} MB are")
            if self._bytes + status.st_size > MOST_BYTES:
                raise UnreadableError(f"is not read: the files before it have {MOST_BYTES / 1e6:.0f} MB together")
            data = path.read_bytes()
        except OSError as error:
            raise UnreadableError(f"cannot be read: {error.strerror or type(error).__name__}") from None
        except ValueError:
            raise UnreadableError("cannot be read: this is no name of a file") from None
        self._bytes += len(data)
        self.names.append(self.name(path))
        return _utf8(data)


def _utf8(data: bytes) -> bytes:
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16").encode()
        except UnicodeError:
            raise UnreadableError("cannot be read: it is not text") from None
    if b"\0" in data:
        raise UnreadableError("cannot be read: it is not text")
    return data


def line_of_other_encoding(data: bytes) -> int | None:
    """The first line that is not UTF-8, None if all of it is."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return None
