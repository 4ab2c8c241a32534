"""Everything that somebody could switch to from here, with the flags that open it."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kitcn_repl.control_plane.errors import LoginNeededError, explain_login
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.deployments.entries import entry_of_target
from kitcn_repl.explore.deployments.listing import list_deployments, local_entries
from kitcn_repl.explore.deployments.model import DeploymentEntry
from kitcn_repl.project.settings import settings_folder_or_here
from kitcn_repl.targets.configured import find_login
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.selection import Login, Selection
from kitcn_repl.targets.target import Target, TargetFlags

_MOST_FILES: Final = 40
_DOCUMENTS: Final = "/documents.jsonl"


@dataclass(frozen=True, slots=True)
class Reachable:
    """`flags` open it; None for one that cannot be opened from this computer. `detail` says more than the entry."""

    entry: DeploymentEntry
    flags: TargetFlags | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known by now; `is_complete` tells that nothing more comes.

    `failure` is why the service's deployments are not all there; `needs_login` that logging in would help.
    """

    found: tuple[Reachable, ...]
    is_complete: bool = False
    failure: KitcnError | None = None
    needs_login: bool = False
    notes: tuple[str, ...] = ()


async def reachable(
    environment: Mapping[str, str], cwd: Path, *, env_file: str | None = None
) -> AsyncGenerator[Reach, None]:
    """First what is on this machine, at once; then that together with what the management service knows.

    Never raises for a service that is slow, away or refuses: that is a `failure`.
    """
    flags = TargetFlags(env_file=env_file)
    selection: Selection | None = None
    problems: list[str] = []
    try:
        selection = select(flags, environment, cwd)
    except KitcnError as error:
        if env_file is not None:
            problems.append(error.message)
    folder, _ = settings_folder_or_here(cwd)
    here, files = await asyncio.gather(local_entries(environment, cwd), asyncio.to_thread(_files, cwd, folder))
    offline = [Reachable(DeploymentEntry("demo", "demo"), TargetFlags(demo=True), "built in"), *files]
    configured = (
        [] if selection is None or not isinstance(selection.choice, Target) else [_configured(selection, flags)]
    )
    local = [_openable(entry, flags) for entry in here]
    yield Reach(tuple(_distinct([*configured, *local, *offline])), notes=tuple(problems))

    failure: KitcnError | None = None
    login: Login | None = None
    notes: tuple[str, ...] = ()
    listed: list[Reachable] = []
    try:
        login = find_login(environment, cwd, env_file)
        listing = await list_deployments(selection, login, environment, cwd, everywhere=login.authorization is not None)
        listed = [_openable(entry, flags) for entry in listing.entries]
        failure, notes = listing.failure, listing.notes
    except KitcnError as error:
        failure = error
    if failure is not None and login is not None:
        explain_login(failure, login.problem)
    needs_login = isinstance(failure, LoginNeededError) or (login is not None and login.authorization is None)
    found = _distinct([*configured, *listed, *local, *offline])
    yield Reach(tuple(found), True, failure, needs_login, (*problems, *notes))


def _distinct(found: Iterable[Reachable]) -> list[Reachable]:
    """The first of each name and type says most."""
    by_name: dict[str, Reachable] = {}
    for one in found:
        by_name.setdefault(one.entry.name, one)
    return list(by_name.values())


def _configured(selection: Selection, flags: TargetFlags) -> Reachable:
    assert isinstance(selection.choice, Target)
    return Reachable(replace(entry_of_target(selection.choice), reason=selection.reason), flags)


def _openable(entry: DeploymentEntry, flags: TargetFlags) -> Reachable:
    if entry.selected:
        return Reachable(entry, flags)
    if entry.device is not None:
        return Reachable(entry, None, f"on {entry.device}")
    is_own = entry.type in ("local", "anonymous") and not entry.name.startswith(("local-", "anonymous-"))
    return Reachable(entry, replace(flags, deployment="local" if is_own else entry.name))


def _files(*folders: Path) -> list[Reachable]:
    """Snapshots and files of local backends that lie in these folders."""
    found: list[Reachable] = []
    for path in sorted({path for folder in folders for path in _candidates(folder)}):
        if path.suffix == ".zip" and _is_snapshot(path):
            found.append(_file(path, "snapshot", TargetFlags(snapshot=str(path))))
        elif path.suffix == ".sqlite3":
            found.append(_file(path, "sqlite", TargetFlags(deployment=f"sqlite:{path}")))
    return found


def _candidates(folder: Path) -> list[Path]:
    try:
        paths = [path for path in folder.iterdir() if path.suffix in (".zip", ".sqlite3") and path.is_file()]
    except OSError:
        return []
    return sorted(paths, key=lambda path: path.name)[:_MOST_FILES]


def _is_snapshot(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(_DOCUMENTS) for name in archive.namelist())
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


def _file(path: Path, kind: str, flags: TargetFlags) -> Reachable:
    return Reachable(DeploymentEntry(path.name, kind), flags, str(path.parent))
