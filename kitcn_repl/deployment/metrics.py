"""How functions fared, from the metrics endpoints of a live deployment (deployment-api.md 7.3)."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pydantic import ConfigDict, TypeAdapter

from kitcn_repl.deployment.errors import ServerTooOldError
from kitcn_repl.deployment.exchange import Exchange
from kitcn_repl.deployment.models import FunctionMetrics, FunctionName
from kitcn_repl.deployment.together import together
from kitcn_repl.deployment.wire import Shape, parse
from kitcn_repl.values import JsonObject, JsonValue

PERCENTILES = (50, 95, 99)
_AT_ONCE = 8
_MOST_TOLD = 25
_ALL_OTHERS = "_rest"
_MOST = 2.0**63

_LATER = ConfigDict(defer_build=True, allow_inf_nan=False)
_Series = list[tuple[dict[str, Any], float | None]]
_SERIES: TypeAdapter[_Series] = TypeAdapter(_Series, config=_LATER)
_SERIES_BY_NAME: TypeAdapter[list[tuple[str, _Series]]] = TypeAdapter(list[tuple[str, _Series]], config=_LATER)
_SERIES_BY_PERCENTILE: TypeAdapter[list[tuple[int, _Series]]] = TypeAdapter(list[tuple[int, _Series]], config=_LATER)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, in seconds since 1970."""

    start: float
    end: float

    @classmethod
    def until_now(cls, since: Callable[[float], float]) -> Window:
        present = time.time()
        return cls(min(since(present * 1000) / 1000, present - 1), present)

    def text(self) -> str:
        """As one bucket: the server sums up, and its percentiles are those of the whole time."""
        return json.dumps({"start": _moment(self.start), "end": _moment(self.end), "num_buckets": 1})


async def read_metrics(
    exchange: Exchange, functions: Sequence[FunctionName], window: Window, component: str
) -> list[FunctionMetrics]:
    """Of functions that were not called nothing more is asked."""
    reader = _Reader(exchange, window, component)
    called = await reader.calls_by_name()
    return await together([reader.metrics_of(function, called) for function in functions])


class _Reader:
    def __init__(self, exchange: Exchange, window: Window, component: str) -> None:
        self._exchange = exchange
        self._window = window
        self._component = component
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def calls_by_name(self) -> dict[str, int] | None:
        """How often the most called functions were; if there are others, `_rest` is among them. None if not told."""
        try:
            found = await self._ask("function_call_count_top_k", {"k": str(_MOST_TOLD)}, _SERIES_BY_NAME)
        except ServerTooOldError:
            return None
        return {_canonical(name): _whole(_total(series)) for name, series in found}

    async def metrics_of(self, function: FunctionName, called: dict[str, int] | None) -> FunctionMetrics:
        async with self._free:
            calls = None if called is None else called.get(self._name(function))
            if calls is None:
                only_these = called is not None and _ALL_OTHERS not in called
                calls = 0 if only_these else await self._count(function, "invocations")
            is_query = function.function_type == "Query"
            if not calls:
                return FunctionMetrics(0, 0, *((0, 0) if is_query else ()))
            errors = await self._count(function, "errors")
            hits = await self._count(function, "cacheHits") if is_query else None
            misses = await self._count(function, "cacheMisses") if is_query else None
            return FunctionMetrics(calls, errors, hits, misses, await self._latency(function))

    async def _count(self, function: FunctionName, metric: str) -> int:
        series = await self._ask("udf_rate", {**self._named(function), "metric": metric}, _SERIES)
        return _whole(_total(series) * (self._window.end - self._window.start))

    async def _latency(self, function: FunctionName) -> dict[int, float]:
        asked = {**self._named(function), "percentiles": json.dumps(PERCENTILES)}
        found = await self._ask("latency_percentiles", asked, _SERIES_BY_PERCENTILE)
        return {percentile: series[-1][1] for percentile, series in found if series and series[-1][1] is not None}

    async def _ask(self, route: str, parameters: dict[str, str], adapter: TypeAdapter[Shape]) -> Shape:
        target = f"/api/app_metrics/{route}"
        answer = await self._exchange.get(f"{target}?{urlencode({**parameters, 'window': self._window.text()})}")
        return parse(adapter, answer, target, self._exchange.host)

    def _named(self, function: FunctionName) -> dict[str, str]:
        named = {"udfPath": function.identifier, "udfType": function.function_type}
        return {**named, "componentPath": self._component} if self._component else named

    def _name(self, function: FunctionName) -> str:
        name = _canonical(function.identifier)
        return f"{self._component}/{name}" if self._component else name


def _canonical(name: str) -> str:
    """Servers leave out `.js` and `:default`, or do not."""
    if " " in name or name == _ALL_OTHERS:
        return name
    module, _, function = name.partition(":")
    return f"{module.removesuffix('.js')}:{function or 'default'}"


def _total(series: _Series) -> float:
    return sum(value for _, value in series if value is not None)


def _whole(number: float) -> int:
    """No count is larger, whatever a server sums up."""
    return round(min(max(number, -_MOST), _MOST))


def _moment(seconds: float) -> JsonObject:
    whole = int(seconds)
    nanoseconds: JsonValue = int((seconds - whole) * 1e9)
    return {"secs_since_epoch": whole, "nanos_since_epoch": nanoseconds}
