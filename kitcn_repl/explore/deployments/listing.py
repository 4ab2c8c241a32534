"""Every deployment that can be reached from here: the project's, all projects', and the local ones."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kitcn_repl.control_plane.access import ProjectPlace
from kitcn_repl.control_plane.client import ControlPlane
from kitcn_repl.control_plane.errors import (
    ControlPlaneError,
    ForbiddenError,
    LoginNeededError,
    NotFoundError,
    RefusedError,
)
from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.explore.deployments.entries import (
    dashboard_link,
    entry_of,
    entry_of_target,
    entry_on_disk,
    names_of,
)
from kitcn_repl.explore.deployments.model import DeploymentEntry
from kitcn_repl.explore.deployments.selected import known_name, selected_name
from kitcn_repl.explore.local_backend import who_answers
from kitcn_repl.explore.selecting import find_project
from kitcn_repl.project.local_state import LocalState, all_states, project_state
from kitcn_repl.project.settings import settings_folder_or_here
from kitcn_repl.targets.choices import DeploymentChoice, InProject, OfKey
from kitcn_repl.targets.selection import Login, Selection
from kitcn_repl.targets.target import Target

_ORDER = ("dev", "prod", "preview", "custom", "local", "anonymous")


@dataclass(frozen=True, slots=True)
class Listing:
    """`entries` in the order to show them. `failure` is why there are no cloud deployments among them, or not all;
    `project` is the one that they were looked for in, None for all."""

    entries: tuple[DeploymentEntry, ...]
    project: ProjectPlace | None = None
    failure: KitcnError | None = None
    notes: tuple[str, ...] = ()


async def list_deployments(
    selection: Selection | None, login: Login, environment: Mapping[str, str], cwd: Path, *, everywhere: bool = False
) -> Listing:
    """Those of the selected deployment's project, or of all projects if `everywhere`, or if there is no such project.

    Local deployments are listed without asking anybody, so also where the service cannot be reached.
    """
    folder, _ = settings_folder_or_here(cwd)
    states = await _states(environment, folder)
    control = ControlPlane(login.control_plane, login.authorization)
    lister = _Lister(control, environment)
    try:
        failure = await lister.ask(selection, everywhere=everywhere, has_login=login.authorization is not None)
    finally:
        await control.aclose()
    own = project_state(folder)
    for state, is_running in states:
        if lister.place is None or own == state or _belongs_to(state, lister.place):
            lister.add_local(state, is_running=is_running)
    entries = _marked(lister.entries.values(), selection, lister.selected)
    return Listing(tuple(sorted(entries, key=lister.order)), lister.place, failure, tuple(lister.notes))


async def local_entries(environment: Mapping[str, str], cwd: Path) -> list[DeploymentEntry]:
    """Those of this machine alone: the project's own first."""
    folder, _ = settings_folder_or_here(cwd)
    return [entry_on_disk(state, is_running=running) for state, running in await _states(environment, folder)]


async def _states(environment: Mapping[str, str], folder: Path) -> list[tuple[LocalState, bool]]:
    """Each local deployment, and whether its backend runs."""
    states = all_states(folder, environment)
    return list(zip(states, await asyncio.gather(*(_is_running(state) for state in states)), strict=True))


class _Lister:
    """Collects entries by name."""

    def __init__(self, control: ControlPlane, environment: Mapping[str, str]) -> None:
        self._control = control
        self._environment = environment
        self.entries: dict[str, DeploymentEntry] = {}
        self.place: ProjectPlace | None = None
        self.selected: str | None = None
        self.notes: list[str] = []

    async def ask(self, selection: Selection | None, *, everywhere: bool, has_login: bool) -> ControlPlaneError | None:
        """Ask the service, as far as it can be asked; what came before a failure stays."""
        if selection is not None:
            self.selected = known_name(selection)
            if isinstance(selection.choice, Target):
                entry = entry_of_target(selection.choice)
                self.entries[entry.name] = entry
        try:
            if selection is not None:
                self.place = await self._place(selection)
            if self.place is None and not has_login and self.entries:
                return None  # a deployment of one's own needs no login
            if everywhere or self.place is None:
                await self._everywhere()
                self.place = None
            else:
                await self._project(self.place, selection)
            if selection is not None and self.selected is None:
                await self._find_selected(selection)
        except ControlPlaneError as error:
            return error
        return None

    def add_local(self, state: LocalState, *, is_running: bool) -> None:
        """A local deployment that is registered too is one deployment."""
        entry = entry_on_disk(state, is_running=is_running)
        registered = self.entries.get(state.name)
        if registered is not None:
            entry = replace(registered, url=entry.url, state=entry.state)
        elif self.place is not None and state.kind == "local" and _belongs_to(state, self.place):
            team, project = self.place.team, self.place.project
            link = dashboard_link(self._environment, entry.name, team, project)
            entry = replace(entry, team=team, project=project, dashboard=link)
        self.entries[state.name] = entry

    def order(self, entry: DeploymentEntry) -> tuple[object, ...]:
        """By project, those without one last; then by type, defaults first."""
        kind = _ORDER.index(entry.type) if entry.type in _ORDER else len(_ORDER)
        is_elsewhere = entry.place is None
        return (is_elsewhere, entry.place or "", kind, not entry.is_default, entry.reference or "", entry.name)

    async def _place(self, selection: Selection) -> ProjectPlace | None:
        try:
            return await find_project(selection, self._control.access)
        except UsageError:
            return None
        except NotFoundError as error:
            if self._control.authorization is None or isinstance(selection.choice, OfKey):
                raise
            # Whoever looks for another deployment is helped by all that there are.
            self.notes.append(f"{selection.reason}: {error.message}")
            return None

    async def _project(self, place: ProjectPlace, selection: Selection | None) -> None:
        try:
            found = await self._control.project_deployments(place.project_id)
        except (ForbiddenError, LoginNeededError):
            if selection is None or not isinstance(selection.choice, OfKey):
                raise
            key = selection.choice.key
            assert key.name is not None
            self.notes.append("Your deploy key may see its own deployment only; kitcn login shows the others.")
            link = dashboard_link(self._environment, key.name, place.team, place.project)
            self.entries[key.name] = DeploymentEntry(
                key.name, key.deployment_type, team=place.team, project=place.project, dashboard=link
            )
            return
        members = await self._members(place.team_id)
        for one in found:
            self.entries[one.name] = entry_of(
                one, self._environment, team=place.team, project=place.project, members=members
            )

    async def _everywhere(self) -> None:
        for team in await self._control.teams():
            projects = {project.id: project.slug for project in await self._control.projects(team.id)}
            members = await self._members(team.id)
            found = await self._control.team_deployments(team.id)
            with_local = [*found, *await self._control.local_deployments(team.id)]
            for one in with_local:
                self.entries[one.name] = entry_of(
                    one, self._environment, team=team.slug, project=projects.get(one.project_id), members=members
                )

    async def _members(self, team_id: int) -> dict[int, str]:
        """Names are worth no failure."""
        try:
            return names_of(await self._control.members(team_id))
        except (ForbiddenError, NotFoundError, RefusedError):
            return {}

    async def _find_selected(self, selection: Selection) -> None:
        match selection.choice:
            case InProject(_, DeploymentChoice("preview", preview)):
                references = (preview, f"preview/{preview}")
                named = (name for name, one in self.entries.items() if one.reference in references)
                self.selected = next(named, None)
            case _:
                try:
                    self.selected = await selected_name(selection, self._control.access)
                except NotFoundError as error:
                    self.notes.append(error.message)


def _marked(
    entries: Iterable[DeploymentEntry], selection: Selection | None, selected: str | None
) -> list[DeploymentEntry]:
    reason = None if selection is None else selection.reason
    return [replace(entry, selected=True, reason=reason) if entry.name == selected else entry for entry in entries]


def _belongs_to(state: LocalState, place: ProjectPlace) -> bool:
    """Anonymous ones belong to whoever sits here."""
    if state.kind == "anonymous":
        return True
    if state.project_id is not None:
        return state.project_id == place.project_id
    return state.name == "-".join(("local", place.team.replace("-", "_"), place.project.replace("-", "_")))


async def _is_running(state: LocalState) -> bool:
    return await who_answers(state) == state.name
