"""How a function fared, as `kitcn functions` shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitcn_repl.deployment.models import FunctionMetrics
    from kitcn_repl.render.table import Cell
    from kitcn_repl.values import JsonObject, JsonValue

METRICS = ("calls", "errors", "p50", "p95", "cached")
"""Columns of a table. `p50` and `p95` are times that half, and 95 of 100 calls did not exceed."""

_PERCENTILES = (50, 95, 99)


def metric_cells(metrics: FunctionMetrics | None) -> list[Cell]:
    """A cell for each of `METRICS`; all are empty where nothing is known."""
    from kitcn_repl.render.quantity import count, duration
    from kitcn_repl.render.table import EMPTY, Cell

    if metrics is None:
        return [EMPTY] * len(METRICS)
    if not metrics.calls:
        return [Cell("0", "dim"), *[EMPTY] * (len(METRICS) - 1)]
    times = [metrics.latency.get(percentile) for percentile in _PERCENTILES[:2]]
    looked_up = (metrics.cache_hits or 0) + (metrics.cache_misses or 0)
    return [
        Cell(count(metrics.calls)),
        Cell(count(metrics.errors), "number") if metrics.errors else Cell("0", "dim"),
        *(EMPTY if time is None else Cell(duration(time)) for time in times),
        Cell(f"{100 * (metrics.cache_hits or 0) / looked_up:.0f} %") if looked_up else EMPTY,
    ]


def measured(metrics: FunctionMetrics | None, *, flat: bool) -> JsonObject:
    """The same for machines, null where nothing is known; `flat` for formats that nest nothing."""
    times: JsonObject = {
        f"p{percentile}": None if metrics is None or percentile not in metrics.latency else _ms(metrics, percentile)
        for percentile in _PERCENTILES
    }
    return {
        "calls": None if metrics is None else metrics.calls,
        "errors": None if metrics is None else metrics.errors,
        "cacheHits": None if metrics is None else metrics.cache_hits,
        "cacheMisses": None if metrics is None else metrics.cache_misses,
        **({f"{name}Ms": time for name, time in times.items()} if flat else {"latencyMs": times}),
    }


def _ms(metrics: FunctionMetrics, percentile: int) -> JsonValue:
    time = round(1000 * metrics.latency[percentile], 3)
    return int(time) if time.is_integer() else time
