"""A machine that others use too: what we write is its owner's alone, what we start carries no key."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kitcn_repl.deployment.remote import Remote
from kitcn_repl.errors import KitcnError
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.engine import Limits, deno
from kitcn_repl.offline.engine.process import QueryProcess
from kitcn_repl.offline.store.private_files import completed_file
from kitcn_repl.project.private_files import write_private
from kitcn_repl.project.replacing import replace_text
from kitcn_repl.render.row_file import RowFile
from tests.support.served import served
from tests.support.snapshots import snapshot_entries, users, write_snapshot

ROOT = Path(__file__).parents[2]
SECRET = "01d2c3b4a5f6e7d8c9b0"

EVERYTHING = """
import os, sys
os.umask(0)
from pathlib import Path
from kitcn_repl.cli.main import main
from kitcn_repl.cli.environment import real_environment
from kitcn_repl.explore.insights.history import history_folder, open_history
from kitcn_repl.explore.recall import QueryHistory, SavedQueries
from kitcn_repl.project.credentials import write_token
from kitcn_repl.project.state_folder import project_state_folder
from kitcn_tui.crash import write_report
from kitcn_tui.state.memory import Memory

environment = real_environment()
assert main(["run", "--snapshot", sys.argv[1], "--inline-query", "(await ctx.db.query('user').take(1)).length"],
            environment) == 0
folder = project_state_folder(os.environ, Path.cwd()) / "recall"
history = QueryHistory(folder)
history.add("1 + 1")
SavedQueries(folder).save("one", "1")
open_history(history_folder(os.environ), "happy-otter-123").close()
write_token(os.environ, "token")
write_report(ValueError("x"), ["start"], os.environ)
memory = Memory(os.environ, Path.cwd())
memory.own.set("theme", "dark")
memory.save()
history.close()
"""


def modes(folder: Path) -> dict[str, str]:
    """What others may do with what is in a folder."""
    return {
        str(path.relative_to(folder)): oct(mode)
        for path in folder.rglob("*")
        if not path.is_symlink() and (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077
    }


def test_without_any_umask_everything_is_its_owners_alone(tmp_path: Path) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    for folder in (home, work):
        folder.mkdir()
    snapshot = tmp_path / "backup.zip"
    write_snapshot(snapshot, snapshot_entries({"user": users(3)}))
    path = os.pathsep.join((str(ROOT), str(ROOT / "tui")))
    variables = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": path, "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", EVERYTHING, str(snapshot)],
        env=variables, cwd=work, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    for part in (".convex/config.json", "crashes", "recall", "queries/one.js", ".store", "deno", "insights"):
        assert [name for name in made if part in name], (part, made)
    # What is inside of a folder that nobody else may enter is nobody else's.
    closed = [path for path in home.rglob("*") if path.is_dir() and path.stat().st_mode & 0o777 == 0o700]
    reachable = {name: mode for name, mode in modes(home).items() if not _is_inside(home / name, closed)}
    assert reachable == {}
    for name in made:
        assert "/deno/" in name or not (home / name).stat().st_mode & 0o077, name
    assert list(work.iterdir()) == []


def _is_inside(path: Path, folders: list[Path]) -> bool:
    return any(folder in path.parents for folder in folders)


def test_a_link_in_the_way_leads_nowhere(tmp_path: Path) -> None:
    victim, private, exported = tmp_path / "victim", tmp_path / "private", tmp_path / "rows.csv"
    victim.write_text("mine")
    private.symlink_to(victim)
    write_private(private, b"new")
    assert (victim.read_text(), private.is_symlink(), private.read_text()) == ("mine", False, "new")

    nowhere = tmp_path / "nowhere"
    exported.symlink_to(nowhere)
    rows = RowFile(exported)
    rows.write([{"a": 1}])
    with pytest.raises(KitcnError, match="There is a file"):
        rows.finish()
    assert not nowhere.exists()


def test_names_of_temporary_files_cannot_be_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of the same file differ, and each is made anew: what lies in the way is an error, not followed."""
    made: list[str] = []
    flags: list[int] = []
    opening = os.open

    def observed(path: Any, how: int, *more: Any, **options: Any) -> int:
        if str(path).startswith(str(tmp_path)) and how & os.O_CREAT:
            made.append(str(path))
            flags.append(how)
        return opening(path, how, *more, **options)

    monkeypatch.setattr(os, "open", observed)
    for _ in range(2):
        write_private(tmp_path / "state.json", b"{}")
        replace_text(tmp_path / ".env.local", f"A={len(made)}")
        rows = RowFile(tmp_path / "rows.json")
        rows.abandon()
        with completed_file(tmp_path / "a.store"):
            pass
    assert len(made) == len(set(made)) == 8
    assert all(each & os.O_EXCL for each in flags)


def test_an_env_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / ".env.local"
    path.write_text("KEY=1\n")
    for mode in (0o600, 0o640):
        path.chmod(mode)
        replace_text(path, "KEY=2\n")
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_cache_that_others_could_write_to_is_closed_or_not_used(tmp_path: Path) -> None:
    """V8 runs the compiled code that it finds there."""
    ours = tmp_path / "cache"
    ours.mkdir()
    ours.chmod(0o777)
    assert deno.usable(ours) == ours
    assert stat.S_IMODE(ours.stat().st_mode) == 0o700
    if os.geteuid() == 0:
        os.chown(ours, 65534, 65534)
        assert deno.usable(ours) != ours


def running() -> Iterator[int]:
    """Child processes of this one."""
    for thread in Path(f"/proc/{os.getpid()}/task").iterdir():
        yield from (int(pid) for pid in (thread / "children").read_text().split())


def told_to(pid: int) -> str:
    """What every user of this machine (arguments), and every process of this user (environment), can read of it."""
    return "".join(
        Path(f"/proc/{pid}/{name}").read_bytes().decode("utf-8", "replace") for name in ("cmdline", "environ")
    )


def test_the_sandbox_is_told_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVEX_DEPLOY_KEY", f"prod:happy-otter-123|{SECRET}")
    process = QueryProcess(Limits(), tmp_path)
    try:
        process.wait_until_ready()
        said = told_to(process.pid)
        assert "DENO_DIR" in said
        assert SECRET not in said
        assert "CONVEX" not in said
        assert os.environ["PATH"] not in said
    finally:
        process.close()


async def test_the_watching_client_is_told_no_key() -> None:
    with served(demo_dataset()) as server:
        remote = Remote(server.url, server.admin_key)
        watching = remote.watch("users:list", {"limit": 1.0})
        try:
            await anext(watching)
            (client,) = [told for pid in running() if "watching.client" in (told := told_to(pid))]
            assert server.admin_key.partition("|")[2] not in client
        finally:
            await watching.aclose()
            await remote.aclose()
