"""Which schema source belongs to a deployment: the one that the user named, or that of the surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kitcn_repl.errors import KitcnError
from kitcn_repl.targets.target import Target


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """What the user said of the schema's source: the `path` of a file or project, or `none`, or neither."""

    path: str | None = None
    none: bool = False

    def locate(self, target: Target | None, cwd: Path, component: str = "") -> Path | None:
        """The schema file or project to read, None for none.

        Without a choice it is the schema file of the project around `cwd`, or the demo's own; a component has none.
        Raises SeveralProjectsError where a workspace holds more than one, KitcnError if `path` is not there.
        """
        if self.none:
            return None
        if self.path is not None:
            return _named(self.path, cwd)
        if component:
            return None
        if target is not None and target.kind == "demo":
            from importlib.resources import files

            return Path(str(files("kitcn_repl.offline.demo") / "schema.ts"))
        from kitcn_repl.project.layout import find_project

        project = find_project(cwd)
        return None if project is None else project.schema_path


NO_CHOICE = SourceChoice()


def indexes_source(target: Target, cwd: Path, choice: SourceChoice = NO_CHOICE, component: str = "") -> Path | None:
    """The schema file that gives a snapshot, which holds no schema, its indexes. Raises as `locate` for a named one."""
    if target.kind != "snapshot":
        return None
    try:
        return choice.locate(target, cwd, component)
    except KitcnError:
        if choice.path is not None:
            raise
        return None


def _named(text: str, cwd: Path) -> Path:
    path = cwd / Path(text).expanduser()
    if not path.exists():
        raise KitcnError(f"--source {text}: there is no such file or folder.")
    return path


def uses_kitcn(target: Target, cwd: Path, choice: SourceChoice = NO_CHOICE) -> bool:
    """Whether the schema of a deployment is written with kitcn, as far as its project tells."""
    if target.kind == "demo" and choice.path is None:
        return True
    from kitcn_repl.project.layout import find_project

    try:
        project = find_project(cwd if choice.path is None else _named(choice.path, cwd))
    except KitcnError:
        return False
    return project is not None and project.uses_kitcn
