"""How functions fared, counted from the entries of a function log as a backend counts them (deployment-api.md 7.3)."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field

from kitcn_repl.deployment.models import FunctionMetrics, FunctionName
from kitcn_repl.offline.log_entries import entry_time
from kitcn_repl.values import JsonObject

_PERCENTILES = (50, 95, 99)


@dataclass(slots=True)
class Ran:
    """The executions of one function; `times` are in seconds, sorted."""

    calls: int = 0
    errors: int = 0
    cache_hits: int = 0
    times: list[float] = field(default_factory=list)

    def percentile(self, percentile: int) -> float:
        """The time that so many of a hundred did not exceed; 0 if nothing ran. A backend counts whole milliseconds."""
        if not self.times:
            return 0.0
        rank = -(-len(self.times) * percentile // 100)
        return max(0.001, self.times[max(rank, 1) - 1])


Executions = dict[tuple[str, str], Ran]
"""By component path and identifier."""


def executions_between(entries: Iterable[JsonObject], start: float, end: float) -> Executions:
    """What ended from `start` to `end`, in milliseconds since 1970."""
    executions: Executions = {}
    for entry in entries:
        if entry.get("kind") != "Completion" or not start <= entry_time(entry) <= end:
            continue
        key = (str(entry.get("componentPath") or ""), canonical_name(str(entry.get("identifier"))))
        ran = executions.setdefault(key, Ran())
        ran.calls += 1
        ran.errors += entry.get("error") is not None
        ran.cache_hits += entry.get("cachedResult") is True
        took = entry.get("executionTime")
        insort(ran.times, float(took) if isinstance(took, int | float) else 0.0)
    return executions


def measure(executions: Executions, function: FunctionName, component: str) -> FunctionMetrics:
    ran = executions.get((component, canonical_name(function.identifier)), Ran())
    hits, misses = (ran.cache_hits, ran.calls - ran.cache_hits) if function.function_type == "Query" else (None, None)
    latency = {percentile: ran.percentile(percentile) for percentile in _PERCENTILES} if ran.calls else {}
    return FunctionMetrics(ran.calls, ran.errors, hits, misses, latency)


def calls_by_name(executions: Executions) -> dict[str, int]:
    """How often each function ran, under the name that metrics have: its component's path comes first."""
    return {"/".join(part for part in key if part): ran.calls for key, ran in executions.items()}


def canonical_name(name: str) -> str:
    """`users:list` -> `users.js:list`; routes such as `GET /health` stay."""
    if " " in name:
        return name
    module, _, function = name.partition(":")
    return f"{module.removesuffix('.js')}.js:{function or 'default'}"
