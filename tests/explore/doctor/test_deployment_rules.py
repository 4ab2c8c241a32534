"""Rules about what is deployed: against the source, and kitcn's own state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.explore.doctor import deployed
from kitcn_repl.explore.doctor.model import Report
from kitcn_repl.explore.doctor.rules import RULES
from kitcn_repl.explore.state.model import AggregateCounts, AggregateStatus, Drift, Migration, Migrations
from kitcn_repl.schema.model import Index, Schema, Table
from kitcn_repl.values import JsonObject
from tests.explore.doctor.examined import of_backend
from tests.support.backend import ANY, NUMBER, STRING, Backend, optional, required
from tests.support.projects import write_project

NULLABLE: JsonObject = {"type": "union", "value": [{"type": "null"}, STRING]}
USER: JsonObject = {
    "name": required(STRING),
    "email": required(STRING),
    "createdAt": optional(NUMBER),
    "updatedAt": required(NUMBER),
}
SESSION: JsonObject = {"token": required(STRING), "userId": required(STRING), "expiresAt": required(NUMBER)}


def healthy() -> Backend:
    """What the scaffold's source deploys."""
    backend = Backend()
    backend.add(
        "user",
        [{"name": "Ada", "email": "ada@x.test", "createdAt": 1_790_000_000_000.0, "updatedAt": 1.0}],
        fields=USER,
        indexes={"name": ["name"], "user_email_unique": ["email"]},
    )
    backend.add(
        "session",
        [{"token": "t", "userId": backend.id_of("user", 1), "expiresAt": 1.0}],
        fields=SESSION,
        indexes={"userId": ["userId"], "session_token_unique": ["token"]},
    )
    backend.functions += [
        FunctionSpec("Query", "messages.js:list", "public", ANY, ANY),
        FunctionSpec("Mutation", "messages.js:create", "public", ANY, ANY),
        FunctionSpec("Action", "generated/server.js:reset", "internal", ANY, ANY),
    ]
    return backend


def rules(report: Report) -> list[tuple[str, str]]:
    return [(finding.rule, finding.level) for finding in report.findings]


async def test_all_is_well(tmp_path: Path) -> None:
    report = await of_backend(healthy(), root=write_project(tmp_path))
    assert report.findings == ()
    assert report.skipped == ()
    assert len(report.checked) == len(RULES)


async def test_source_and_deployment_differ(tmp_path: Path) -> None:
    backend = healthy()
    backend.schemas.pop()
    backend.add("session", fields=SESSION, indexes={"session_token_unique": ["token"]})
    report = await of_backend(backend, "schema-differs", root=write_project(tmp_path))
    assert [(finding.table, str(finding.place)) for finding in report.findings] == [
        ("session", "convex/functions/schema.ts:21")
    ]
    assert "userId" in report.findings[0].what


async def test_a_snapshot_without_schema_differs_from_nothing(tmp_path: Path) -> None:
    backend = healthy()
    backend.schemas.clear()
    backend.functions.clear()
    report = await of_backend(backend, root=write_project(tmp_path))
    assert report.findings == ()


def test_indexes_that_are_not_ready() -> None:
    indexes = (
        Index("done", "database", ("a",), state="done"),
        Index("busy", "database", ("b",), state="backfilling"),
        Index("later", "database", ("c",), staged=True, state="backfilled"),
    )
    found = list(deployed.indexes_not_ready(Schema({"t": Table("t", {}, indexes=indexes)})))
    assert [(item.rule, item.level, item.what) for item in found] == [
        ("index-not-ready", "warning", "Index busy of t is still backfilling."),
        ("index-not-ready", "info", "Index later of t is staged."),
    ]


@pytest.mark.parametrize(
    ("status", "drift", "counts", "expected"),
    [
        ("READY", "none", AggregateCounts(3, 3, 3), []),
        ("READY", "unknown", None, []),
        ("unknown", "unknown", None, []),
        ("READY", "none", AggregateCounts(2, 3, 3), ["aggregate-counts"]),
        ("READY", "none", AggregateCounts(2, 3, 3, at_least=True), []),
        ("READY", "none", AggregateCounts(None, 3, 3), []),
        ("BUILDING", "none", None, ["aggregate-not-ready"]),
        ("not built", "missing", None, ["aggregate-not-ready"]),
        ("CLEARING", "definition", None, ["aggregate-not-ready", "aggregate-definition"]),
        ("READY", "orphan", AggregateCounts(2, 3, 3), ["aggregate-orphan"]),
    ],
)
def test_aggregates(status: str, drift: Drift, counts: AggregateCounts | None, expected: list[str]) -> None:
    found = deployed.aggregates([AggregateStatus("t", "i", "metric", status, drift, counts=counts)])
    assert [item.rule for item in found] == expected


async def test_aggregates_of_a_deployment(tmp_path: Path) -> None:
    backend = healthy()
    backend.add(
        "aggregate_state",
        [
            {
                "kind": "metric",
                "tableKey": "user",
                "indexName": "gone",
                "status": "READY",
                "keyDefinitionHash": json.dumps({"kind": "metric", "fields": [], "orderFields": []}),
                "metricDefinitionHash": "{}",
            }
        ],
        fields={},
    )
    report = await of_backend(backend, "aggregate-orphan", "aggregate-counts", root=write_project(tmp_path))
    assert rules(report) == [("aggregate-orphan", "info")]


@pytest.mark.parametrize(
    ("migration", "expected"),
    [
        (Migration("m", applied=True, status="completed"), []),
        (Migration("m", applied=False, status="pending"), ["migration-pending"]),
        (Migration("m", applied=False, status="failed", last_error="boom"), ["migration-failed"]),
        (Migration("m", applied=True, status="completed", drift="missing_from_manifest"), ["migration-drift"]),
        (Migration("m", applied=True, status="completed", drift="checksum_mismatch"), ["migration-drift"]),
    ],
    ids=["applied", "pending", "failed", "missing", "checksum"],
)
def test_migrations(migration: Migration, expected: list[str]) -> None:
    assert [item.rule for item in deployed.migrations(Migrations((migration,), checked=True))] == expected


async def test_migrations_of_a_deployment(tmp_path: Path) -> None:
    text = "export const migration = defineMigration({ id: '20260101_000000_a', up: {} });\n"
    changes: dict[str, str | None] = {
        "convex/functions/migrations/20260101_000000_a.ts": text,
        "convex/functions/migrations/manifest.ts": "export const migrations = 1;\n",
    }
    backend = healthy()
    backend.add("migration_state", [], fields={})
    report = await of_backend(backend, "migration-pending", root=write_project(tmp_path, changes))
    assert [str(finding.place) for finding in report.findings] == ["convex/functions/migrations/20260101_000000_a.ts:1"]


async def test_functions_that_are_not_deployed(tmp_path: Path) -> None:
    backend = healthy()
    del backend.functions[1]
    report = await of_backend(backend, "functions-not-deployed", root=write_project(tmp_path))
    assert rules(report) == [("functions-not-deployed", "info")]
    assert "messages:create" in report.findings[0].what


async def test_scheduled_functions_that_failed() -> None:
    backend = healthy()
    backend.add(
        "_scheduled_functions",
        [
            {"name": "a.js:b", "args": [], "scheduledTime": 1.0, "state": {"kind": "failed", "error": "boom\n at x"}},
            {"name": "a.js:b", "args": [], "scheduledTime": 1.0, "state": {"kind": "success"}},
        ],
    )
    report = await of_backend(backend, "scheduled-failed")
    assert [(item.what, len(item.documents)) for item in report.findings] == [
        ("a:b failed 1 time, the last with: boom", 1)
    ]
    assert (await of_backend(healthy(), "scheduled-failed")).findings == ()


@pytest.mark.parametrize(("status", "number"), [("failed", 1), ("bounced", 1), ("delivered", 0), ("waiting", 0)])
async def test_emails_that_were_not_delivered(status: str, number: int) -> None:
    backend = healthy()
    backend.add("resendEmails", [{"status": status, "to": ["a@x.test"], "errorMessage": "refused"}], fields={})
    report = await of_backend(backend, "email-failed")
    assert rules(report) == [("email-failed", "warning")] * number


@pytest.mark.parametrize(("old", "number"), [(200, 1), (50, 0), (0, 0)])
async def test_rate_limits_that_nobody_cleans_up(old: int, number: int) -> None:
    backend = healthy()
    day = 24 * 3600 * 1000.0
    rows: list[JsonObject] = [{"name": "n", "key": str(at), "value": 1.0, "shard": 0.0, "ts": day} for at in range(old)]
    backend.add("ratelimitState", [*rows, {"name": "n", "value": 1.0, "shard": 0.0, "ts": 40 * day}], fields={})
    report = await of_backend(backend, "ratelimit-stale")
    assert rules(report) == [("ratelimit-stale", "info")] * number
