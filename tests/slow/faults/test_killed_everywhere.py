"""kill -9 before every single system call of each writing, and at random instants of imports and whole commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.workplace import at_work
from tests.faults.test_killed_writing import MODULE, NAMES
from tests.support.killing import ROOT, can_trace, full_everywhere, killed_everywhere
from tests.support.snapshots import snapshot_entries, users, write_snapshot
from tests.support.suites import Cases

DOCUMENTS = 20_000
COMMANDS = 12
ENV_LOCAL = "CONVEX_DEPLOYMENT=dev:happy-otter-101 # team: acme, project: chess\nMINE='1'\n"


@pytest.mark.parametrize("name", NAMES)
def test_before_every_system_call(name: str, tmp_path: Path, cases: Cases) -> None:
    if not can_trace():
        pytest.skip("optional: this machine lets no process stop another at its system calls")
    report = killed_everywhere(f"{MODULE}:{name}", tmp_path / "killed")
    assert report.problems == []
    cases.passed(report.times, f"instants at which {name} was killed")


@pytest.mark.parametrize("name", ["SELECTION", "LOGIN", "BUFFERS", "EXPORT"])
def test_disks_of_every_size(name: str, tmp_path: Path, cases: Cases) -> None:
    report = full_everywhere(f"{MODULE}:{name}", tmp_path / "full", stride=5)
    assert report.problems == []
    cases.passed(report.times, f"sizes of disk for {name}")


_IMPORTS = """
import json, os, random, signal, sys, time
from pathlib import Path
from kitcn_repl.offline.snapshot import importing, layout, open_snapshot

path, base, seed = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
rounds, wanted, at_once = map(int, sys.argv[4:])
moments = random.Random(seed)

def start(cache):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            dataset = open_snapshot(path, cache_dir=cache)
            code = 0 if dataset.store.tables("")["users"].count == wanted else 2
        finally:
            os._exit(code)
    return child

def end(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

assert end(start(base / "cold")) == 0
began = time.monotonic()
assert {end(child) for child in [start(base / "warm") for _ in range(at_once)]} == {0}
took = time.monotonic() - began
killed, number = 0, -1
while killed < rounds:
    number += 1
    cache = base / str(number // 10)
    at = moments.random() * took
    children = [start(cache) for _ in range(at_once)]
    time.sleep(at)
    os.kill(children[0], signal.SIGKILL)
    codes = [end(child) for child in children]
    assert set(codes[1:]) <= {0}, (number, at, codes)
    killed += codes[0] == -signal.SIGKILL
    if number % 3 == 2:
        stores = [*(cache / "snapshots").glob("*.store")]
        assert end(start(cache)) == 0, (number, at)
        if not stores:
            left = sorted(os.listdir(cache / "snapshots"))
            assert len(left) == 1, (number, at, left)
        for one in (cache / "snapshots").glob("*.store"):
            one.unlink()
print(json.dumps(killed))
"""


@pytest.mark.parametrize("at_once", [1, 2])
def test_imports_killed_at_random_instants(at_once: int, tmp_path: Path, cases: Cases) -> None:
    """Alone, and beside another import of the same snapshot, which is not disturbed."""
    path = write_snapshot(tmp_path / "s.zip", snapshot_entries({"users": users(DOCUMENTS)}))
    rounds = 25
    argv = [path, tmp_path / "cache", cases.seed, rounds, DOCUMENTS, at_once]
    ran = subprocess.run(
        [sys.executable, "-c", _IMPORTS, *map(str, argv)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    killed = json.loads(ran.stdout)
    cases.passed(killed, f"imports killed, {at_once} at once")


def test_whole_commands_killed_at_random_instants(tmp_path: Path, cases: Cases) -> None:
    """`kitcn deployment select`, as people run it: `.env.local` is whole, the old one or the new one."""
    with at_work(tmp_path, env_local=ENV_LOCAL) as at:
        variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **at.place.variables()}
        targets = ("staging", "dev")
        took = 0.0

        def start(target: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [sys.executable, "-m", "kitcn_repl", "deployment", "select", target, "-q"],
                cwd=at.folder, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )  # fmt: skip

        texts = set()
        for target in targets:
            began = time.monotonic()
            process = start(target)
            assert process.communicate()[1] is not None
            assert process.returncode == 0
            took = time.monotonic() - began
            texts.add(at.env_file.read_text())
        assert len(texts) == 2
        names = set(at.files())
        killed, number = 0, 0
        while killed < COMMANDS:
            number += 1
            process = start(targets[number % 2])
            time.sleep(took * (0.4 + 0.7 * cases.random.random()))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += process.returncode == -signal.SIGKILL
            assert at.env_file.read_text() in texts, number
            assert {name for name in at.files() if not name.endswith(".partial")} == names
        process = start("dev")
        process.communicate()
        assert process.returncode == 0
        assert set(at.files()) == names
    cases.passed(killed, "commands killed")
