"""A backend's functions, routes and crons, as far as deployment and source tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kitcn_repl.deployment.models import FunctionMetrics
from kitcn_repl.schema.model import Place
from kitcn_repl.values import JsonValue

Kind = Literal["query", "mutation", "action", "http"]
Standing = Literal["both", "only source", "only deployed", "stale codegen", "unknown"]
"""`only source` is not deployed yet. `only deployed` has gone from the source, or is of a package. `stale codegen` is
in the source but not in the files that kitcn generates from it. `unknown`: one of the two sides was not looked at."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """A function, called `users:list`, or an HTTP route, called `GET /health`.

    `args` and `returns` are validators in Convex's JSON, None where only the deployment would tell. `meta` is kitcn's
    (auth, role, ratelimit, limit, dev ...), without the type. `kitcn` tells whether kitcn's builders made it, None
    without its source. `metrics` are None where nobody asked, or the deployment does not tell.
    """

    name: str
    kind: Kind
    visibility: Literal["public", "internal"]
    standing: Standing
    args: JsonValue = None
    returns: JsonValue = None
    meta: Mapping[str, JsonValue] = field(default_factory=dict)
    kitcn: bool | None = None
    place: Place | None = None
    metrics: FunctionMetrics | None = None


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron job. `schedule` is for people; times are milliseconds since 1970, None where unknown."""

    name: str
    function: str
    schedule: str
    next_run: float | None = None
    last_run: float | None = None
    last_status: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Procedures:
    """`notes` say what could not be looked at, and why."""

    functions: tuple[Procedure, ...]
    routes: tuple[Procedure, ...] = ()
    crons: tuple[Cron, ...] = ()
    notes: tuple[str, ...] = ()
