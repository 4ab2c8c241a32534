"""How functions fared, as the dashboard asks for it (deployment-api 7.3)."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from kitcn_repl.offline.execution_metrics import Executions, Ran, calls_by_name, canonical_name, executions_between
from kitcn_repl.offline.server.endpoints import Exchange, endpoint, json_response
from kitcn_repl.offline.server.failures import bad_request, internal_error
from kitcn_repl.offline.server.service import Service
from kitcn_repl.values import JsonObject, JsonValue

_MOST_BUCKETS = 10_000
_MOST_PERCENTILES = 5
_MOST_TOLD = 25


def metrics_routes(service: Service) -> list[BaseRoute]:
    return [
        endpoint(service, f"/api/app_metrics/{name}", handler, "GET")
        for name, handler in (
            ("udf_rate", _udf_rate),
            ("latency_percentiles", _latency_percentiles),
            ("function_call_count_top_k", _function_call_count_top_k),
        )
    ]


@dataclass(frozen=True, slots=True)
class _Window:
    """Seconds since 1970, cut into buckets of the same width."""

    start: float
    width: float
    buckets: int

    def bucket_start(self, index: int) -> JsonObject:
        at = self.start + index * self.width
        return {"secs_since_epoch": int(at), "nanos_since_epoch": int((at - int(at)) * 1e9)}


async def _udf_rate(exchange: Exchange) -> Response:
    """Events a second."""
    exchange.require_admin()
    window, series = _series(exchange)
    metric = _parameter(exchange.request, "metric")

    def events(ran: Ran) -> int:
        match metric:
            case "invocations":
                return ran.calls
            case "errors":
                return ran.errors
            case "cacheHits":
                return ran.cache_hits
            case "cacheMisses":
                return ran.calls - ran.cache_hits
            case "subscriptionInvalidations":
                return 0
        raise internal_error()

    function = _function(exchange.request)
    rates: list[JsonValue] = [
        [window.bucket_start(index), events(executions.get(function, Ran())) / window.width]
        for index, executions in enumerate(series)
    ]
    return json_response(rates)


async def _latency_percentiles(exchange: Exchange) -> Response:
    """Seconds."""
    exchange.require_admin()
    window, series = _series(exchange)
    function = _function(exchange.request)
    wanted = _json(exchange.request, "percentiles")
    if not isinstance(wanted, list) or len(wanted) > _MOST_PERCENTILES:
        raise internal_error()
    percentiles = sorted({percentile for percentile in wanted if isinstance(percentile, int) and percentile >= 0})
    if len(percentiles) != len(wanted):
        raise internal_error()
    found: list[JsonValue] = [
        [
            percentile,
            [
                [window.bucket_start(index), executions.get(function, Ran()).percentile(percentile)]
                for index, executions in enumerate(series)
            ],
        ]
        for percentile in percentiles
    ]
    return json_response(found)


async def _function_call_count_top_k(exchange: Exchange) -> Response:
    exchange.require_admin()
    window, series = _series(exchange)
    text = exchange.request.query_params.get("k", "5")
    k = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= k <= _MOST_TOLD:
        raise bad_request("InvalidTopKParameter", f"k must be between 1 and {_MOST_TOLD}")
    calls = [calls_by_name(executions) for executions in series]
    totals: dict[str, int] = {}
    for counts in calls:
        for name, count in counts.items():
            totals[name] = totals.get(name, 0) + count
    ranked = sorted(totals, key=lambda name: (-totals[name], name))

    def timeseries(names: list[str]) -> list[JsonValue]:
        return [
            [window.bucket_start(index), float(sum(counts.get(name, 0) for name in names))]
            for index, counts in enumerate(calls)
        ]

    found: list[JsonValue] = [[name, timeseries([name])] for name in ranked[:k]]
    if ranked[k:]:
        found.append(["_rest", timeseries(ranked[k:])])
    return json_response(found)


def _series(exchange: Exchange) -> tuple[_Window, list[Executions]]:
    """The window that is asked about, and what ran in each of its buckets."""
    window = _window(exchange.request)
    offline = exchange.service.offline
    entries = offline.execution_log.remembered()
    # Clients go by the world's clock; the demo's stands still.
    apart = offline.dataset.clock() - 1000 * time.time()
    starts = [1000 * (window.start + index * window.width) + apart for index in range(window.buckets)]
    return window, [executions_between(entries, start, start + 1000 * window.width) for start in starts]


def _window(request: Request) -> _Window:
    given = _json(request, "window")
    given = given if isinstance(given, dict) else {}
    start, end, buckets = _moment(given.get("start")), _moment(given.get("end")), given.get("num_buckets")
    if start is None or end is None or not isinstance(buckets, int) or not 1 <= buckets <= _MOST_BUCKETS:
        raise internal_error()
    if end <= start:
        raise internal_error()
    return _Window(start, (end - start) / buckets, buckets)


def _moment(value: JsonValue) -> float | None:
    parts = value if isinstance(value, dict) else {}
    seconds, nanoseconds = parts.get("secs_since_epoch"), parts.get("nanos_since_epoch")
    if not isinstance(seconds, int) or not isinstance(nanoseconds, int):
        return None
    return seconds + nanoseconds / 1e9


def _function(request: Request) -> tuple[str, str]:
    path = request.query_params.get("udfPath") or _parameter(request, "path")
    return request.query_params.get("componentPath", ""), canonical_name(path)


def _json(request: Request, name: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(_parameter(request, name))
    except ValueError:
        raise internal_error() from None
    return value


def _parameter(request: Request, name: str) -> str:
    text = request.query_params.get(name)
    if text is None:
        raise bad_request("BadQueryArgs", f"Failed to deserialize query string: missing field `{name}`")
    return text
