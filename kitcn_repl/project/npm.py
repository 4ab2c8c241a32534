"""npm packages of a project: where a program of theirs is, without asking npm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.configuration import ConfigurationFile, read_configuration

_LOCK_FILES = (
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("pnpm-lock.yaml", "pnpm"),
    ("yarn.lock", "yarn"),
    ("package-lock.json", "npm"),
)
_DEPENDENCIES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")


@dataclass(frozen=True, slots=True)
class NodeProgram:
    """A program of an npm package: a file that node runs."""

    package: str
    path: Path


def find_program(package: str, starts: Sequence[Path]) -> NodeProgram | None:
    """The program that `package` names after itself, looked for from each folder upwards as node would.

    Links in `.bin` count for nothing: whoever made them may have meant another program. Raises KitcnError for a package
    that is there without its program.
    """
    for folder in _upwards(starts):
        root = folder / "node_modules" / package
        described = read_configuration(root / "package.json")
        if described is None:
            continue
        declared = described.value.get("bin")
        inside = declared.get(package) if isinstance(declared, dict) else declared
        path = root / inside if isinstance(inside, str) else None
        if path is None or not path.is_file():
            raise KitcnError(f"{root} is not complete: install the project's packages again ({install(starts)}).")
        return NodeProgram(package, path)
    return None


def depends_on(package: str, starts: Sequence[Path]) -> bool:
    """Whether a package.json from one of the folders upwards names the package."""
    for folder in _upwards(starts):
        described = read_configuration(folder / "package.json")
        if described is not None and names_package(described, package):
            return True
    return False


def names_package(described: ConfigurationFile, *packages: str) -> bool:
    """Whether a package.json names one of the packages."""
    groups = [described.value.get(kind) for kind in _DEPENDENCIES]
    return any(isinstance(group, dict) and package in group for group in groups for package in packages)


def install(starts: Sequence[Path], *packages: str) -> str:
    """The command that installs packages, or all that the project depends on, with the manager that it uses."""
    manager = next(
        (name for folder in _upwards(starts) for file, name in _LOCK_FILES if (folder / file).is_file()), "npm"
    )
    verb = "install" if manager == "npm" or not packages else "add"
    return " ".join((manager, verb, *packages))


def _upwards(starts: Sequence[Path]) -> Iterator[Path]:
    seen = set()
    for start in starts:
        for folder in (start, *start.parents):
            if folder not in seen:
                seen.add(folder)
                yield folder
