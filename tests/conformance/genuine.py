"""Running the genuine CLI, and ours beside it, on the same served deployment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.node import genuine_cli, node, node_modules
from tests.support.served import Served

HERE = Path(__file__).parent
_PATIENCE = 120
"""Seconds; only ever spent on a client that hangs."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed (bytes, to compare them), and how it ended."""

    stdout: bytes
    stderr: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class Clis:
    """The genuine CLI and ours in a project folder that has nothing but a `package.json`."""

    server: Served
    project: Path

    def genuine(self, *arguments: str) -> Ran:
        """Started with node itself: npx takes longer than what it starts."""
        return self._run([node(), genuine_cli(), *arguments])

    def ours(self, *arguments: str) -> Ran:
        return self._run([sys.executable, "-m", "kitcn_repl", *arguments])

    def both(self, *arguments: str) -> tuple[Ran, Ran]:
        """The genuine one and ours, at the same time: it is their starting that takes long."""
        with ThreadPoolExecutor(2) as pool:
            genuine, ours = pool.submit(self.genuine, *arguments), pool.submit(self.ours, *arguments)
            return genuine.result(), ours.result()

    def _run(self, command: list[str]) -> Ran:
        done = subprocess.run(
            command,
            cwd=self.project,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(HERE.parents[1]),
                "HOME": str(self.project.parent),
                # Keeps the genuine CLI from reporting its errors to its makers.
                "CI": "1",
                "CONVEX_SELF_HOSTED_URL": self.server.url,
                "CONVEX_SELF_HOSTED_ADMIN_KEY": self.server.admin_key,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
        return Ran(done.stdout, done.stderr.decode(), done.returncode)


def make_clis(server: Served, folder: Path) -> Clis:
    project = folder / "project"
    project.mkdir()
    (project / "package.json").write_text('{"name": "nothing", "dependencies": {"convex": "*"}}\n')
    return Clis(server, project)


def run_script(name: str, server: Served) -> Any:
    """Run a script of this folder with the server's address and key on its stdin; what it prints, parsed."""
    if name.endswith(".py"):
        command = [sys.executable, str(HERE / name)]
    else:
        node_modules()
        command = [node(), str(HERE / name)]
    done = subprocess.run(
        command,
        input=json.dumps({"url": server.url, "adminKey": server.admin_key}),
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
