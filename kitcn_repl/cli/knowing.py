"""What a command knows of tables: from a deployment, from the schema's source, or from both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kitcn_repl.cli.session import Session
from kitcn_repl.errors import ExitCode, KitcnError, NoDeploymentError
from kitcn_repl.explore.sources import NO_CHOICE, SourceChoice

if TYPE_CHECKING:
    from kitcn_repl.deployment.protocol import Deployment
    from kitcn_repl.explore.knowledge import Knowledge
    from kitcn_repl.schema.model import Schema
    from kitcn_repl.targets.target import Target

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_TOLD_AT_MOST = 5

_SOURCE = click.option(
    "--source",
    metavar="PATH",
    help="Read the schema's source from this file or project. By default that of the project around this folder.",
)
_NO_SOURCE = click.option("--no-source", is_flag=True, help="Read no source, only the deployment.")


def source_options(command: F) -> F:
    """`--source` and `--no-source`."""
    return _SOURCE(_NO_SOURCE(command))


def source_choice(path: str | None, none: bool) -> SourceChoice:
    """From the two options."""
    if path is not None and none:
        raise click.UsageError("--source and --no-source contradict each other.")
    return SourceChoice(path, none)


def find_source(session: Session, choice: SourceChoice, target: Target | None, component: str = "") -> Path | None:
    """The schema file or project to read, which stderr is told; None for none."""
    from kitcn_repl.project.layout import SeveralProjectsError

    cwd = session.environment.cwd
    try:
        path = choice.locate(target, cwd, component)
    except SeveralProjectsError as error:
        session.advise(f"No source is read: {error.message} Name one with --source PATH.")
        return None
    if path is not None:
        is_demo = choice.path is None and target is not None and target.kind == "demo"
        session.aside(f"schema source: {'the demo has its own' if is_demo else session.path_text(path)}")
    return path


def without_source(error: NoDeploymentError) -> NoDeploymentError:
    """The error of a command that would do with a source, which was not found either."""
    other = "Or read only a schema's source, with --source PATH."
    return NoDeploymentError(error.message, hint=f"{error.hint} {other}" if error.hint else other)


@contextmanager
def offering_source(session: Session, choice: SourceChoice) -> Iterator[None]:
    """Where a deployment cannot be reached or refuses, say that its project's source would do."""
    try:
        yield
    except KitcnError as error:
        if error.exit_code is ExitCode.NOT_REACHED and error.hint is None and choice == NO_CHOICE:
            with suppress(KitcnError):
                if choice.locate(None, session.environment.cwd) is not None:
                    error.hint = "To read only the schema's source: --source ."
        raise


@asynccontextmanager
async def opened(
    session: Session, choice: SourceChoice, component: str, find: Callable[[Target | None], T | None]
) -> AsyncIterator[tuple[Deployment | None, T | None]]:
    """The deployment, and what `find` finds of the source: with `--source` and no target flag, only that.

    Where no deployment is named the source alone has to do. Raises NoDeploymentError where there is no source either.
    """
    if choice.path is not None and not session.flags:
        yield None, find(None)
        return
    try:
        session.selection()
    except NoDeploymentError as error:
        found = None if session.flags else find(None)
        if found is None:
            raise without_source(error) from error
        session.aside("no deployment is named: source only")
        yield None, found
        return
    with offering_source(session, choice):
        async with session.deployment(choice, component) as (target, deployment):
            yield deployment, find(target)


@asynccontextmanager
async def knowledge(
    session: Session, choice: SourceChoice, component: str, *, sample: bool
) -> AsyncIterator[tuple[Knowledge, Deployment | None]]:
    """All that is known, and the deployment if one is asked, as `opened` says."""
    from kitcn_repl.explore.knowledge import know

    def find(target: Target | None) -> Path | None:
        return find_source(session, choice, target, component)

    async with opened(session, choice, component, find) as (deployment, source):
        if deployment is None:
            known = await know(None, source=source)
        else:
            known = await know(deployment, source=source, component=component, sample=sample)
        yield told(session, known), deployment


def source_schema(session: Session, choice: SourceChoice, target: Target, component: str) -> Schema | None:
    """What the source alone says, for a command that only shows values in its light; None without source."""
    path = find_source(session, choice, target, component)
    if path is None:
        return None
    from kitcn_repl.schema.source.reader import read_source

    return read_source(path)


def told(session: Session, known: Knowledge) -> Knowledge:
    """Tell people what is missing in `known`, and where the source stood in the way."""
    for note in known.notes:
        session.aside(note)
    places = [(problem.place, problem.message) for problem in known.schema.problems]
    places += [(dynamic.place, f"{dynamic.what}: {dynamic.why}") for dynamic in known.schema.dynamic]
    for place, text in places[:_TOLD_AT_MOST]:
        session.note(f"{place}: {text}", colour="yellow")
    if len(places) > _TOLD_AT_MOST:
        session.note(
            f"… and {len(places) - _TOLD_AT_MOST} more places; kitcn schema --format json has them all.",
            colour="yellow",
        )
    return known
