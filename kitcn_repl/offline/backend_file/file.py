"""An open backend's file: read in place while nobody writes to it, from a private copy otherwise."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from kitcn_repl.offline.backend_file.errors import BackendFileError
from kitcn_repl.offline.backend_file.header import check_header
from kitcn_repl.offline.backend_file.layout import Layout
from kitcn_repl.offline.backend_file.private_copy import (
    Progress,
    Signature,
    connect_readonly,
    connect_to_copy,
    needs_copy,
    signature,
)
from kitcn_repl.offline.backend_file.revisions import Revisions

T = TypeVar("T")

_LONGEST_REASON = 200


class View:
    """One consistent state of the file."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self.revisions = Revisions(connection, name)
        self.layout = Layout(self.revisions)


class BackendFile:
    """Takes no lock on the file and changes nothing beside it. Any thread may call; one call runs at a time.

    A file at rest is read in place. When it changes under our eyes, or has a journal beside it, a private copy takes
    its place, once and for all: from then on the state stays what it was at that moment.
    """

    def __init__(self, path: Path, cache_dir: Path | None, progress: Progress | None) -> None:
        self.path = Path(os.path.realpath(path))  # a journal lies beside the file itself, not beside a link to it
        self.name = path.name
        self._cache_dir = cache_dir
        self._progress = progress
        self._lock = threading.RLock()
        self._in_place: Signature | None = None
        self._view: View | None = None
        self._close: Callable[[], object] | None = None
        self._is_closed = False
        self.is_copy = needs_copy(self.path)
        check_header(self.path, is_settled=not self.is_copy)
        if not self.is_copy:
            self._in_place = self._signature()
        self.read(lambda view: None)

    def read(self, work: Callable[[View], T]) -> T:
        """What `work` finds in a consistent state; it may be called again, so it must only read, and not call `read`.

        Raises BackendFileError when the file is damaged or gone.
        """
        with self._lock:
            while not self._is_closed:
                try:
                    found = work(self._current())
                # SQLite quotes damaged text in its errors, and Python's module then fails to decode those.
                except (sqlite3.Error, UnicodeDecodeError, BackendFileError) as error:
                    if not self._has_moved():
                        if self._view is None:
                            self._drop()
                        if isinstance(error, BackendFileError):
                            raise
                        raise BackendFileError(f"{self.name} is damaged: {_reason(error)}.") from None
                else:
                    if not self._has_moved():
                        return found
                self._drop()
                self._in_place, self.is_copy = None, True
            raise BackendFileError(f"{self.name} was closed.")

    def forget_progress(self) -> None:
        """Who opened the file no longer watches: a copy that is made later is made quietly."""
        self._progress = None

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            self._drop()

    def _current(self) -> View:
        if self._view is None:
            if self.is_copy:
                connection = connect_to_copy(self.path, self._cache_dir, self._progress)
            else:
                connection = connect_readonly(self.path)
            # A file that nobody closed goes quietly with its last reference, not with a ResourceWarning.
            self._close = weakref.finalize(self, connection.close)
            self._view = View(connection, self.name)
        return self._view

    def _drop(self) -> None:
        self._view = None
        if self._close is not None:
            self._close()
            self._close = None

    def _has_moved(self) -> bool:
        return self._in_place is not None and (self._signature() != self._in_place or needs_copy(self.path))

    def _signature(self) -> Signature:
        try:
            return signature(self.path)
        except OSError as error:
            raise BackendFileError(f"{self.name} can no longer be read: {error.strerror or error}.") from None


def _reason(error: Exception) -> str:
    text = str(error).rstrip(".")
    # These two quote the document.
    if isinstance(error, UnicodeDecodeError) or text.startswith("Could not decode to UTF-8"):
        return "its text is no UTF-8"
    return (text if text.isprintable() else ascii(text))[:_LONGEST_REASON]
