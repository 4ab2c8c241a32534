"""This working tree as an installation has it: a copy of its packages, compiled."""

from __future__ import annotations

import compileall
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = (ROOT / "kitcn_repl", ROOT / "tui" / "kitcn_tui")
_SCRIPT = "import sys; from kitcn_repl.cli.main import console_main; sys.exit(console_main())"
"""What the script does that pip makes."""
_FOREIGN = ("KITCN_", "CONVEX_", "XDG_", "PYTHON", "IPYTHON", "TERM", "COLORTERM", "NO_COLOR")


class Ours:
    """Edits of the tree while the benchmarks run do not matter: the copy is made once."""

    def __init__(self, folder: Path) -> None:
        self.packages = folder / "site-packages"
        for package in _PACKAGES:
            copy = self.packages / package.name
            shutil.copytree(package, copy)
        if not compileall.compile_dir(self.packages, quiet=1):
            raise SystemExit("The packages do not compile.")
        self.home = folder / "home"
        self.home.mkdir()

    def kitcn(self, *arguments: str) -> list[str]:
        return self.python("-c", _SCRIPT, *arguments)

    def python(self, *arguments: str) -> list[str]:
        return [sys.executable, *arguments]

    def inside(self, name: str, *arguments: str) -> list[str]:
        """A program of `benchmarks/inside`, which measures itself and prints JSON."""
        return self.python(*program(name), *arguments)

    def environment(self, more: Mapping[str, str] | None = None, *, with_tree: bool = False) -> dict[str, str]:
        """For our programs: as for others, and with the packages on the path; `with_tree` also with what tests and
        benchmarks have in common, behind them."""
        path = [self.packages, ROOT] if with_tree else [self.packages]
        return {**environment(self.home), "PYTHONPATH": os.pathsep.join(map(str, path)), **(more or {})}


def program(name: str) -> tuple[str, str]:
    """Arguments for a Python interpreter, ours or another's: that program, without its folder on the path."""
    return "-P", str(ROOT / "benchmarks" / "inside" / f"{name}.py")


def environment(home: Path) -> dict[str, str]:
    """For every contender: what this process has, without settings of the tools, and an empty home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {**kept, "HOME": str(home), "CI": "1"}
