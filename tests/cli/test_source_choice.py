"""`--source` and `--no-source`: which source is read, also for the indexes of a snapshot, which holds none itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kitcn_repl.values import JsonValue
from tests.cli.console import Console
from tests.support.founding import PROJECT, SCHEMA
from tests.support.snapshots import document_id, snapshot_entries, write_snapshot

OWNER, OTHER = document_id(10001, 1), document_id(10001, 2)

OTHER_SCHEMA = """
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({
  user: defineTable({ name: v.string() }),
  project: defineTable({ name: v.string(), ownerId: v.string() }).index("by_owner", ["ownerId"]),
});
"""


@pytest.fixture
def snapshot(tmp_path: Path) -> str:
    users: list[JsonValue] = [{"_id": each, "_creationTime": 1.0, "name": "Ada"} for each in (OWNER, OTHER)]
    projects: list[JsonValue] = [
        {"_id": document_id(10002, number), "_creationTime": number + 2.0, "name": f"p{number}", "ownerId": OWNER}
        for number in range(3)
    ]
    path = tmp_path / "backup.zip"
    write_snapshot(path, snapshot_entries({"user": users, "project": projects}))
    return str(path)


@pytest.fixture
def other(tmp_path: Path) -> str:
    path = tmp_path / "other" / "convex" / "schema.ts"
    path.parent.mkdir(parents=True)
    path.write_text(OTHER_SCHEMA)
    return str(path)


def read_by(console: Console, *argv: str) -> str:
    """How the owner's projects were read: the line of the plan, once the documents are right."""
    outcome = console("data", "project", "--where", f"ownerId = {OWNER}", "--format", "json", *argv)
    assert outcome.code == 0, outcome.err
    assert [each["name"] for each in json.loads(outcome.out)] == ["p2", "p1", "p0"]
    return outcome.lines[-1]


def test_a_snapshot_has_the_indexes_of_the_source_that_is_named(tmp_path: Path, snapshot: str, other: str) -> None:
    outside, inside = Console(cwd=tmp_path), Console(cwd=PROJECT / "convex")
    assert read_by(outside, "--snapshot", snapshot) == "no index fits; scanning"
    assert read_by(inside, "--snapshot", snapshot) == "index ownerId_updatedAt"
    for console in (outside, inside):
        assert read_by(console, "--snapshot", snapshot, "--source", other) == "index by_owner"
        assert read_by(console, "--snapshot", snapshot, "--source", str(PROJECT)) == "index ownerId_updatedAt"
        assert read_by(console, "--snapshot", snapshot, "--no-source") == "no index fits; scanning"


def test_following_goes_by_the_indexes_of_the_source_that_is_named(tmp_path: Path, snapshot: str, other: str) -> None:
    def via(*argv: str) -> list[str]:
        outcome = Console(cwd=tmp_path)("relations", OWNER, "--snapshot", snapshot, "--format", "json", *argv)
        assert outcome.code == 0, outcome.err
        related = json.loads(outcome.out)["related"]
        assert [each["count"] for each in related] == [3]
        return [each["via"] for each in related]

    assert via("--source", other) == ["index by_owner"]
    assert via() == ["scan of at most 4 documents"]


def test_indexes_of_the_source_are_not_called_deployed(tmp_path: Path, snapshot: str) -> None:
    outcome = Console(cwd=tmp_path)("schema", "project", "--snapshot", snapshot, "--source", str(SCHEMA))
    assert outcome.code == 0
    assert "deployed" not in outcome.out
    assert "sample of documents, indexes those of the source." in outcome.err
    without = Console(cwd=tmp_path)("schema", "project", "--snapshot", snapshot)
    assert "sample of documents, and indexes unknown." in without.err


@pytest.mark.parametrize("command", [["schema"], ["relations"], ["data", "user"], ["doctor"], ["relations", OWNER]])
def test_a_source_that_is_not_there(tmp_path: Path, snapshot: str, command: list[str]) -> None:
    outcome = Console(cwd=tmp_path)(*command, "--snapshot", snapshot, "--source", "nowhere")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.lines[-1] == "Error: --source nowhere: there is no such file or folder."


def test_a_workspace_of_several_projects(tmp_path: Path, snapshot: str) -> None:
    (tmp_path / "package.json").write_text('{"workspaces": ["packages/*"]}')
    for name in ("a", "b"):
        path = tmp_path / "packages" / name / "convex" / "schema.ts"
        path.parent.mkdir(parents=True)
        path.write_text(OTHER_SCHEMA)
        path.parents[1].joinpath("package.json").write_text('{"dependencies": {"convex": "1"}}')
    outcome = Console(cwd=tmp_path)("schema", "--snapshot", snapshot)
    assert outcome.code == 0
    assert (
        f"No source is read: {tmp_path} holds 2 projects with convex: packages/a, packages/b. Name one with --source"
        " PATH." in outcome.lines
    )
    assert read_by(Console(cwd=tmp_path), "--snapshot", snapshot, "--source", "packages/b") == "index by_owner"


@pytest.mark.parametrize("command", ["schema", "relations", "doctor", "functions", "state"])
def test_without_a_deployment_a_source_would_do(tmp_path: Path, command: str) -> None:
    outcome = Console(cwd=tmp_path)(command)
    assert outcome.code == 3
    assert outcome.err.startswith("Error: No deployment is named. Use --deployment SELECTOR")
    assert outcome.err.endswith("Or read only a schema's source, with --source PATH.\n")


@pytest.mark.parametrize("command", ["schema", "relations", "doctor", "functions", "state"])
def test_where_nothing_answers_the_source_of_the_project_would_do(tmp_path: Path, command: str) -> None:
    nobody = {"CONVEX_SELF_HOSTED_URL": "http://127.0.0.1:1", "CONVEX_SELF_HOSTED_ADMIN_KEY": "x"}
    outcome = Console(cwd=PROJECT / "convex", variables=nobody)(command)
    assert outcome.code == 4
    assert outcome.err.endswith(" To read only the schema's source: --source .\n")
    assert Console(cwd=PROJECT / "convex", variables=nobody)(command, "--source", ".").code in (0, 1)
    outside = Console(cwd=tmp_path, variables=nobody)(command)
    assert outside.code == 4
    assert "--source" not in outside.err
