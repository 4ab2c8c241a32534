"""The genuine CLI, started once for many commands."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.conformance.genuine import HERE, Ran
from tests.support.node import genuine_cli, node

_PATIENCE = 120
"""Seconds; only ever spent on a client that hangs."""


class OneProcess:
    """Its program parses and carries out each command as a process of its own would; variables are as at the start.

    For commands that end. What the program reads while it starts, such as CONVEX_PROVISION_HOST, stays.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, *arguments: str) -> Ran:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(json.dumps(arguments) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline())
        return Ran(answer["stdout"].encode(), answer["stderr"], answer["code"])


@contextmanager
def one_process(folder: Path, variables: Mapping[str, str]) -> Iterator[OneProcess]:
    with subprocess.Popen(
        [node(), "--require", str(HERE / "many_commands.cjs"), genuine_cli(), "--version"],
        cwd=folder, env=dict(variables), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        yield OneProcess(process)
        process.communicate(timeout=_PATIENCE)
