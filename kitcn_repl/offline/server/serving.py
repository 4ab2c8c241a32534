"""Running the application: a loopback socket, uvicorn, and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Final

import uvicorn

from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.server.access import mint_admin_key
from kitcn_repl.offline.server.app import create_app
from kitcn_repl.offline.server.connections import AT_ONCE, QUEUE, Connection
from kitcn_repl.offline.server.gate import is_loopback

_SOCKET_PING_INTERVAL = 5.0
_SOCKET_PING_TIMEOUT = 120.0
_LARGEST_SOCKET_MESSAGE = 64 * 1024 * 1024
_IDLE_CONNECTION_SECONDS = 75
_SECONDS_TO_FINISH = 2


async def serve(
    deployment: Offline,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    admin_key: str | None = None,
    on_ready: Callable[[str, str], None] = lambda url, admin_key: None,
    prewarm: bool = True,
) -> None:
    """Serve `deployment` until SIGINT, SIGTERM or cancellation, then close it.

    `on_ready(url, admin_key)` is called once requests are answered. Port 0 picks a free one; without `admin_key` there
    is a new random one. With `prewarm` a process for the next query always waits. Raises KitcnError if the address
    cannot be used.
    """
    if not is_loopback(host):
        raise UsageError(f"An offline deployment is served to this machine only, not on {host}.")
    try:
        listener = listen(host, port)
        key = admin_key or mint_admin_key(deployment.dataset.name)
        url = _url(host, listener.getsockname()[1])
        app = create_app(deployment, admin_key=key, origin=url)
        server = _Server(_config(app), lambda: on_ready(url, key), deployment.execution_log.close)
    except BaseException:
        await deployment.aclose()
        raise
    if prewarm:
        # Without Deno everything but queries is served; a query then says what is missing.
        with contextlib.suppress(KitcnError):
            deployment.engine.prewarm()
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        server.should_exit = True
        await running
        raise
    if server.failure is not None:
        raise server.failure


_TURNS_TO_CONNECT: Final = 5


class _Server(uvicorn.Server):
    """uvicorn's server, which ends its own run on a signal and leaves it at that.

    The original raises the signal again afterwards, so that an orderly end looks like a crash.
    """

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None], on_shutdown: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._on_shutdown = on_shutdown
        self.failure: Exception | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        for listener in sockets or ():
            listener.listen(QUEUE)  # asyncio takes one number for both
        try:
            self._on_ready()
        except Exception as error:
            self.failure = error
            self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Whoever polls the log would be waited for.
        self._on_shutdown()
        # First no more is accepted: asyncio loses a connection that it is making when its server closes.
        for listener in sockets or ():
            asyncio.get_running_loop().remove_reader(listener)
        for _ in range(_TURNS_TO_CONNECT):
            await asyncio.sleep(0)
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        previous = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Never `force_exit`: that would skip closing the deployment and leave its processes behind.
        self.should_exit = True


def _config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        # Nothing is printed: stdout and stderr belong to the command line.
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        loop="asyncio",
        http=Connection,
        backlog=AT_ONCE,
        ws="websockets-sansio",
        ws_max_size=_LARGEST_SOCKET_MESSAGE,
        ws_ping_interval=_SOCKET_PING_INTERVAL,
        ws_ping_timeout=_SOCKET_PING_TIMEOUT,
        ws_per_message_deflate=False,
        timeout_keep_alive=_IDLE_CONNECTION_SECONDS,
        lifespan="on",
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )


def listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sets TCP_NODELAY; else small answers wait 40 ms for the client's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise KitcnError(
            f"Cannot listen on {host}:{port}: {error.strerror if isinstance(error, OSError) else error}",
            hint="Name another port, or 0 for any free one.",
        ) from error
    return listener


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
