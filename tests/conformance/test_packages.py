"""The npm packages are pinned, and their lock file tells nobody where they were downloaded."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.conformance.genuine import HERE
from tests.support.node import genuine_cli, node_modules

EXACT = re.compile(r"\d+\.\d+\.\d+")


def _json(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def test_every_package_is_pinned() -> None:
    dependencies = _json("package.json")["dependencies"]
    assert {"convex", "convex-test"} <= dependencies.keys()
    assert all(EXACT.fullmatch(version) for version in dependencies.values())


def test_the_lock_file_holds_checksums_and_no_addresses() -> None:
    packages = _json("package-lock.json")["packages"]
    locked = {name: package for name, package in packages.items() if name}
    assert locked
    for name, package in locked.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


def test_what_is_installed_is_what_is_locked() -> None:
    installed = node_modules()
    for name, version in _json("package.json")["dependencies"].items():
        assert json.loads((installed / name / "package.json").read_text())["version"] == version


def test_the_program_that_is_started_is_all_that_npx_starts() -> None:
    started = node_modules() / "convex" / _json("node_modules/convex/package.json")["bin"]["convex"]
    imported = re.fullmatch(r'#!/usr/bin/env node\nimport\("(.+)"\);\n', started.read_text(encoding="utf-8"))
    assert imported is not None
    assert (started.parent / imported[1]).resolve() == Path(genuine_cli()).resolve()
