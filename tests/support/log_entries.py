"""A stream of log entries from a seed, with conflicts and heavy reads planted in it, and what was planted.

stream = LogStream(seed=7)
for entry in stream.entries(100_000): ...
assert found == stream.planted
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from kitcn_repl.deployment.models import FunctionKind
from kitcn_repl.offline.log_entries import Conflict, Execution, log_line
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import encode_id

START = 1_790_000_000_000.0
"""Milliseconds since 1970 of the first execution, if not told otherwise."""

DOCUMENTS_LIMIT, BYTES_LIMIT = 32_000, 16 * 1024 * 1024
DOCUMENTS_WARNING, BYTES_WARNING = 25_600, 13_421_772
"""From these numbers on (80 %) a read is near its limit."""

_FUNCTIONS: tuple[tuple[FunctionKind, str, str | None], ...] = (
    ("Query", "messages:list", None),
    ("Query", "users:byEmail", None),
    ("Query", "search:find", "search/engine"),
    ("Mutation", "messages:send", None),
    ("Mutation", "counters:increment", None),
    ("Mutation", "lib:limit", "rateLimiter"),
    ("Action", "mail:deliver", None),
    ("HttpAction", "POST /webhook", None),
)
_HEAVY = ("reports:everything", "reports:totals")
_CONTENDED = ("counters:increment", "messages:send")
_TOO_MANY = (
    "Too many documents read in a single function execution (limit: 32000). Consider using smaller limits in your "
    "queries, paginating your queries, or using indexed queries with a selective index range expressions."
)
_TOO_MUCH = _TOO_MANY.replace("Too many documents", "Too many bytes").replace("32000", "16777216 bytes")


@dataclass(frozen=True, slots=True)
class Planted:
    """One entry that an insight must come of. `kind` is that of the insight; times in milliseconds since 1970."""

    kind: str
    function: str
    component: str | None
    table: str | None
    timestamp: float
    request_id: str
    execution_id: str


@dataclass(slots=True)
class LogStream:
    """`every` is how many ordinary executions lie between two planted ones; `gap` milliseconds lie between any two."""

    seed: int = 0
    start: float = START
    gap: float = 2.0
    every: int = 500
    planted: list[Planted] = field(default_factory=list)

    def entries(self, executions: int) -> Iterator[JsonObject]:
        """The entries of this many executions, oldest first; `planted` grows meanwhile."""
        random = Random(self.seed)
        now, done, until_next = self.start, 0, self.every
        while done < executions:
            now += self.gap
            if until_next == 0:
                until_next = self.every
                made = self._planted(random, now, executions - done)
            else:
                until_next -= 1
                made = [_ordinary(random, now)]
            for execution in made:
                yield from execution.entries()
            done += len(made)
            now = made[-1].ended if len(made) > 1 else now

    def _planted(self, random: Random, now: float, room: int) -> list[Execution]:
        kind = int(random.random() * 6)
        if kind < 2 and room > 6:
            return self._conflicts(random, now, fails=kind == 0)
        return [self._heavy(random, now, max(kind, 2) - 2)]

    def _conflicts(self, random: Random, now: float, *, fails: bool) -> list[Execution]:
        """A mutation that meets other writes, once to four times, and then succeeds or is given up."""
        retries = 4 if fails else 1 + int(random.random() * 3)
        identifier, request = _CONTENDED[int(random.random() * 2)], _hex(random, 16)
        table = identifier.partition(":")[0]
        document = encode_id(10042, bytes(int(random.random() * 256) for _ in range(16)))
        attempts = []
        for attempt in range(retries + 1):
            is_last = attempt == retries
            conflicts = fails or not is_last
            execution = Execution(
                "Mutation",
                identifier,
                started=now + 20 * attempt - 5,
                took=5,
                request_id=request,
                execution_id=_uuid(random),
                conflict=Conflict(table, document, identifier, attempt) if conflicts else None,
                error=f'Documents read from or written to the "{table}" table changed' if conflicts else None,
                will_retry=conflicts and not is_last,
                documents_read=1,
                bytes_read=100,
            )
            attempts.append(execution)
            if conflicts:
                self._plant("occFailedPermanently" if is_last else "occRetried", execution, table)
        return attempts

    def _heavy(self, random: Random, now: float, which: int) -> Execution:
        kind, documents, size, error = (
            ("documentsReadThreshold", DOCUMENTS_WARNING + int(random.random() * 6000), 1_000_000, None),
            ("bytesReadThreshold", 900, BYTES_WARNING + int(random.random() * 3_000_000), None),
            ("documentsReadLimit", DOCUMENTS_LIMIT, 1_000_000, f"Uncaught Error: {_TOO_MANY}"),
            ("bytesReadLimit", 900, BYTES_LIMIT, f"Uncaught Error: {_TOO_MUCH}"),
        )[which]
        execution = Execution(
            "Query",
            _HEAVY[int(random.random() * 2)],
            started=now - 400,
            took=400,
            request_id=_hex(random, 16),
            execution_id=_uuid(random),
            documents_read=documents,
            bytes_read=size,
            error=error,
        )
        self._plant(kind, execution, None)
        return execution

    def _plant(self, kind: str, execution: Execution, table: str | None) -> None:
        self.planted.append(
            Planted(
                kind,
                execution.identifier,
                execution.component,
                table,
                execution.ended,
                execution.request_id,
                execution.execution_id,
            )
        )


def _ordinary(random: Random, now: float) -> Execution:
    """Nothing to find here, though some come close, and some fail for reasons of their own."""
    kind, identifier, component = _FUNCTIONS[int(random.random() * len(_FUNCTIONS))]
    took = round(1 + 30 * random.random(), 3)
    lines = (log_line(["'ordinary'", str(int(1000 * random.random()))], now),) if random.random() < 0.2 else ()
    return Execution(
        kind,
        identifier,
        started=now - took,
        took=took,
        request_id=_hex(random, 16),
        execution_id=_uuid(random),
        component=component,
        lines=lines,
        error="Uncaught Error: something else" if random.random() < 0.02 else None,
        is_cached=kind == "Query" and random.random() < 0.5,
        documents_read=DOCUMENTS_WARNING - 1 if random.random() < 0.01 else int(200 * random.random()),
        bytes_read=BYTES_WARNING - 1 if random.random() < 0.01 else int(50_000 * random.random()),
        documents_written=1 if kind == "Mutation" else 0,
        bytes_written=300 if kind == "Mutation" else 0,
        status="200" if kind == "HttpAction" else None,
        environment="node" if identifier == "mail:deliver" else "isolate",
    )


def _hex(random: Random, digits: int) -> str:
    return f"{int(random.random() * 2**52) << 12 | int(random.random() * 4096):016x}"[:digits]


def _uuid(random: Random) -> str:
    digits = _hex(random, 16) + _hex(random, 16)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
