"""`kitcn relations`, and the documents around one: `kitcn relations ID`, `kitcn get ID --related`."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.values.ids import encode_id
from tests.cli.console import Console
from tests.support.founding import PROJECT, SCHEMA
from tests.support.served import served

Json = dict[str, Any]

FOUNDING = [
    ("user", "projects", "many", "project", ["_id"], ["ownerId"], "owner"),
    ("user", "sessions", "many", "session", ["_id"], ["userId"], "user"),
    ("user", "accounts", "many", "account", ["_id"], ["userId"], "user"),
    ("project", "owner", "one", "user", ["ownerId"], ["_id"], "projects"),
    ("session", "user", "one", "user", ["userId"], ["_id"], "sessions"),
    ("account", "user", "one", "user", ["userId"], ["_id"], "accounts"),
]


def edges(*argv: str) -> list[Json]:
    outcome = Console()("relations", *argv, "--format", "json")
    assert outcome.code == 0, outcome.err
    loaded: list[Json] = json.loads(outcome.out)
    return loaded


def key(edge: Json) -> tuple[Any, ...]:
    return tuple(edge[name] for name in ("source", "name", "cardinality", "target", "from", "to", "inverse"))


@pytest.mark.parametrize("source", [SCHEMA, PROJECT], ids=["file", "project"])
def test_the_founding_relations_from_source_alone(source: object) -> None:
    found = edges("--source", str(source))
    assert sorted(map(key, found)) == sorted(FOUNDING)
    for edge in found:
        assert (edge["through"], edge["alias"]) == (None, None)
        holds_key = edge["cardinality"] == "one"
        assert edge["origins"] == (["relation", "foreign_key"] if holds_key else ["relation"])


def test_from_data_alone_the_ways_are_found_with_their_evidence() -> None:
    found = edges("--demo", "--no-source")
    assert {(edge["source"], edge["from"][0], edge["target"]) for edge in found} == {
        ("account", "userId", "user"),
        ("account", "accountId", "user"),
        ("project", "ownerId", "user"),
        ("session", "userId", "user"),
        ("session", "impersonatedBy", "user"),
    }
    for edge in found:
        assert edge["origins"] == ["data"]
        assert 0 < edge["evidence"]["matching"] <= edge["evidence"]["sampled"]


def test_a_table_has_both_directions() -> None:
    outcome = Console()("relations", "session", "--demo")
    assert outcome.out.splitlines()[0] == "session"
    assert re.search(r"─ user +→ one user +userId → _id .*relation, foreign key, data 240 of 240", outcome.out)
    assert re.search(r"─ user\.sessions +← many +_id → userId", outcome.out)
    assert {tuple(edge[end] for end in ("source", "target")) for edge in edges("session", "--demo")} == {
        ("session", "user"),
        ("user", "session"),
    }


def test_all_tables_and_those_that_stand_alone() -> None:
    outcome = Console()("relations", "--demo")
    roots = [line for line in outcome.out.splitlines() if line[0].isalpha()]
    assert roots == ["user", "session", "account", "project"]
    assert outcome.lines[-1] == "Without relations: verification, jwks, typeZoo."


def test_origins_select() -> None:
    assert all(edge["origins"] == ["data"] for edge in edges("--demo", "--no-source", "--origin", "data"))
    keys = edges("--demo", "--origin", "foreign_key")
    assert {edge["source"] for edge in keys} == {"session", "account", "project"}
    # Nobody asked for data, so no document was looked into.
    assert all("data" not in edge["origins"] for edge in keys)
    assert edges("--demo", "--origin", "validator") == []
    outcome = Console()("relations", "--demo", "--origin", "foriegn_key")
    assert outcome.code == 2
    assert "Did you mean 'foreign_key'?" in outcome.err


def test_pictures_and_rows() -> None:
    source = ("--source", str(SCHEMA), "-q")
    mermaid = Console()("relations", *source, "--format", "mermaid").out.splitlines()
    assert mermaid[0] == "erDiagram"
    assert '    user |o--o{ project : "projects ⇄ owner"' in mermaid
    dot = Console()("relations", *source, "--format", "dot").out
    assert dot.startswith("digraph ")
    assert dot.count(" -> ") == 3
    rows = list(csv.DictReader(io.StringIO(Console()("relations", *source, "--format", "csv").out)))
    assert [(row["source"], row["name"], row["origins"]) for row in rows[-1:]] == [
        ("project", "owner", "relation, foreign_key")
    ]
    lines = Console()("relations", *source, "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == edges(*source)


def test_nothing_known_is_said() -> None:
    outcome = Console()("relations", "jwks", "--demo", "-q")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.lines[-1] == "No relations of jwks are known."
    assert edges("jwks", "--demo") == []


@pytest.mark.parametrize("width", [60, 80, 160])
def test_a_tree_fits_its_terminal(width: int) -> None:
    for argv in ([], ["user"], ["session"]):
        outcome = Console(tty=True, width=width)("relations", *argv, "--demo", "-q")
        assert all(len(line) <= width for line in outcome.out.splitlines())


def a_user_with_sessions() -> tuple[str, list[str]]:
    rows = json.loads(Console()("data", "session", "--demo", "--limit", "1000", "--format", "json").out)
    user = rows[0]["userId"]
    return user, [row["_id"] for row in rows if row["userId"] == user]


def test_the_documents_around_one() -> None:
    user, sessions = a_user_with_sessions()
    outcome = Console()("relations", user, "--demo", "--limit", "1000", "--format", "json")
    assert outcome.code == 0
    around = json.loads(outcome.out)
    assert (around["table"], around["component"], around["document"]["_id"]) == ("user", "", user)
    ways = {way["name"]: way for way in around["related"]}
    assert [document["_id"] for document in ways["sessions"]["documents"]] == sessions
    assert (ways["sessions"]["count"], ways["sessions"]["exact"]) == (len(sessions), True)
    assert ways["sessions"]["via"] == "index userId"
    assert "session.impersonatedBy" in ways
    tree = Console()("relations", user, "--demo").out
    assert tree.startswith(f"user  {user}  name ")
    assert re.search(rf"─ sessions +→ session +{len(sessions)} document", tree)
    assert all(session in tree for session in sessions[:5])
    back = json.loads(Console()("relations", sessions[0], "--demo", "--format", "json").out)
    assert next(way for way in back["related"] if way["name"] == "user")["documents"][0]["_id"] == user


def test_a_document_of_the_app_or_of_a_component() -> None:
    user, _ = a_user_with_sessions()
    for argv in (["relations", user, "--format", "json"], ["get", user, "--related"]):
        root = Console()(*argv, "--demo", "--component", "_App")
        assert root.code == 0
        assert root.out == Console()(*argv, "--demo").out
    rows = Console()("data", "rateLimits", "--demo", "--component", "rateLimiter", "--format", "json").out
    limit = json.loads(rows)[0]["_id"]
    for within in ([], ["--component", "rateLimiter"]):
        around = json.loads(Console()("relations", limit, "--demo", "--format", "json", *within).out)
        assert (around["table"], around["component"]) == ("rateLimits", "rateLimiter")
    elsewhere = Console()("relations", limit, "--demo", "--component", "_App")
    assert elsewhere.code == 1


def test_numbers_are_written_as_javascript_writes_them() -> None:
    user, _ = a_user_with_sessions()
    plain = Console()("get", user, "--demo", "--format", "json").out
    around = Console()("get", user, "--demo", "--related", "--format", "json").out
    numbers = re.findall(r'"(?:_creationTime|updatedAt)": [0-9.]+', plain)
    assert numbers
    assert all(number in around for number in numbers)
    assert not re.search(r": [0-9]+\.0\b", around)


def test_a_document_and_its_neighbours() -> None:
    user, sessions = a_user_with_sessions()
    plain = Console(tty=True)("get", user, "--demo").out
    both = Console(tty=True)("get", user, "--demo", "--related", "--limit", "1").out
    assert both.startswith(plain.rstrip("\n"))
    tree = both[len(plain) :]
    assert sessions[0] in tree
    assert not any(session in tree for session in sessions[1:])
    if len(sessions) > 1:
        assert f"… {len(sessions) - 1} more" in tree
    on_a_pipe = json.loads(Console()("get", user, "--demo", "--related").out)
    assert on_a_pipe["document"]["_id"] == user
    rows = list(csv.DictReader(io.StringIO(Console()("get", user, "--demo", "--related", "--format", "csv").out)))
    assert [row["name"] for row in rows] == [way["name"] for way in on_a_pipe["related"]]


def test_over_the_wire_the_same() -> None:
    user, _ = a_user_with_sessions()
    with served(demo_dataset()) as server:
        where = ("--url", server.url, "--admin-key", server.admin_key, "--source", str(SCHEMA))
        remote = json.loads(Console()("relations", user, *where, "--format", "json").out)
    local = json.loads(Console()("relations", user, "--demo", "--source", str(SCHEMA), "--format", "json").out)
    assert remote == local


def test_credentials_stay_out_of_trees() -> None:
    user, sessions = a_user_with_sessions()
    tokens = [
        row["token"]
        for row in json.loads(Console()("data", "session", "--demo", "--limit", "1000", "--format", "json").out)
        if row["_id"] in sessions
    ]
    out = Console(tty=True, width=400)("get", user, "--demo", "--related", "--limit", "100").out
    assert not any(token in out for token in tokens)


def test_what_has_no_relations_or_is_no_document() -> None:
    (row,) = json.loads(Console()("data", "typeZoo", "--demo", "--limit", "1", "--format", "json").out)
    outcome = Console()("relations", row["_id"], "--demo")
    assert outcome.code == 0
    assert "No relations of its table are known." in outcome.err
    unknown = encode_id(10006, bytes(16))
    for argv in (["relations", unknown], ["get", unknown, "--related"]):
        outcome = Console()(*argv, "--demo", "-q")
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith(f"Error: No document has the id {unknown}")
    outcome = Console()("relations", unknown, "--demo", "--format", "dot")
    assert outcome.code == 2
    mistyped = unknown[:-1] + ("a" if unknown[-1] != "a" else "b")
    outcome = Console()("relations", mistyped, "--demo", "-q")
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert outcome.err.startswith(f"Error: '{mistyped}' is neither a table nor a document id: Unable to decode ID: ")
