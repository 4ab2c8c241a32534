"""`paths` and `baseUrl` of tsconfig.json, with what it extends and refers to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kitcn_repl.project.configuration import read_configuration
from kitcn_repl.schema.source.paths import is_file, is_there, pattern_matches, source_file
from kitcn_repl.values import JsonObject, JsonValue

_NAMES = ("tsconfig.json", "jsconfig.json")
_MOST_FOLDERS = 24
_MOST_EXTENDED = 12


@dataclass(frozen=True, slots=True)
class Aliases:
    """What one configuration says. `patterns` are the longest first; their targets are absolute."""

    patterns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    base: Path | None = None
    referred: tuple[Path, ...] = ()


@dataclass(slots=True)
class TsConfigs:
    """The configurations of a project, each read once."""

    _read: dict[Path, Aliases | None] = field(default_factory=dict)

    def resolve(self, specifier: str, folder: Path) -> tuple[Path | None, bool]:
        """The file that a name means in this folder, and whether an alias claims the name.

        The nearest configuration answers first. Those further up follow, since bundlers and editors that start from
        the project's root use them.
        """
        claimed = False
        for aliases in self._upwards(folder):
            for pattern, targets in aliases.patterns:
                part = pattern_matches(pattern, specifier)
                if part is None:
                    continue
                # `*` alone claims packages too.
                claimed = claimed or pattern != "*"
                for target in targets:
                    found = source_file(Path(target.replace("*", part, 1)))
                    if found is not None:
                        return found, True
                break
            if aliases.base is not None and (found := source_file(aliases.base / specifier)) is not None:
                return found, True
        return None, claimed

    def _upwards(self, folder: Path) -> Iterator[Aliases]:
        for candidate in (folder, *folder.parents)[:_MOST_FOLDERS]:
            for name in _NAMES:
                aliases = self._aliases(candidate / name)
                if aliases is not None:
                    yield aliases
                    for other in aliases.referred:
                        if (further := self._aliases(other)) is not None:
                            yield further
            if is_there(candidate / ".git"):
                return

    def _aliases(self, path: Path) -> Aliases | None:
        if path not in self._read:
            self._read[path] = self._from_file(path)
        return self._read[path]

    def _from_file(self, path: Path) -> Aliases | None:
        if not is_file(path):
            return None
        patterns: dict[str, JsonValue] | None = None
        patterns_base = path.parent
        base: Path | None = None
        for own, options in _chain(path):
            declared_base = options.get("baseUrl")
            if base is None and isinstance(declared_base, str):
                base = _joined(own.parent, declared_base, path.parent)
            declared = options.get("paths")
            if patterns is None and isinstance(declared, dict):
                patterns = declared
                patterns_base = own.parent
        return Aliases(
            patterns=_targets(patterns or {}, base or patterns_base, path.parent),
            base=base,
            referred=_referred(path),
        )


def _targets(patterns: JsonObject, base: Path, root: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for pattern, targets in patterns.items():
        if isinstance(targets, list):
            absolute = tuple(str(_joined(base, target, root)) for target in targets if isinstance(target, str))
            found.append((pattern, absolute))
    return tuple(sorted(found, key=lambda item: ("*" in item[0], -len(item[0].partition("*")[0]))))


def _joined(folder: Path, text: str, root: Path) -> Path:
    return Path(os.path.normpath(folder / text.replace("${configDir}", str(root))))


def _chain(path: Path) -> Iterator[tuple[Path, JsonObject]]:
    """The compiler options of a configuration and of those that it extends, the strongest first."""
    waiting = [path]
    seen: set[Path] = set()
    while waiting and len(seen) < _MOST_EXTENDED:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        file = read_configuration(current)
        if file is None:
            continue
        options = file.value.get("compilerOptions")
        if isinstance(options, dict):
            yield current, options
        extends = file.value.get("extends")
        names = extends if isinstance(extends, list) else [extends]
        # Of several, the last is the strongest: it is popped first.
        waiting += [found for name in names if isinstance(name, str) and (found := _extended(current, name))]


def _extended(path: Path, name: str) -> Path | None:
    if name.startswith(("./", "../", "/")) or name in (".", ".."):
        bases = [path.parent / name]
    else:
        bases = [folder / "node_modules" / name for folder in (path.parent, *path.parent.parents)[:_MOST_FOLDERS]]
    for base in bases:
        for candidate in (base, Path(f"{base}.json"), base / "tsconfig.json"):
            if is_file(candidate):
                return Path(os.path.normpath(candidate))
    return None


def _referred(path: Path) -> tuple[Path, ...]:
    file = read_configuration(path)
    references = None if file is None else file.value.get("references")
    found = []
    for reference in references if isinstance(references, list) else []:
        target = reference.get("path") if isinstance(reference, dict) else None
        if isinstance(target, str):
            whole = Path(os.path.normpath(path.parent / target))
            found.append(whole / "tsconfig.json" if whole.suffix != ".json" else whole)
    return tuple(found)
