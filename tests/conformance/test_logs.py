"""`logs`: past and present, as the genuine CLI prints it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.log_entries import Conflict, Execution, log_line
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import JsonObject
from tests.conformance.genuine import Clis, make_clis
from tests.support.node import genuine_cli, node, node_modules
from tests.support.served import Served, served

ROOT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds; only ever spent on a command that hangs."""

LAST = "[CONVEX Q(late:night)] Function executed in 1000000 ms\n"
START = 1_790_000_000_000.0
ODD_TEXT = "tab\t bell\x07 escape\x1b[31m red\x1b[0m lines\nand \u2028 more %s %d %% 日本 \ud800 half 🎉"


def _odd_entries() -> list[JsonObject]:
    """Every form that an entry may have, and some that none should."""
    executions = [
        Execution("Query", "messages:list", START, 12.4, "r1", "e1", lines=(log_line([ODD_TEXT, "2nd"], START),)),
        Execution("Mutation", "messages:send", START + 1000, 3.0, "r2", "e2", error=f"Uncaught {ODD_TEXT}\n    at x"),
        Execution(
            "Action", "mail:deliver", START + 2000, 900.0, "r3", "e3",
            lines=(log_line(["a"], START + 2100, "DEBUG"), log_line(["b"], START + 2200, "WARN", code="Slow")),
        ),
        Execution("HttpAction", "POST /hook", START + 3000, 0.2, "r4", "e4", component="lib/inner", status="404"),
        Execution(
            "Mutation", "counters:add", START + 4000, 7.0, "r5", "e5", lines=(log_line([], START + 4000),), error="OCC",
            conflict=Conflict("counters", "id", None, 2), will_retry=True,
        ),
        Execution("Query", "late:night", START + 13 * 3_600_000, 1e6, "r6", "e6", is_cached=True),
    ]  # fmt: skip
    entries = [entry for execution in executions for entry in execution.entries()]
    plain = Execution("Query", "old:server", START + 5000, 1.0, "r7", "e7").completion()
    truncated = {**log_line(["x" * 50], START), "isTruncated": True}
    entries.append({**plain, "logLines": ["[LOG] as text", "[WARN] [odd] one", "no level at all", truncated]})
    entries.append({**plain, "executionId": "e8", "10": 1.0, "9": 1e-7, "big": 2**60, "__proto__": -0.0, "error": ""})
    return entries


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clis]:
    node_modules()
    with served(Dataset(name="odd", store=memory_store({}, numbers={}), logs=_odd_entries)) as server:
        yield make_clis(server, tmp_path_factory.mktemp("odd"))


class Watching:
    """A command that follows a log; its output is read all the time."""

    def __init__(self, command: list[str], clis: Clis, variables: Mapping[str, str]) -> None:
        self.out = b""
        self._grown = threading.Condition()
        self._process = subprocess.Popen(
            command, cwd=clis.project, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "HOME": str(clis.project.parent),
                "CI": "1",
                "KITCN_CACHE_DIR": str(clis.project.parent / "cache"),
                "CONVEX_SELF_HOSTED_URL": clis.server.url,
                "CONVEX_SELF_HOSTED_ADMIN_KEY": clis.server.admin_key,
                **variables,
            },
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while data := os.read(self._process.stdout.fileno(), 65536):
            with self._grown:
                self.out += data
                self._grown.notify_all()

    def read_until(self, wanted: bytes) -> None:
        with self._grown:
            assert self._grown.wait_for(lambda: wanted in self.out, PATIENCE), self.out[-500:]

    def end(self) -> bytes:
        self._process.send_signal(signal.SIGINT)
        self._reader.join(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait(PATIENCE)
        return self.out


def _both(clis: Clis, *arguments: str, last: str, news: str = "", **variables: str) -> bytes:
    """What both print until `last`; then something happens, if they are to print `news` of it."""
    genuine = [node(), genuine_cli()]
    ours = [sys.executable, "-m", "kitcn_repl"]
    watching = [Watching([*command, "logs", *arguments], clis, variables) for command in (genuine, ours)]
    try:
        for each in watching:
            each.read_until(last.encode())
        if news:
            _happen(clis.server)
            for each in watching:
                each.read_until(news.encode())
    finally:
        with ThreadPoolExecutor(2) as pool:
            outs = list(pool.map(Watching.end, watching))
    assert outs[1] == outs[0]
    return outs[0]


def _happen(server: Served) -> None:
    """A mutation, which fails here and is logged."""
    body = {"path": "projects:rename", "args": {"id": "x", "name": "y"}}
    assert httpx2.post(f"{server.url}/api/mutation", json=body, timeout=PATIENCE).status_code == 200


@pytest.mark.conforms("cli logs", "", "--history")
def test_all_of_the_past_and_then_the_present(clis: Clis) -> None:
    printed = _both(clis, "--history", last="yara.kowalski50", news="can only be read.\n")
    assert b"\n3/2/2026, 12:00:00 PM [CONVEX M(projects:rename)] projects:rename is a mutation" in printed


@pytest.mark.conforms("cli logs", "--history", "--success")
@pytest.mark.parametrize("number", ["1", "3", "9", "10"])
def test_odd_entries_at_every_count(odd: Clis, number: str) -> None:
    assert _both(odd, "--history", number, "--success", last=LAST)


@pytest.mark.conforms("cli logs", "")
@pytest.mark.parametrize(
    "variables",
    [{"TZ": "America/New_York"}, {"TZ": "Asia/Kolkata", "LANG": "en_GB.UTF-8"}, {"TZ": "UTC", "LC_ALL": "de_DE.UTF-8"}],
    ids=lambda variables: "-".join(variables.values()),
)
def test_odd_entries_in_other_places(odd: Clis, variables: dict[str, str]) -> None:
    assert b"escape\x1b[31m" in _both(odd, "--history", "--success", last=LAST, **variables)


@pytest.mark.conforms("cli logs", "--tail")
def test_tail_is_taken_for_history(odd: Clis) -> None:
    assert _both(odd, "--tail", "3", "--success", last=LAST)


@pytest.mark.conforms("cli logs", "--jsonl")
def test_entries_as_json_lines(odd: Clis) -> None:
    printed = _both(odd, "--history", "--jsonl", last='"requestId":"r6","executionId":"e6"')
    assert len(printed.splitlines()) == len(_odd_entries())
    assert [json.loads(line)["identifier"] for line in printed.splitlines()][:2] == ["messages:list", "messages:send"]
