"""`kitcn schema`: from source alone, from a deployment, from both, and where they differ."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from kitcn_repl.offline.demo import demo_dataset
from tests.cli.console import Console
from tests.support.founding import PROJECT, SCHEMA
from tests.support.served import served

TABLES = ["user", "session", "account", "verification", "jwks", "project"]


def described(*argv: str, console: Console | None = None) -> dict[str, Any]:
    outcome = (console or Console())("schema", *argv, "--format", "json")
    assert outcome.code == 0, outcome.err
    loaded: dict[str, Any] = json.loads(outcome.out)
    return loaded


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROJECT, tmp_path / "app", ignore=shutil.ignore_patterns("__*")))


@pytest.mark.parametrize("source", [SCHEMA, PROJECT, PROJECT / "convex"], ids=["file", "project", "folder"])
def test_the_founding_schema_from_source_alone(source: Path) -> None:
    found = described("--source", str(source))
    tables = found["tables"]
    assert list(tables) == TABLES
    assert list(tables["project"]["fields"]) == ["name", "ownerId", "createdAt", "updatedAt"]
    assert tables["user"]["fields"]["image"]["optional"] is True
    assert tables["user"]["fields"]["banExpires"]["column"] == "timestamp"
    assert [(index["name"], index["fields"]) for index in tables["session"]["indexes"]] == [
        ("token", ["token"]),
        ("userId", ["userId"]),
    ]
    assert tables["account"]["foreignKeys"] == [
        {"columns": ["userId"], "target": "user", "targetColumns": ["_id"], "onDelete": "cascade", "onUpdate": None}
    ]
    for table in tables.values():
        for promised in ("searchIndexes", "vectorIndexes", "unique", "aggregateIndexes", "rankIndexes", "triggers"):
            assert table[promised] == []
        assert table["rls"]["enabled"] is False
    assert {name for name, table in tables.items() if table["owner"] == "own"} <= {"project", "user"}
    assert found["dynamic"] == found["problems"] == []
    assert len(found["relations"]) == 6


def test_the_project_around_the_folder_is_found_and_told(project: Path) -> None:
    outcome = Console(cwd=project / "convex" / "functions")("schema", "--format", "json")
    assert outcome.code == 0
    assert list(json.loads(outcome.out)["tables"]) == TABLES
    assert outcome.lines[:2] == ["schema source: schema.ts", "no deployment is named: source only"]
    snapshot = Console(cwd=project)("schema", "--no-source")
    assert snapshot.code == 3
    assert "No deployment is named" in snapshot.err


def test_the_demo_has_a_source_of_its_own(project: Path) -> None:
    outcome = Console(cwd=project)("schema", "session", "--demo")
    assert "schema source: the demo has its own" in outcome.lines
    assert outcome.out.startswith("session · auth · 240 documents · schema.ts:")
    for fact in ("timestamp date", "→ user", "on delete cascade", "relation, foreign key, data 240 of 240"):
        assert fact in outcome.out
    without = Console(cwd=project)("schema", "session", "--demo", "--no-source")
    assert without.out.startswith("session · auth · 240 documents · deployed\n")
    assert "cascade" not in without.out
    assert "data 240 of 240" in without.out


def test_a_deployment_and_the_source_that_is_named(project: Path) -> None:
    path = project / "convex" / "functions" / "schema.ts"
    path.write_text(path.read_text().replace("name: text().notNull(),", "name: text().notNull().unique(),", 1))
    with served(demo_dataset()) as server:
        where = ("--url", server.url, "--admin-key", server.admin_key)
        found = described("user", *where, "--source", str(project))
        by_cwd = Console(cwd=project)("schema", "user", *where, "--format", "json")
    assert list(found["tables"]) == ["user"]
    user = found["tables"]["user"]
    assert user["fields"]["name"]["unique"] is True
    assert user["fields"]["name"]["origins"] == ["source", "deployment"]
    assert user["count"] == 60
    assert json.loads(by_cwd.out) == found
    assert "schema source: convex/functions/schema.ts" in by_cwd.lines


def test_a_component_is_not_the_projects_schema(project: Path) -> None:
    found = described("--demo", "--component", "rateLimiter", console=Console(cwd=project))
    assert list(found["tables"]) == ["rateLimits"]
    assert found["tables"]["rateLimits"]["origins"] == ["deployment"]


def test_tables_that_are_not_the_applications_are_folded() -> None:
    outcome = Console()("schema", "--demo")
    rows = [line.split()[0] for line in outcome.out.splitlines()[2:] if line]
    assert rows == ["project", "typeZoo", "auth"]
    every = [line.split()[0] for line in Console()("schema", "--demo", "--all").out.splitlines()[2:]]
    assert set(every) == {*TABLES, "typeZoo"}


def test_fields_as_rows() -> None:
    rows = list(csv.DictReader(io.StringIO(Console()("schema", "--source", str(SCHEMA), "--format", "csv").out)))
    assert rows[0]["table"] == "user"
    assert rows[0]["field"] == "name"
    assert {row["table"] for row in rows} == set(TABLES)
    assert next(row for row in rows if row["field"] == "ownerId")["references"] == "user"
    markdown = Console()("schema", "jwks", "--source", str(SCHEMA), "--format", "markdown").out
    assert markdown.startswith("| table | field | type |")
    assert markdown.count("\n") == 5
    lines = Console()("schema", "--source", str(SCHEMA), "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["table"] for line in lines] == TABLES


def test_unknown_tables_get_the_nearest_name() -> None:
    for argv in (
        ["schema", "projct", "--demo"],
        ["relations", "projct", "--demo"],
        ["schema", "projct", "--diff", "--demo"],
    ):
        outcome = Console()(*argv, "-q")
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err == 'Error: There is no table "projct"; did you mean "project"?\n'


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--source", "missing.ts"], "--source missing.ts: there is no such file or folder."),
        (["--source", "empty"], "holds no schema file"),
        (["--source", "missing.ts", "--diff", "--demo"], "--source missing.ts: there is no such file or folder."),
    ],
)
def test_a_source_that_is_not_there_is_one_line(tmp_path: Path, argv: list[str], message: str) -> None:
    (tmp_path / "empty").mkdir()
    for command in ("schema", "relations"):
        if "--diff" in argv and command == "relations":
            continue
        outcome = Console(cwd=tmp_path)(command, *argv, "-q")
        assert outcome.code == 1
        assert outcome.out == ""
        assert len(outcome.lines) == 1
        assert message in outcome.err


def test_broken_source_gives_what_is_readable_and_the_place(project: Path) -> None:
    path = project / "convex" / "functions" / "schema.ts"
    text = path.read_text()
    path.write_text(text.replace("publicKey: text().notNull(),", "publicKey: text(.notNull(,", 1))
    line = text[: text.index("publicKey")].count("\n") + 1
    outcome = Console()("schema", "--source", str(project), "--format", "json")
    assert outcome.code == 0
    found = json.loads(outcome.out)
    assert {"user", "session", "project"} <= set(found["tables"])
    assert any(problem["line"] == line for problem in found["problems"])
    assert f"schema.ts:{line}: " in outcome.err
    assert "Traceback" not in outcome.err


def test_the_demo_and_its_source_say_the_same() -> None:
    outcome = Console()("schema", "--diff", "--demo")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.lines[-1] == "Source and deployment say the same."
    assert Console()("schema", "--diff", "--demo", "--format", "json").out == "[]\n"


def test_differences_are_told_with_their_place_and_fail_when_they_are_errors(project: Path) -> None:
    path = project / "convex" / "functions" / "schema.ts"
    text = path.read_text()
    changed = text.replace('(t) => [index("email").on(t.email)]', '(t) => [index("mail").on(t.email)]')
    path.write_text(changed.replace("    ownerId: text()\n", "    title: text().notNull(),\n    ownerId: text()\n"))
    outcome = Console(cwd=project)("schema", "--diff", "--demo", "--source", ".", "--format", "json")
    assert outcome.code == 1
    found = json.loads(outcome.out)
    assert {"error"} < {each["level"] for each in found}
    missing = next(each for each in found if each["kind"] == "missing-index")
    assert (missing["table"], missing["member"]) == ("user", "mail")
    assert missing["place"].startswith("convex/functions/schema.ts:")
    drawn = Console(cwd=project)("schema", "--diff", "--demo", "--source", ".")
    assert drawn.code == 1
    for each in found:
        assert each["what"] in drawn.out
        assert each["fix"] in drawn.out
    of_one = Console(cwd=project)("schema", "jwks", "--diff", "--demo", "--source", ".")
    assert (of_one.code, of_one.out) == (0, "")
    rows = Console(cwd=project)("schema", "--diff", "--demo", "--source", ".", "--format", "csv").out
    assert rows.startswith("level,kind,table,member,what,why,fix,place\r\n")


def test_a_diff_needs_both_sides() -> None:
    outcome = Console()("schema", "--diff", "--source", str(SCHEMA))
    assert outcome.code == 3
    outcome = Console()("schema", "--diff", "--demo", "--no-source")
    assert outcome.code == 2
    outcome = Console()("schema", "--demo", "--no-source", "--source", "x")
    assert outcome.err == "Error: --source and --no-source contradict each other.\n"


def test_a_table_of_convex_itself() -> None:
    outcome = Console()("schema", "_storage", "--demo")
    assert outcome.code == 1
    assert outcome.lines[-1] == 'Error: "_storage" is a table of Convex itself, which no schema declares.'


@pytest.mark.parametrize("width", [80, 160])
def test_a_terminal_is_never_too_narrow(width: int) -> None:
    console = Console(tty=True, width=width)
    for argv in (["schema"], ["schema", "--all"], *(["schema", table] for table in (*TABLES, "typeZoo"))):
        outcome = console(*argv, "--demo", "-q")
        assert outcome.code == 0
        assert all(len(line) <= width for line in outcome.out.splitlines()), argv
