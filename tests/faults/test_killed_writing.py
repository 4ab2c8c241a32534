"""Whatever kitcn keeps is there after kill -9 at any instant, and on a full disk: as it was, or as it was to be.

Here some writings before some of their system calls; `tests/slow/faults` has all of both.
"""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kitcn_repl.project.partial_files import partial_file, remove_abandoned
from tests.faults import writings
from tests.support.killing import ROOT, Writing, can_trace, full_everywhere, killed_everywhere

MODULE = "tests.faults.writings"
NAMES = sorted(
    name for name, value in vars(writings).items() if isinstance(value, Writing) and name not in ("NAIVE", "CARELESS")
)


KILLED = ("EXPORT", "HISTORY", "LINKED_SELECTION", "LOGIN")
"""A new file, a database, a file behind a link, a secret one."""


def _stride(name: str, file: int, database: int) -> int:
    return database if getattr(writings, name).is_database else file


@pytest.fixture(autouse=True)
def tracing() -> None:
    if not can_trace():
        pytest.skip("optional: this machine lets no process stop another at its system calls")


@pytest.mark.parametrize("name", KILLED)
def test_killed_it_is_there_as_before_or_as_meant(name: str, tmp_path: Path) -> None:
    report = killed_everywhere(f"{MODULE}:{name}", tmp_path, stride=_stride(name, 7, 23))
    assert report.problems == []
    assert report.times >= 2


@pytest.mark.parametrize("name", NAMES)
def test_on_a_full_disk_it_is_as_before_and_told(name: str, tmp_path: Path) -> None:
    report = full_everywhere(f"{MODULE}:{name}", tmp_path, stride=_stride(name, 97, 16_384))
    assert report.problems == []
    assert report.times >= 1


def test_what_is_written_in_place_is_found_torn(tmp_path: Path) -> None:
    report = killed_everywhere(f"{MODULE}:NAIVE", tmp_path / "killed")
    assert any("config is b''" in problem for problem in report.problems)
    assert any("config is b''" in problem for problem in full_everywhere(f"{MODULE}:NAIVE", tmp_path).problems)


def test_what_is_left_behind_is_found(tmp_path: Path) -> None:
    report = killed_everywhere(f"{MODULE}:CARELESS", tmp_path)
    assert any("left behind by the one killed" in problem for problem in report.problems)


def test_a_file_that_is_being_written_is_not_taken_for_abandoned(tmp_path: Path) -> None:
    target = tmp_path / ".env.local"
    stranger = tmp_path / ".env.local.mine.partial"
    stranger.write_text("somebody's own")
    with partial_file(target) as (mine, _):
        killed = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(target)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert killed.stdout is not None
        other = Path(killed.stdout.readline().strip())
        remove_abandoned(tmp_path, target.name)
        assert {mine, other, stranger} == set(tmp_path.iterdir())
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        remove_abandoned(tmp_path, "package.json")
        assert other.exists(), "of another file"
        remove_abandoned(tmp_path, target.name)
        assert {mine, stranger} == set(tmp_path.iterdir())
    assert [*tmp_path.iterdir()] == [stranger]


_WRITER = """
import sys
from pathlib import Path
from kitcn_repl.project.partial_files import partial_file
with partial_file(Path(sys.argv[1])) as (path, _):
    print(path, flush=True)
    sys.stdin.readline()
"""

_FULL_FOR_A_WHILE = """
import resource, signal, sqlite3, sys
from pathlib import Path
from kitcn_repl.errors import KitcnError
from tests.faults.writings import NOW, Finding, OCC_RETRIED, QueryHistory, open_history

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
queries = QueryHistory(folder)
insights = open_history(folder, "dev")

def add(number):
    queries.add("x" * 5000 + str(number), at=NOW)
    found = [Finding(OCC_RETRIED, "", "f", "t", NOW, "r", f"{number}-{n}" * 500, document="d", write_source="a:b",
                     retries=1) for n in range(3)]
    try:
        insights.record(insights.cursor(), number, found, (NOW, NOW), 3)
    except sqlite3.Error as error:
        return str(error)

add(1)
refused = set()
for size in (0, 4096, 20_000, 40_000, 60_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    refused.add(add(size + 2))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert add(100_000) is None
assert refused - {None}, refused
print(insights.cursor(), queries.recent(1)[0].text[-6:])
"""


def test_histories_go_on_when_there_is_space_again(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _FULL_FOR_A_WHILE, str(tmp_path)],
        cwd=ROOT, env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tui'}"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("100000.0 100000\n", "")
    for path in (*tmp_path.rglob("*.sqlite3"), *tmp_path.rglob("*.history")):
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
