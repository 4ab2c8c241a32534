"""Node and the genuine npm packages, which only tests use (`tests/conformance/package.json`)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

CONFORMANCE = Path(__file__).parents[1] / "conformance"


def node() -> str:
    """Path of the node executable. Skips the test without it."""
    return shutil.which("node") or pytest.skip("there is no node on the PATH")


def node_modules() -> Path:
    """`tests/conformance/node_modules`, installed. Skips like `node`."""
    node()
    modules = CONFORMANCE / "node_modules"
    if not (modules / "convex" / "package.json").is_file():
        pytest.skip("the npm packages are missing: run `npm ci` in tests/conformance")
    return modules


def genuine_cli() -> str:
    """Convex's own command line, a program for node. Skips like `node_modules`.

    This is what its `bin/main.js` imports; started by itself it is there in half the time.
    """
    return str(node_modules() / "convex" / "dist" / "cli.bundle.cjs")


def run_module(source: str, data: object) -> Any:
    """Run an ES module that may import the npm packages, with JSON on its stdin; what it prints, parsed."""
    modules = node_modules()
    done = subprocess.run(
        [node(), "--input-type=module", "--eval", source],
        cwd=modules.parent,
        input=json.dumps(data),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
