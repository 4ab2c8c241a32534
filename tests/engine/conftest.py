from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine import Engine
from kitcn_repl.offline.store.sqlite import SqliteStore
from kitcn_repl.offline.store.writer import StoreWriter
from tests.engine import world as worlds
from tests.engine.attempts import Guarded, state_of
from tests.engine.world import NOTE_LIST, NOTES, World


@pytest.fixture(scope="session")
def deno_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deno")


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return worlds.dataset()


@pytest.fixture
async def world(dataset: Dataset, deno_cache: Path) -> AsyncIterator[World]:
    engine = Engine(dataset, cache_dir=deno_cache)
    yield World(engine)
    await engine.aclose()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    writer = StoreWriter(folder / "store.sqlite")
    table = writer.add_table("", "notes", NOTES)
    writer.add_documents(table, (json.dumps(document).encode() for document in NOTE_LIST))
    writer.finish().close()
    return folder


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


@pytest.fixture
async def guarded(folder: Path, deno_cache: Path, listener: socket.socket) -> AsyncIterator[Guarded]:
    store = SqliteStore.open(folder / "store.sqlite")
    yield Guarded(worlds.dataset(store=store), deno_cache, folder, state_of(folder), listener)
    store.close()
