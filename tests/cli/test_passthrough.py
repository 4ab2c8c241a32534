"""Commands that we do not have go to the project's own npm kitcn, or convex: real programs, run by a real node."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from kitcn_repl.cli.main import COMMANDS
from kitcn_repl.cli.passthrough import foreign_command
from tests.cli.console import Console
from tests.support.node import node
from tests.support.npm_packages import write_package

ROOT = Path(__file__).parents[2]
KITCN = [sys.executable, "-m", "kitcn_repl"]
PATIENCE = 60
"""Seconds; only ever spent on a process that hangs."""


def variables(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KITCN_", "CONVEX_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **more}


def run(cwd: Path, *argv: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    node()
    return subprocess.run(
        [*KITCN, *argv], cwd=cwd, env=variables(**more), input=stdin, capture_output=True, text=True, timeout=PATIENCE
    )


def seen(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.stderr == "", done.stderr
    return json.loads(done.stdout.splitlines()[0])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "package.json").write_text('{"dependencies": {"kitcn": "*", "convex": "*"}}')
    (tmp_path / "convex").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    "argv",
    [
        ["dev"],
        ["dev", "--prod"],
        ["dev", "--help"],
        ["codegen", "--", "--demo", "x"],
        ["deploy", "--deployment", "staging", "--env-file", "a b", ""],
        ["--backend", "concave", "dev", "--backend=convex"],
        ["--prod", "import", "data.zip", "-q"],
        ["deployment", "token", "create", "ci", "--prod"],
        ["deployment", "usage", "--json"],
        ["env", "push", "--force"],
        ["network-test", "--timeout", "3"],
        ["a-command-of-next-year", "--flag", "ünï 🐈", "*", "'\"$HOME\\"],
    ],
    ids=" ".join,
)
def test_arguments_arrive_as_they_were_typed(argv: list[str], project: Path) -> None:
    write_package(project, "kitcn")
    write_package(project, "convex")
    found = seen(run(project, *argv))
    assert found == {"program": "kitcn", "args": argv, "cwd": str(project), "terminal": False}


def test_bytes_that_are_no_text_arrive_too(project: Path) -> None:
    write_package(
        project, "kitcn", "process.stdout.write(require('fs').readFileSync('/proc/self/cmdline'))", file="c.js"
    )
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("there is no /proc to read exact arguments from")
    done = subprocess.run(
        [*KITCN, "add", b"caf\xe9"], cwd=project, env=variables(), capture_output=True, timeout=PATIENCE
    )
    assert done.stdout.endswith(b"\0add\0caf\xe9\0")


def test_exit_codes_stdin_and_signals_are_the_programs_own(project: Path) -> None:
    write_package(project, "kitcn")
    assert run(project, "verify", "fail").returncode == 7
    assert run(project, "verify", "read", stdin="from here\n").stdout.endswith("from here\n")
    assert run(project, "verify", "die").returncode == -signal.SIGTERM


def test_ctrl_c_reaches_the_program(project: Path) -> None:
    node()
    write_package(project, "kitcn")
    with subprocess.Popen(
        [*KITCN, "dev", "wait"], cwd=project, env=variables(), stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert '"wait"' in running.stdout.readline()
        running.send_signal(signal.SIGINT)
        assert running.stdout.read() == "interrupted\n"
        assert running.wait(PATIENCE) == 9


def test_it_is_found_from_below_and_where_a_workspace_keeps_it(tmp_path: Path) -> None:
    workspace = tmp_path / "repository"
    backend = workspace / "packages" / "backend"
    deep = backend / "convex" / "functions"
    deep.mkdir(parents=True)
    (workspace / "package.json").write_text('{"workspaces": ["packages/*"]}')
    (backend / "package.json").write_text('{"dependencies": {"convex": "*", "kitcn": "*"}}')
    hoisted = write_package(workspace, "convex")
    assert seen(run(deep, "dev")) == {"program": "convex", "args": ["dev"], "cwd": str(deep), "terminal": False}
    write_package(backend, "kitcn")
    assert seen(run(deep, "dev"))["program"] == "kitcn"
    assert seen(run(workspace, "dev")) == {
        "program": "kitcn", "args": ["dev"], "cwd": str(workspace), "terminal": False,
    }  # fmt: skip
    assert hoisted.exists()


def test_a_package_of_a_package_manager_with_links_works(tmp_path: Path) -> None:
    store = tmp_path / "store"
    write_package(store, "kitcn")
    project = tmp_path / "project"
    (project / "node_modules").mkdir(parents=True)
    (project / "node_modules" / "kitcn").symlink_to(store / "node_modules" / "kitcn")
    assert seen(run(project, "dev"))["program"] == "kitcn"


def test_kitcn_commands_do_not_go_to_convex(project: Path) -> None:
    write_package(project, "convex")
    done = run(project, "migrate", "up")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: kitcn migrate is run by the project's own npm package kitcn, which is not installed: run npm install.\n"
    )
    assert seen(run(project, "export", "--path", "x.zip"))["program"] == "convex"


def test_links_in_bin_are_not_followed(project: Path) -> None:
    """A link there may lead to this very program."""
    bin_folder = project / "node_modules" / ".bin"
    bin_folder.mkdir(parents=True)
    shim = bin_folder / "kitcn"
    shim.write_text(f'#!/bin/sh\necho started; exec {sys.executable} -m kitcn_repl "$@"\n')
    shim.chmod(0o755)
    done = run(project, "dev", PATH=f"{bin_folder}:{os.environ['PATH']}")
    assert done.returncode == 1
    assert "started" not in done.stdout
    assert "is not installed" in done.stderr


def test_a_program_that_comes_back_to_us_is_stopped(project: Path) -> None:
    back = f"""
    const {{ spawnSync }} = require('child_process');
    console.log('round');
    const done = spawnSync({json.dumps(sys.executable)}, ['-m', 'kitcn_repl', ...process.argv.slice(2)], {{ stdio: 'inherit' }});
    process.exit(done.status);
    """  # noqa: E501
    path = write_package(project, "kitcn", back, file="cli.js")
    done = run(project, "dev", "--once")
    assert done.stdout == "round\n"
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: {path} starts this kitcn again instead of doing its work: install the npm package kitcn again.\n"
    )


def test_a_program_may_have_us_do_something_else(project: Path) -> None:
    nested = f"""
    const {{ spawnSync }} = require('child_process');
    if (process.argv[2] === 'dev')
      spawnSync({json.dumps(sys.executable)}, ['-m', 'kitcn_repl', 'codegen'], {{ stdio: 'inherit' }});
    else console.log('generated');
    """
    write_package(project, "kitcn", nested, file="cli.js")
    done = run(project, "dev")
    assert (done.returncode, done.stdout, done.stderr) == (0, "generated\n", "")


def test_without_node_one_line_says_so(project: Path, tmp_path: Path) -> None:
    write_package(project, "kitcn")
    empty = tmp_path / "empty"
    empty.mkdir()
    done = subprocess.run(
        [*KITCN, "dev"], cwd=project, env=variables(PATH=str(empty)), capture_output=True, text=True, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: kitcn dev is run by the project's own kitcn, which needs Node.js: install it from https://nodejs.org.\n"
    )


@pytest.mark.parametrize(
    ("files", "command", "message"),
    [
        (
            {"package.json": '{"devDependencies": {"convex": "*"}}', "pnpm-lock.yaml": ""},
            ["dev"],
            "kitcn dev is run by the project's own npm package convex, which is not installed: run pnpm install.",
        ),
        (
            {"package.json": "{}"},
            ["init", "-t", "next"],
            "kitcn init is a command of the npm package kitcn, and there is none here: run npx kitcn@latest init.",
        ),
        (
            {"package.json": "{}"},
            ["export"],
            "kitcn export is a command of the npm package kitcn or convex, and there is none here: run it in your"
            " project's folder, or run npm install kitcn there.",
        ),
        (
            {"package.json": "{}", "yarn.lock": ""},
            ["aggregate", "backfill"],
            "kitcn aggregate is a command of the npm package kitcn, and there is none here: run it in your project's"
            " folder, or run yarn add kitcn there.",
        ),
        (
            {"node_modules/kitcn/package.json": '{"bin": {"kitcn": "gone.js"}}', "bun.lock": ""},
            ["dev"],
            "{folder}/node_modules/kitcn is not complete: install the project's packages again (bun install).",
        ),
        ({"node_modules/kitcn/package.json": "[]"}, ["dev"], "{folder}/node_modules/kitcn is not complete:"),
    ],
)
def test_without_the_package_one_line_says_what_to_do(
    files: Mapping[str, str], command: list[str], message: str, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    outcome = Console(cwd=tmp_path)(*command)
    assert outcome.code == 1
    assert outcome.err.startswith(f"Error: {message.format(folder=tmp_path)}")
    assert len(outcome.lines) == 1


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("rnu", "No such command 'rnu'. Did you mean 'run'?"),
        ("relation", "No such command 'relation'. Did you mean 'relations'?"),
        ("codgen", "No such command 'codgen'. Did you mean 'codegen'?"),
        ("zzz", "No such command 'zzz'."),
        ("a\x1b[31mb", "No such command 'a\\x1b[31mb'."),
    ],
)
def test_nobodys_command_is_told_the_nearest(word: str, message: str, tmp_path: Path) -> None:
    outcome = Console(cwd=tmp_path)(word)
    assert (outcome.code, outcome.err) == (2, f"Error: {message}\n")


def test_a_word_near_one_of_ours_is_passed_on_with_a_hint(project: Path) -> None:
    write_package(project, "kitcn")
    done = run(project, "relation", "user")
    assert json.loads(done.stdout)["args"] == ["relation", "user"]
    assert done.stderr == "No command 'relation' here. Did you mean 'relations'? Asking npm's kitcn.\n"


def test_our_own_commands_never_leave(project: Path) -> None:
    started: list[Sequence[str]] = []

    def execute(command: Sequence[str], _variables: Mapping[str, str]) -> int:
        started.append(command)
        return 0

    write_package(project, "kitcn")
    console = Console(cwd=project, execute=execute)
    for name in COMMANDS:
        assert console(name, "--help").code == 0
    assert console("env", "list", "--demo", "push").code == 2
    assert console("--demo", "data").code == 0
    assert console("--", "dev").code == 2
    assert console("data", "dev", "--demo").code == 1
    assert started == []


@pytest.mark.parametrize(
    ("argv", "found"),
    [
        ([], None),
        (["--help"], None),
        (["--deployment", "dev"], None),
        (["--deployment", "dev", "data"], None),
        (["--deployment=staging", "dev"], "dev"),
        (["--url", "http://x", "--admin-key", "k", "import", "a.zip"], "import"),
        (["deployment"], None),
        (["deployment", "list", "token"], None),
        (["deployment", "--deployment", "token", "list"], None),
        (["--prod", "deployment", "-q", "token"], "deployment token"),
        (["env", "get", "push"], None),
        (["data", "dev"], None),
    ],
)
def test_which_word_is_the_command(argv: list[str], found: str | None) -> None:
    foreign = foreign_command(argv, COMMANDS)
    assert (None if foreign is None else str(foreign)) == found
