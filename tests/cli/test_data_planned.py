"""`kitcn data` and `kitcn get` in the light of indexes and of the schema's source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import encode_id
from tests.cli.console import Console, Outcome
from tests.support.founding import SCHEMA
from tests.support.served import Served, served

ON_A_TERMINAL = Console(tty=True, width=400)


def planned(*argv: str) -> tuple[str, list[dict[str, Any]]]:
    """What stderr says of the plan, and the documents."""
    outcome = Console()("data", *argv, "--demo", "--limit", "1000", "--format", "json")
    assert outcome.code == 0, outcome.err
    return outcome.lines[1], json.loads(outcome.out)


def everything(table: str) -> list[dict[str, Any]]:
    outcome = Console()("data", table, "--demo", "--limit", "1000", "--format", "json")
    loaded: list[dict[str, Any]] = json.loads(outcome.out)
    return loaded


def test_a_condition_goes_onto_the_index_that_fits() -> None:
    rows = everything("session")
    user = rows[3]["userId"]
    said, found = planned("session", "--where", f"userId = {user}")
    assert said == "index userId"
    assert found == [row for row in rows if row["userId"] == user]
    said, found = planned("session", "--where", f"userId = {user}", "--where", "expiresAt > 1772000000000")
    assert said == "index userId, then expiresAt"
    assert found == [row for row in rows if row["userId"] == user and row["expiresAt"] > 1772000000000]
    assert found


def test_a_range_keeps_the_order_of_creation() -> None:
    rows = everything("project")
    said, found = planned("project", "--where", "ownerId > js7")
    assert said == "index ownerId_updatedAt"
    assert found == [row for row in rows if row["ownerId"] > "js7"]
    said, found = planned("project", "--where", f"_creationTime < {rows[5]['_creationTime']!r}")
    assert said == "index by_creation_time"
    assert found == rows[6:]
    said, found = planned("project", "--where", f"_id = {rows[7]['_id']}")
    assert (said, found) == ("index by_id", [rows[7]])


def test_without_an_index_it_says_so_and_which_would_serve() -> None:
    rows = everything("user")
    said, found = planned("user", "--where", "role = admin", "--where", "banned != true")
    assert said == 'no index fits; scanning (index("role").on(t.role) would serve)'
    assert found == [row for row in rows if row.get("role") == "admin" and row.get("banned") is not True]
    said, _ = planned("user", "--where", "role != admin")
    assert said == "no index fits; scanning"


def test_a_named_index_takes_the_conditions_on_its_fields() -> None:
    rows = everything("user")
    said, found = planned("user", "--index", "email", "--order", "asc", "--where", "email >= m", "--where", "name != x")
    assert said == "index email, then name"
    assert found == sorted((row for row in rows if row["email"] >= "m"), key=lambda row: str(row["email"]))
    said, found = planned("user", "--index", "email", "--order", "asc", "--where", "name > M")
    assert said == "index email for its order alone, then name"
    outcome = Console()("data", "user", "--demo", "--index", "emial", "--where", "email = x", "-q")
    assert (outcome.code, len(outcome.lines)) == (1, 1)
    assert 'Did you mean "email"?' in outcome.err


def test_missing_fields_are_found_and_never_lost() -> None:
    rows = everything("user")
    _, found = planned("user", "--where", "image = undefined")
    assert found == [row for row in rows if "image" not in row]
    assert found
    _, found = planned("user", "--where", "image <= null")
    assert found == [row for row in rows if row.get("image") is None]
    _, found = planned("user", "--where", "image != null")
    assert found == [row for row in rows if "image" not in row or row["image"] is not None]


def test_without_conditions_nothing_is_planned() -> None:
    assert Console()("data", "user", "--demo", "--format", "json").lines == ["demo (--demo)"]
    assert Console()("data", "user", "--demo", "--where", "role = admin", "--format", "json", "-q").err == ""


ISO = r"2026-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z"


def test_timestamps_are_dates_for_people_and_numbers_for_machines() -> None:
    (row,) = json.loads(Console()("data", "session", "--demo", "--limit", "1", "--format", "json").out)
    for console in (ON_A_TERMINAL, Console()):
        shown = console("data", "session", "--demo", "--limit", "1", "--format", "table").out
        assert len(re.findall(ISO, shown)) == 2
        assert str(row["expiresAt"]) not in shown
    for argv in (["--raw"], ["--no-source"]):
        shown = ON_A_TERMINAL("data", "session", "--demo", "--limit", "1", *argv).out
        assert str(row["expiresAt"]) in shown
    raw = ON_A_TERMINAL("data", "session", "--demo", "--limit", "1", "--raw").out
    assert str(row["_creationTime"]) in raw
    for format_ in ("json", "jsonl", "csv", "markdown", "jsonLines", "jsonArray"):
        assert (
            str(row["expiresAt"]) in ON_A_TERMINAL("data", "session", "--demo", "--limit", "1", "--format", format_).out
        )
    assert str(row["expiresAt"]) in Console()("data", "session", "--demo", "--limit", "1").out


def test_one_document_likewise() -> None:
    (row,) = json.loads(Console()("data", "session", "--demo", "--limit", "1", "--format", "json").out)
    shown = ON_A_TERMINAL("get", row["_id"], "--demo").out
    assert len(re.findall(rf"(?:_creationTime|expiresAt|updatedAt): {ISO},", shown)) == 3
    raw = ON_A_TERMINAL("get", row["_id"], "--demo", "--raw").out
    assert f"expiresAt: {row['expiresAt']}," in raw
    assert json.loads(Console()("get", row["_id"], "--demo").out) == row


CREATED = 1_772_000_000_000.5


def user(number: int, **fields: Any) -> JsonObject:
    fixed = {"name": "n", "email": f"{number}@example.com", "emailVerified": True, "updatedAt": CREATED}
    return {"_id": encode_id(10001, bytes([number]) * 16), "_creationTime": CREATED + number, **fixed, **fields}


@pytest.fixture(scope="module")
def backdated() -> Iterator[Served]:
    rows = [user(0, createdAt=5.0), user(1, createdAt=CREATED + 1), user(2, createdAt=1e300), user(3, createdAt=None)]
    with served(Dataset("backdated", memory_store({"user": rows}))) as server:
        yield server


def ask(server: Served, *argv: str) -> Outcome:
    return ON_A_TERMINAL(*argv, "--url", server.url, "--admin-key", server.admin_key, "--source", str(SCHEMA))


def test_a_stored_created_at_stands_beside_another_creation_time(backdated: Served) -> None:
    outcome = ask(backdated, "data", "user", "--order", "asc")
    first, second, third, fourth = outcome.out.splitlines()[2:]
    assert "2026-02-25 06:13:20" in first
    assert "1970-01-01T00:00:00.005Z" in first
    assert "2026-02-25T06:13:20.001Z" in second
    assert "1e+300" in third
    assert "null" in fourth
    assert "2 documents with a createdAt of another time: the ORM shows _creationTime as createdAt." in outcome.lines
    alone = ask(backdated, "get", encode_id(10001, bytes(16))).out
    assert "_creationTime: 2026-02-25T06:13:20Z," in alone
    assert "createdAt: 1970-01-01T00:00:00.005Z (stored; the ORM shows _creationTime)," in alone
    raw = ask(backdated, "get", encode_id(10001, bytes(16)), "--raw").out
    assert "createdAt: 5 }" in raw
    beyond = ask(backdated, "get", encode_id(10001, bytes([2]) * 16)).out
    assert "createdAt: 1e+300 (stored; the ORM shows _creationTime)," in beyond


def test_a_date_as_it_is_shown_finds_what_is_stored() -> None:
    rows = everything("project")
    later = [row for row in rows if row["updatedAt"] >= 1_772_236_800_000]
    assert 0 < len(later) < len(rows)
    outcome = Console()("data", "project", "--demo", "--where", "updatedAt >= 2026-02-28", "--format", "json")
    assert json.loads(outcome.out) == later
    assert "updatedAt: 2026-02-28 is read as 1772236800000" in outcome.lines


def test_a_field_that_is_not_there_is_told_and_no_index_advised() -> None:
    outcome = Console()("data", "project", "--demo", "--where", "ownerID = x")
    assert outcome.lines[1:] == [
        "no index fits; scanning",
        "There are no documents that match in this table.",
        'Table "project" has no field "ownerID"; did you mean "ownerId"?',
    ]
