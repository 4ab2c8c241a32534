"""The SQLite file of a local or self-hosted backend as a dataset: `open_backend_file`."""

from __future__ import annotations

from kitcn_repl.offline.backend_file.dataset import open_backend_file
from kitcn_repl.offline.backend_file.errors import BackendFileError, BackendFileMissingError

__all__ = [
    "BackendFileError",
    "BackendFileMissingError",
    "open_backend_file",
]
