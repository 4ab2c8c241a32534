from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine import Engine
from tests.engine import world as worlds
from tests.engine.world import World


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
