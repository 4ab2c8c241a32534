"""docs/reference/settings.md: environment variables and files, with the modules that read them."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from tools.reference.markdown import code, page, table

ROOT: Final = Path(__file__).parents[2]
_SOURCES: Final = ("kitcn_repl", "tui/kitcn_tui")
_OURS: Final = re.compile(r"(KITCN|CONVEX)_[A-Z0-9_]+")
_NAME: Final = re.compile(r"[A-Z][A-Z0-9_]+")
_ENVIRONMENT: Final = re.compile(r"environ(ment)?|variables")

LIBRARIES: Final = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "TZ")
"""Read by Python and by the libraries, so that no source of ours holds their names."""

_TEXTS: Final = tomllib.loads(Path(__file__).with_name("settings.toml").read_text(encoding="utf-8"))
OWN: Final[dict[str, str]] = _TEXTS["own"]
CONVEX: Final[dict[str, str]] = _TEXTS["convex"]
OTHERS: Final[dict[str, str]] = _TEXTS["others"]
MORE: Final[dict[str, list[str]]] = _TEXTS["more"]
"""Names that a row speaks for as well."""
FILES: Final[dict[str, list[str]]] = _TEXTS["files"]
"""Where it is, and what it holds."""
NONE: Final = frozenset({"GIT_OPTIONAL_LOCKS", "PYTHONPATH", "COLORTERM", "PATH"})
"""Passed on to programs, looked up by the system, or only named in a report."""


@cache
def places() -> dict[str, set[str]]:
    """Names that stand in the sources as texts, with the files where they do."""
    found: dict[str, set[str]] = defaultdict(set)
    for source, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found[node.value].add(source)
    return found


def variables_read() -> set[str]:
    """Names of environment variables in the sources: all of kitcn and Convex, and whatever is looked up as one."""
    found = {name for name in places() if _OURS.fullmatch(name)}
    for _, tree in _trees():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="get" | "pop", value=where), args=[ast.Constant(value=str(name)), *_]
                ):
                    pass
                case ast.Call(func=ast.Attribute(attr="getenv", value=where), args=[ast.Constant(value=str(name)), *_]):
                    pass
                case ast.Subscript(value=where, slice=ast.Constant(value=str(name))):
                    pass
                case _:
                    continue
            if _NAME.fullmatch(name) and _ENVIRONMENT.search(ast.unparse(where).rpartition(".")[2]):
                found.add(name)
    return found - NONE


def variables_told() -> set[str]:
    told = {*OWN, *CONVEX, *OTHERS}
    return told | {name for row in told for name in MORE.get(row, ())}


def files_named() -> set[str]:
    """Names of settings files in the sources."""
    return {name for name in places() if re.fullmatch(r"\.?[a-z][\w.]*\.(json|toml)", name)}


def settings_page() -> str:
    return page(
        "Settings",
        "Environment variables and files that the program reads.",
        "## Variables of kitcn",
        _variables(OWN),
        "## Variables of Convex",
        "As `npx convex` reads them; [selection](../selection.md) tells which one wins.",
        _variables(CONVEX),
        "## Other variables",
        _variables(OTHERS),
        "## Files",
        "State, cache and configuration are `$KITCN_STATE_DIR`, `$KITCN_CACHE_DIR` and `$KITCN_CONFIG_DIR`, else the"
        " user's folders as platformdirs has them; on Linux `~/.local/state/kitcn`, `~/.cache/kitcn` and"
        " `~/.config/kitcn`. A project's part is a folder below `projects/` of the state. What kitcn writes there only"
        " you can read.",
        table(("name", "where", "what is in it"), [(code(name), where, what) for name, (where, what) in FILES.items()]),
    )  # fmt: skip


def _variables(told: dict[str, str]) -> str:
    return table(
        ("variable", "what it does", "read in"), [(code(name), what, _where(name)) for name, what in told.items()]
    )


def _where(name: str) -> str:
    if name in LIBRARIES:
        return "the libraries"
    return ", ".join(code(place) for place in sorted(places()[name]))


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for folder in _SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix().removeprefix("tui/"), _tree(path)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
