"""`kitcn logs`: what is printed, what is chosen, and how it follows and ends."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from kitcn_repl.offline.demo import demo_dataset
from tests.cli.console import Console, Outcome
from tests.cli.test_process import KITCN, PATIENCE, Terminal, variables
from tests.explore.logs.log_server import LogServer
from tests.support.backend import Backend
from tests.support.faults import FaultyServer, close, cut_off, text
from tests.support.log_entries import LogStream
from tests.support.served import Served, served

ALL: list[Any] = list(demo_dataset().logs())
LINE = re.compile(r"\d+/\d+/\d{4}, \d+:\d\d:\d\d [AP]M \[CONVEX [QMAH]\(.*?\)\] ")


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(demo_dataset()) as server:
        yield server


def logs(*argv: str, **world: Any) -> Outcome:
    return Console(**world)("logs", "--demo", "-q", *argv)


def entries(*argv: str) -> list[Any]:
    outcome = logs("--jsonl", *argv)
    assert outcome.code == 0, outcome.err
    return [json.loads(line) for line in outcome.out.splitlines()]


@pytest.mark.parametrize("number", [0, 1, 2, 500, len(ALL) - 1, len(ALL), len(ALL) + 1, 10**15])
def test_history_is_right_at_every_count(number: int) -> None:
    assert entries("--history", str(number)) == (ALL[-number:] if number else [])
    assert entries("--once", f"--history={number}") == (ALL[-number:] if number else [])


def test_history_without_a_number_is_all_of_it() -> None:
    assert entries("--history") == entries("--once") == entries("--history", "--once") == ALL


def test_history_counts_what_matches() -> None:
    found = [entry for entry in ALL if entry["identifier"] == "users:stats"]
    assert len(found) == 5
    for number in (0, 1, 4, 5, 6):
        assert entries("--function", "users:stats", "--history", str(number)) == (found[-number:] if number else [])


def test_tail_is_history_by_another_name() -> None:
    outcome = logs("--jsonl", "--tail", "2")
    assert [json.loads(line) for line in outcome.out.splitlines()] == ALL[-2:]
    assert "--tail is unnecessary" in outcome.err
    assert entries("--tail", "2", "--history", "3") == ALL[-3:]


@pytest.mark.parametrize(
    "argv", ["--history x", "--history 1.5", "--level loud", "--since soon", "--jsonl --tree", "extra"]
)
def test_wrong_usage(argv: str) -> None:
    outcome = logs(*argv.split())
    assert (outcome.code, outcome.out) == (2, "")
    assert len(outcome.lines) == 1


@pytest.mark.parametrize("option", ["--function", "--request", "--grep", "--since"])
def test_an_empty_wish_is_a_mistake(option: str) -> None:
    assert logs(option, " ").code == 2


def test_levels_choose_lines() -> None:
    everything = logs("--once").out
    warnings = logs("--once", "--level", "warn").out
    errors = logs("--once", "--level", "ERROR").out
    assert "[LOG]" in everything
    assert "[WARN]" in everything
    assert "[LOG]" not in warnings
    assert "[WARN]" in warnings
    assert "[WARN]" not in errors
    assert "[ERROR] 'Resend answered' 429" in errors
    assert "Uncaught Error: Too many documents read" in errors


def test_texts_requests_and_functions_choose() -> None:
    request = next(entry["requestId"] for entry in ALL if entry["udfType"] == "Action")
    mine = entries("--request", request[:12])
    assert {entry["requestId"] for entry in mine} == {request}
    assert len(mine) == 4
    assert {entry["identifier"] for entry in entries("--function", "lib:*", "--once")} == {"lib:limit"}
    outcome = logs("--grep", "YARA.KOWALSKI50", "--once")
    assert {LINE.sub("", line) for line in outcome.out.splitlines()} == {
        "[LOG] 'looking up' 'yara.kowalski50@example.com'"
    }
    nothing = Console()("logs", "--demo", "--once", "--grep", "no such text")
    assert (nothing.code, nothing.out) == (0, "")
    assert nothing.lines[-1] == f"Nothing matches; the newest of {len(ALL)} entries is from 2026-03-02T11:59:54Z."


def test_since_counts_back_from_the_present_of_the_demo() -> None:
    noon = 1_772_452_800
    assert entries("--since", "1h") == [entry for entry in ALL if entry["timestamp"] >= noon - 3600]
    assert entries("--since", "2026-03-02T11:00:00Z") == entries("--since", "1h")
    assert entries("--since", "1h", "--history", "3") == ALL[-3:]


def test_a_tree_for_each_request() -> None:
    request = next(entry["requestId"] for entry in ALL if entry["udfType"] == "Action")
    lines = logs("--tree", "--request", request).out.splitlines()
    assert re.fullmatch(rf"\d+/\d+/2026, \d+:\d\d:\d\d [AP]M  request {request}", lines[0])
    assert re.fullmatch(r"└─ A users:sendWelcome  [\d.]+ m?s  Scheduler", lines[1])
    assert lines[2].startswith("   ├─ Q users:byEmail")
    assert lines[3].startswith("   │  └─ [LOG] 'looking up'")
    assert lines[4].startswith("   ├─ M rateLimiter/lib:limit")
    assert logs("--tree", "--history", "2").out.count("  request ") == 2
    assert logs("--tree", "--history", "0").out == ""


def test_a_deployment_without_a_log() -> None:
    with served(Backend().offline()) as server:
        where = ("--url", server.url, "--admin-key", server.admin_key)
        server.offline.execution_log.patience = 0.01
        outcome = Console()("logs", "--once", *where)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.lines[-1] == "The deployment remembers nothing."


def test_nothing_new_comes_to_data_files() -> None:
    outcome = Console()("logs", "--demo", "--history", "1")
    assert outcome.code == 0
    assert "Nothing new is logged here" in outcome.lines[1]


def test_a_terminal_gets_colours_and_a_pipe_does_not() -> None:
    assert "\x1b[" not in logs("--once").out
    assert "\x1b[31m" in logs("--once", tty=True, colour=True).out


def where(server: Served) -> list[str]:
    return ["--url", server.url, "--admin-key", server.admin_key]


def happen(server: Served) -> None:
    """Something that is logged: a mutation, which fails here."""
    body = {"path": "projects:rename", "args": {"id": "x", "name": "y"}}
    assert httpx2.post(f"{server.url}/api/mutation", json=body, timeout=PATIENCE).status_code == 200


def test_ctrl_c_leaves_at_once_with_130(tmp_path: Path) -> None:
    with served(demo_dataset()) as server:
        terminal = Terminal("logs", "--history", "1", *where(server), KITCN_CACHE_DIR=str(tmp_path))
        terminal.read_until("ctrl-c ends it.")
        happen(server)
        terminal.read_until("can only be read")
        deadline = time.monotonic() + PATIENCE
        while server.offline.execution_log.waiters < 2:  # one for the lines, one for what insights are made of
            assert time.monotonic() < deadline
        os.killpg(terminal.process.pid, signal.SIGINT)
        code, shown = terminal.finish()
    assert code == 130
    assert "Traceback" not in shown
    assert shown.count("can only be read") == 1
    assert [file.suffix for file in (tmp_path / "insights").iterdir()] == [".history"]


def test_a_reader_that_leaves_ends_it_quietly(server: Served, tmp_path: Path) -> None:
    command = subprocess.Popen(
        [*KITCN, "logs", "--history", "--success", "-q", *where(server)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=variables(KITCN_CACHE_DIR=str(tmp_path)),
    )  # fmt: skip
    assert command.stdout is not None
    assert command.stderr is not None
    assert LINE.match(command.stdout.readline().decode())
    command.stdout.close()
    errors = command.stderr.read()
    command.stderr.close()
    assert (command.wait(PATIENCE), errors) == (141, b"")


async def test_a_process_follows_over_disconnects(tmp_path: Path) -> None:
    stream = list(LogStream(seed=5).entries(300))
    async with FaultyServer() as faulty:
        faulty.on("/instance_name", text("otter")).on("/version", text("1.48.0"))
        log = LogServer(stream, page=40, overlap=10)
        log.serve(faulty, [log.half_an_answer, close, cut_off(b"{"), log.half_an_answer, cut_off(b"")])
        command = await asyncio.create_subprocess_exec(
            *KITCN, "logs", "--history", "--jsonl", "-q", "--url", faulty.url, "--admin-key", "x|y",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, limit=2**20,
            env=variables(KITCN_CACHE_DIR=str(tmp_path)),
        )  # fmt: skip
        assert command.stdout is not None
        printed = [json.loads(await command.stdout.readline()) for _ in stream]
        await log.all_given.wait()
        command.send_signal(signal.SIGINT)
        out, errors = await command.communicate()
    assert printed == stream
    assert log.faults == 5
    assert (command.returncode, out, errors) == (130, b"", b"")


def test_a_wrong_key_and_a_dead_address_end_it(server: Served) -> None:
    outcome = Console()("logs", "-q", "--url", server.url, "--admin-key", "wrong|key")
    assert outcome.code == 4
    assert "does not accept the admin key" in outcome.err
    dead = Console()("logs", "-q", "--url", "http://127.0.0.1:9", "--admin-key", "wrong|key")
    assert dead.code == 4
    assert len(dead.lines) == 1
