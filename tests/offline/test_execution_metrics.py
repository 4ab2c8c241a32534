"""Counting what ran, as a backend does."""

from __future__ import annotations

import pytest

from kitcn_repl.deployment.models import FunctionMetrics, FunctionName
from kitcn_repl.offline.execution_metrics import calls_by_name, executions_between, measure
from kitcn_repl.offline.log_entries import Execution
from kitcn_repl.values import JsonObject


def ran(
    identifier: str,
    at: float,
    took: float,
    *,
    error: str | None = None,
    cached: bool = False,
    component: str | None = None,
) -> JsonObject:
    """One completion; `at` is when it ended."""
    execution = Execution(
        "Query", identifier, at - took, took, "r", "e", component=component, error=error, is_cached=cached
    )
    return execution.completion()


def test_what_is_counted() -> None:
    entries = [ran("users:list", 1000 + took, took) for took in range(1, 101)]
    entries += [
        ran("users.js:list", 1500, 5, error="boom"),
        ran("users:list", 1500, 5, cached=True),
        ran("users:list", 999, 7),
        ran("users:list", 2001, 7),
        ran("users:list", 1500, 7, component="mail"),
        ran("GET /health", 1500, 7),
        {"kind": "Progress", "identifier": "users:list", "timestamp": 1.5, "udfType": "Action"},
    ]
    executions = executions_between(entries, 1000, 2000)
    assert calls_by_name(executions) == {"users.js:list": 102, "mail/users.js:list": 1, "GET /health": 1}
    measured = measure(executions, FunctionName("users.js:list", "Query"), "")
    assert (measured.calls, measured.errors, measured.cache_hits, measured.cache_misses) == (102, 1, 1, 101)
    assert measured.latency == {
        50: pytest.approx(0.049),
        95: pytest.approx(0.095),
        99: pytest.approx(0.099),
    }
    assert measure(executions, FunctionName("users.js:list", "Query"), "mail").calls == 1
    assert measure(executions, FunctionName("GET /health", "HttpAction"), "").cache_hits is None
    assert measure(executions, FunctionName("users.js:other", "Mutation"), "") == FunctionMetrics(0, 0)


def test_times_are_at_least_a_millisecond() -> None:
    executions = executions_between([ran("users:list", 1500, 0.01)], 1000, 2000)
    assert measure(executions, FunctionName("users.js:list", "Query"), "").latency[50] == 0.001
