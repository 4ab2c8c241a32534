"""Node and the genuine npm packages, which only tests use (`tests/conformance/package.json`)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest

CONFORMANCE = Path(__file__).parents[1] / "conformance"


def _missing(what: str) -> NoReturn:
    if os.environ.get("KITCN_REQUIRE_NODE") == "1":
        pytest.fail(f"KITCN_REQUIRE_NODE=1, but {what}")
    pytest.skip(what)


def node() -> str:
    """Path of the node executable. Skips the test without it, or fails it where KITCN_REQUIRE_NODE=1."""
    return shutil.which("node") or _missing("there is no node on the PATH")


def node_modules() -> Path:
    """`tests/conformance/node_modules`, installed. Skips or fails like `node`."""
    node()
    modules = CONFORMANCE / "node_modules"
    if not (modules / "convex" / "package.json").is_file():
        _missing("the npm packages are missing: run `npm ci` in tests/conformance")
    return modules


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
