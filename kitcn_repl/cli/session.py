"""One run of the command line: its flags, its output, and the way to its deployment."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from kitcn_repl.cli.environment import Environment
from kitcn_repl.errors import KitcnError
from kitcn_repl.render.text import visible, visible_lines
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.target import Target, TargetFlags

if TYPE_CHECKING:
    from pathlib import Path

    from kitcn_repl.deployment.protocol import Deployment
    from kitcn_repl.explore.sources import SourceChoice
    from kitcn_repl.targets.selection import Selection

T = TypeVar("T")

_NEAR = 2
"""So many folders up are easier to read than a whole path."""


class OutputClosedError(Exception):
    """Whoever read our output has gone; there is nobody left to tell."""


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise OutputClosedError from error
    except OSError as error:
        raise KitcnError(f"The output cannot be written: {error.strerror}.") from error


@dataclass(slots=True)
class Session:
    environment: Environment
    flags: dict[str, Any] = field(default_factory=dict, repr=False)
    """Values of the target flags as far as they were given, by parameter name."""
    quiet: bool = False
    wrote_data: bool = False

    def data(self, text: str) -> None:
        """Write to stdout. On a pipe the bytes are exact; a terminal never gets a character that it would obey."""
        if self.environment.stdout_is_tty:
            text = visible_lines(text.replace("\r\n", "\n"))
        self.drawn(text)

    def drawn(self, text: str) -> None:
        """Write to stdout what a renderer has coloured and made safe already."""
        self.wrote_data = True
        with _writing():
            self.environment.stdout.write(text)

    def flush(self) -> None:
        with _writing():
            self.environment.stdout.flush()
            self.environment.stderr.flush()

    def note(self, text: str, *, colour: str | None = None) -> None:
        """Write a line to stderr; `text` may be anything, control characters are made visible."""
        safe = visible_lines(text)
        style = self.environment.err_style
        self.note_drawn(getattr(style, colour)(safe) if colour else safe)

    def note_drawn(self, text: str) -> None:
        """Write a line to stderr that has been coloured and made safe already."""
        with _writing():
            if self.wrote_data:
                self.environment.stdout.flush()
            self.environment.stderr.write(text + "\n")

    def advise(self, text: str) -> None:
        """A note that people should not miss; lines break between words."""
        if self.environment.stderr_is_tty:
            import textwrap

            text = textwrap.fill(text, max(20, self.environment.width), break_long_words=False, break_on_hyphens=False)
        self.note(text, colour="yellow")

    def aside(self, text: str) -> None:
        """A note that `--quiet` drops."""
        if not self.quiet:
            self.note(text, colour="dim")

    def is_for_people(self, format_: str | None) -> bool:
        """Whether documents printed in this format are: dates may stand for numbers then. A pipe gets what is exact."""
        return format_ == "table" or (format_ in (None, "pretty") and self.environment.stdout_is_tty)

    def selection(self) -> Selection:
        """What the flags and the surroundings select; nobody has been asked yet."""
        return select(TargetFlags(**self.flags), self.environment.variables, self.environment.cwd)

    async def target(self) -> Target:
        """The deployment that is selected. Convex is asked where only it knows."""
        selection = self.selection()
        if isinstance(selection.choice, Target):
            return selection.choice
        from kitcn_repl.explore.selecting import find_target

        return await find_target(selection)

    def announce(self, target: Target) -> None:
        """Say which deployment answers, and why that one."""
        if self.quiet:
            return
        style = self.environment.err_style
        label = visible(target.label)
        self.note_drawn(style.prod(label) if target.is_prod else style.dim(label))

    def path_text(self, path: Path) -> str:
        """A path as seen from here; a far one, and this folder itself, in full."""
        relative = os.path.relpath(path, self.environment.cwd)
        return str(path) if relative == "." or relative.count("..") > _NEAR else relative

    async def open(self, choice: SourceChoice | None = None, component: str = "") -> tuple[Target, Deployment]:
        """Resolve, announce and open the deployment that the flags name. The caller closes it.

        `choice` says which source gives a snapshot its indexes, and `component` of which part of it.
        """
        from kitcn_repl.explore.opening import open_target

        target = await self.target()
        self.announce(target)
        if target.path is None:
            return target, await open_target(target)
        from kitcn_repl.cli.progress import ImportProgressBar
        from kitcn_repl.explore.sources import NO_CHOICE, indexes_source

        source = indexes_source(target, self.environment.cwd, choice or NO_CHOICE, component)
        if source is not None:
            self.aside(f"indexes: as in {self.path_text(source)}; a snapshot holds none")
        doing = "Importing" if target.kind == "snapshot" else "Copying"
        with ImportProgressBar(self.environment, doing, target.name) as progress:
            deployment = await open_target(target, source=source, component=component, progress=progress)
        if target.kind == "sqlite" and (note := (await deployment.info()).note):
            self.aside(note)
        return target, deployment

    @asynccontextmanager
    async def deployment(
        self, choice: SourceChoice | None = None, component: str = ""
    ) -> AsyncIterator[tuple[Target, Deployment]]:
        """As `open`, and close it afterwards."""
        target, deployment = await self.open(choice, component)
        try:
            yield target, deployment
        except KitcnError as error:
            if getattr(error, "code", None) == "ComponentPathNotFound":
                raise KitcnError(f"{error.message}. {await _mounted(deployment)}") from error
            raise
        finally:
            await deployment.aclose()
            for notice in deployment.notices:
                self.advise(notice)

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run asynchronous work to its end. ctrl-c cancels it and comes out as KeyboardInterrupt."""

        async def body() -> T:
            return await work()

        result: T = self.environment.run_async(body())
        return result


async def _mounted(deployment: Deployment) -> str:
    paths = sorted(component.path for component in await deployment.components() if component.path)
    if not paths:
        return "This deployment has no mounted components; leave --component out."
    return f"Mounted components: {', '.join(paths)}."
