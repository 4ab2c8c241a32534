"""The programs that we are measured against, wherever they are; none of them is a dependency of ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.frame.ours import ROOT

NODE_FOLDER: Final = ROOT / "tests" / "conformance"
PACKAGES: Final[Mapping[str, tuple[str, ...]]] = {
    # posting's own requirement allows tree-sitter 0.26, with which it dies (py-tree-sitter#472).
    "posting": ("posting", "tree-sitter<0.26"),
    "harlequin": ("harlequin",),
    "pgcli": ("pgcli",),
    "jupysql": ("jupysql", "ipython"),
}
"""What is installed into a virtual environment of its own for each."""


class CannotRunError(Exception):
    """A rival is not here; the message says what to do."""


class Rivals:
    """`given` are virtual environments that have them; with `install` the others are made below `folder`."""

    def __init__(self, folder: Path, given: Mapping[str, Path], *, install: bool) -> None:
        self._folder = folder
        self._found = dict(given)
        self._install = install

    def program(self, name: str, program: str | None = None) -> str:
        """Path of a program in the rival's environment. Raises CannotRunError."""
        path = self._environment(name) / "bin" / (program or name)
        if not path.exists():
            raise CannotRunError(f"{path} does not exist")
        return str(path)

    def _environment(self, name: str) -> Path:
        if name not in self._found:
            if not self._install:
                raise CannotRunError(
                    f"{name} is not here: --install-contenders fetches it, --contender {name}=VENV names it"
                )
            self._found[name] = self._installed(name)
        return self._found[name]

    def _installed(self, name: str) -> Path:
        venv = self._folder / name
        sys.stderr.write(f"installing {name} ...\n")
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*pip, *PACKAGES[name]], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotRunError(f"{name} could not be installed: {done.stderr.strip().splitlines()[-1:]}")
        return venv

    def node(self, package: str) -> str:
        """Path of node, for which `tests/conformance` has this package. Raises CannotRunError."""
        node = shutil.which("node")
        if node is None:
            raise CannotRunError("there is no node on the PATH")
        if not (NODE_FOLDER / "node_modules" / package / "package.json").is_file():
            raise CannotRunError(
                f"npm's {package} is missing: `npm ci --prefix tests/conformance --ignore-scripts` brings it"
            )
        return node

    def convex(self, *arguments: str) -> list[str]:
        """The genuine command line, started with node itself: npx takes longer than what it starts."""
        return [self.node("convex"), str(NODE_FOLDER / "node_modules" / "convex" / "bin" / "main.js"), *arguments]
