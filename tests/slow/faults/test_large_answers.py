"""Answers without end and compressed bombs, with the limits that people have: memory stays bounded, and it is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.table import KEY, check_told
from tests.support.faults import Behaviour, FaultyServer, endless, gzip_bomb, in_thread

ROOT = Path(__file__).parents[3]
CODE = """
import resource, subprocess, sys
code = subprocess.call([sys.executable, "-m", "kitcn_repl", *sys.argv[1:]])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(code)
"""
MEGABYTES = 420
"""The largest answer that is taken, 256, and half as much again beside the program itself."""


@pytest.mark.parametrize("answer", [endless(), gzip_bomb()], ids=["without end", "bomb"])
def test_memory_is_bounded(answer: Behaviour) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CONVEX_", "KITCN_"))}
    with in_thread(FaultyServer()) as server:
        server.on("*", answer)
        ran = subprocess.run(
            [sys.executable, "-c", CODE, "data", "user", "--url", server.url, "--admin-key", KEY, "-q"],
            env={**own, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    check_told(ran.stderr)
    assert "more than 256 MB" in ran.stderr
    assert ran.returncode == 4
    assert int(ran.stdout) < MEGABYTES
