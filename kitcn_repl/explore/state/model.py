"""The states of kitcn's features. Times are milliseconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kitcn_repl.schema.model import Place

Drift = Literal["none", "definition", "missing", "orphan", "unknown"]
"""`missing`: in the source, never built. `orphan`: built, gone from the source. `unknown`: no source was looked at."""


@dataclass(frozen=True, slots=True)
class AggregateCounts:
    """`buckets` is the sum over buckets (for a rank index: over its trees), `members` the documents that were counted
    in, `documents` those in the table. None where nobody could tell; `at_least` where counting stopped at a bound."""

    buckets: int | None
    members: int | None
    documents: int | None
    at_least: bool = False

    @property
    def differ(self) -> bool:
        """Whether the numbers, all of them exact, contradict each other."""
        known = {number for number in (self.buckets, self.members, self.documents) if number is not None}
        return not self.at_least and len(known) > 1


@dataclass(frozen=True, slots=True)
class AggregateStatus:
    """An aggregate (`metric`) or rank index. `status` is READY, BUILDING, CLEARING, or `not built`.

    `deployed` and `source` are the definitions as text, None where there is none; `changes` say what differs.
    """

    table: str
    index: str
    kind: Literal["metric", "rank"]
    status: str
    drift: Drift
    changes: tuple[str, ...] = ()
    deployed: str | None = None
    source: str | None = None
    counts: AggregateCounts | None = None
    processed: int | None = None
    started_at: float | None = None
    updated_at: float | None = None
    completed_at: float | None = None
    last_error: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """A migration of the manifest or the history. `drift` is kitcn's: `missing_from_manifest`, `checksum_mismatch`."""

    id: str
    applied: bool
    status: str
    drift: str | None = None
    description: str | None = None
    direction: str | None = None
    processed: int | None = None
    started_at: float | None = None
    completed_at: float | None = None
    last_error: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class MigrationRun:
    run_id: str
    direction: str
    status: str
    dry_run: bool
    migrations: tuple[str, ...]
    current: int | None = None
    started_at: float | None = None
    completed_at: float | None = None
    cancel_requested: bool = False
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class Migrations:
    """`checked` tells whether a manifest was there to compare with; `notes` what could not be compared."""

    migrations: tuple[Migration, ...]
    runs: tuple[MigrationRun, ...] = ()
    checked: bool = False
    notes: tuple[str, ...] = ()

    @property
    def pending(self) -> tuple[Migration, ...]:
        return tuple(migration for migration in self.migrations if migration.status == "pending")


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A scheduled function. `work` says what kitcn's own background work does, such as `cascade-delete post`."""

    id: str
    function: str
    state: str
    scheduled_time: float | None
    completed_time: float | None = None
    error: str | None = None
    work: str | None = None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The newest jobs; the server keeps results for seven days."""

    jobs: tuple[ScheduledJob, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What is left to whom. `name` is `ratelimit:<bucket>:<tier>` for kitcn's middleware; `shards` are added up."""

    name: str
    key: str | None
    value: float
    shards: int
    updated_at: float | None
    bucket: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class DynamicLimit:
    prefix: str
    limit: float | None
    updated_at: float | None


@dataclass(frozen=True, slots=True)
class RateLimits:
    limits: tuple[RateLimit, ...]
    dynamic: tuple[DynamicLimit, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Email:
    """A message of the queue, without its body."""

    id: str
    status: str
    created_at: float
    to: tuple[str, ...]
    subject: str | None = None
    attempt: int | None = None
    error: str | None = None
    last_event: str | None = None


@dataclass(frozen=True, slots=True)
class EmailQueue:
    """`by_status` counts the messages that were looked at, the newest ones; `oldest_waiting` is a time."""

    emails: tuple[Email, ...]
    by_status: tuple[tuple[str, int], ...]
    oldest_waiting: float | None = None
    more: bool = False
