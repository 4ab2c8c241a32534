from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from kitcn_repl.offline.demo import demo_dataset
from tests.support.served import Served, served


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """The demo, served; tests that change its environment take `own_server`."""
    with served(demo_dataset()) as server:
        yield server


@pytest.fixture
def own_server() -> Iterator[Served]:
    with served(demo_dataset()) as server:
        yield server


@pytest.fixture
def http(server: Served) -> Iterator[httpx2.Client]:
    """Asks with the admin key."""
    with httpx2.Client(base_url=server.url, headers=key_header(server.admin_key), timeout=60) as client:
        yield client


@pytest.fixture
def stranger(server: Served) -> Iterator[httpx2.Client]:
    """Asks without any key."""
    with httpx2.Client(base_url=server.url, timeout=60) as client:
        yield client


def key_header(key: str) -> dict[str, str]:
    return {"Authorization": f"Convex {key}"}
