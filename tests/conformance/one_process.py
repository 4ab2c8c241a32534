"""The genuine CLI, started once for many commands: starting it takes most of the time that they take."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kitcn_repl.offline.server.serving import listen
from tests.conformance.genuine import HERE, Ran
from tests.support.node import genuine_cli, node

_PATIENCE = 120
"""Seconds; only ever spent on a client that hangs."""


class OneProcess:
    """Its program parses and carries out each command as a process of its own would, in any folder.

    For commands that end and read nothing from stdin. What the program reads while it starts stays as it was then, such
    as CONVEX_PROVISION_HOST.
    """

    def __init__(self, process: subprocess.Popen[str], folder: Path, variables: Mapping[str, str]) -> None:
        self._process = process
        self._folder = folder
        self._variables = variables

    def __call__(self, *arguments: str, cwd: Path | None = None, variables: Mapping[str, str] | None = None) -> Ran:
        """`cwd` and `variables` are those of the start unless they are given."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        given = dict(self._variables if variables is None else variables)
        command = {"given": arguments, "cwd": str(cwd or self._folder), "variables": given}
        stdin.write(json.dumps(command) + "\n")
        stdin.flush()
        late = threading.Timer(_PATIENCE, self._process.kill)
        late.start()
        line = stdout.readline()
        late.cancel()
        assert line, f"the genuine CLI did not end: {arguments}"
        answer = json.loads(line)
        return Ran(answer["stdout"].encode(), answer["stderr"], answer["code"])


@contextmanager
def one_process(folder: Path, variables: Mapping[str, str]) -> Iterator[OneProcess]:
    with subprocess.Popen(
        [node(), "--require", str(HERE / "many_commands.cjs"), genuine_cli(), "--version"],
        cwd=folder, env=dict(variables), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        yield OneProcess(process, folder, variables)
        process.communicate(timeout=_PATIENCE)


@dataclass(frozen=True, slots=True)
class AnyWorld:
    """The genuine CLI in one process, for one stand-in after the other: each is to answer at the `door`."""

    program: OneProcess
    door: socket.socket


@contextmanager
def any_world(folder: Path) -> Iterator[AnyWorld]:
    with listen("127.0.0.1", 0) as door:
        host = f"http://127.0.0.1:{door.getsockname()[1]}"
        variables = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1", "CONVEX_PROVISION_HOST": host}
        with one_process(folder, variables) as program:
            yield AnyWorld(program, door)
