"""Which folder says what deployment is meant: this one, one further up, or the project in a workspace."""

from __future__ import annotations

from pathlib import Path

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.env_files import ENV_FILES, names_deployment
from kitcn_repl.project.local_state import PROJECT_STATE


def settings_folder(cwd: Path) -> Path:
    """The folder whose env files and local deployment count for somebody in `cwd`.

    `cwd` itself if it has any, as for the genuine CLI; else the nearest one up to the project's root (or the
    workspace's, or the repository's); else the project's root; else `cwd`. Raises SeveralProjectsError, a KitcnError,
    in a workspace with more than one.
    """
    if _says_something(cwd):
        return cwd
    from kitcn_repl.project.layout import find_project

    several: KitcnError | None = None
    project = None
    try:
        project = find_project(cwd)
    except KitcnError as error:
        several = error
    end = (project.workspace or project.root) if project is not None else None
    for folder in cwd.parents:
        if end is not None and not folder.is_relative_to(end):
            break
        if (end is not None or _repository_of(folder) is not None) and _says_something(folder):
            return folder
    if several is not None:
        raise several
    return project.root if project is not None else cwd


def settings_folder_or_here(cwd: Path) -> tuple[Path, KitcnError | None]:
    """As `settings_folder`; with several projects below, `cwd` and the error that asks for one of them."""
    from kitcn_repl.project.layout import SeveralProjectsError

    try:
        return settings_folder(cwd), None
    except SeveralProjectsError as error:
        return cwd, error


def _repository_of(folder: Path) -> Path | None:
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)


def _says_something(folder: Path) -> bool:
    return (folder / PROJECT_STATE / "config.json").is_file() or any(
        names_deployment(folder / name) for name in ENV_FILES
    )
