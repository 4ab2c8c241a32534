"""The packages of a monorepo: `workspaces` in package.json, `packages` in pnpm-workspace.yaml."""

from __future__ import annotations

import re
from pathlib import Path

from kitcn_repl.project.configuration import ConfigurationFile

_MOST_PACKAGES = 500
_ITEM = re.compile(r"""\s*-\s*(?:'([^']*)'|"([^"]*)"|([^#\s][^#]*?))\s*(?:#.*)?\Z""")


def workspace_patterns(root: Path, package: ConfigurationFile | None) -> list[str]:
    """The glob patterns of a workspace root, `!` before those that take packages out; none for any other folder."""
    declared = None if package is None else package.value.get("workspaces")
    if isinstance(declared, dict):
        declared = declared.get("packages")
    patterns = [item for item in declared if isinstance(item, str)] if isinstance(declared, list) else []
    return patterns + _pnpm_patterns(root / "pnpm-workspace.yaml")


def workspace_packages(root: Path, patterns: list[str]) -> list[Path]:
    """The folders that the patterns name and that hold a package.json, by name."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        taken_out = pattern.startswith("!")
        relative = pattern.removeprefix("!").removeprefix("./").strip("/")
        if not relative or Path(relative).is_absolute() or ".." in Path(relative).parts:
            continue
        for folder in _matching(root, relative):
            if taken_out:
                found.pop(folder, None)
            elif (folder / "package.json").is_file():
                found[folder] = None
        if len(found) > _MOST_PACKAGES:
            break
    return sorted(found)


def _matching(root: Path, pattern: str) -> list[Path]:
    """Folders below `root`; node_modules and hidden folders are never entered, however the pattern reads."""
    folders = [root]
    for part in pattern.split("/"):
        if part == "**":
            folders = [deep for folder in folders for deep in _descend(folder, 4)]
        elif any(char in part for char in "*?["):
            folders = [child for folder in folders for child in _children(folder) if child.match(part)]
        else:
            folders = [folder / part for folder in folders if _is_folder(folder / part)]
        folders = folders[: 4 * _MOST_PACKAGES]
    return folders


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # such as a name that is too long
        return False


def _descend(folder: Path, depth: int) -> list[Path]:
    found = [folder]
    if depth:
        for child in _children(folder):
            found += _descend(child, depth - 1)
    return found


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(
            child
            for child in folder.iterdir()
            if child.name != "node_modules" and not child.name.startswith(".") and child.is_dir()
        )
    except OSError:
        return []


def _pnpm_patterns(path: Path) -> list[str]:
    """The list under `packages:`; the one thing needed of the file, so no YAML library is."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    patterns: list[str] = []
    inside = False
    for line in lines:
        if re.match(r"packages\s*:\s*(#.*)?\Z", line):
            inside = True
        elif inside and (match := _ITEM.match(line)):
            patterns.append(next(group for group in match.groups() if group is not None).strip())
        elif line.strip() and not line.lstrip().startswith("#"):
            inside = False
    return patterns
