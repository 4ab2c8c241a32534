"""kitcn's dates in what people give to a procedure and in what it returns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.console import Console
from tests.support.projects import write_project
from tests.support.served import Served, served
from tests.support.watchable import watchable_dataset

WIRE = {"__crpc": 1, "t": "$date", "v": 1772452800000}


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(watchable_dataset()) as server:
        yield server


def test_dates_go_out_and_come_back_exactly_for_machines(server: Served) -> None:
    where = ("--url", server.url, "--admin-key", server.admin_key)
    outcome = Console()("run", "sky:due", "{after: {$date: '2026-03-02T12:00:00Z'}}", *where)
    assert outcome.code == 0
    value = json.loads(outcome.out)
    assert value["after"] == value["due"] == WIRE
    same = Console()("run", "sky:due", json.dumps({"after": WIRE}), *where)
    assert same.out == outcome.out


def test_people_read_them(server: Served) -> None:
    where = ("--url", server.url, "--admin-key", server.admin_key)
    shown = Console(tty=True, width=120)("run", "sky:due", "{after: {$date: 0}}", *where)
    assert shown.out == (
        "{ after: 1970-01-01T00:00:00Z, due: 2026-03-02T12:00:00Z, tasks: [{ at: 1970-01-01T00:00:00Z }] }\n"
    )
    table = Console(tty=True, width=200)("run", "sky:due", "{}", *where, "--format", "table")
    assert "2026-03-02T12:00:00Z" in table.out


def test_a_project_that_knows_no_such_procedure_says_so(server: Served, tmp_path: Path) -> None:
    where = ("--url", server.url, "--admin-key", server.admin_key)
    outcome = Console(cwd=write_project(tmp_path))("run", "sky:due", "{after: {$date: 0}}", *where)
    assert (outcome.code, outcome.out) == (1, "")
    assert "sky:due was not called: it is none of kitcn's procedures, which take dates." in outcome.err
