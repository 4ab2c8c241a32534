"""How functions fared, in the table and for machines; deployments that do not tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kitcn_repl.explore.procedures.listing import list_procedures
from kitcn_repl.explore.procedures.metrics import with_metrics
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from tests.cli.console import Console
from tests.support.served import Served, served


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(demo_dataset()) as server:
        yield server


def test_the_table() -> None:
    lines = Console()("functions", "--demo", "--since", "1d").out.splitlines()
    assert lines[0].split() == ["function", "kind", "calls", "errors", "p50", "p95", "cached", "arguments"]
    listed = next(line.split() for line in lines if line.startswith("users:list"))
    assert int(listed[2].replace(",", "")) > 100
    assert listed[3] == "0"
    assert listed[5] == listed[7] == "ms"
    assert listed[9] == "%"
    assert next(line.split() for line in lines if line.startswith("route"))[:4] == ["route", "calls", "errors", "p50"]


def test_a_narrow_terminal_gets_a_table_of_their_own() -> None:
    narrow = Console(tty=True, width=80)("functions", "--demo", "--since", "1d")
    lines = narrow.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == ["function", "kind", "arguments"]
    after = lines[lines.index("Calls") + 1 :]
    assert after[0].split() == ["function", "calls", "errors", "p50", "p95", "cached"]
    assert {line.split()[0] for line in after[2:]} >= {"users:list", "projects:rename", "GET"}
    assert "not shown" not in narrow.err


def test_machines_get_every_number(server: Served) -> None:
    local = json.loads(Console()("functions", "--demo", "--since", "1d", "--format", "json").out)
    where = ("--url", server.url, "--admin-key", server.admin_key)
    live = json.loads(Console()("functions", "--since", "1d", "--format", "json", "--no-source", *where).out)
    assert live == local
    rows = {row["name"]: row for row in local}
    sent = rows["users:sendWelcome"]
    assert sent["errors"] > 0
    assert sent["cacheHits"] is None
    assert sent["latencyMs"]["p50"] <= sent["latencyMs"]["p95"] <= sent["latencyMs"]["p99"]
    assert rows["users:list"]["cacheHits"] + rows["users:list"]["cacheMisses"] == rows["users:list"]["calls"]
    csv = Console()("functions", "users:list", "--demo", "--format", "csv").out.splitlines()
    assert csv[0].endswith(",calls,errors,cacheHits,cacheMisses,p50Ms,p95Ms,p99Ms")


def test_a_shorter_time_has_fewer_calls() -> None:
    counts = []
    for since in ("10m", "1h", "1d"):
        rows = json.loads(Console()("functions", "--demo", "--since", since, "--format", "json").out)
        counts.append(sum(row.get("calls") or 0 for row in rows))
    assert counts == sorted(set(counts))
    wrong = Console()("functions", "--demo", "--since", "soon", "-q")
    assert (wrong.code, wrong.out) == (2, "")
    assert "--since 'soon' is neither a duration" in wrong.err


async def test_a_deployment_that_tells_nothing_says_so_and_shows_the_rest() -> None:
    offline = Offline(replace(demo_dataset(), logs=tuple))
    listed = await list_procedures(offline, None)
    found = await with_metrics(listed, offline, lambda present: present - 3_600_000, "")
    assert found == replace(listed, notes=found.notes)
    assert found.notes == ("No calls, errors or times of functions: demo holds no record of what ran.",)
    await offline.aclose()


def test_without_metrics() -> None:
    outcome = Console()("functions", "--demo", "--no-metrics")
    assert "calls" not in outcome.out
    rows = json.loads(Console()("functions", "--demo", "--no-metrics", "--format", "json").out)
    assert "calls" not in rows[0]
