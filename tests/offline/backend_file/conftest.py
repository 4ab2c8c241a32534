"""A small deployment as a backend would have it on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kitcn_repl.offline.backend_file import open_backend_file
from kitcn_repl.offline.dataset import Dataset
from tests.support.backend_files import BackendFileWriter

Open = Callable[[Path], Dataset]


@pytest.fixture
def writer() -> BackendFileWriter:
    return BackendFileWriter()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "backend"
    folder.mkdir()
    return folder / "convex_local_backend.sqlite3"


@pytest.fixture
def open_file(tmp_path: Path) -> Iterator[Open]:
    """Opens files, with copies going below `tmp_path / "cache"`, and closes them at the end."""
    with ExitStack() as stack:

        def opened(path: Path) -> Dataset:
            dataset = open_backend_file(path, cache_dir=tmp_path / "cache")
            stack.callback(dataset.store.close)
            return dataset

        yield opened
