"""The last day of the demo's function log: a working day with its errors, write conflicts and too heavy reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import TypedDict, Unpack

from kitcn_repl.deployment.models import FunctionKind
from kitcn_repl.offline.demo.documents import DAY, HOUR, MINUTE, NOW, Documents
from kitcn_repl.offline.log_entries import Conflict, Execution, entry_time, log_line
from kitcn_repl.values import JsonObject

_COMPONENT = "rateLimiter"
_BUSY = (1, 1, 1, 1, 1, 2, 4, 9, 16, 18, 17, 14, 9, 15, 17, 16, 14, 10, 6, 5, 4, 3, 2, 1)
"""How much is done in each hour of the day, UTC."""

_READ_LIMIT = (
    "Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective"
    " index range expressions."
)
_MANY_READ = "Many documents read in a single function execution (actual: {}, limit: 32000). " + _READ_LIMIT
_TOO_MANY_READ = "Too many documents read in a single function execution (limit: 32000). " + _READ_LIMIT
_STATS_FRAMES = "    at handler (../convex/users.ts:24:19)\n    at async invokeFunction (../convex/_setup.ts:11:4)"


class _Facts(TypedDict, total=False):
    """The fields of `Execution` that say what is not as usual."""

    component: str
    caller: str
    parent: str | None
    error: str | None
    status: str
    is_cached: bool
    documents_read: int
    bytes_read: int
    documents_written: int
    bytes_written: int
    return_bytes: int | None
    conflict: Conflict | None
    will_retry: bool
    identity_type: str


class DemoDay:
    """Makes the entries from one seed; only `Random.random` is used, whose stream never changes."""

    def __init__(self, documents: Documents) -> None:
        self._random = Random(20260302)  # noqa: S311
        self._emails = [str(row["email"]) for row in documents["", "user"]]
        self._projects = [str(row["_id"]) for row in documents["", "project"]]

    def entries(self) -> list[JsonObject]:
        """Oldest first."""
        executions: list[Execution] = []
        start = NOW - DAY
        for minute in range(0, 24 * 60, 2):
            time = start + minute * MINUTE
            hour = int(time // HOUR) % 24
            for _ in range(int(_BUSY[hour] / 10 + self._random.random())):
                executions += self._somebody(time + self._random.random() * 2 * MINUTE)
        for half_hour in range(48):
            executions.append(self._uptime_check(start + half_hour * 30 * MINUTE + 4_000))
        for hours, documents_read in ((3.2, 26_112), (9.5, 27_904), (15.3, 29_340), (21.1, 31_008), (22.4, 32_000)):
            executions.append(self._statistics(NOW - DAY + hours * HOUR, documents_read))
        for hours, attempts in ((2.1, 1), (2.15, 2), (20.6, 1), (20.61, 3), (20.62, 5), (22.9, 2)):
            executions += self._conflicting_renames(NOW - DAY + hours * HOUR, attempts)
        return sorted(_entries(executions), key=entry_time)

    def _somebody(self, time: float) -> Sequence[Execution]:
        what = self._random.random()
        if what < 0.4:
            return [self._query("users:list", time, documents=10)]
        if what < 0.62:
            return [self._query("projects:byOwner", time, documents=1 + int(6 * self._random.random()))]
        if what < 0.8:
            return [self._look_up(time)]
        if what < 0.92:
            return [self._rename(time)]
        return self._welcome(time)

    def _query(self, name: str, time: float, documents: int) -> Execution:
        is_cached = self._random.random() < 0.55
        return self._execution(
            "Query",
            name,
            time,
            0.4 if is_cached else 2 + 16 * self._random.random(),
            is_cached=is_cached,
            documents_read=0 if is_cached else documents,
            bytes_read=0 if is_cached else documents * 310,
            return_bytes=documents * 120,
        )

    def _look_up(self, time: float, *, request: str | None = None, parent: str | None = None) -> Execution:
        email = self._one_of(self._emails)
        if parent is None and self._random.random() < 0.12:
            return self._execution(
                "Query",
                "users:byEmail",
                time,
                1.2,
                error="ArgumentValidationError: Object is missing the required field `email`. Consider wrapping the"
                " field validator in `v.optional(...)` if this is expected.\n\nObject: {}\nValidator: v.object({email:"
                " v.string()})",
            )
        return self._execution(
            "Query",
            "users:byEmail",
            time,
            2 + 5 * self._random.random(),
            request=request,
            parent=parent,
            caller="SyncWorker" if parent is None else "Action",
            lines=(log_line(["'looking up'", f"'{email}'"], time + 1),),
            documents_read=1,
            bytes_read=320,
            return_bytes=320,
        )

    def _rename(self, time: float) -> Execution:
        project = self._one_of(self._projects)
        lines = [log_line(["'renamed'", f"{{ id: '{project}' }}"], time + 6, "INFO")]
        error = None
        if self._random.random() < 0.25:
            lines.insert(
                0, log_line(["'only 2 tokens left'"], time + 3, "WARN", function="lib:limit", component=_COMPONENT)
            )
        if self._random.random() < 0.15:
            lines, error = (
                [],
                (
                    'Uncaught ConvexError: {"code":"FORBIDDEN","message":"Only the owner may rename a project"}\n'
                    "    at handler (../convex/projects.ts:31:13)"
                ),
            )
        return self._execution(
            "Mutation",
            "projects:rename",
            time,
            8 + 14 * self._random.random(),
            lines=lines,
            error=error,
            documents_read=2,
            bytes_read=640,
            documents_written=0 if error else 1,
            bytes_written=0 if error else 330,
        )

    def _conflicting_renames(self, time: float, attempts: int) -> list[Execution]:
        """Two people rename the same project: the mutation is run again, and given up after the fifth time."""
        request, project = self._hex(), self._projects[7]
        executions = []
        for attempt in range(attempts + 1 if attempts < 5 else 5):
            conflicts = attempt < attempts
            again = conflicts and attempt < 4
            executions.append(
                self._execution(
                    "Mutation",
                    "projects:rename",
                    time + 60 * 2**attempt,
                    11,
                    request=request,
                    conflict=Conflict("project", project, "projects:rename", attempt) if conflicts else None,
                    will_retry=again,
                    error='Documents read from or written to the "project" table changed while this mutation was being'
                    f' run and on every subsequent retry. A call to "projects:rename" changed the document with ID'
                    f' "{project}". See https://docs.convex.dev/error#1'
                    if conflicts
                    else None,
                    documents_read=2,
                    bytes_read=640,
                    documents_written=1,
                    bytes_written=330,
                )
            )
        return executions

    def _statistics(self, time: float, documents: int) -> Execution:
        is_over = documents >= 32_000
        warning = log_line([_MANY_READ.format(documents)], time + 390, "WARN", code="TooManyDocumentsRead")
        return self._execution(
            "Query",
            "users:stats",
            time,
            410 + 90 * self._random.random(),
            caller="HttpApi",
            identity_type="instance_admin",
            lines=() if is_over else (warning,),
            error=f"Uncaught Error: {_TOO_MANY_READ}\n{_STATS_FRAMES}" if is_over else None,
            documents_read=documents,
            bytes_read=documents * 290,
            return_bytes=None if is_over else 34,
        )

    def _uptime_check(self, time: float) -> Execution:
        return self._execution(
            "HttpAction",
            "GET /health",
            time,
            3,
            caller="HttpEndpoint",
            identity_type="unknown",
            status="200",
            return_bytes=2,
        )

    def _welcome(self, time: float) -> list[Execution]:
        """A scheduled action, and what it calls."""
        request, execution = self._hex(), self._uuid()
        looked_up = self._look_up(time + 20, request=request, parent=execution)
        limited = self._execution(
            "Mutation",
            "lib:limit",
            time + 45,
            6,
            request=request,
            parent=execution,
            caller="Action",
            component=_COMPONENT,
            documents_read=1,
            bytes_read=140,
            documents_written=1,
            bytes_written=140,
        )
        fails = self._random.random() < 0.2
        lines = [log_line(["'sending welcome'"], time + 60)]
        if fails:
            lines.append(log_line(["'Resend answered'", "429"], time + 600, "ERROR"))
        action = self._execution(
            "Action",
            "users:sendWelcome",
            time,
            620 + 500 * self._random.random(),
            request=request,
            execution=execution,
            caller="Scheduler",
            identity_type="system",
            lines=lines,
            error="Uncaught Error: The mail was not sent: Too Many Requests\n    at handler (../convex/users.ts:52:11)"
            if fails
            else None,
        )
        return [looked_up, limited, action]

    def _execution(
        self,
        kind: FunctionKind,
        name: str,
        started: float,
        took: float,
        *,
        request: str | None = None,
        execution: str | None = None,
        lines: Iterable[JsonObject] = (),
        **facts: Unpack[_Facts],
    ) -> Execution:
        return Execution(
            kind,
            name,
            started=float(round(started)),
            took=float(round(took, 1)),
            request_id=request or self._hex(),
            execution_id=execution or self._uuid(),
            lines=tuple(lines),
            **facts,
        )

    def _one_of(self, texts: Sequence[str]) -> str:
        return texts[int(len(texts) * self._random.random())]

    def _hex(self) -> str:
        return f"{int(self._random.random() * 2**32):08x}{int(self._random.random() * 2**32):08x}"

    def _uuid(self) -> str:
        digits = self._hex() + self._hex()
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _entries(executions: Iterable[Execution]) -> Iterable[JsonObject]:
    for execution in executions:
        yield from execution.entries()
