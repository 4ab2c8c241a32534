"""Functions in a few words: what they take, kitcn's meta, how they stand, how they fared."""

from __future__ import annotations

from collections.abc import Mapping

from kitcn_repl.deployment.models import FunctionMetrics
from kitcn_repl.explore.procedures.model import Procedure, Standing
from kitcn_repl.render.quantity import count, duration
from kitcn_repl.schema.validators import describe
from kitcn_repl.values import JsonValue
from kitcn_repl.values.javascript import display

STANDINGS: Mapping[Standing, str] = {
    "both": "",
    "unknown": "",
    "only source": "not deployed",
    "only deployed": "not in source",
    "stale codegen": "not in generated files",
}


def signature(args: JsonValue) -> str:
    """The arguments of a function: `(limit?: number)`, `(...)` for any, nothing for a validator that is unknown."""
    if not isinstance(args, dict):
        return ""
    if args.get("type") == "any":
        return "(...)"
    text = describe(args)
    return f"({text[1:-1]})" if text.startswith("{") and text.endswith("}") else f"({text})"


def meta_text(procedure: Procedure) -> str:
    """kitcn's meta as people say it: `auth, admin, limit 20`."""
    words = []
    for key, value in procedure.meta.items():
        if key == "auth":
            words.append("auth" if value == "required" else f"auth {value}")
        elif key == "role":
            words.append(str(value))
        elif value is True:
            words.append(key)
        else:
            words.append(f"{key} {value if isinstance(value, str) else display(value)}")
    return ", ".join(words)


def is_generated(procedure: Procedure) -> bool:
    """Whether kitcn generated it, and nobody calls it by hand."""
    return procedure.name.startswith("generated/")


def fared(metrics: FunctionMetrics) -> list[tuple[str, str]]:
    """What there is to say of how a function fared, each with its name: calls, errors, cached, p50, p95."""
    told = [("calls", count(metrics.calls))]
    if not metrics.calls:
        return told
    told.append(("errors", count(metrics.errors)))
    looked_up = (metrics.cache_hits or 0) + (metrics.cache_misses or 0)
    if looked_up:
        told.append(("cached", f"{100 * (metrics.cache_hits or 0) / looked_up:.0f} %"))
    return told + [(f"p{each}", duration(metrics.latency[each])) for each in (50, 95) if each in metrics.latency]
