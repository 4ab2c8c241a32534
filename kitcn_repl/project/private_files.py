"""Folders and files that only their owner can open."""

from __future__ import annotations

import os
from pathlib import Path

from kitcn_repl.project.partial_files import partial_file, remove_abandoned


def private_folder(folder: Path) -> Path:
    """Create the folder, and those of its parents that are missing, open to its owner only. Raises OSError."""
    if not folder.is_dir():
        if folder.parent != folder:
            private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all; its folder is made. Raises OSError."""
    private_folder(path.parent)
    remove_abandoned(path.parent, path.name)
    with partial_file(path) as (partial, descriptor):
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(data)
        os.fsync(descriptor)
        partial.replace(path)
