from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.deployment.support import TRANSPORTS, MakeRemote, remote_maker
from tests.support.faults import FaultyServer


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with FaultyServer() as server:
        yield server


@pytest.fixture
async def convex(server: FaultyServer) -> FaultyServer:
    """A server that says it is a Convex deployment, and knows nothing else."""
    from tests.support.faults import text

    return server.on("/instance_name", text("happy-otter-123")).on("/version", text("1.48.0"))


@pytest.fixture(params=sorted(TRANSPORTS))
async def connect(request: pytest.FixtureRequest) -> AsyncIterator[MakeRemote]:
    """Makes a Remote for a URL, over each kind of transport."""
    async with remote_maker(request.param) as make:
        yield make


@pytest.fixture
async def connect_direct() -> AsyncIterator[MakeRemote]:
    async with remote_maker("direct") as make:
        yield make
