"""Snapshots from the command line, with a cache of the test's own."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitcn_repl.cli.environment import Environment
from kitcn_repl.cli.progress import ImportProgressBar, ImportStoppedError
from kitcn_repl.errors import ExitCode
from kitcn_repl.offline.snapshot import ImportProgress
from tests.cli.test_process import KITCN, PATIENCE, Terminal, variables
from tests.support.snapshots import (
    UNIFORM,
    USERS,
    document_id,
    line,
    snapshot_entries,
    tables_file,
    users,
    write_snapshot,
)


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    return write_snapshot(tmp_path / "backup.zip", snapshot_entries({"users": users(3)}))


def kitcn(tmp_path: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KITCN, *argv], capture_output=True, text=True, cwd=tmp_path, timeout=PATIENCE,
        env=variables(KITCN_CACHE_DIR=str(tmp_path / "cache")),
    )  # fmt: skip


def test_a_snapshot_answers(snapshot: Path) -> None:
    for argv in (["--snapshot", "backup.zip"], ["--deployment", "snapshot:backup.zip"]):
        done = kitcn(snapshot.parent, "data", *argv, "--format", "json")
        assert done.returncode == 0
        assert json.loads(done.stdout) == [{"count": 3, "name": "users"}]
        assert done.stderr == f"backup.zip ({argv[0]})\n"
    done = kitcn(
        snapshot.parent, "run", "--snapshot", "backup.zip", "-q", "--inline-query", "ctx.db.query('users').take(1)"
    )
    assert json.loads(done.stdout)[0]["logins"] == {"$integer": "AAAAAAAAAAA="}


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (None, ExitCode.NO_DEPLOYMENT, "There is no file"),
        (b"not a zip at all", ExitCode.FAILED, "is not a ZIP file"),
        (b"", ExitCode.FAILED, "empty"),
    ],
)
def test_what_is_no_snapshot_is_one_line(tmp_path: Path, content: bytes | None, code: int, says: str) -> None:
    if content is not None:
        (tmp_path / "backup.zip").write_bytes(content)
    done = kitcn(tmp_path, "data", "--snapshot", "backup.zip", "-q")
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert "backup.zip" in done.stderr
    assert says in done.stderr


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    write_snapshot(
        tmp_path / "broken.zip",
        [
            ("_tables/documents.jsonl", tables_file({"users": USERS})),
            ("users/documents.jsonl", line(users(1)[0]) + b"{nonsense\n"),
            ("users/generated_schema.jsonl", UNIFORM),
        ],
    )
    done = kitcn(tmp_path, "data", "--snapshot", "broken.zip", "-q")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    for place in ("broken.zip", "users", "2"):
        assert place in done.stderr


def many_documents() -> Iterator[bytes]:
    """300 MB: more than any machine imports before ctrl-c."""
    padding = b"x" * 2000
    for batch in range(0, 150_000, 1000):
        yield b"".join(
            b'{"_id":"%s","_creationTime":1.5,"s":"%s"}\n' % (document_id(USERS, batch + place).encode(), padding)
            for place in range(1000)
        )


def test_the_bar_waits_shows_and_goes() -> None:
    now = [0.0]
    err = io.StringIO()
    environment = Environment(
        io.StringIO(), io.StringIO(), err, Path(), lambda: now[0], {"NO_COLOR": "1"}, stderr_is_tty=True, width=80
    )
    with ImportProgressBar(environment, "Importing", "back\x1bup.zip") as bar:
        bar(ImportProgress(10, 100, 1000, "users"))
        assert err.getvalue() == ""
        now[0] = 0.6
        bar(ImportProgress(50, 100, 5000, "users"))
        shown = err.getvalue()
        assert shown == "\r\x1b[KImporting back\\u001bup.zip  ████████████░░░░░░░░░░░░  50%  5,000 documents"
        bar(ImportProgress(60, 100, 6000, "users"))
        assert err.getvalue() == shown
        now[0] = 0.8
        bar(ImportProgress(0, 0, 6000, "users"))
        assert err.getvalue() != shown
    assert err.getvalue().endswith("\r\x1b[K")
    with pytest.raises(ImportStoppedError):
        bar(ImportProgress(70, 100, 7000, "users"))


def test_no_bar_for_pipes_and_none_wider_than_the_terminal() -> None:
    for tty in (False, True):
        err = io.StringIO()
        times = iter(range(1000))
        environment = Environment(
            io.StringIO(), io.StringIO(), err, Path(), lambda times=times: float(next(times)),  # type: ignore[misc]
            {"NO_COLOR": "1"}, stderr_is_tty=tty, width=60,
        )  # fmt: skip
        with ImportProgressBar(environment, "Importing", "a-very-long-name-of-a-backup-file.zip") as bar:
            bar(ImportProgress(10, 100, 1_000_000, "users"))
        drawn = [part for part in err.getvalue().split("\r\x1b[K") if part]
        assert bool(drawn) is tty
        assert all(len(part) < 60 for part in drawn)


def test_ctrl_c_stops_an_import_and_leaves_nothing_behind(tmp_path: Path) -> None:
    entries: list[tuple[str, bytes | Iterator[bytes]]] = [
        ("_tables/documents.jsonl", tables_file({"users": USERS})),
        ("users/documents.jsonl", many_documents()),
        ("users/generated_schema.jsonl", UNIFORM),
    ]
    write_snapshot(tmp_path / "big.zip", entries, level=1)
    cache = tmp_path / "cache"
    terminal = Terminal("data", "--snapshot", str(tmp_path / "big.zip"), KITCN_CACHE_DIR=str(cache))
    terminal.read_until("Importing big.zip")
    os.killpg(terminal.process.pid, signal.SIGINT)
    code, text = terminal.finish()
    assert code == 130
    assert "Traceback" not in text
    assert [path for path in cache.rglob("*") if path.is_file()] == []
