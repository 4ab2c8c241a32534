"""`run --watch` beside the genuine CLI: the same values on stdout until somebody interrupts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.conformance.genuine import HERE, Clis
from tests.support.node import genuine_cli, node


def _watch(clis: Clis, command: list[str], lines: int) -> tuple[str, int]:
    """What is on stdout after so many lines, and how it ended on ctrl-c."""
    with subprocess.Popen(
        command,
        cwd=clis.project,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(HERE.parents[1]),
            "HOME": str(clis.project.parent),
            "CI": "1",
            "CONVEX_SELF_HOSTED_URL": clis.server.url,
            "CONVEX_SELF_HOSTED_ADMIN_KEY": clis.server.admin_key,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        seen = "".join(process.stdout.readline() for _ in range(lines))
        os.killpg(process.pid, signal.SIGINT)
        rest, _ = process.communicate(timeout=120)
    return seen + rest, process.returncode


@pytest.mark.conforms("cli run", "--watch", "--identity")
@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (("users:stats",), 4),
        (("users:list", "{limit: 2}"), 12),
        (("users:list", "{limit: 1}", "--identity", '{"subject": "ada"}'), 7),
    ],
    ids=["internal", "arguments", "identity"],
)
def test_the_same_values(clis: Clis, arguments: tuple[str, ...], lines: int) -> None:
    genuine = [node(), genuine_cli()]
    theirs, _ = _watch(clis, [*genuine, "run", *arguments, "--watch"], lines)
    ours, code = _watch(clis, [sys.executable, "-m", "kitcn_repl", "run", *arguments, "--watch"], lines)
    assert ours == theirs
    assert code == 130


@pytest.mark.conforms("cli run", "--watch")
def test_a_failing_query_ends_both_with_1(clis: Clis) -> None:
    for ran in clis.both("run", "users:list", "{limit: -1}", "--watch"):
        assert (ran.stdout, ran.exit_code) == (b"", 1)
        assert "must be a non-negative integer" in ran.stderr
    for ran in clis.both("run", "--watch", "--inline-query", "1"):
        assert ran.stdout == b""
        assert "--inline-query" in ran.stderr
        assert ran.exit_code != 0
