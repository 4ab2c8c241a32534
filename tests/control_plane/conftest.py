from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from kitcn_repl.control_plane.client import ControlPlane
from kitcn_repl.deployment.retry import NO_RETRIES, RetryPolicy
from kitcn_repl.targets.authorization import Authorization
from tests.support.control_plane import ACCESS_TOKEN, StandIn, small_world, stand_in

MakePlane = Callable[..., ControlPlane]

ADA = Authorization("access token", ACCESS_TOKEN, "the test")


@pytest.fixture
def plane() -> Iterator[StandIn]:
    with stand_in(small_world()) as running:
        yield running


@pytest.fixture
async def connect(plane: StandIn) -> AsyncIterator[MakePlane]:
    """Makes a client of the stand-in, as Ada unless told otherwise."""
    made: list[ControlPlane] = []

    def make(
        authorization: Authorization | None = ADA, *, retry: RetryPolicy = NO_RETRIES, url: str = plane.url
    ) -> ControlPlane:
        made.append(ControlPlane(url, authorization, retry=retry))
        return made[-1]

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def ada(connect: MakePlane) -> ControlPlane:
    return connect()
