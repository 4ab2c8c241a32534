"""Where a project is, and where in it things are: functions, schema, generated files (kitcn.md 7.5 to 7.7)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.configuration import ConfigurationError, ConfigurationFile, read_configuration
from kitcn_repl.project.env_files import names_deployment
from kitcn_repl.project.npm import names_package
from kitcn_repl.project.workspaces import workspace_packages, workspace_patterns

_SCHEMA_FILES = ("schema.ts", "schema.js", "schema.mts", "schema.mjs", "schema.tsx")
_DEFAULT_FUNCTIONS = ("convex", "convex/functions", "src/convex", "src/convex/functions")


class SeveralProjectsError(KitcnError):
    """A workspace holds several projects, and nothing says which one is meant. `candidates` are their folders."""

    def __init__(self, root: Path, candidates: tuple[Path, ...]) -> None:
        names = ", ".join(candidate.relative_to(root).as_posix() for candidate in candidates)
        super().__init__(
            f"{root} holds {len(candidates)} projects with convex: {names}.", hint="Run this in one of these folders."
        )
        self.root = root
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Project:
    """A project with a Convex backend. Paths are absolute; what they name need not exist, but for `schema_path`.

    `found_by` names what made its root one (`kitcn.json`, `convex.json`, `package.json`, or the functions' folder);
    `workspace` is the monorepo's root when the project was found downwards from there. `problems` are those of the
    configuration files, whose defaults were taken instead.
    """

    root: Path
    found_by: str
    functions_dir: Path
    schema_path: Path | None
    lib_dir: Path
    shared_dir: Path
    env_module: Path | None = None
    kitcn_config: ConfigurationFile | None = None
    convex_config: ConfigurationFile | None = None
    package: ConfigurationFile | None = None
    workspace: Path | None = None
    problems: tuple[ConfigurationError, ...] = field(default=())

    @property
    def shared_api_path(self) -> Path:
        return self.shared_dir / "api.ts"

    @property
    def generated_dir(self) -> Path:
        """kitcn's generated files; Convex's own are in `_generated` beside it."""
        return self.functions_dir / "generated"

    @property
    def migrations_dir(self) -> Path:
        return self.functions_dir / "migrations"

    @property
    def plugins_lock_path(self) -> Path:
        return self.functions_dir / "plugins.lock.json"

    @property
    def backend_env_path(self) -> Path:
        """The variables that `kitcn env push` sends."""
        return self.functions_dir.parent / ".env"

    @property
    def uses_kitcn(self) -> bool:
        """Whether its configuration, its packages or the imports of its schema say so."""
        if self.kitcn_config is not None or self.depends_on("kitcn", "better-convex"):
            return True
        return self.schema_path is not None and _imports(self.schema_path, rb"(?:kitcn|better-convex)/")

    @property
    def uses_codegen(self) -> bool:
        """Whether kitcn generates files for it; better-convex, as it was called once, did not at first."""
        if self.kitcn_config is not None or self.depends_on("kitcn") or (self.generated_dir / "server.ts").is_file():
            return True
        return self.schema_path is not None and _imports(self.schema_path, rb"kitcn/")

    def depends_on(self, *packages: str) -> bool:
        """Whether package.json names one of these packages."""
        return self.package is not None and names_package(self.package, *packages)

    def relative(self, path: Path) -> str:
        """A path as people and `Place` write it: from the root, with `/`."""
        return Path(os.path.relpath(path, self.root)).as_posix()


def find_project(start: Path) -> Project | None:
    """The project that `start`, a folder or file, lies in: the nearest one upwards, or the one package of a workspace.

    A folder is a project's root if it holds kitcn.json or convex.json, or a package.json with convex and a backend;
    failing that, if it holds functions. A package that only uses convex counts if there is no backend further up, nor
    in its workspace. Raises SeveralProjectsError.
    """
    folder = Path(os.path.normpath(start.absolute()))
    if not folder.is_dir():
        folder = folder.parent
    bare: Project | None = None
    client_only: Path | None = None
    for candidate in (folder, *folder.parents):
        package = read_configuration(candidate / "package.json")
        found_by = _root_by(candidate, package)
        if found_by is not None:
            project = project_at(candidate, found_by=found_by)
            return bare if bare is not None and bare.functions_dir != project.functions_dir else project
        if bare is None and (functions := _bare_functions(candidate)) is not None:
            # A configuration further up may say that these functions are its own, as for src/convex.
            bare = project_at(candidate, found_by=functions)
        patterns = workspace_patterns(candidate, package)
        if patterns:
            inside = None if bare is not None else _in_workspace(candidate, patterns, folder)
            if inside is not None:
                return inside
            break
        if client_only is None and package is not None and names_package(package, "convex", "kitcn"):
            client_only = candidate
    if bare is not None:
        return bare
    return None if client_only is None else project_at(client_only, found_by="package.json")


def _in_workspace(root: Path, patterns: list[str], start: Path) -> Project | None:
    """The workspace's one backend. Of several it is the one that the package around `start` depends on."""
    markers = {path: _root_by(path) or _bare_functions(path) for path in workspace_packages(root, patterns)}
    found = [path for path, marker in markers.items() if marker is not None]
    # A folder called convex beside an app may hold nothing but its client's code.
    found = [path for path in found if markers[path] != "package.json" or _bare_functions(path)] or found
    if len(found) > 1:
        found = [path for path in found if _uses(start, root, path)] or found
    if len(found) > 1:
        raise SeveralProjectsError(root, tuple(found))
    return project_at(found[0], found_by=markers[found[0]] or "", workspace=root) if found else None


def _uses(start: Path, root: Path, package: Path) -> bool:
    """Whether the package around `start` depends on another one of its workspace."""
    for folder in (start, *start.parents):
        if folder == root:
            return False
        ours = read_configuration(folder / "package.json")
        if ours is not None:
            theirs = read_configuration(package / "package.json")
            name = None if theirs is None else theirs.value.get("name")
            return isinstance(name, str) and names_package(ours, name)
    return False


def project_at(root: Path, *, found_by: str = "", workspace: Path | None = None) -> Project:
    """The project whose root is `root`, whether or not anything there says so."""
    root = root.absolute()
    kitcn = read_configuration(root / "kitcn.json")
    convex = read_configuration(root / "convex.json")
    package = read_configuration(root / "package.json")
    problems = [problem for file in (kitcn, convex, package) if file is not None for problem in file.problems]

    def path(file: ConfigurationFile | None, default: str | None, *keys: str) -> Path | None:
        value, problem = (None, None) if file is None else file.path_at(*keys)
        if problem is not None:
            problems.append(problem)
        chosen = default if value is None else value.strip()
        return None if chosen is None else Path(os.path.normpath(root / chosen))

    functions = path(convex, None, "functions") or root / _default_functions(root, package)
    lib = path(kitcn, "convex/lib", "paths", "lib")
    shared = path(kitcn, "convex/shared", "paths", "shared")
    assert lib is not None
    assert shared is not None
    return Project(
        root=root,
        found_by=found_by or _root_by(root, package) or _bare_functions(root) or "the folder itself",
        functions_dir=functions,
        schema_path=_schema_in(functions),
        lib_dir=lib,
        shared_dir=shared,
        env_module=path(kitcn, None, "paths", "env"),
        kitcn_config=kitcn,
        convex_config=convex,
        package=package,
        workspace=workspace,
        problems=tuple(dict.fromkeys(problems)),
    )


def _root_by(folder: Path, package: ConfigurationFile | None = None) -> str | None:
    """The file that makes this folder a project's root."""
    if (folder / "kitcn.json").is_file():
        return "kitcn.json"
    convex = read_configuration(folder / "convex.json")
    # Packages of TypeScript configurations have files of any name.
    if convex is not None and not {"compilerOptions", "extends"} & set(convex.value):
        return "convex.json"
    package = package or read_configuration(folder / "package.json")
    if package is not None and names_package(package, "convex", "kitcn") and _has_backend(folder):
        return "package.json"
    return None


def _bare_functions(folder: Path) -> str | None:
    """The folder of functions in a folder that has nothing else to say."""
    return next((name for name in _DEFAULT_FUNCTIONS if _holds_functions(folder / name)), None)


def _holds_functions(folder: Path) -> bool:
    return _schema_in(folder) is not None or (folder / "_generated").is_dir()


def _has_backend(folder: Path) -> bool:
    return (
        _bare_functions(folder) is not None
        or (folder / "convex").is_dir()
        or (folder / ".convex").is_dir()
        or names_deployment(folder / ".env.local")
    )


def _imports(schema: Path, package: bytes) -> bool:
    try:
        with schema.open("rb") as file:
            head = file.read(20_000)
    except OSError:
        return False
    return re.search(rb"""from\s*["']""" + package, head) is not None


def _default_functions(root: Path, package: ConfigurationFile | None) -> str:
    """Convex's default, unless functions are seen to be elsewhere."""
    default = "convex"
    if package is not None and names_package(package, "react-scripts"):
        default = "src/convex"
    for name in (default, *_DEFAULT_FUNCTIONS):
        if _schema_in(root / name) is not None:
            return name
    return default


def _schema_in(functions: Path) -> Path | None:
    return next((functions / name for name in _SCHEMA_FILES if (functions / name).is_file()), None)
