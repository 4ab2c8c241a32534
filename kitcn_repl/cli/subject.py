"""What a command looks at that can use a deployment, a project's files, or both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kitcn_repl.cli.knowing import find_source, opened

if TYPE_CHECKING:
    from kitcn_repl.cli.session import Session
    from kitcn_repl.deployment.protocol import Deployment
    from kitcn_repl.explore.sources import SourceChoice
    from kitcn_repl.project.layout import Project
    from kitcn_repl.targets.target import Target


@dataclass(frozen=True, slots=True)
class Subject:
    """`source` is the schema file. The demo has one, but no project."""

    deployment: Deployment | None
    project: Project | None
    source: Path | None


@asynccontextmanager
async def subject(session: Session, choice: SourceChoice) -> AsyncIterator[Subject]:
    """Opens what there is: with `--source` and no target flag, no deployment.

    Raises NoDeploymentError where there is neither a deployment nor a project.
    """

    def find(target: Target | None) -> tuple[Project | None, Path | None] | None:
        found = _project(session, choice, target)
        return None if found[0] is None and target is None and choice.path is None else found

    async with opened(session, choice, "", find) as (deployment, found):
        yield Subject(deployment, *(found or (None, None)))


def _project(session: Session, choice: SourceChoice, target: Target | None) -> tuple[Project | None, Path | None]:
    from kitcn_repl.explore.procedures.project import project_of

    path = find_source(session, choice, target)
    project = project_of(choice, target, path, session.environment.cwd)
    is_folder = path is not None and path.is_dir()
    return project, project.schema_path if is_folder and project is not None else path
