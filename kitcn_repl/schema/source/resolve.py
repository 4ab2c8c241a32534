"""From the name in an import to the file that it means."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from kitcn_repl.schema.source.packages import Packages
from kitcn_repl.schema.source.paths import source_file
from kitcn_repl.schema.source.tsconfig import TsConfigs

_RELATIVE = ("./", "../", "/")
_LONGEST = 1_000


@dataclass(slots=True)
class Resolver:
    """Resolves as TypeScript and the bundlers do; downloaded packages are not looked into."""

    _configurations: TsConfigs = field(default_factory=TsConfigs)
    _packages: Packages = field(default_factory=Packages)

    def resolve(self, specifier: str, importer: Path) -> tuple[Path | None, bool]:
        """The file, None if there is none; and whether the name is one of the project's own rather than a package's."""
        folder = importer.parent
        if not specifier or len(specifier) > _LONGEST or "\0" in specifier:
            return None, True
        specifier = specifier.split("?", 1)[0]
        if specifier.startswith(_RELATIVE) or specifier in (".", ".."):
            return source_file(folder / specifier), True
        found, claimed = self._configurations.resolve(specifier, folder)
        if found is not None:
            return found, True
        if specifier.startswith("#"):
            own, package = self._packages.own_name(specifier, folder)
            if package is None or package.startswith("#"):
                return own, True
            specifier = package
        found, in_workspace = self._packages.resolve(specifier, folder)
        return found, claimed or in_workspace


def identity(path: Path) -> str:
    """The same for all paths to a file."""
    return os.path.realpath(path)
