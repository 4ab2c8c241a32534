"""The ASGI application of `kitcn serve`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.server.function_endpoints import function_routes
from kitcn_repl.offline.server.gate import Gate
from kitcn_repl.offline.server.inspection_endpoints import inspection_routes
from kitcn_repl.offline.server.log_endpoints import log_routes
from kitcn_repl.offline.server.metrics_endpoints import metrics_routes
from kitcn_repl.offline.server.service import Service
from kitcn_repl.offline.server.sync import SyncSocket

logging.getLogger("kitcn_repl.server").addHandler(logging.NullHandler())


def create_app(deployment: Offline, *, admin_key: str, origin: str) -> ASGIApp:
    """The deployment API for `deployment`, which it takes over: shutting down closes it.

    `origin` is the address under which clients reach it, for example `http://127.0.0.1:3210`.
    """
    service = Service(deployment, admin_key=admin_key, origin=origin)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await deployment.aclose()

    async def sync(socket: WebSocket) -> None:
        await SyncSocket(service, socket).serve()

    routes = [
        *inspection_routes(service),
        *function_routes(service),
        *log_routes(service),
        *metrics_routes(service),
        WebSocketRoute("/api/sync", sync),
        WebSocketRoute("/api/{version}/sync", sync),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={404: _without_body, 405: _without_body})
    app.router.redirect_slashes = False
    return Gate(app)


async def _without_body(request: Request, error: Exception) -> Response:
    """An unknown address or method is refused without a word."""
    assert isinstance(error, HTTPException)
    return Response(status_code=error.status_code, headers=error.headers)
