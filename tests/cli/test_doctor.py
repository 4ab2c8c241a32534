"""`kitcn doctor`: report, JSON, exit codes, with and without a deployment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kitcn_repl.explore.doctor.rules import RULES
from kitcn_repl.values import JsonObject
from tests.cli.console import Console
from tests.support.projects import SCHEMA, write_project
from tests.support.snapshots import document_id, snapshot_entries, write_snapshot

LAZY = "export const run = async () => await import('./messages');\n"
USER, SESSION = 10001, 10002
OF_DEPLOYMENT = sum(rule.group == "deployment" for rule in RULES.values())


def snapshot(root: Path, *, orphan: bool = False) -> Path:
    """A snapshot of the scaffold's deployment."""
    user: JsonObject = {
        "_id": document_id(USER, 1),
        "_creationTime": 1000.0,
        "name": "Ada",
        "email": "ada@x.test",
        "updatedAt": 1.0,
    }
    session: JsonObject = {
        "_id": document_id(SESSION, 1),
        "_creationTime": 1000.0,
        "token": "t",
        "userId": document_id(USER, 2 if orphan else 1),
        "expiresAt": 1.0,
    }
    path = root / "backup.zip"
    return write_snapshot(path, snapshot_entries({"user": [user], "session": [session]}))


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITCN_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(cwd=write_project(tmp_path / "app"))


def test_a_healthy_project(console: Console) -> None:
    outcome = console("doctor")
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        f"Not checked: {OF_DEPLOYMENT} rules about the deployment, 5 rules about documents (no deployment was asked).",
        "No findings; 15 rules checked.",
    ]
    assert "no deployment is named: source only" in outcome.err


def test_errors_end_with_1(console: Console) -> None:
    (console.cwd / "convex/functions/lazy.ts").write_text(LAZY)
    outcome = console("doctor", "--source", ".")
    assert outcome.code == 1
    lines = outcome.out.splitlines()
    assert lines[0] == "error  Lazy import in Convex code  lazy-import"
    assert "  • convex/functions/lazy.ts:1  import('./messages') is imported while the code runs." in lines
    assert any(line.startswith("  Fix: Import it at the top of the file.") for line in lines)
    assert lines[-1] == "1 error; 15 rules checked."


def test_warnings_and_notes_do_not(console: Console) -> None:
    (console.cwd / "convex/functions/schema.ts").write_text(SCHEMA.replace("index('userId').on(t.userId)", ""))
    outcome = console("doctor", "--json")
    assert outcome.code == 0
    (found,) = json.loads(outcome.out)
    assert list(found)[:3] == ["rule", "level", "title"]
    assert found["rule"] == "foreign-key-unindexed"
    assert (found["level"], found["file"], found["line"]) == ("warning", "convex/functions/schema.ts", 18)
    assert found["where"] == "convex/functions/schema.ts:18"
    assert {"what", "why", "fix", "documents", "table", "docs"} <= set(found)


def test_json_without_findings_is_an_empty_list(console: Console) -> None:
    assert console("doctor", "--json").out == "[]\n"


def test_snapshot_beside_the_source(console: Console, tmp_path: Path) -> None:
    healthy = console("doctor", "--snapshot", str(snapshot(tmp_path)), "--quiet")
    assert healthy.code == 0
    # a snapshot has no schema that the source could differ from
    assert healthy.out.splitlines() == [
        "Not checked: schema-differs (the deployment has no schema).",
        f"No findings; {len(RULES) - 1} rules checked.",
    ]
    broken = console("doctor", "--snapshot", str(snapshot(tmp_path, orphan=True)), "--json")
    assert broken.code == 1
    (found,) = json.loads(broken.out)
    assert (found["rule"], found["documents"]) == ("orphan-reference", [document_id(SESSION, 1)])
    assert found["where"] == document_id(SESSION, 1)


def test_snapshot_alone(tmp_path: Path) -> None:
    console = Console(cwd=tmp_path)
    outcome = console("doctor", "--snapshot", str(snapshot(tmp_path)))
    assert outcome.code == 0
    assert "Not checked: 7 rules about the project" in outcome.out


def test_no_data(console: Console, tmp_path: Path) -> None:
    outcome = console("doctor", "--snapshot", str(snapshot(tmp_path, orphan=True)), "--no-data")
    assert outcome.code == 0
    assert "Not checked: 5 rules about documents (--no-data)." in outcome.out


def test_single_rules(console: Console, tmp_path: Path) -> None:
    (console.cwd / "convex/functions/lazy.ts").write_text(LAZY)
    outcome = console("doctor", "--rule", "generated-missing", "--rule", "config-broken")
    assert (outcome.code, outcome.out) == (0, "No findings; 2 rules checked.\n")


def test_the_demo_is_healthy_and_nobodys_project(console: Console) -> None:
    (console.cwd / "convex/functions/lazy.ts").write_text(LAZY)
    outcome = console("doctor", "--demo")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1] == f"No findings; {len(RULES) - 10} rules checked."


def test_the_list_of_rules(console: Console) -> None:
    outcome = console("doctor", "--list")
    assert all(rule in outcome.out for rule in RULES)
    assert [rule["id"] for rule in json.loads(console("doctor", "--list", "--json").out)] == list(RULES)


def test_unknown_rule(console: Console) -> None:
    outcome = console("doctor", "--rule", "lazy-imports")
    assert outcome.code == 2
    assert "Did you mean 'lazy-import'?" in outcome.err


def test_neither_project_nor_deployment(tmp_path: Path) -> None:
    assert Console(cwd=tmp_path)("doctor").code == 3


def test_source_that_is_not_there(console: Console) -> None:
    outcome = console("doctor", "--source", "nowhere")
    assert outcome.code == 1
    assert "nowhere" in outcome.err


def test_a_project_without_schema(console: Console) -> None:
    (console.cwd / "convex/functions/schema.ts").unlink()
    (console.cwd / "convex/functions/lazy.ts").write_text(LAZY)
    for arguments in (["doctor"], ["doctor", "--source", "."]):
        outcome = console(*arguments)
        assert outcome.code == 1
        assert "lazy-import" in outcome.out


def test_a_terminal_gets_no_line_that_is_too_long(console: Console) -> None:
    (console.cwd / "convex/functions/lazy.ts").write_text(LAZY)
    narrow = Console(cwd=console.cwd, tty=True, width=60)
    assert max(map(len, narrow("doctor").out.splitlines())) <= 60


def test_text_of_the_source_is_never_obeyed(console: Console) -> None:
    (console.cwd / "convex/functions/evil.ts").write_text('const x = await import("./\x1b[31m\u202ered");\n')
    outcome = Console(cwd=console.cwd, tty=True)("doctor")
    assert "\x1b" not in outcome.out
    assert "\\u001b" in outcome.out
