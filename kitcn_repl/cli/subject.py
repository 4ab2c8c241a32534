"""What a command looks at that can use a deployment, a project's files, or both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kitcn_repl.cli.knowing import find_source, offering_source, without_source
from kitcn_repl.errors import NoDeploymentError

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
    if choice.path is not None and not session.flags:
        yield _subject(session, choice, None, None)
        return
    try:
        session.selection()
    except NoDeploymentError as error:
        found = None if session.flags else _subject(session, choice, None, None)
        if found is None or found.project is None:
            raise without_source(error) from error
        session.aside("no deployment is named: source only")
        yield found
        return
    with offering_source(session, choice):
        async with session.deployment(choice) as (target, deployment):
            yield _subject(session, choice, deployment, target)


def _subject(session: Session, choice: SourceChoice, deployment: Deployment | None, target: Target | None) -> Subject:
    from kitcn_repl.explore.procedures.project import project_of

    path = find_source(session, choice, target)
    project = project_of(choice, target, path, session.environment.cwd)
    is_folder = path is not None and path.is_dir()
    return Subject(deployment, project, project.schema_path if is_folder and project is not None else path)
