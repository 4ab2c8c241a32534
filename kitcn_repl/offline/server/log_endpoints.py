"""The function log as clients poll it (deployment-api 7.1)."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from kitcn_repl.offline.execution_log import LogClosedError
from kitcn_repl.offline.log_entries import as_text_lines, whole_completions
from kitcn_repl.offline.server.endpoints import Exchange, endpoint, json_response
from kitcn_repl.offline.server.failures import bad_request, internal_error, session_request_id
from kitcn_repl.offline.server.service import Service
from kitcn_repl.values import JsonObject

_GIVEN_STRUCTURE = ("npm-cli", "dashboard")
"""Clients that get log lines as objects; all others get them as texts."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

Choice = Callable[[Sequence[JsonObject]], Sequence[JsonObject]]


def log_routes(service: Service) -> list[BaseRoute]:
    return [
        endpoint(service, f"{prefix}/{name}", handler, "GET")
        for prefix in ("/api", "/api/app_metrics")
        for name, handler in (("stream_function_logs", _function_logs), ("stream_udf_execution", _executions))
    ]


async def _function_logs(exchange: Exchange) -> Response:
    """What functions say, while they run and when they end."""
    exchange.require_admin()
    cursor, request_id = _cursor(exchange.request), _request_of_session(exchange.request)
    structured = exchange.client.name in _GIVEN_STRUCTURE

    def choose(entries: Sequence[JsonObject]) -> Sequence[JsonObject]:
        if request_id is not None:
            entries = [
                entry
                for entry in entries
                if entry.get("requestId") == request_id and entry.get("parentExecutionId") is None
            ]
        return entries if structured else as_text_lines(entries)

    return await _poll(exchange, cursor, choose)


async def _executions(exchange: Exchange) -> Response:
    """What has ended, each with all that it said."""
    exchange.require_admin()
    log = exchange.service.offline.execution_log
    return await _poll(
        exchange,
        _cursor(exchange.request),
        lambda entries: as_text_lines(whole_completions(entries, log.remembered())),
    )


async def _poll(exchange: Exchange, cursor: float, choose: Choice) -> Response:
    log = exchange.service.offline.execution_log
    chosen: Sequence[JsonObject] = ()
    try:
        async with asyncio.timeout(log.patience):
            while not chosen:
                entries, cursor = await log.after(cursor)
                chosen = choose(entries)
    except TimeoutError:
        pass
    except LogClosedError:
        raise internal_error() from None
    return json_response({"entries": list(chosen), "newCursor": cursor})


def _cursor(request: Request) -> float:
    text = request.query_params.get("cursor")
    if text is None:
        raise bad_request("BadQueryArgs", "Failed to deserialize query string: missing field `cursor`")
    try:
        cursor = float(text)
    except ValueError:
        cursor = math.nan
    if not math.isfinite(cursor):
        raise bad_request("BadQueryArgs", "Failed to deserialize query string: invalid float literal")
    return cursor


def _request_of_session(request: Request) -> str | None:
    """The one request that a WebSocket's client asks about, by its session and its own number for it."""
    session, number = (request.query_params.get(name) for name in ("sessionId", "clientRequestCounter"))
    if session is None or number is None:
        return None
    if not _UUID.fullmatch(session) or not (number.isascii() and number.isdecimal()):
        raise bad_request("BadQueryArgs", "Failed to deserialize query string: sessionId or clientRequestCounter")
    return session_request_id(session, int(number[:20]))
