"""Everything that an offline deployment knows: documents, schemas, functions, environment, clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
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
    path (`users.js`), `functions` what they export, `component_functions` what those of mounted components do, by
    component path. `random_seed` fixes `Math.random`; None draws one per query.

    `declared` holds schemas that the project's source declares, for data that comes without: their indexes can be used,
    and nothing else is taken from them.

    `note` describes the data in a few words; `notices` are for people to see with whatever they asked.

    `system` has the private system tables (`_cron_jobs`, `_scheduled_jobs` ...) where the data is a backend's own.
    `index_states` says `backfilling` or `backfilled` of indexes that are not complete, by component path, table and
    name. `logs` makes the entries of the function log that was recorded with the data (deployment-api 7.2).
    """

    name: str
    store: Store
    note: str | None = None
    notices: tuple[str, ...] = ()
    schemas: Mapping[str, JsonObject] = field(default_factory=dict)
    declared: Mapping[str, JsonObject] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    functions: tuple[FunctionSpec, ...] = ()
    component_functions: Mapping[str, tuple[FunctionSpec, ...]] = field(default_factory=dict)
    system: Store | None = None
    index_states: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    logs: Callable[[], Iterable[JsonObject]] = tuple
    environment: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], float] = wall_clock
    random_seed: int | None = None
