"""Names that package.json gives to files: `imports`, `exports`, and the packages of a workspace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kitcn_repl.project.configuration import ConfigurationFile, read_configuration
from kitcn_repl.project.workspaces import workspace_packages, workspace_patterns
from kitcn_repl.schema.source.paths import built_from, is_file, is_there, pattern_matches, source_file
from kitcn_repl.values import JsonValue

_MOST_FOLDERS = 24
_DEEPEST_CONDITION = 8


@dataclass(slots=True)
class Packages:
    _read: dict[Path, ConfigurationFile | None] = field(default_factory=dict)
    _workspaces: dict[Path, dict[str, Path]] = field(default_factory=dict)

    def own_name(self, specifier: str, folder: Path) -> tuple[Path | None, str | None]:
        """What `#name` means in this folder: a file, or another package's name."""
        for candidate in _upwards(folder):
            package = self._package(candidate)
            if package is None:
                continue
            for target in _targets(package.value.get("imports"), specifier):
                if not target.startswith("./"):
                    return None, target
                if (found := built_from(candidate, target)) is not None:
                    return found, None
            return None, None
        return None, None

    def resolve(self, specifier: str, folder: Path) -> tuple[Path | None, bool]:
        """The source file of a package of this workspace, and whether the workspace has that package at all."""
        name, subpath = _split(specifier)
        home = self._home(name, folder)
        if home is None:
            return None, False
        package = self._package(home)
        exports = None if package is None else package.value.get("exports")
        for target in _targets(_subpaths(exports), "." + subpath):
            if (found := built_from(home, target)) is not None:
                return found, True
        if subpath:
            part = subpath.removeprefix("/")
            return source_file(home / part) or source_file(home / "src" / part), True
        for key in ("source", "module", "main"):
            main = None if package is None else package.value.get(key)
            if isinstance(main, str) and (found := built_from(home, main)) is not None:
                return found, True
        return source_file(home) or source_file(home / "src"), True

    def _home(self, name: str, folder: Path) -> Path | None:
        for candidate in _upwards(folder):
            package = self._package(candidate)
            if package is not None and package.value.get("name") == name:
                return candidate
            found = self._members(candidate, package).get(name)
            if found is not None:
                return found
            linked = candidate / "node_modules" / name
            real = Path(os.path.realpath(linked))
            # A link to a package's own sources, and not into a store of downloaded ones.
            if "node_modules" not in real.parts and is_there(real):
                return real
        return None

    def _members(self, folder: Path, package: ConfigurationFile | None) -> dict[str, Path]:
        if folder not in self._workspaces:
            members: dict[str, Path] = {}
            patterns = workspace_patterns(folder, package)
            for member in workspace_packages(folder, patterns) if patterns else []:
                declared = self._package(member)
                name = None if declared is None else declared.value.get("name")
                if isinstance(name, str):
                    members.setdefault(name, member)
            self._workspaces[folder] = members
        return self._workspaces[folder]

    def _package(self, folder: Path) -> ConfigurationFile | None:
        if folder not in self._read:
            path = folder / "package.json"
            self._read[folder] = read_configuration(path) if is_file(path) else None
        return self._read[folder]


def _upwards(folder: Path) -> Iterator[Path]:
    for candidate in (folder, *folder.parents)[:_MOST_FOLDERS]:
        yield candidate
        if is_there(candidate / ".git"):
            return


def _split(specifier: str) -> tuple[str, str]:
    """A package's name, and the rest with its leading `/`."""
    parts = specifier.split("/")
    size = 2 if specifier.startswith("@") else 1
    rest = "/".join(parts[size:])
    return "/".join(parts[:size]), f"/{rest}" if rest else ""


def _subpaths(exports: JsonValue) -> JsonValue:
    """`exports` with its short form, which is for the package itself, written out."""
    if isinstance(exports, dict) and any(key.startswith(".") for key in exports):
        return exports
    return None if exports is None else {".": exports}


def _targets(names: JsonValue, wanted: str) -> Iterator[str]:
    """The files that `imports` or `exports` name, for every condition in turn: one of them is the source."""
    if not isinstance(names, dict):
        return
    exact_first = sorted(names, key=lambda key: ("*" in key, -len(key.partition("*")[0])))
    for key in exact_first:
        part = pattern_matches(key, wanted)
        if part is not None:
            for target in _leaves(names[key], _DEEPEST_CONDITION):
                yield target.replace("*", part) if "*" in key else target
            return


def _leaves(value: JsonValue, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner, depth - 1)
