"""No home, and folders where nothing can be written: what needs none works, what does says so in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.table import check_told
from tests.support.snapshots import snapshot_entries, users, write_snapshot

ROOT = Path(__file__).parents[2]
NOWHERE = "/dev/null/nowhere"
"""Not even root can make a folder below a file."""


def run(cwd: Path, *argv: str, **variables: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CONVEX_", "KITCN_", "XDG_"))}
    own.pop("HOME", None)
    return subprocess.run(
        [sys.executable, "-m", "kitcn_repl", *argv],
        cwd=cwd, env={**own, "PYTHONPATH": str(ROOT), "PAGER": "cat", **variables}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "variables",
    [{}, {"HOME": NOWHERE}, {"HOME": NOWHERE, "KITCN_STATE_DIR": NOWHERE, "KITCN_CACHE_DIR": NOWHERE}],
    ids=["no HOME", "HOME is nowhere", "all is nowhere"],
)
def test_what_needs_no_place_works(tmp_path: Path, variables: dict[str, str]) -> None:
    for argv in (["run", "--inline-query", "6 * 7"], ["data", "user"], ["insights"], ["functions"]):
        ran = run(tmp_path, *argv, "--demo", "-q", **variables)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout
        assert "Error" not in ran.stderr
        assert "Traceback" not in ran.stderr
    assert [*tmp_path.iterdir()] == []


def test_a_snapshot_needs_a_cache(tmp_path: Path) -> None:
    write_snapshot(tmp_path / "s.zip", snapshot_entries({"users": users(10)}))
    ran = run(tmp_path, "data", "--snapshot", "s.zip", "-q", HOME=NOWHERE, KITCN_CACHE_DIR=NOWHERE)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f"Error: Cannot write to the cache folder {NOWHERE}")
    assert "KITCN_CACHE_DIR" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_login_needs_a_home(tmp_path: Path) -> None:
    ran = run(tmp_path, "login", "--no-open", HOME=NOWHERE, CONVEX_PROVISION_HOST="http://127.0.0.1:9")
    assert (ran.returncode, ran.stdout) == (1, "")
    check_told(ran.stderr)
    assert f"{NOWHERE}/.convex-test-9/config.json cannot be written" in ran.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="optional: only root can become a user that the system does not know")
def test_a_user_whom_the_system_does_not_know(tmp_path: Path) -> None:
    code = (
        "import os, pwd; from kitcn_repl.project.credentials import home, read_token; os.environ.pop('HOME', None);"
        "os.setuid(54321); print(home({}), read_token({}).token)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == ("/ None\n", "")
