from __future__ import annotations

from collections.abc import Iterator

import pytest

from kitcn_repl.offline.demo import demo_dataset
from tests.conformance.genuine import Clis, make_clis
from tests.conformance.one_process import AnyWorld, any_world
from tests.support.node import node_modules
from tests.support.served import Served, served


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """The demo, served. Nothing is started where the npm packages are missing."""
    node_modules()
    with served(demo_dataset()) as server:
        yield server


@pytest.fixture(scope="module")
def clis(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Clis:
    return make_clis(server, tmp_path_factory.mktemp("clis"))


@pytest.fixture(scope="session")
def genuine_anywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnyWorld]:
    with any_world(tmp_path_factory.mktemp("anywhere")) as found:
        yield found
