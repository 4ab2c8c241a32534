"""Commands of the genuine CLI that we do not have: the project's own program gets them, as they were typed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.cli.console import Console
from tests.conformance.genuine import HERE
from tests.conformance.marks import conforms
from tests.support.node import genuine_cli, node, node_modules
from tests.support.npm_packages import write_package

HANDED_OVER = (
    "ai-files", "ai-files disable", "ai-files enable", "ai-files install", "ai-files remove", "ai-files status",
    "ai-files update", "auth", "auth add", "auth list", "auth remove", "codegen", "dashboard", "deploy",
    "deployment token", "deployment token create", "deployment token delete", "deployment usage",
    "deployment usage-limits", "deployment usage-limits list", "deployment usage-limits remove",
    "deployment usage-limits set", "deployments", "dev", "docs", "export", "import", "init", "integration",
    "integration workos", "integration workos create-project-environment",
    "integration workos delete-project-environment", "integration workos disconnect-team", "integration workos invite",
    "integration workos list-project-environments", "integration workos provision-environment",
    "integration workos provision-team", "integration workos status", "mcp", "mcp start", "network-test", "project",
    "project create", "reinit", "typecheck", "update",
)  # fmt: skip
TYPED = ("--prod", "--a-flag", "a value", "--", "-x", "ü\n", "")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(one, id=one.replace(" ", "-"), marks=conforms(f"cli {one}", kind="handed over"))
        for one in HANDED_OVER
    ],
)
def test_it_arrives_as_it_was_typed(command: str, tmp_path: Path) -> None:
    started: list[Sequence[str]] = []

    def execute(arguments: Sequence[str], _variables: Mapping[str, str]) -> int:
        started.append(arguments)
        return 7

    program = write_package(tmp_path, "convex")
    given = [*command.split(), *TYPED]
    console = Console(cwd=tmp_path, execute=execute, variables={"PATH": os.environ["PATH"]})
    assert console(*given).code == 7
    assert started == [[node(), "--", str(program), *given]]


def test_the_genuine_program_answers_through_ours(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"dependencies": {"convex": "*"}}')
    (tmp_path / "node_modules").symlink_to(node_modules())
    arguments = ["deployment", "usage-limits", "set", "--help"]
    printed = [
        subprocess.run(
            [*program, *arguments], cwd=tmp_path, capture_output=True, timeout=120, check=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(HERE.parents[1]), "HOME": str(tmp_path)},
        ).stdout
        for program in ([node(), genuine_cli()], [sys.executable, "-m", "kitcn_repl"])
    ]  # fmt: skip
    assert b"--window" in printed[0]
    assert printed[1] == printed[0]
