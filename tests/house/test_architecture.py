"""docs/architecture.md shows the house as it is: every folder, and the layers of import-linter's contract."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def _packages() -> set[str]:
    """Folders with modules in them, to the second level."""
    found = set()
    for top in ("kitcn_repl", "tui/kitcn_tui"):
        for module in (ROOT / top).rglob("*.py"):
            parts = module.parent.relative_to(ROOT / top).parts[:2]
            found |= {"/".join((top, *parts[:depth])) + "/" for depth in range(1, len(parts) + 1)}
    return found


def test_every_folder_is_told_once_and_none_that_is_not_there() -> None:
    told = Counter(re.findall(r"^\| `((?:kitcn_repl|tui/kitcn_tui)/[\w/]*)` \|", PAGE, flags=re.MULTILINE))
    assert set(told) - _packages() == set(), "these are not there"
    assert _packages() - set(told) == set(), "these are not told"
    assert [folder for folder, times in told.items() if times > 1] == []


def test_the_layers_are_those_that_are_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    told = PAGE.partition("<!-- layers -->\n")[2].partition("<!-- /layers -->")[0].splitlines()
    assert [re.findall(r"`([\w.]+)`", line) for line in told] == [re.split(r" \| ", layer) for layer in layers]


def test_the_files_that_it_names_are_there() -> None:
    named = set(re.findall(r"`([\w/]+/\w+\.py)`", PAGE))
    missing = [name for name in named if not any((ROOT / base / name).exists() for base in ("", "kitcn_repl"))]
    assert missing == []
    assert len(named) >= 4
