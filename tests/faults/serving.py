"""`kitcn serve` as a process of its own, which may open few files; and what it uses."""

from __future__ import annotations

import os
import re
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[2]
KEY = "demo|planted-s3cret-key"
FILES = 256
"""As many as some systems allow by default."""


@dataclass(frozen=True)
class Program:
    process: subprocess.Popen[str]
    port: int

    def ask(self) -> int:
        """Another client's question, with an inline query in it; the time it may take is one that people would bear."""
        answer = httpx2.post(
            f"http://127.0.0.1:{self.port}/api/query",
            json={"path": "users:list", "args": {"limit": 1}},
            headers={"Authorization": f"Convex {KEY}"},
            timeout=20,
        )
        assert answer.json()["status"] == "success", answer.text
        return answer.status_code

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def files(self) -> int:
        return len([*Path(f"/proc/{self.process.pid}/fd").iterdir()])

    def megabytes(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        assert found is not None
        return int(found[1]) // 1024

    def stop(self) -> tuple[str, str]:
        self.process.terminate()
        return self.process.communicate(timeout=60)


@contextmanager
def serving(folder: Path) -> Iterator[Program]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CONVEX_", "KITCN_"))}
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({FILES}, {FILES}))"
    code = f"{limited}; from kitcn_repl.cli.main import console_main; console_main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "serve", "--demo", "--admin-key", KEY],
        cwd=folder, env={**own, "HOME": str(folder), "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        yield Program(process, int(url.rpartition(":")[2]))
    finally:
        process.kill()
        process.communicate()


def allow_files(number: int) -> None:
    """For ourselves, who hold the other ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < number:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (number if hard == resource.RLIM_INFINITY else min(hard, number), hard)
        )
