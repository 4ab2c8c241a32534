"""The outermost door: only this machine's own pages and programs may talk to a served deployment.

Listening on loopback is not enough: any web page can make a browser send requests to 127.0.0.1, and a name that
resolves to it (DNS rebinding) makes them same-origin. So the Host has to be a loopback name, and so has the Origin.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kitcn_repl.offline.server.endpoints import error_response
from kitcn_repl.offline.server.failures import ApiError

logger = logging.getLogger("kitcn_repl.server")

_PREFLIGHT_MAX_AGE = "86400"
_NO_PART_OF_A_HOST = re.compile(r"[@/?#\\\s]")


class Gate:
    """ASGI middleware: checks Host and Origin, answers CORS preflights, and lets no exception out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = _refusal(headers)
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send, refusal)
            return
        origin = headers.get("origin")
        if refusal is not None:
            await error_response(refusal)(scope, receive, send)
        elif origin is not None and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(origin, headers)(scope, receive, send)
        else:
            await self._app(scope, receive, send if origin is None else _with_cors(send, origin))

    async def _websocket(self, scope: Scope, receive: Receive, send: Send, refusal: ApiError | None) -> None:
        if refusal is not None:
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.code})
            return
        try:
            await self._app(scope, receive, send)
        except Exception:
            logger.exception("the sync WebSocket failed")
            await send({"type": "websocket.close", "code": 1011, "reason": "InternalServerError"})


def _refusal(headers: Headers) -> ApiError | None:
    host = headers.get("host", "")
    if _NO_PART_OF_A_HOST.search(host) or not is_loopback(_host_name(f"//{host}")):
        return ApiError(421, "MisdirectedRequest", "This deployment is served to this machine only, as 127.0.0.1.")
    origins = headers.getlist("origin")
    # Browsers name no Origin for what a page may not read anyway: pictures, scripts, frames, links.
    is_foreign = headers.get("sec-fetch-site") == "cross-site" if not origins else False
    if is_foreign or not all(is_loopback(_host_name(origin)) for origin in origins):
        return ApiError(403, "OriginNotAllowed", "This deployment is served to pages of this machine only.")
    return None


def _host_name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def is_loopback(host: str | None) -> bool:
    """`localhost`, names below it, and loopback addresses."""
    if not host:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _preflight(origin: str, headers: Headers) -> Response:
    response = Response()
    _add_cors(response.headers, origin)
    response.headers["access-control-allow-methods"] = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
    response.headers["access-control-allow-headers"] = headers.get("access-control-request-headers", "")
    response.headers["access-control-max-age"] = _PREFLIGHT_MAX_AGE
    return response


def _with_cors(send: Send, origin: str) -> Send:
    async def send_with_cors(message: Message) -> None:
        if message["type"] == "http.response.start":
            _add_cors(MutableHeaders(scope=message), origin)
        await send(message)

    return send_with_cors


def _add_cors(headers: MutableHeaders, origin: str) -> None:
    headers["access-control-allow-origin"] = origin
    headers["access-control-allow-credentials"] = "true"
    headers.add_vary_header("Origin")
