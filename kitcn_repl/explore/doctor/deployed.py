"""Deployment rules: what the deployment has against what the source wants, and kitcn's own state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kitcn_repl.explore.doctor.model import MOST_DOCUMENTS, Finding
from kitcn_repl.explore.doctor.rules import finding
from kitcn_repl.explore.doctor.words import counted
from kitcn_repl.explore.procedures.model import Procedures
from kitcn_repl.explore.state.model import AggregateStatus, EmailQueue, Migrations, RateLimits, Scheduled
from kitcn_repl.schema.differences import differences
from kitcn_repl.schema.model import Schema

_BUILD = "Run `kitcn aggregate backfill`; `kitcn dev` and `kitcn deploy` do so too."
_STALE = 30 * 24 * 3600 * 1000.0
_FEW_STALE = 100
_UNDELIVERED = ("failed", "bounced")


def schema_differences(source: Schema, deployed: Schema) -> Iterator[Finding]:
    for each in differences(source, deployed):
        # Keys that differ from names have a rule of their own.
        if each.kind != "name":
            yield finding("schema-differs", each.what, each.fix, level=each.level, place=each.place, table=each.table)


def indexes_not_ready(deployed: Schema) -> Iterator[Finding]:
    for table in deployed.tables.values():
        for index in table.indexes:
            if index.staged:
                yield finding(
                    "index-not-ready",
                    f"Index {index.name} of {table.name} is staged.",
                    "Once it is backfilled, deploy the schema without staged.",
                    level="info",
                    place=index.place,
                    table=table.name,
                )
            elif index.state == "backfilling":
                yield finding(
                    "index-not-ready",
                    f"Index {index.name} of {table.name} is still backfilling.",
                    "Wait until it is done.",
                    place=index.place,
                    table=table.name,
                )


def aggregates(statuses: Sequence[AggregateStatus]) -> Iterator[Finding]:
    for status in statuses:
        name = f"{'Rank' if status.kind == 'rank' else 'Aggregate'} index {status.index} of {status.table}"

        def found(rule: str, what: str, fix: str, status: AggregateStatus = status) -> Finding:
            return finding(rule, what, fix, place=status.place, table=status.table)

        if status.drift == "orphan":
            yield found(
                "aggregate-orphan",
                f"{name} is built, but the source does not declare it.",
                "Run `kitcn aggregate prune` when no deployed code needs it.",
            )
            continue
        if status.status == "unknown":
            continue
        if status.status != "READY":
            error = f" Last error: {status.last_error}" if status.last_error else ""
            yield found("aggregate-not-ready", f"{name} is {_words(status.status)}.{error}", _BUILD)
        if status.drift == "definition":
            what = f"{name} was built from another definition ({'; '.join(status.changes)})."
            yield found("aggregate-definition", what, _BUILD)
        counts = status.counts
        if counts is not None and counts.differ:
            numbers = [
                f"{_number(counts.buckets)} counted",
                f"{_number(counts.members)} members",
                f"{_number(counts.documents)} documents",
            ]
            yield found(
                "aggregate-counts",
                f"{name} says READY with {', '.join(numbers)}.",
                "Run `kitcn aggregate rebuild`. While documents are being written the numbers may differ for a moment.",
            )


def migrations(found: Migrations) -> Iterator[Finding]:
    for migration in found.migrations:
        error = f": {migration.last_error}" if migration.last_error else ""
        if migration.status == "failed":
            what = f"Migration {migration.id} failed{error}."
            yield finding("migration-failed", what, "Mend its cause and run `kitcn migrate up`.", place=migration.place)
        elif migration.status == "pending" and found.checked:
            what = f"Migration {migration.id} was not applied."
            yield finding("migration-pending", what, "Run `kitcn migrate up`.", place=migration.place)
        if migration.drift == "missing_from_manifest":
            yield finding(
                "migration-drift",
                f"Migration {migration.id} was applied, but is not in the manifest.",
                "Bring its file back, or deploy from the branch that has it.",
            )
        elif migration.drift == "checksum_mismatch":
            yield finding(
                "migration-drift",
                f"Migration {migration.id} was changed after it was applied.",
                "Undo the change and write a new migration.",
                place=migration.place,
            )


def functions_not_deployed(procedures: Procedures) -> Iterator[Finding]:
    missing = [item for item in procedures.functions if item.standing == "only source"]
    if missing:
        names = ", ".join(item.name for item in missing[:5]) + (", ..." if len(missing) > 5 else "")
        yield finding(
            "functions-not-deployed",
            f"{counted(len(missing), 'function')} of the source not deployed: {names}",
            "Run `kitcn dev`, or deploy; or look whether this is the deployment that you mean.",
            place=missing[0].place,
        )


def failed_jobs(scheduled: Scheduled) -> Iterator[Finding]:
    failed: dict[str, list[str]] = {}
    errors: dict[str, str] = {}
    for job in scheduled.jobs:
        if job.state == "failed":
            failed.setdefault(job.function, []).append(job.id)
            errors.setdefault(job.function, (job.error or "").partition("\n")[0])
    for function, ids in failed.items():
        error = f", the last with: {errors[function]}" if errors[function] else ""
        yield finding(
            "scheduled-failed",
            f"{function} failed {counted(len(ids), 'time')}{error}",
            "Mend its cause and schedule it again.",
            table="_scheduled_functions",
            documents=tuple(ids[:MOST_DOCUMENTS]),
            count=len(ids),
            at_least=scheduled.more,
        )


def undelivered_emails(queue: EmailQueue) -> Iterator[Finding]:
    lost = [email for email in queue.emails if email.status in _UNDELIVERED]
    if lost:
        reason = lost[0].error or lost[0].last_event
        yield finding(
            "email-failed",
            f"{counted(len(lost), 'message')} failed or bounced{f', the last with: {reason}' if reason else ''}.",
            "See `kitcn state emails`; check address, sender domain and RESEND_API_KEY.",
            documents=tuple(email.id for email in lost[:MOST_DOCUMENTS]),
            count=len(lost),
            at_least=queue.more,
        )


def stale_rate_limits(found: RateLimits) -> Iterator[Finding]:
    """Judged by the newest row and not by a clock, so that old snapshots are no news."""
    times = [limit.updated_at for limit in found.limits if limit.updated_at is not None]
    stale = sum(time < max(times) - _STALE for time in times)
    if stale > _FEW_STALE:
        yield finding(
            "ratelimit-stale",
            f"{counted(stale, 'rate limit', at_least=found.more)} not used for 30 days.",
            "Call plugins/ratelimit:cleanup from a cron job.",
            table="ratelimitState",
            count=stale,
            at_least=found.more,
        )


def _words(status: str) -> str:
    return {"BUILDING": "still building", "CLEARING": "being cleared", "not built": "not built"}.get(status, status)


def _number(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"
