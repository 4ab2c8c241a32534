"""`kitcn state`: the views of kitcn's own tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kitcn_repl.values import JsonObject, JsonValue
from tests.cli.console import Console
from tests.support.projects import SCHEMA, write_project
from tests.support.snapshots import document_id, snapshot_entries, write_snapshot

TABLES = ("user", "aggregate_state", "migration_state", "ratelimitState", "resendEmails")
KEY = json.dumps({"kind": "metric", "fields": ["name"], "orderFields": []})
METRICS = json.dumps({f"{metric}Fields": [] for metric in ("count", "sum", "avg", "min", "max")})


def row(table: str, number: int = 1, **fields: JsonValue) -> JsonObject:
    return {
        "_id": document_id(10001 + TABLES.index(table), number),
        "_creationTime": 1_790_000_000_000.0 + number,
        **fields,
    }


def state(index: str, status: str = "READY", **other: JsonValue) -> JsonObject:
    facts: JsonObject = {"kind": "metric", "tableKey": "user", "indexName": index, "status": status}
    return {
        **facts,
        "keyDefinitionHash": KEY,
        "metricDefinitionHash": METRICS,
        "processed": 1.0,
        "updatedAt": 0.0,
        **other,
    }


@pytest.fixture
def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setenv("KITCN_CACHE_DIR", str(tmp_path / "cache"))
    migration = "export const migration = defineMigration({ id: '20260101_000000_a', description: 'Fill' });\n"
    schema = SCHEMA.replace("index, text", "aggregateIndex, index, text").replace(
        "[index('name').on(t.name)]", "[index('name').on(t.name), aggregateIndex('by_name').on(t.name, t.email)]"
    )
    root = write_project(
        tmp_path / "app",
        {
            "convex/functions/schema.ts": schema,
            "convex/functions/migrations/20260101_000000_a.ts": migration,
            "convex/functions/migrations/manifest.ts": "export {};\n",
        },
    )
    tables: dict[str, list[JsonValue]] = {
        "user": [row("user", name="a", email="a", updatedAt=1.0)],
        "aggregate_state": [
            row("aggregate_state", 1, **state("by_name")),
            row("aggregate_state", 2, **state("old", "BUILDING", lastError="\x1b[31mboom")),
        ],
        "migration_state": [
            row("migration_state", migrationId="20250101_000000_z", applied=True, status="completed", processed=7.0)
        ],
        "ratelimitState": [
            row("ratelimitState", name="ratelimit:default:free", key="u1", value=3.0, shard=0.0, ts=1.0)
        ],
        "resendEmails": [row("resendEmails", status="waiting", to=["a@x.test"], subject="Hello", html="body")],
    }
    write_snapshot(tmp_path / "backup.zip", snapshot_entries(tables))
    return Console(cwd=root)


@pytest.fixture
def arguments(console: Console) -> list[str]:
    return ["--snapshot", str(console.cwd.parent / "backup.zip"), "--no-count"]


def test_everything(console: Console, arguments: list[str]) -> None:
    outcome = console("state", *arguments)
    assert outcome.code == 0
    text = outcome.out
    for heading in ("Aggregates", "Migrations", "Ratelimits", "Emails"):
        assert f"{heading}\n" in text
    lines = [line.split() for line in text.splitlines()]
    assert ["user", "by_name", "metric", "READY", "definition", "changed"] in [line[:6] for line in lines]
    assert ["20260101_000000_a", "pending"] in [line[:2] for line in lines]
    assert ["20250101_000000_z", "completed", "missing", "from", "manifest"] in [line[:5] for line in lines]
    assert ["ratelimit:default:free", "u1", "3", "1"] in [line[:4] for line in lines]
    assert "Hello" in text
    assert "body" not in text
    assert "scheduled: none to come" in outcome.err


def test_everything_as_json(console: Console, arguments: list[str]) -> None:
    found = json.loads(console("state", *arguments, "--format", "json").out)
    assert list(found) == ["aggregates", "migrations", "scheduled", "ratelimits", "emails"]
    by_name, old = found["aggregates"]
    assert by_name["changes"] == ["key: name -> name, email"]
    assert (by_name["file"], by_name["line"]) == ("convex/functions/schema.ts", 11)
    assert (old["status"], old["drift"], old["lastError"]) == ("BUILDING", "orphan", "\x1b[31mboom")
    assert found["emails"][0]["to"] == ["a@x.test"]


@pytest.mark.parametrize("view", ["aggregates", "migrations", "ratelimits", "emails"])
@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "markdown", "table"])
def test_every_view_in_every_format(console: Console, arguments: list[str], view: str, format_: str) -> None:
    outcome = console("state", view, *arguments, "--format", format_)
    assert outcome.code == 0
    assert outcome.out.strip()
    if format_ == "json":
        assert isinstance(json.loads(outcome.out), list)


def test_a_terminal_obeys_nothing(console: Console, arguments: list[str]) -> None:
    wide = Console(cwd=console.cwd, tty=True, width=300)
    out = wide("state", "aggregates", *arguments).out
    assert "\x1b" not in out
    assert "\\u001b[31mboom" in out


def test_counts(console: Console) -> None:
    """The snapshot has no buckets and no members, but a document."""
    outcome = console("state", "aggregates", "--snapshot", str(console.cwd.parent / "backup.zip"), "--format", "json")
    by_name = json.loads(outcome.out)[0]
    assert by_name["counts"] == {"buckets": 0, "members": 0, "documents": 1, "atLeast": False}


def test_what_is_not_there(console: Console) -> None:
    outcome = console("state", "--demo")
    assert (outcome.code, outcome.out) == (0, "")
    assert "emails: the plugin is not installed" in outcome.err
    assert console("state", "emails", "--demo", "--format", "json").out == "[]\n"


def test_source_alone(console: Console) -> None:
    outcome = console("state", "--source", ".")
    assert outcome.code == 0
    assert "by_name" in outcome.out
    assert "not applied" in outcome.out
    assert "emails: no deployment was asked" in outcome.err


def test_rows_of_several_views_are_no_table(console: Console) -> None:
    outcome = console("state", "--demo", "--format", "csv")
    assert outcome.code == 2
    assert "name a VIEW" in outcome.err


def test_unknown_view(console: Console) -> None:
    assert console("state", "emial", "--demo").code == 2
