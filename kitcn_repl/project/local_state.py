"""Local and anonymous deployments: the state that `convex dev` keeps on this machine (control-plane.md 2.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kitcn_repl.project.credentials import config_directory

Kind = Literal["local", "anonymous"]

PROJECT_STATE = Path(".convex/local/default")
_HOME_STATE: dict[Kind, str] = {"local": "convex-backend-state", "anonymous": "anonymous-convex-backend-state"}
DATABASE = "convex_local_backend.sqlite3"


@dataclass(frozen=True, slots=True)
class LocalState:
    """One local deployment. `project_id` is the cloud project that it is registered under; anonymous ones have none."""

    name: str
    directory: Path
    port: int
    admin_key: str = field(repr=False)
    site_port: int | None = None
    backend_version: str | None = None
    project_id: int | None = None

    @property
    def kind(self) -> Kind:
        return "anonymous" if is_anonymous(self.name) else "local"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.directory / DATABASE


def is_anonymous(name: str) -> bool:
    return name.startswith("anonymous-")


def project_state(folder: Path) -> LocalState | None:
    """The local deployment of a project folder: `.convex/local/default` with a name in it."""
    state = _read(folder / PROJECT_STATE, name=None)
    return state if state is not None and state.name else None


def state_of(name: str, folder: Path, environment: Mapping[str, str]) -> LocalState | None:
    """The state of the deployment `name`: in the project folder if that is its, else in the home directory."""
    here = _read(folder / PROJECT_STATE, name=name)
    if here is not None and here.name == name:
        return here
    return _read(_home_directory(name, environment), name=name) if _is_folder_name(name) else None


def all_states(folder: Path, environment: Mapping[str, str]) -> list[LocalState]:
    """Every local deployment known here: the project's own first, then those in the home directory, by name."""
    here = project_state(folder)
    found = {here.name: here} if here is not None else {}
    for state in _home_states(environment):
        found.setdefault(state.name, state)
    return list(found.values())


def broken_state(name: str | None, folder: Path, environment: Mapping[str, str]) -> Path | None:
    """The `config.json` that is there and should say what `name` is, or what is in `folder`, and does not."""
    paths = [folder / PROJECT_STATE / "config.json"]
    if name is not None and _is_folder_name(name):
        paths.append(_home_directory(name, environment) / "config.json")
    return next((path for path in paths if path.is_file() and not _says_all(path.parent)), None)


def recorded_name(directory: Path) -> str | None:
    """The name that the file beside a backend's data gives the deployment; None where that cannot be shown."""
    match _stored(directory):
        case {"deploymentName": str(name)} if name and name.isprintable():
            return name
    return None


def _is_folder_name(name: str) -> bool:
    return "/" not in name and "\\" not in name and name not in ("", ".", "..")


def _home_directory(name: str, environment: Mapping[str, str]) -> Path:
    kind: Kind = "anonymous" if is_anonymous(name) else "local"
    return config_directory(environment) / _HOME_STATE[kind] / name


def _says_all(directory: Path) -> bool:
    """A deployment in the home directory is named by its folder."""
    name = None if directory.parts[-len(PROJECT_STATE.parts) :] == PROJECT_STATE.parts else directory.name
    state = _read(directory, name=name)
    return state is not None and state.name != ""


def _home_states(environment: Mapping[str, str]) -> Iterator[LocalState]:
    for parent in _HOME_STATE.values():
        try:
            directories = sorted((config_directory(environment) / parent).iterdir())
        except OSError:
            continue
        for directory in directories:
            state = _read(directory, name=directory.name)
            if state is not None:
                yield state


def _read(directory: Path, *, name: str | None) -> LocalState | None:
    """`name` is for files that were written before names were. A file that says no port and no key is none, as it is
    for the genuine CLI."""
    match _stored(directory):
        case {"ports": {"cloud": int(port), **ports}, "adminKey": str(key), **more}:
            stored_name, project_id = more.get("deploymentName"), more.get("cloudProjectId")
            version, site = more.get("backendVersion"), ports.get("site")
            return LocalState(
                stored_name if isinstance(stored_name, str) and stored_name else name or "",
                directory,
                port,
                key,
                site if isinstance(site, int) else None,
                version if isinstance(version, str) else None,
                project_id if isinstance(project_id, int) else None,
            )
    return None


def _stored(directory: Path) -> object:
    """What `config.json` says, None where it says nothing."""
    try:
        return json.loads((directory / "config.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
