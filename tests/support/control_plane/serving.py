"""One uvicorn in a thread: the control plane on one port, and each deployment on a port of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from kitcn_repl.offline.server.serving import listen
from tests.support.control_plane.contract import Contract
from tests.support.control_plane.deployments import Deployments
from tests.support.control_plane.plane import Plane
from tests.support.control_plane.seen import Seen
from tests.support.control_plane.world import World

_PATIENCE = 60.0
"""Seconds; only ever spent on a server that hangs."""

_SPARE = 4
"""Ports for deployments that a test creates."""


@dataclass(slots=True)
class StandIn:
    """A running stand-in: where it answers, what it was asked, and how it shall misbehave."""

    url: str
    world: World
    plane: Plane
    contract: Contract | None
    requests: list[Seen] = field(default_factory=list)

    def fail(self, path: str, behaviour: ASGIApp, *, times: int | None = None, after: int = 0) -> None:
        """Let `behaviour` answer requests whose path starts with `path`, `times` times (always, if None), but not the
        first `after` ones. Paths are the control plane's."""
        self.plane.faults.append([path, behaviour, times, after])

    def recover(self) -> None:
        self.plane.faults.clear()

    def asked(self) -> list[str]:
        """`POST /api/...` for each request that the control plane got."""
        return [str(one) for one in self.requests if one.server == "control plane"]

    def reached(self) -> list[tuple[str, str]]:
        """Deployments that were asked something with a key, with that key, each pair once."""
        found = ((one.server, one.authorization) for one in self.requests if one.server != "control plane")
        return list(dict.fromkeys((name, key) for name, key in found if key))

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def config_directory(self) -> str:
        """Name of the folder in the home directory where clients of this stand-in keep their access token."""
        return f".convex-test-{self.port}"


@contextmanager
def stand_in(world: World, door: socket.socket | None = None) -> Iterator[StandIn]:
    """Serve `world`; ends with the block. What was said against the contract fails the test then.

    `door` is a socket of `listen`, for clients that know the control plane's address before there is one.
    """
    cloud = [one for one in world.deployments if not one.is_local]
    sockets = [listen("127.0.0.1", 0) if door is None else door.dup()]
    sockets += [listen("127.0.0.1", 0) for _ in range(len(cloud) + _SPARE)]
    urls = [f"http://127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for deployment, url in zip(cloud, urls[1:], strict=False):
        deployment.url = url
    world.spare_urls = urls[1 + len(cloud) :]
    locals_ = [one for one in world.deployments if one.is_local and one.is_active]
    for deployment in locals_:
        assert deployment.port is not None
        sockets.append(listen("127.0.0.1", deployment.port))
        deployment.port = sockets[-1].getsockname()[1]
        deployment.url = f"http://127.0.0.1:{deployment.port}"
    contract = Contract.if_there()
    requests: list[Seen] = []
    plane = Plane(world, urls[0], contract, requests)
    found = StandIn(urls[0], world, plane, contract, requests)
    with _running(_by_port(plane, Deployments(world, requests)), sockets):
        yield found
    assert plane.violations == [], "the stand-in broke Convex's own contract"


def _by_port(plane: Plane, deployments: Deployments) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(deployments, receive, send)
            return
        url = f"http://127.0.0.1:{scope['server'][1]}"
        await (plane if url == plane.origin else deployments.at(url))(scope, receive, send)

    return app


async def _lifespan(deployments: Deployments, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await deployments.aclose()
    await send({"type": "lifespan.shutdown.complete"})


class _Server(uvicorn.Server):
    def __init__(self, app: ASGIApp, ready: Future[None]) -> None:
        super().__init__(
            uvicorn.Config(
                app, log_config=None, log_level="critical", access_log=False, loop="asyncio", http="h11",
                ws="websockets-sansio", lifespan="on", timeout_graceful_shutdown=1,
            )
        )  # fmt: skip
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._ready.set_result(None)


@contextmanager
def _running(app: ASGIApp, sockets: list[socket.socket]) -> Iterator[None]:
    ready: Future[None] = Future()
    server = _Server(app, ready)

    def main() -> None:
        try:
            asyncio.run(server.serve(sockets=sockets))
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=main, name="control plane stand-in")
    thread.start()
    try:
        ready.result(_PATIENCE)
        yield
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)
        for one in sockets:
            one.close()
        assert not thread.is_alive(), "the stand-in did not stop"
