"""Everything that an offline deployment knows: documents, schemas, functions, environment, clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.offline.store import Store
from kitcn_repl.values import JsonObject


def wall_clock() -> float:
    """Milliseconds since 1970."""
    return time.time() * 1000


@dataclass(frozen=True, slots=True)
class Dataset:
    """`schemas` holds a schema (deployment-api.md 8.1) by component path; `modules` the source of deployed modules by
    path (`users.js`), `functions` what they export. `random_seed` fixes `Math.random`; None draws one per query.
    """

    name: str
    store: Store
    note: str | None = None
    schemas: Mapping[str, JsonObject] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    functions: tuple[FunctionSpec, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], float] = wall_clock
    random_seed: int | None = None
