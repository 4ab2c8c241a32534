"""A project's default variables: which project, which type."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from kitcn_repl.control_plane.client import ControlPlane
from kitcn_repl.control_plane.errors import ControlPlaneError, explain_login
from kitcn_repl.errors import UsageError
from kitcn_repl.explore.environment.places import DefaultVariables
from kitcn_repl.explore.selecting import find_project, find_target
from kitcn_repl.explore.suggestions import nearest
from kitcn_repl.targets.choices import OnDisk
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.selection import Selection
from kitcn_repl.targets.shown import shown
from kitcn_repl.targets.target import TargetFlags

TYPES = ("dev", "preview", "prod", "custom")
_LONG_NAMES = {"development": "dev", "production": "prod"}


def parse_type(text: str) -> str:
    """A deployment type; raises UsageError with the nearest one."""
    wanted = _LONG_NAMES.get(text, text)
    if wanted in TYPES:
        return wanted
    near = nearest(text, (*TYPES, *_LONG_NAMES))
    suggestion = f" Did you mean {_LONG_NAMES.get(near, near)!r}?" if near else ""
    raise UsageError(f"{shown(text)!r} is no type of deployment; it is one of {', '.join(TYPES)}.{suggestion}")


def select_project(flags: TargetFlags, project: str | None, environment: Mapping[str, str], cwd: Path) -> Selection:
    """A selection within the project: of the deployment that `flags` name, or `TEAM:PROJECT`, or another `PROJECT` of
    the current team. Raises as `select`."""
    if project is None:
        return select(flags, environment, cwd)
    parts = project.split(":")
    if len(parts) > 2 or not all(part and not any(char.isspace() for char in part) for part in parts):
        raise UsageError(f"--project is PROJECT or TEAM:PROJECT, not {shown(project)!r}.")
    if flags != TargetFlags(env_file=flags.env_file):
        raise UsageError("--project names the project; leave out what names a deployment, or name the project by that.")
    return select(replace(flags, deployment=f"{project}:dev"), environment, cwd)


@asynccontextmanager
async def open_defaults(selection: Selection, deployment_type: str | None) -> AsyncIterator[DefaultVariables]:
    """The defaults of the project that is selected; without a type, those of the selected deployment's type.

    Raises UsageError for a deployment that belongs to no project, ControlPlaneError, NoDeploymentError.
    """
    plane = ControlPlane(selection.control_plane, selection.authorization)
    try:
        project = await find_project(selection, plane.access)
        yield DefaultVariables(plane, project, deployment_type or await _type_of(selection))
    except ControlPlaneError as error:
        explain_login(error, selection.login_problem)
        raise
    finally:
        await plane.aclose()


async def _type_of(selection: Selection) -> str:
    """A local deployment is one for development."""
    if isinstance(selection.choice, OnDisk):
        return "dev"
    found = (await find_target(selection)).deployment_type
    if found not in TYPES:
        raise UsageError("Which defaults are meant is not known: say it with --type dev, preview or prod.")
    return found
